"""A letter as the case store keeps it: its frame, and its parts one by one; and back to the very same JSON."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from crypto.letter import Answer, Letter, encode_letter, parse_letter
from reviewer.cases.rows import CaseRow, PartRow
from reviewer.entries import LetterEntry

_PARTS: Final = ("answers", "consents")
# A hint, no judgement, and in English only: such a letter is read first. docs/station-guide.md, "The order of reading".
RISK_PHRASES: Final = (
    "in danger",
    "not safe",
    "still happening",
    "happening now",
    "going to hurt",
    "hurt myself",
    "kill myself",
    "end my life",
    "want to die",
)
_RISK: Final = re.compile("|".join(phrase.replace(" ", r"\s+") for phrase in RISK_PHRASES), re.IGNORECASE)


@dataclass(frozen=True)
class NewCase:
    """A letter that is to be put in: what the ledger says of it, what is inside, and whose thread it is in."""

    entry: LetterEntry
    letter: Letter = field(repr=False)
    person: str = field(repr=False)


def case_values(new: NewCase, case_id: int) -> dict[str, Any]:
    """Return the values of a letter's row, without its parts."""
    letter = new.letter
    document = json.loads(encode_letter(letter))
    for name in _PARTS:
        del document[name]
    typed = [answer.text for answer in letter.answers if answer.text]
    return {
        "id": case_id,
        "digest": new.entry.digest,
        "person": new.person,
        "kind": letter.kind,
        "week": new.entry.week,
        "epoch": letter.epoch,
        "channel": letter.channel,
        "language": letter.language,
        "questions": letter.questions.id,
        "sequence": letter.sequence,
        "call": letter.call.id if letter.call else None,
        "part": letter.call.part if letter.call else None,
        "topics": json.dumps(list(dict.fromkeys(answer.topic for answer in letter.answers))),
        "words": sum(len(text.split()) for text in typed),
        "hint": any(_RISK.search(text) for text in typed),
        "taken": None,
        "seen": False,
        "frame": json.dumps(document, ensure_ascii=False),
    }


def part_values(case_id: int, letter: Letter, first_id: int) -> list[dict[str, Any]]:
    """Return the values of the rows of a letter's answers and consents, in their order, numbered from `first_id`."""
    found = [(place, name, answer) for name in _PARTS for place, answer in enumerate(getattr(letter, name))]
    return [
        {
            "id": id_,
            "case_id": case_id,
            "place": place,
            "consent": name == "consents",
            "name": answer.id,
            "topic": answer.topic,
            "question": answer.question,
            "text": answer.text,
            "chosen": json.dumps([vars(choice) for choice in answer.chosen], ensure_ascii=False),
        }
        for id_, (place, name, answer) in enumerate(found, first_id)
    ]


def letter_of(case: CaseRow, parts: Sequence[PartRow]) -> Letter:
    """Return the letter again. Raises LetterError when it is not the one that was put in."""
    document = json.loads(case.frame)
    for name in _PARTS:
        document[name] = [_answer(part) for part in parts if part.consent == (name == "consents")]
    # In the order of the form, which its canonical JSON has.
    ordered = {name: document[name] for name in ("version", *Letter.__dataclass_fields__) if name in document}
    return parse_letter(json.dumps(ordered, ensure_ascii=False, separators=(",", ":")).encode("utf-8"))


def _answer(part: PartRow) -> dict[str, Any]:
    given = {"id": part.name, "topic": part.topic, "question": part.question, "text": part.text}
    return {
        **{name: given[name] for name in Answer.__dataclass_fields__ if name in given},
        "chosen": json.loads(part.chosen),
    }
