"""The page of an opened thread as HTML, in every state: nothing inline, nothing unescaped, nothing untranslated."""

import re
from dataclasses import replace
from html import unescape

import pytest
from markupsafe import escape

from crypto.letter import Answer, Choice
from crypto.words import ReturnWords
from intake.assets import Assets
from intake.inquiry import load_inquiry
from intake.language import Language
from intake.pages import Pages, Periods, Problem
from intake.unscripted.view import Part, Told, View
from tests.intake.test_pages import Shouting, ids_of, inline, quiet

DIGITS = ReturnWords.from_entropy(5).digits
SEED = "ab" * 32
HOSTILE = "</TEXTAREA><SCRIPT>X</SCRIPT>\"'&AMP;"


def part(kind: str, text: str = "X", **changes: object) -> Part:
    answers = (Answer("account", "account", "Q", text, ()),) if kind in {"account", "addition", "draft"} else ()
    consents = (Answer("research", "choices", "Q", None, (Choice("yes", "YES"),)),) if kind == "choices" else ()
    plain = Part("ab" * 32, kind, "0f" * 16, "ok", answers=answers, consents=consents)
    return replace(plain, **changes)  # type: ignore[arg-type]  # names of its own fields


def told(kind: str, **changes: object) -> Told:
    plain = Told("cd" * 32, kind, "ok", text="T", language="en", days=90 if kind == "destruction" else 0)
    return replace(plain, **changes)  # type: ignore[arg-type]  # names of its own fields


KINDS = ("account", "addition", "choices", "replacement")
REASONS = ("signature", "thread", "recipient", "card", "inquiry", "form", "order", "unreadable")
SENT = View("open", 4, [part(kind) for kind in KINDS], [told("reply"), told("heard")], "all", None, 0)
WARNED = replace(
    SENT,
    parts=[
        *SENT.parts,
        part("addition", status="erased"),
        part("account", status="unreadable"),
        part("choices", status="warning", reason="order", consents=()),
    ],
    notices=[
        told(kind, status="warning", reason=reason) for kind in ("reply", "heard", "arrival") for reason in REASONS
    ],
    arrived="some",
    draft=part("draft", status="unreadable", answers=()),
    draft_days=1,
    more=3,
)
DRAFTED = replace(SENT, draft=part("draft"), draft_days=12)
NEW = View("open", 0, [], [], "none", part("draft"), 30)
GONE = View("withdrawn", 5, [], [told("destruction")], "none", None, 0)
PROBLEM = Problem("P", "WRITE", "opened-further")


def every_page(pages: Pages) -> dict[str, str]:
    def opened(view: View | None, **more: object) -> str:
        given: dict[str, object] = {"typed": {}, **more}
        return pages.opened(view, DIGITS, SEED, **given)  # type: ignore[arg-type]  # names of its parameters

    words = ReturnWords.from_entropy(7)
    done = ("add", "choices", "same-choices", "draft", "send", "discard", "replace", "withdraw")
    return {
        "sent": opened(SENT),
        "with every warning": opened(WARNED, demonstration=True, hold="HOLD"),
        "a draft in the box": opened(DRAFTED, typed={"draft_known": ["ab" * 32], "further": ["X"]}),
        "a draft beside the box": opened(DRAFTED),
        "a problem": opened(SENT, problem=PROBLEM, typed={"further": [HOSTILE]}),
        "nothing chosen": opened(SENT, problem=Problem("P", "CHOOSE", "opened-keep"), typed={"keep": ["statistics"]}),
        "an account to write": opened(
            NEW, typed={"draft_known": ["ab" * 32], "account": [HOSTILE], "read_back": ["yes"]}
        ),
        "out of date": opened(NEW, takes_accounts=False),
        "gone": opened(GONE),
        "gone with text": opened(GONE, problem=PROBLEM, typed={"further": [HOSTILE]}),
        "not looked at": opened(None, problem=PROBLEM, typed={"further": [HOSTILE], "account": ["X"]}, may_retry=True),
        "new words": opened(SENT, done="replace", words=words),
        **{f"done {word}": opened(SENT, done=word) for word in done},
        "replace": opened(DRAFTED, step="replace", words=words, typed={"further": [HOSTILE]}),
        "withdraw": opened(SENT, step="withdraw", typed={"keep": ["statistics"]}),
        "withdraw under a hold": opened(SENT, step="withdraw", typed={"keep": ["nothing"]}, hold="HOLD"),
        "discard": opened(DRAFTED, step="discard"),
    }


PAGES = Pages(load_inquiry(), Assets(), periods=Periods(draft_days=12, remnant_days=34))
EVERY_PAGE = every_page(PAGES)
SHOUTING = Language("xx", Shouting())
SHOUTED = every_page(Pages(load_inquiry(), Assets(), SHOUTING, languages=[SHOUTING]))


@pytest.mark.parametrize("name", EVERY_PAGE)
def test_nothing_is_inline_and_nothing_leads_elsewhere(name: str) -> None:
    assert inline(EVERY_PAGE[name]) == []
    # Nothing but the way out, for a browser that ran no scripts a moment ago and does now.
    assert re.findall(r'<script[^>]* src="/static/(\w+)', EVERY_PAGE[name]) == ["leave"]
    addresses = re.findall(r'(?:href|src|action)="([^"]*)"', EVERY_PAGE[name])
    # An empty icon, so that no browser asks for one.
    assert [address for address in addresses if not re.match(r"(/(?!/)|#|data:,$)", address)] == []


@pytest.mark.parametrize("name", EVERY_PAGE)
def test_every_id_is_there_once_and_every_link_in_the_page_leads_to_one(name: str) -> None:
    found = ids_of(EVERY_PAGE[name])
    assert len(found) == len(set(found))
    assert set(re.findall(r'href="#([^"]*)"', EVERY_PAGE[name])) - set(found) <= {"opened-further"}
    if name in {"a problem", "nothing chosen", "sent"}:
        assert set(re.findall(r'href="#([^"]*)"', EVERY_PAGE[name])) <= set(found)


@pytest.mark.parametrize("name", SHOUTED)
def test_nothing_is_left_in_english(name: str) -> None:
    assert quiet(SHOUTED[name].replace(str(escape(HOSTILE)), "")) == []


@pytest.mark.parametrize("name", ["a problem", "an account to write", "replace", "gone with text", "not looked at"])
def test_what_was_typed_comes_back_exactly(name: str) -> None:
    assert HOSTILE in unescape(EVERY_PAGE[name])
    assert HOSTILE not in EVERY_PAGE[name]


@pytest.mark.parametrize("name", EVERY_PAGE)
def test_words_stand_in_hidden_fields_only_and_the_server_says_what_it_did(name: str) -> None:
    html = EVERY_PAGE[name]
    assert re.sub(rf'<input type="hidden" name="digits" value="{DIGITS}">', "", html).count(DIGITS) == 0
    says = "if someone took over this website it could show you something false" in html
    assert says is (name != "not looked at")


def test_what_is_not_genuine_never_shows_its_text() -> None:
    assert EVERY_PAGE["with every warning"].count('<div class="heard-warning">') == 3 * len(REASONS) + 1
    assert "heard-answer" not in EVERY_PAGE["with every warning"]


def test_periods_are_those_that_are_set() -> None:
    assert "A draft is kept for 12 days" in EVERY_PAGE["sent"]
    assert "for up to 34 days" in EVERY_PAGE["withdraw"]
    under_a_hold = EVERY_PAGE["withdraw under a hold"]
    assert "until the hold ends" in under_a_hold
    assert "Within a day: it is erased" in EVERY_PAGE["withdraw"]
    assert "Within a day: it is erased" not in under_a_hold


def test_choices_that_cannot_be_shown_are_not_said_to_be_none() -> None:
    said, none = "This page cannot show your choices now", "You have made no choice"
    for status in ("erased", "unreadable"):
        gone = part("account", status=status, answers=())
        changed = part("choices", status=status, consents=())
        for parts, unseen in (
            ([gone], True),
            ([gone, part("choices")], False),
            ([part("account"), changed], True),
            ([part("choices"), changed], True),
            ([changed, part("addition")], True),
        ):
            html = PAGES.opened(replace(SENT, parts=parts), DIGITS, SEED, typed={})
            assert (said in html) == unseen
            assert none not in html or not unseen


def test_what_people_wrote_shows_in_its_own_direction() -> None:
    for text in re.findall(r"<(?:dd|textarea|article)[^>]*>", EVERY_PAGE["sent"]):
        assert "dir=" in text or "article" in text or text == "<dd>"
    assert EVERY_PAGE["sent"].count('<dd dir="auto">X</dd>') == 2
    assert '<p class="govuk-body heard-written" dir="auto" lang="en">T</p>' in EVERY_PAGE["sent"]
