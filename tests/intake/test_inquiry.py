"""The inquiry's folder: refused with the file and line of the fault, read into answers as they were shown."""

import re
import shutil
from datetime import date, time
from pathlib import Path

import pytest

from crypto.letter import Choice
from intake.errors import FormError
from intake.inquiry import SHIPPED, Inquiry, InquiryError, load_inquiry, read_form
from intake.inquiry.hours import Opening
from intake.language import ENGLISH

CONSENTS = {"statistics", "research", "quotations", "publication", "another-inquiry", "keep", "replies"}


@pytest.fixture(scope="module")
def inquiry() -> Inquiry:
    return load_inquiry()


def test_the_shipped_one_has_all_choices(inquiry: Inquiry) -> None:
    assert {consent.id for consent in inquiry.choices.consents} == CONSENTS
    assert [option.value for option in inquiry.choices.options] == ["yes", "no", "later"]
    assert inquiry.line.number == "0800 917 1000"
    assert inquiry.hours.on(date(2026, 11, 28)) == Opening(time(10), time(12))


def test_every_closed_question_has_a_way_out(inquiry: Inquiry) -> None:
    for _, question in inquiry.each_question():
        values = [option.value for option in question.options]
        assert question.kind == "text" or values[-2:] == ["unknown", "unsaid"]


def changed(folder: Path, name: str, old: str, new: str) -> Path:
    """Return a copy of the shipped folder in which one file says something else."""
    other = folder / "other"
    shutil.copytree(SHIPPED, other)
    text = (other / name).read_text()
    assert old in text
    (other / name).write_text(text.replace(old, new, 1))
    return other


def lines_of(name: str, old: str) -> range:
    """Return the numbers of the lines of a shipped file on which `old` stands first."""
    text = (SHIPPED / name).read_text()
    first = text[: text.index(old)].count("\n") + 1
    return range(first, first + old.count("\n") + 1)


def test_the_question_set_names_the_exact_files(inquiry: Inquiry, tmp_path: Path) -> None:
    other = changed(tmp_path, "support.toml", "Support line", "Another line")
    assert load_inquiry(other).question_set.sha256 != inquiry.question_set.sha256
    shutil.copytree(SHIPPED, tmp_path / "same")
    assert load_inquiry(tmp_path / "same").question_set.sha256 == inquiry.question_set.sha256


QUESTIONS, INTERNET, DETAILS = "questions.toml", "internet.toml", "inquiry.toml"
LINE, SUPPORT, CHOICES = "line.toml", "support.toml", "choices.toml"


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        (DETAILS, 'id = "heard-demonstration"', 'id = "Heard!"', "matching regex"),
        (DETAILS, 'name = "Inquiry', 'surprise = 1\nname = "Inquiry', "surprise"),
        (DETAILS, "minimum = 18", 'minimum = "18"', "Expected `int`"),
        (DETAILS, 'address = "https://www', 'address = "http://www', "matching regex"),
        (DETAILS, 'languages = ["en"', 'languages = ["English"', "matching regex"),
        (QUESTIONS, 'kind = "many"', 'kind = "several"', "several"),
        (QUESTIONS, 'id = "told"', 'id = "speaking"', "the id speaking is used twice"),
        (
            QUESTIONS,
            'value = "later", label = "Yes, later"',
            'value = "then", label = "Yes, later"',
            "then is used twice",
        ),
        (QUESTIONS, 'value = "teacher"', 'value = "unsaid"', "unsaid is used twice"),
        (QUESTIONS, 'id = "told"', 'id = "next"', "next is one that the form itself uses"),
        (QUESTIONS, 'id = "told-whom"', 'id = "told-2"', "told-2 is one that the form itself uses"),
        (QUESTIONS, 'id = "telling"', 'id = "check"', "check is one that the form itself uses"),
        (QUESTIONS, 'scopes = ["law-enforcement"', 'scopes = ["weather"', "there is no scope weather"),
        (QUESTIONS, "rows = 14", "rows = 0", "`int` >= 2"),
        (QUESTIONS, "version = 2", 'version = "2"', "Expected `int`"),
        (INTERNET, 'id = "change-who"', 'id = "consent-keep"', "consent-keep is one that the form itself uses"),
        (INTERNET, 'id = "internet-how"', 'id = "told"', "the id told is used twice"),
        (INTERNET, 'value = "days"', 'value = "hours"', "hours is used twice"),
        (CHOICES, 'id = "research"', 'id = "statistics"', "statistics is used twice"),
        (LINE, 'closes = "20:00"', 'closes = "25:00"', "matching regex"),
        (LINE, 'opens = "08:00", closes = "20:00"', 'opens = "21:00", closes = "20:00"', "must open before it closes"),
        (LINE, 'day = "tuesday"', 'day = "monday"', "monday is named twice"),
        (LINE, '"Europe/London"', '"Europe/Exampletown"', "no time zone Europe/Exampletown"),
        (LINE, 'part = "ENG"', 'part = "EX"', "bank holidays"),
        (LINE, "date = 2026-12-31", "date = 2026-12-24", "2026-12-24 is named twice"),
        (SUPPORT, "example = true", 'example = "yes"', "Expected `bool`"),
    ],
)
def test_a_fault_is_named_with_its_file_and_line(tmp_path: Path, name: str, old: str, new: str, said: str) -> None:
    folder = changed(tmp_path, name, old, new)
    with pytest.raises(InquiryError, match=re.escape(said)) as raised:
        load_inquiry(folder)
    found = re.match(r"(\S+), line (\d+): ", str(raised.value))
    assert found is not None, str(raised.value)
    assert found[1] == name
    # What does not belong into a file has no place there: its file is named, and its first line.
    assert int(found[2]) in ([1] if said == "surprise" else lines_of(name, old))


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(InquiryError, match="There is no folder"):
        load_inquiry(tmp_path / "none")
    with pytest.raises(InquiryError, match=r"line.toml, line 1: .*`number`"):
        load_inquiry(changed(tmp_path, LINE, 'number = "0800 917 1000"', ""))
    (tmp_path / "other" / SUPPORT).unlink()
    (tmp_path / "other" / LINE).write_bytes((SHIPPED / LINE).read_bytes())
    with pytest.raises(InquiryError, match=r"support.toml cannot be read"):
        load_inquiry(tmp_path / "other")


def test_a_form_without_an_account_and_a_file_elsewhere_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InquiryError, match="must have the id account"):
        load_inquiry(changed(tmp_path, QUESTIONS, 'id = "account"\nkind', 'id = "story"\nkind'))
    shutil.rmtree(tmp_path / "other")
    with pytest.raises(InquiryError, match="is not the name of a TOML file"):
        load_inquiry(changed(tmp_path, DETAILS, '"internet.toml"', '"../internet.toml"'))


def test_what_is_not_toml_says_so_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(InquiryError, match=r"line.toml is not TOML: .*line 10"):
        load_inquiry(changed(tmp_path, LINE, "[[hours]]", "[[hours"))


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
