"""Letters and notices of every kind, invented by Hypothesis."""

from dataclasses import fields, replace
from typing import Any

from hypothesis import strategies as st

from crypto.call import Call
from crypto.change import Change, Inheritance, Replacement, Withdrawal
from crypto.constants import LETTER_KINDS, LINE_CHANNELS, NOTICE_KINDS
from crypto.letter import UNSIGNED, Answer, Choice, Letter, QuestionSet, Thread
from crypto.notice import Notice
from crypto.recipients import recipient_of_seed
from crypto.thread import ThreadKeys

KEYS = ThreadKeys(b"l" * 16, b"a" * 32, b"i" * 32, b"s" * 32)
OTHER_KEYS = ThreadKeys(b"L" * 16, b"A" * 32, b"I" * 32, b"S" * 32)
SIGNED_KINDS = tuple(kind for kind in LETTER_KINDS if kind not in UNSIGNED)
SEALED_NOTICES = tuple(kind for kind in NOTICE_KINDS if kind != "hold")
RECIPIENTS = st.sampled_from([str(recipient_of_seed(bytes([number]) * 32)) for number in range(3)])
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=60)
NAMES = st.sampled_from(["a", "0", "general", "heard-demonstration", "x-", "9-to-5", "q" * 64])
LANGUAGES = st.sampled_from(["en", "cy", "zh-Hant", "pt-BR"])
POSITIVE = st.integers(1, 2**31 - 1)


def hexes(size: int) -> st.SearchStrategy[str]:
    """Return `size` bytes in hexadecimal; from a number, which costs Hypothesis far less than bytes do."""
    return st.integers(0, 256**size - 1).map(lambda number: f"{number:0{2 * size}x}")


THREADS = st.builds(Thread, RECIPIENTS, hexes(32), st.booleans())
CHOICES = st.builds(Choice, TEXTS, TEXTS)
ANSWERS = st.builds(Answer, NAMES, NAMES, TEXTS, TEXTS, st.just(())) | st.builds(
    Answer, NAMES, NAMES, TEXTS, st.none(), st.lists(CHOICES, min_size=1, max_size=3).map(tuple)
)
SOME = st.lists(ANSWERS, min_size=1, max_size=3).map(tuple)
ANY = st.lists(ANSWERS, max_size=3).map(tuple)
NONE: st.SearchStrategy[tuple[Answer, ...]] = st.just(())
# What each kind has: answers, consents, change and the place in the thread.
WITHDRAWALS: st.SearchStrategy[Change] = st.sampled_from([Withdrawal("nothing"), Withdrawal("statistics")])
REPLACEMENTS: st.SearchStrategy[Change] = st.builds(Replacement, hexes(16), hexes(32), RECIPIENTS, hexes(32))
INHERITANCES: st.SearchStrategy[Change] = st.builds(Inheritance, hexes(16), hexes(32), hexes(32))
FORMS: dict[str, tuple[Any, Any, Any, Any]] = {
    "account": (ANY, ANY, st.none(), st.integers(0, 2**31 - 1)),
    "draft": (ANY, ANY, st.none(), st.integers(0, 2**31 - 1)),
    "addition": (SOME, NONE, st.none(), POSITIVE),
    "choices": (NONE, SOME, st.none(), POSITIVE),
    "withdrawal": (NONE, NONE, WITHDRAWALS, POSITIVE),
    "replacement": (NONE, NONE, REPLACEMENTS, POSITIVE),
    "inheritance": (NONE, NONE, INHERITANCES, st.just(0)),
    "unfinished": (SOME, ANY, st.none(), st.just(0)),
}


def letters(kind: str) -> st.SearchStrategy[Letter]:
    """Letters of one kind as `parse_letter` may give them; the signature is of the right form and by nobody."""
    if kind == "unfinished":
        return st.booleans().flatmap(_unfinished)
    if kind == "account":
        return _letters(kind) | _letters(kind, channel=st.sampled_from(LINE_CHANNELS), call=calls(taken_back=False))
    return _letters(kind)


def calls(*, taken_back: bool) -> st.SearchStrategy[Call]:
    """Parts of calls."""
    return st.builds(Call, hexes(16), POSITIVE, st.just(taken_back))


def _unfinished(taken_back: bool) -> st.SearchStrategy[Letter]:
    said = {"answers": NONE, "consents": NONE} if taken_back else {}
    channel = st.sampled_from(LINE_CHANNELS)
    return _letters("unfinished", channel=channel, call=calls(taken_back=taken_back), thread=st.none(), **said)


def _letters(kind: str, **changes: Any) -> st.SearchStrategy[Letter]:
    answers, consents, change, sequence = FORMS[kind]
    fields: dict[str, Any] = _fields(kind) | {
        "sequence": sequence,
        "answers": answers,
        "consents": consents,
        "change": change,
    }
    return st.builds(Letter, **fields | changes)


def _fields(kind: str) -> dict[str, Any]:
    is_signed = kind in SIGNED_KINDS
    return {
        "kind": st.just(kind),
        "inquiry": NAMES,
        "epoch": POSITIVE,
        "card": hexes(32),
        "questions": st.builds(QuestionSet, NAMES, POSITIVE, hexes(32)),
        "channel": st.sampled_from(["web", "web without scripts", "phone", "in person", "letter", "relay"]),
        "language": LANGUAGES,
        "locator": hexes(16),
        "thread": THREADS if is_signed else st.none() | THREADS,
        "signature": hexes(64) if is_signed else st.just(""),
    }


def notices(kind: str) -> st.SearchStrategy[Notice]:
    """Notices of one kind as `parse_notice` may give them; the signature is of the right form and by nobody."""
    is_hold = kind == "hold"
    days = st.tuples(st.dates(), st.dates()).map(sorted) if is_hold else st.just(None)
    plain = st.builds(
        Notice,
        kind=st.just(kind),
        inquiry=NAMES,
        epoch=POSITIVE,
        locator=st.just("") if is_hold else hexes(16),
        recipient=st.just("") if is_hold else RECIPIENTS,
        sequence=POSITIVE,
        digests=st.sets(hexes(32), max_size=4).map(lambda found: tuple(sorted(found))),
        through=st.integers(0, 2**31 - 1) if kind == "arrival" else st.just(0),
        language=LANGUAGES,
        text=TEXTS,
        days=POSITIVE if kind == "destruction" else st.just(0),
        valid_from=st.just(""),
        valid_to=st.just(""),
        signature=hexes(64),
    )
    return st.builds(
        lambda notice, dates: replace(notice, valid_from=str(dates[0]), valid_to=str(dates[1])) if dates else notice,
        plain,
        days,
    )


def differing(first: Any, second: Any) -> set[str]:
    """Return the names of the fields in which two of a kind differ."""
    return {field.name for field in fields(first) if getattr(first, field.name) != getattr(second, field.name)}


def damaged(data: st.DataObject, written: bytes) -> bytes:
    """Cut, add or exchange a few bytes anywhere in `written`."""
    place = data.draw(st.integers(0, len(written) - 1))
    return written[:place] + data.draw(st.binary(max_size=3)) + written[place + data.draw(st.integers(0, 3)) :]
