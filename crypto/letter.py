"""What is inside a sealed letter: one canonical JSON object, followed by spaces up to the size.

Canonical or rejected: the bytes that `encode_letter` writes are the only ones that `parse_letter` accepts (apart from
the padding), so nesting, duplicate keys, numbers in odd spellings and unknown keys cannot get in.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from crypto.call import Call, call_holds
from crypto.change import Change, Inheritance, Replacement, Withdrawal, change_holds, read_change
from crypto.constants import CHANNELS, LETTER_KINDS, LETTER_VERSION, LINE_CHANNELS, SEALED_SIZES
from crypto.errors import LetterError

ACCOUNT: Final = "account"
UNFINISHED: Final = "unfinished"
# Nobody's words sign these: an account carries the keys, and an unfinished call is of somebody who has taken no words.
UNSIGNED: Final = (ACCOUNT, UNFINISHED)
_HEX16: Final = re.compile(r"[0-9a-f]{32}")
_HEX32: Final = re.compile(r"[0-9a-f]{64}")
_HEX64: Final = re.compile(r"[0-9a-f]{128}")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}")
# The shape only: whether it is a key is decided where a letter is sealed to it, since that costs a millisecond.
_RECIPIENT: Final = re.compile(r"age1pq1[02-9ac-hj-np-z]{1952}")
_MAX_NUMBER: Final = 2**31 - 1
_WRONG: Final = "The letter's field {} is not in the form of version 1."
_SIGNED_FIELDS: Final = ("change", "signature")
_CALL_FIELD: Final = "call"
_CHANGES: Final[Mapping[str, type]] = {
    "withdrawal": Withdrawal,
    "replacement": Replacement,
    "inheritance": Inheritance,
}
# Kinds that may stand first in a thread, and whether the others have answers and consents.
_FIRST: Final = ("draft", "inheritance")
_PARTS: Final[Mapping[str, tuple[bool, bool]]] = {
    "addition": (True, False),
    "choices": (False, True),
    "withdrawal": (False, False),
    "replacement": (False, False),
    "inheritance": (False, False),
}


@dataclass(frozen=True)
class QuestionSet:
    """Which questions were shown: id, version, and SHA-256 (64 hex) of the file that holds them."""

    id: str
    version: int
    sha256: str


@dataclass(frozen=True)
class Thread:
    """The public half of a survivor's return words.

    `recipient` is an `age1pq1…` string, `verify_key` an Ed25519 public key (64 hex); `reads_back` says whether the
    letter was also sealed to that recipient.
    """

    recipient: str
    verify_key: str
    reads_back: bool


@dataclass(frozen=True)
class Choice:
    """One chosen option: its value, and its label as it was shown."""

    value: str
    label: str


@dataclass(frozen=True)
class Answer:
    """One answered question, with its text as it was shown.

    `text` is what was typed, or None for a question with options; `chosen` are the options that were picked.
    """

    id: str
    topic: str
    question: str
    text: str | None = field(repr=False)
    chosen: tuple[Choice, ...] = field(repr=False)


@dataclass(frozen=True)
class Letter:
    """One letter of version 1. It holds no time of any kind.

    `card` is the fingerprint (64 hex) of the panel card that it was sealed to, `locator` 32 hex, `sequence` counts the
    letters of a thread from 0. `thread` is None when no return words were taken.

    Every kind but an account and an unfinished call is signed by the thread's key: `signature` is 128 hex, and `change`
    says what a withdrawal, a replacement or an inheritance does. Those two have neither; their JSON does not hold the two
    keys. `call` is the part of a call that an unfinished one is, or that an account ends; the JSON of others has no such key.
    """

    kind: str
    inquiry: str
    epoch: int
    card: str
    questions: QuestionSet
    channel: str
    language: str
    locator: str
    sequence: int
    thread: Thread | None
    answers: tuple[Answer, ...] = field(repr=False)
    consents: tuple[Answer, ...] = field(repr=False)
    change: Change | None = field(default=None, repr=False)
    signature: str = field(default="", repr=False)
    call: Call | None = None


def encode_letter(letter: Letter) -> bytes:
    """Return the canonical JSON of `letter`, UTF-8, without padding.

    Raises LetterError when a field is not what version 1 allows.
    """
    _check(letter)
    without = _SIGNED_FIELDS if letter.kind in UNSIGNED else ()
    return encode_document(letter, without if letter.call is not None else (*without, _CALL_FIELD))


def encode_unsigned(letter: Letter) -> bytes:
    """Return what the thread's key signs of a letter of a thread: its canonical JSON without the signature."""
    return encode_document(letter, ("signature", _CALL_FIELD))


def encode_document(letter: Letter, without: tuple[str, ...]) -> bytes:
    """Return the JSON of `letter` without some of its keys. Raises LetterError for text that UTF-8 cannot hold."""
    document = {"version": LETTER_VERSION, **asdict(letter)}
    for name in without:
        del document[name]
    try:
        return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")
    except UnicodeEncodeError:
        raise LetterError("The text holds half of a character (a lone surrogate), which cannot be stored.") from None


def parse_letter(data: bytes) -> Letter:
    """Return the letter in `data` (at most 1 MiB), which may be followed by spaces.

    Raises LetterError for anything that `encode_letter` would not have written.
    """
    content = data.rstrip(b" ")
    if len(content) > SEALED_SIZES[-1]:
        raise LetterError("The letter is larger than any letter may be.")
    try:
        document = json.loads(content.decode("utf-8"))
        letter = _read_letter(document)
    # A hostile document may nest deeper than Python's stack (RecursionError) or hold a number of thousands of digits,
    # which int() refuses (ValueError).
    except (ValueError, KeyError, TypeError, RecursionError):
        raise LetterError("The letter is not in the form of version 1.") from None
    if encode_letter(letter) != content:
        raise LetterError("The letter is not in canonical form.")
    return letter


def _read_letter(document: Any) -> Letter:
    """Build a letter from parsed JSON. Wrong shapes raise KeyError or TypeError; wrong values are left to `_check`."""
    if document["version"] != LETTER_VERSION:
        raise LetterError("The letter is of a version that this program does not know; update it.")
    # The other way round for the key that most letters do not have: where it may not be, encoding it again tells.
    absent = {*(_SIGNED_FIELDS if document["kind"] in UNSIGNED else ()), *({_CALL_FIELD} - document.keys())}
    fields = {name: document[name] for name in Letter.__dataclass_fields__ if name not in absent}
    thread = document["thread"]
    change, call = fields.get("change"), fields.get(_CALL_FIELD)
    return Letter(
        **{
            **fields,
            "questions": QuestionSet(**document["questions"]),
            "thread": None if thread is None else Thread(**thread),
            "change": None if change is None else read_change(document["kind"], change),
            "call": None if call is None else Call(**call),
            "answers": tuple(_read_answer(answer) for answer in document["answers"]),
            "consents": tuple(_read_answer(answer) for answer in document["consents"]),
        }
    )


def _read_answer(document: Mapping[str, Any]) -> Answer:
    return Answer(**{**document, "chosen": tuple(Choice(**choice) for choice in document["chosen"])})


def _check(letter: Letter) -> None:
    """Raise LetterError naming the first field (never its content) that is not what version 1 allows."""
    # First and alone, since the rules below look it up. A tuple: a hostile kind may be a list, which no dictionary finds.
    if letter.kind not in tuple(LETTER_KINDS):
        raise LetterError(_WRONG.format("kind"))
    thread = letter.thread
    rules = {
        "inquiry": _is(_NAME, letter.inquiry),
        "epoch": _is_number(letter.epoch, 1),
        "card": _is(_HEX32, letter.card),
        "questions": _is(_NAME, letter.questions.id)
        and _is_number(letter.questions.version, 1)
        and _is(_HEX32, letter.questions.sha256),
        "channel": letter.channel in CHANNELS,
        "language": _is(_LANGUAGE, letter.language),
        "locator": _is(_HEX16, letter.locator),
        "sequence": _is_number(letter.sequence, 0),
        "thread": thread is None or _is_thread(thread),
        "answers": all(map(_is_answer, letter.answers)),
        "consents": all(map(_is_answer, letter.consents)),
        "change": _change_fits(letter),
        "signature": letter.signature == "" if letter.kind in UNSIGNED else _is(_HEX64, letter.signature),
        "call": _call_fits(letter),
        "content": _content_fits(letter),
    }
    for name, holds in rules.items():
        if not holds:
            raise LetterError(_WRONG.format(name))


def _change_fits(letter: Letter) -> bool:
    """Say whether a letter has the change that its kind needs, and no other."""
    change = letter.change
    wanted = _CHANGES.get(letter.kind)
    if change is None or wanted is None:
        return change is None and wanted is None
    return type(change) is wanted and change_holds(change)


def _call_fits(letter: Letter) -> bool:
    """Say whether a letter names a call where its kind needs one or may have one, through a channel that calls come by."""
    if letter.call is None or letter.kind not in UNSIGNED:
        return letter.call is None and letter.kind != UNFINISHED
    return (
        call_holds(letter.call)
        and letter.channel in LINE_CHANNELS
        and (letter.kind == UNFINISHED or not letter.call.taken_back)
    )


def _unfinished_fits(letter: Letter) -> bool:
    """Say whether an unfinished call stands alone and says something, or takes back what was said before and nothing else."""
    alone = letter.thread is None and letter.sequence == 0
    takes_back = letter.call is not None and letter.call.taken_back
    return alone and (not (letter.answers or letter.consents) if takes_back else bool(letter.answers))


def _content_fits(letter: Letter) -> bool:
    """Say whether a letter has a thread, a place in it, and only the parts that its kind is about."""
    if letter.kind == ACCOUNT:
        return True
    if letter.kind == UNFINISHED:
        return _unfinished_fits(letter)
    first = letter.kind in _FIRST
    parts = (bool(letter.answers), bool(letter.consents))
    placed = letter.sequence == 0 if letter.kind == "inheritance" else first or letter.sequence > 0
    return letter.thread is not None and placed and (letter.kind == "draft" or parts == _PARTS[letter.kind])


def _is(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_number(value: object, least: int) -> bool:
    return type(value) is int and least <= value <= _MAX_NUMBER


def _is_thread(thread: Thread) -> bool:
    keys = _is(_RECIPIENT, thread.recipient) and _is(_HEX32, thread.verify_key)
    return keys and type(thread.reads_back) is bool


def _is_answer(answer: Answer) -> bool:
    shown = [answer.question, *(part for choice in answer.chosen for part in (choice.value, choice.label))]
    typed = isinstance(answer.text, str) and not answer.chosen and "\r" not in answer.text
    picked = answer.text is None and len(answer.chosen) > 0
    return (
        _is(_NAME, answer.id)
        and _is(_NAME, answer.topic)
        and all(isinstance(part, str) for part in shown)
        and (typed or picked)
    )
