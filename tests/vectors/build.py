"""Write the vectors that Python and the browser both read. Everything here is frozen with version 1 of the formats.

`python tests/vectors/build.py` writes letters.json, cards.json, threads.json, frames.json, holds.json and danger.json beside it; with `--check` it
compares them and exits 1, naming the file that differs. The words themselves have vectors of their own, return_words.json.
All keys derive from published seeds: they protect nothing.
"""

import argparse
import hashlib
import json
import sys
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

# ruff: noqa: E402 - found only after the line above, when run as a script
from crypto.call import Call
from crypto.card import PanelCard, encode_card
from crypto.constants import LETTER_KINDS
from crypto.danger import DangerRecord, encode_danger
from crypto.frame import Frame
from crypto.letter import Answer, Choice, Letter, QuestionSet, Thread, encode_letter
from crypto.notice import Notice, encode_notice, sign_notice
from crypto.panel import PanelRoot
from crypto.thread import derive_thread
from crypto.words import ReturnWords

HERE: Final = Path(__file__).resolve().parent
Json = Any

ENTROPIES: Final = (0, 1, 2**82 - 1, 0x1F3A5_0C0FF_EE123_45678, int("10" * 41, 2))
CALL, MOST = hashlib.sha256(b"heard test vector: call").hexdigest()[:32], 2**31 - 1
FROM, TO, DAY_INSIDE = date(2026, 1, 1), date(2026, 12, 31), "2026-11-23"


def seed(name: str) -> bytes:
    """Return 32 published bytes for `name`."""
    return hashlib.sha256(b"heard test vector: " + name.encode()).digest()


def threads() -> list[Json]:
    """Return words, and the public half of what derives from them."""
    return [_thread(ReturnWords.from_entropy(entropy)) for entropy in ENTROPIES]


def _thread(words: ReturnWords) -> Json:
    keys = derive_thread(words)
    return {
        "words": words.words,
        "numbers": words.numbers,
        "digits": words.digits,
        "locator": keys.locator.hex(),
        "access_hash": keys.access_hash.hex(),
        "recipient": str(keys.recipient),
        "verify_key": keys.verify_key.hex(),
    }


TEXTS: Final = {
    "plain": "I told a teacher. Nobody wrote it down. Being asked would have helped.",
    "empty": "",
    "lines": "I told a teacher.\nNobody wrote it down.\n\n\tBeing asked would have helped.\n",
    "emoji": "I told a teacher 🧑🏽‍🏫 and a friend 👩‍👩‍👦. 🏴󠁧󠁢󠁷󠁬󠁳󠁿",
    "combining": "cafe\u0301 caf\u00e9 Zo\u0308e \u1ebf \u0065\u0302\u0301",
    "right to left": "אמרתי למורה. \u200fقلت لمعلم.\u200e \u202eok\u202c",
    "controls": "".join(map(chr, [*range(0x0D), *range(0x0E, 0x20), *range(0x7F, 0xA0)])),
    "separators": "\u2028\u2029\u00a0\ufeff\u200b",
    "quotes": "\"I told\" \\ 'a teacher' / </script><!-- & \\u0041",
    "edges of the planes": "\ud7ff\ue000\ufffd\uffff\U00010000\U0010ffff",
}


def letters() -> list[Json]:
    """Return letters as the page and the Worker hold them, and the bytes they become."""
    plain = [_letter(name, _answers(text)) for name, text in TEXTS.items()]
    picked = Answer(
        "age", "about", "How old are you now?", None, (Choice("18-24", "18 to 24"), Choice("no", "I’d rather not say"))
    )
    return [
        *plain,
        _letter("no answers", ()),
        _letter("choices", (*_answers(TEXTS["plain"]), picked)),
        _letter("thread, reads back", _answers(TEXTS["plain"]), reads_back=True),
        _letter("thread, does not read back", _answers(TEXTS["plain"]), reads_back=False),
        _letter("unfinished, first part", _answers(TEXTS["plain"]), call=Call(CALL, 1), kind="unfinished"),
        _letter(
            "unfinished, last of all parts", _answers(TEXTS["emoji"]), call=Call("f" * 32, MOST), kind="unfinished"
        ),
        _letter("unfinished, taken back", (), call=Call(CALL, 3, taken_back=True), kind="unfinished", consents=()),
        _letter("account that ends a call", _answers(TEXTS["plain"]), call=Call(CALL, 2)),
        _letter("account with words that ends a call", _answers(TEXTS["plain"]), call=Call(CALL, 2), reads_back=True),
    ]


def _answers(text: str) -> tuple[Answer, ...]:
    return (Answer("account", "account", "What would you like to tell us?", text, ()),)


def _letter(
    name: str, answers: tuple[Answer, ...], *, reads_back: bool | None = None, call: Call | None = None, **changes: Any
) -> Json:
    keys = derive_thread(ReturnWords.from_entropy(1))
    thread = None if reads_back is None else Thread(str(keys.recipient), keys.verify_key.hex(), reads_back)
    letter = Letter(
        kind="account",
        inquiry="truth-project",
        epoch=1,
        card=seed("card").hex(),
        questions=QuestionSet("truth-project-2026", 1, seed("questions").hex()),
        channel="web" if call is None else "phone",
        language="en",
        locator=keys.locator.hex(),
        sequence=0,
        thread=thread,
        answers=answers,
        consents=(
            Answer("consent-publish", "choices", "May we publish parts?", None, (Choice("yes", "Yes, anonymously"),)),
        ),
        call=call,
    )
    letter = replace(letter, **changes)
    fields = asdict(letter)
    if call is None:
        del fields["call"]
    page = ("questions", "channel", "language", "answers", "consents")
    return {
        "name": name,
        "letter": {key: fields[key] for key in page},
        "envelope": {key: value for key, value in fields.items() if key not in (*page, "change", "signature")},
        "encoded": encode_letter(letter).decode("utf-8"),
    }


def cards() -> list[Json]:
    """Return cards, good and bad, and what the browser says of each on one day."""
    first, second = PanelRoot.from_bytes(seed("panel 1")), PanelRoot.from_bytes(seed("panel 2"))
    fields: dict[str, Any] = {
        "inquiry": "truth-project",
        "valid_from": FROM,
        "valid_to": TO,
        "threshold": 2,
        "custodians": 3,
    }
    good = first.issue_card(epoch=1, **fields)
    text = encode_card(good).decode("ascii")
    body, signature, previous = text.splitlines(keepends=True)
    resigned = _resigner(first, good)
    bad = {
        "a flipped bit in the body": text.replace('"epoch":1', '"epoch":3'),
        "a flipped bit in the signature": text.replace(signature, _flip_last_digit(signature)),
        "fields in another order, signed": resigned(
            body.replace('"threshold":2,"custodians":3', '"custodians":3,"threshold":2')
        ),
        "spaces in the JSON, signed": resigned(body.replace('"epoch":1', '"epoch": 1')),
        "an unknown field, signed": resigned(body.replace("}", ',"extra":1}')),
        "a field twice, signed": resigned(body.replace('"epoch":1', '"epoch":1,"epoch":1')),
        "a number as text, signed": resigned(body.replace('"epoch":1', '"epoch":"1"')),
        "a number with a fraction, signed": resigned(body.replace('"epoch":1', '"epoch":1.0')),
        "no such day, signed": resigned(body.replace("2026-12-31", "2026-02-30")),
        "an end before the beginning, signed": resigned(body.replace("2026-12-31", "2025-12-31")),
        "more needed than there are, signed": resigned(body.replace('"threshold":2', '"threshold":4')),
        "another version, signed": resigned(body.replace('"version":1', '"version":2')),
        "a damaged recipient, signed": resigned(
            body.replace(good.recipient, good.recipient[:-1] + ("q" if good.recipient[-1] != "q" else "p"))
        ),
        "another kind of recipient, signed": resigned(body.replace(good.recipient, "age1pq1")),
        "a damaged minisign key, signed": resigned(body.replace(good.minisign_key, good.minisign_key[:-4])),
        "a secret key in a field, signed": resigned(body.replace("truth-project", "age-secret-key-pq-1")),
        "a secret key after it": text + first.identity.encode() + "\n",
        "lines in another order": body + previous + signature,
        "signed by another panel": body + "signature " + second.sign(good.signed).hex() + "\n" + previous,
        "no last line end": text.removesuffix("\n"),
        "a line too many": text + "\n",
        "two bytes for a line end": text.replace("\n", "\r\n"),
        "an empty file": "",
        "no card": "I told a teacher.\n",
        "too long": text + " " * 8192,
    }
    following = second.issue_card(epoch=2, previous=first, **fields)
    return [
        _card("first", good),
        _card("first, on its first day", good, FROM.isoformat()),
        _card("first, on its last day", good, TO.isoformat()),
        _card("first, the day before", good, "2025-12-31", "expired"),
        _card("first, the day after", good, "2027-01-01", "expired"),
        _card("first, on no day", good, "today", "expired"),
        _card("second, signed by the first too", following),
        _card(
            "demonstration",
            first.issue_card(epoch=1, **{**fields, "threshold": 1, "custodians": 1}, demonstration=True),
        ),
        *({"name": name, "today": DAY_INSIDE, "card": card, "expect": "card"} for name, card in bad.items()),
        {"name": "the safeguarding lead's", "today": DAY_INSIDE, "card": lead_card(), "expect": "card"},
    ]


def _card(name: str, card: PanelCard, today: str = DAY_INSIDE, expect: str = "ok") -> Json:
    words, numbers = card.fingerprint_words
    return {
        "name": name,
        "today": today,
        "card": encode_card(card).decode("ascii"),
        "expect": expect,
        "fingerprint": {"words": words, "numbers": numbers},
        "sha256": card.fingerprint.hex(),
        "epoch": card.epoch,
        "inquiry": card.inquiry,
    }


def _resigner(root: PanelRoot, card: PanelCard) -> Any:
    """Return a function that signs a changed first line with the card's own key, so that only its form is wrong."""

    def resign(body: str) -> str:
        if body.encode() == card.body + b"\n":
            raise ValueError("this vector changes nothing")
        label = card.signed.removesuffix(card.body)
        return f"{body}signature {root.sign(label + body.strip().encode()).hex()}\nprevious -\n"

    return resign


def _flip_last_digit(line: str) -> str:
    return line[:-2] + f"{int(line[-2], 16) ^ 1:x}\n"


def frames() -> list[Json]:
    """Return the fields of a frame and its 50 bytes."""
    cases = [(bytes(16), bytes(32)), (b"\xff" * 16, b"\xff" * 32), (seed("locator")[:16], seed("access"))]
    return [
        {
            "kind": LETTER_KINDS["account"],
            "locator": locator.hex(),
            "access_hash": access_hash.hex(),
            "encoded": Frame(LETTER_KINDS["account"], locator, access_hash).encode().hex(),
        }
        for locator, access_hash in cases
    ]


def lead_card() -> str:
    """Return the file of the safeguarding lead's card, whose root is `seed("lead")`."""
    root = PanelRoot.from_bytes(seed("lead"))
    fields: dict[str, Any] = {"inquiry": "truth-project", "valid_from": FROM, "valid_to": TO}
    return encode_card(root.issue_card(epoch=1, threshold=2, custodians=3, purpose="lead", **fields)).decode("ascii")


def danger() -> list[Json]:
    """Return records of danger as the page and the Worker hold them, and the bytes they become."""
    plain = {"said": "Invented.", "who": "", "done": "", "called": [], "more": ""}
    cases: dict[str, dict[str, Any]] = {
        "everything": {
            "who": "The caller.",
            "done": "We talked.",
            "called": ["999", "116 123"],
            "more": "Lines\nof it.",
        },
        "only what was said": {},
        "only something else": {"said": "", "more": "Ring back."},
        **{name: {"said": text or "x", "more": text} for name, text in TEXTS.items()},
        **{f"channel {channel}": {"channel": channel} for channel in ("in person", "letter", "relay")},
    }
    return [_danger(name, {**plain, **changes}) for name, changes in cases.items()]


def _danger(name: str, changes: dict[str, Any]) -> Json:
    own = {"kind": "danger", "inquiry": "truth-project", "epoch": 1, "card": seed("card").hex()}
    own |= {"channel": "phone", "language": "en", "locator": seed("locator").hex()[:32], "day": DAY_INSIDE}
    fields = {**own, **changes}
    record = DangerRecord(**{**fields, "called": tuple(fields["called"])})
    page = ("channel", "language", "day", "said", "who", "done", "called", "more")
    return {
        "name": name,
        "record": {key: fields[key] for key in page},
        "envelope": {key: fields[key] for key in ("inquiry", "epoch", "card", "locator")},
        "encoded": encode_danger(record).decode("utf-8"),
    }


def holds() -> list[Json]:
    """Return what a page shows of legal holds, and which of them a browser believes on one day."""
    first, second = PanelRoot.from_bytes(seed("panel 1")), PanelRoot.from_bytes(seed("panel 2"))
    fields: dict[str, Any] = {"inquiry": "truth-project", "valid_from": FROM, "valid_to": TO, "threshold": 2}
    card = first.issue_card(epoch=1, custodians=3, **fields)
    after = second.issue_card(epoch=2, custodians=3, previous=first, **fields)
    chain = (encode_card(card) + encode_card(after)).decode("ascii")
    good, later = _hold(first), _hold(second, epoch=2, text="Ein Gericht hat es verlangt. \U0001f33f", language="de")
    cases = {
        "one": ([good], 1),
        "two, of two epochs": ([good, later], 2),
        "that replaces another": ([_hold(first, sequence=2, digests=("ab" * 32,))], 1),
        "with the longest text": ([_hold(first, text="\U0001f33f" * 2_000)], 1),
        "over": ([_hold(first, valid_to="2026-11-22")], 0),
        "to come": ([_hold(first, valid_from="2026-11-24")], 0),
        "altered": ([good.replace("court", "Court")], 0),
        "of another panel": ([_hold(second)], 0),
        "of an epoch without a card": ([_hold(first, epoch=3)], 0),
        "of another inquiry": ([_hold(first, inquiry="another")], 0),
        "no hold": ([_hold(first).replace('"hold"', '"reply"')], 0),
        "one of two forged": ([good, _hold(second)], 1),
        "not JSON": (["{", good], 1),
        "spaces after it": ([good + " "], 0),
        "with a text of spaces": ([_hold(first).replace("A court has asked for it.", " ")], 0),
    }
    return [
        {
            "name": name,
            "files": "\n".join(lines),
            "cards": chain,
            "today": DAY_INSIDE,
            "believed": believed,
            "whole": believed == len(lines),
        }
        for name, (lines, believed) in cases.items()
    ]


def _hold(root: PanelRoot, **changes: Any) -> str:
    plain = Notice(
        kind="hold",
        inquiry="truth-project",
        epoch=1,
        locator="",
        recipient="",
        sequence=1,
        digests=(),
        through=0,
        language="en",
        text="A court has asked for it.",
        days=0,
        valid_from="2026-11-23",
        valid_to="2026-11-23",
    )
    return encode_notice(sign_notice(replace(plain, **_ordered(changes)), root.sign)).decode("utf-8")


def _ordered(changes: dict[str, Any]) -> dict[str, Any]:
    """Widen the days, so that a first day after the last is never made."""
    return {"valid_from": "2026-11-01", "valid_to": "2026-11-30", **changes}


def main() -> int:
    """Write or check the vectors; return the exit status."""
    parser = argparse.ArgumentParser(description="Build the vectors that Python and the browser share.")
    parser.add_argument("--check", action="store_true", help="compare instead of writing; exit 1 when one differs")
    check = parser.parse_args().check
    status = 0
    for build in (threads, letters, cards, frames, holds, danger):
        target = HERE / f"{build.__name__}.json"
        text = json.dumps(build(), indent=1) + "\n"
        if not check:
            target.write_text(text, encoding="ascii")
        elif not target.exists() or target.read_text(encoding="ascii") != text:
            print(f"tests/vectors/{target.name} differs; formats of version 1 are frozen", file=sys.stderr)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
