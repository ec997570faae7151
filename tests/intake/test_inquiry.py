"""The inquiry's file: refused with the place of the fault, read into answers as they were shown."""

import re
from pathlib import Path

import pytest

from crypto.letter import Choice
from intake.errors import FormError
from intake.inquiry import SHIPPED, Inquiry, InquiryError, load_inquiry, read_form
from intake.language import ENGLISH

CONSENTS = {"statistics", "research", "quotations", "publication", "another-inquiry", "keep", "replies"}


@pytest.fixture(scope="module")
def inquiry() -> Inquiry:
    return load_inquiry()


def test_the_shipped_one_has_all_choices(inquiry: Inquiry) -> None:
    assert {consent.id for consent in inquiry.choices.consents} == CONSENTS
    assert [option.value for option in inquiry.choices.options] == ["yes", "no", "later"]
    assert inquiry.line.number == "0800 917 1000"


def test_every_closed_question_has_a_way_out(inquiry: Inquiry) -> None:
    for _, question in inquiry.each_question():
        values = [option.value for option in question.options]
        assert question.kind == "text" or values[-2:] == ["unknown", "unsaid"]


def test_the_question_set_names_the_exact_file(inquiry: Inquiry, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text(SHIPPED.read_text().replace("Anything", "") + "\n# a comment\n")
    assert load_inquiry(other).question_set.sha256 != inquiry.question_set.sha256


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('id = "heard-demonstration"', 'id = "Heard!"', "id"),
        ('kind = "many"', 'kind = "several"', "$.topics[2].questions[1].kind"),
        ('id = "told"', 'id = "speaking"', "speaking"),
        ('id = "account"\nkind', 'id = "story"\nkind', "account"),
        ('id = "research"', 'id = "statistics"', "statistics is used twice"),
        ('value = "later", label = "Yes, later"', 'value = "then", label = "Yes, later"', "then is used twice"),
        ('value = "teacher"', 'value = "unsaid"', "unsaid is used twice"),
        ('id = "told"', 'id = "next"', "next is one that the form itself uses"),
        ('id = "told-whom"', 'id = "told-2"', "told-2 is one that the form itself uses"),
        ('id = "change-who"', 'id = "consent-keep"', "consent-keep is one that the form itself uses"),
        ('id = "telling"', 'id = "check"', "check is one that the form itself uses"),
        ("rows = 14", "rows = 0", "rows"),
        ("version = 1", 'version = "1"', "questions.version"),
        ('name = "Inquiry', 'surprise = 1\nname = "Inquiry', "surprise"),
        ('[line]\nnumber = "0800 917 1000"', "[line]", "`number` - at `$.line`"),
        ("[line]", "[line", "TOML"),
    ],
)
def test_a_fault_is_named_with_its_place(tmp_path: Path, old: str, new: str, place: str) -> None:
    text = SHIPPED.read_text()
    assert old in text
    (tmp_path / "inquiry.toml").write_text(text.replace(old, new, 1))
    with pytest.raises(InquiryError, match=re.escape(place)):
        load_inquiry(tmp_path / "inquiry.toml")


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(InquiryError, match="cannot be read"):
        load_inquiry(tmp_path / "none.toml")


def test_a_form_becomes_answers_as_they_were_shown(inquiry: Inquiry) -> None:
    fields = {
        "account": ["I told a teacher."],
        "told-whom": ["unsaid", "teacher"],
        "change": ["  "],
        "consent-research": ["later"],
        "something": ["else"],
    }
    submission = read_form(inquiry, fields, ENGLISH)
    assert [(a.id, a.topic, a.text) for a in submission.answers] == [
        ("account", "account", "I told a teacher."),
        ("told-whom", "telling", None),
    ]
    assert submission.answers[1].chosen == (
        Choice("teacher", "A teacher or someone at school"),
        Choice("unsaid", "Prefer not to say"),
    )
    assert [(c.id, c.topic, c.chosen[0].value) for c in submission.consents] == [("research", "choices", "later")]


@pytest.mark.parametrize(
    "fields",
    [
        {"told": ["maybe"]},
        {"told": ["then", "later"]},
        {"consent-keep": ["unknown"]},
        {"account": ["One part.", "And another."]},
    ],
)
def test_what_the_form_does_not_offer_is_refused(inquiry: Inquiry, fields: dict[str, list[str]]) -> None:
    with pytest.raises(FormError):
        read_form(inquiry, fields, ENGLISH)


def test_nothing_typed_shows_in_a_repr(inquiry: Inquiry) -> None:
    assert "teacher" not in repr(read_form(inquiry, {"account": ["teacher"]}, ENGLISH))
