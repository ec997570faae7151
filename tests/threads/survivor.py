"""Somebody with return words, as their browser would act: writes, signs, seals, asks, opens. No browser, no server."""

import hashlib
import os
from dataclasses import dataclass, field, replace
from typing import Any

from crypto.card import PanelCard
from crypto.change import Change, Inheritance, Replacement, Withdrawal
from crypto.constants import LETTER_KINDS, SEED_BYTES, VISIT_OPERATIONS, VISIT_SLOT_BYTES
from crypto.frame import Frame
from crypto.letter import Answer, Choice, Letter, QuestionSet, Thread
from crypto.notice import Notice, parse_notice
from crypto.opening import Identity, open_letter, open_sealed
from crypto.recipients import Recipient, throwaway_recipient
from crypto.sealing import seal_letter
from crypto.signing import sign_letter
from crypto.thread import ThreadKeys
from crypto.visit import VisitRequest

QUESTIONS = QuestionSet("general", 1, "cd" * 32)


def account_answer(text: str) -> tuple[Answer, ...]:
    return (Answer("account", "account", "What would you like to tell us?", text, ()),)


def consent(value: str) -> tuple[Answer, ...]:
    labels = {"yes": "Yes", "no": "No", "later": "I will decide later"}
    return (Answer("research", "choices", "May we use it for research?", None, (Choice(value, labels[value]),)),)


def random_keys() -> ThreadKeys:
    """Keys as return words would give, without the time that it takes to derive them."""
    return ThreadKeys(os.urandom(16), os.urandom(32), os.urandom(SEED_BYTES), os.urandom(SEED_BYTES))


@dataclass
class Survivor:
    """One person. `keys` are those of their words now; `sequence` is the next free place in their thread."""

    card: PanelCard
    keys: ThreadKeys = field(default_factory=random_keys, repr=False)
    sequence: int = 0

    @property
    def thread(self) -> Thread:
        return Thread(str(self.keys.recipient), self.keys.verify_key.hex(), reads_back=True)

    @property
    def identity(self) -> Identity:
        return Identity.from_seed(self.keys.identity_seed)

    def letter(self, kind: str, *, change: Change | None = None, **changes: Any) -> Letter:
        plain = Letter(
            kind=kind,
            inquiry=self.card.inquiry,
            epoch=self.card.epoch,
            card=self.card.fingerprint.hex(),
            questions=QUESTIONS,
            channel="web",
            language="en",
            locator=self.keys.locator.hex(),
            sequence=self.sequence,
            thread=self.thread,
            answers=(),
            consents=(),
            change=change,
        )
        plain = replace(plain, **changes)
        return plain if kind == "account" else sign_letter(plain, self.keys.signing_seed)

    def seal(self, letter: Letter) -> bytes:
        """Seal to whom the kind says: docs/sealing.md, "Recipients"."""
        own = self.keys.recipient
        if letter.kind in {"draft", "inheritance"}:
            return seal_letter(letter, [own, throwaway_recipient()])
        return seal_letter(letter, [Recipient.parse(self.card.recipient), own])

    def account(self, text: str, choice: str = "yes") -> tuple[Frame, bytes]:
        """The frame and the sealed bytes of the first letter."""
        letter = self.letter("account", answers=account_answer(text), consents=consent(choice), sequence=0)
        return Frame(LETTER_KINDS["account"], self.keys.locator, self.keys.access_hash), self.seal(letter)

    def addition(self, text: str) -> Letter:
        return self.letter("addition", answers=account_answer(text))

    def choices(self, choice: str) -> Letter:
        return self.letter("choices", consents=consent(choice))

    def draft(self, text: str) -> Letter:
        return self.letter("draft", answers=account_answer(text))

    def withdrawal(self, keep: Any = "nothing") -> Letter:
        return self.letter("withdrawal", change=Withdrawal(keep))

    def successor(self) -> "Survivor":
        """The same person under other words."""
        return Survivor(self.card, sequence=0)

    def replacement(self, after: "Survivor") -> Letter:
        keys = after.keys
        change = Replacement(keys.locator.hex(), keys.access_hash.hex(), str(keys.recipient), keys.verify_key.hex())
        return self.letter("replacement", change=change)

    def inheritance(self, before: "Survivor") -> Letter:
        keys = before.keys
        change = Inheritance(keys.locator.hex(), keys.verify_key.hex(), keys.identity_seed.hex())
        return self.letter("inheritance", change=change, sequence=0)

    def put(self, letter: Letter, sealed: bytes | None = None, target: bytes = bytes(32)) -> tuple[VisitRequest, bytes]:
        """The request that stores `letter`, and its slot."""
        kind = LETTER_KINDS[letter.kind]
        request = self.ask("put", kind=kind, sequence=letter.sequence, target=target)
        return request, self.seal(letter) if sealed is None else sealed

    def ask(
        self, operation: str, *, kind: int = 0, part: int = 0, sequence: int = 0, target: bytes = bytes(32)
    ) -> VisitRequest:
        code = VISIT_OPERATIONS[operation]
        return VisitRequest(code, kind, part, sequence, self.keys.locator, self.keys.access, target)

    def open_letter(self, sealed: bytes) -> Letter:
        return open_letter(sealed, self.identity)

    def open_notice(self, sealed: bytes) -> Notice:
        return parse_notice(open_sealed(sealed, [self.identity]))


def filler() -> bytes:
    """What stands in the slot of a request that puts nothing."""
    return os.urandom(VISIT_SLOT_BYTES)


def digest_of(sealed: bytes) -> bytes:
    return hashlib.sha256(sealed).digest()
