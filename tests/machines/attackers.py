"""Who holds what the online side holds, and perhaps words that were replaced: what they can compose out of it.

They know everything in the database and every access that was shown, sign bundles as the intake does, and answer survivors as
they like. To be on the safe side they also know whom letters are sealed to; nobody's verify key, which stands only inside letters,
unless they can open one.
"""

import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from crypto.bundle import FIRST_PREVIOUS, BundleHeader, BundleWriter, RecordKind, sign_bundle
from crypto.change import Replacement
from crypto.constants import LETTER_KINDS, NOTICE_KINDS, VISIT_STATUSES
from crypto.errors import AgeError
from crypto.letter import Letter, Thread, parse_letter
from crypto.notice import Notice, encode_notice, sign_notice
from crypto.opening import Identity, open_sealed
from crypto.panel import PanelRoot
from crypto.recipients import Recipient, throwaway_recipient
from crypto.records import LetterRecord
from crypto.sealing import seal_letter, seal_padded
from crypto.visit import Index, IndexEntry, VisitAnswer, VisitRequest
from tests.machines.sides import CARD, INTAKE_KEY, INTAKE_SEED
from tests.threads.survivor import Survivor, account_answer, consent

_WEEK = 202_648
FORGER = PanelRoot.from_bytes(hashlib.sha256(b"a panel of their own").digest())


@dataclass
class Attacker:
    """`old` are the words that they hold besides, if any; `secrets` everything of 32 bytes that might open something."""

    medium: Path
    old: list[Survivor] = field(default_factory=list)
    own: Survivor = field(default_factory=lambda: Survivor(CARD))
    sequence: int = 0
    previous: str = FIRST_PREVIOUS
    bodies: dict[bytes, bytes] = field(default_factory=dict)
    learned: list[Replacement] = field(default_factory=list)
    secrets: set[bytes] = field(default_factory=set)

    def sees(self, sealed: bytes, *secrets: bytes) -> None:
        """Something passes through the server, with what was shown to it."""
        digest = hashlib.sha256(sealed).digest()
        self.secrets.update(secret for secret in secrets if len(secret) == 32)
        if digest in self.bodies:
            return
        self.bodies[digest] = sealed
        for content in self._opened_with_old(sealed):
            if content.startswith(b'{"version":1,"kind":"replacement"'):
                change = parse_letter(content).change
                if isinstance(change, Replacement):
                    self.learned.append(change)

    def learn(self, words: Survivor) -> None:
        """They hold these words from now on, and open with them what they had copied."""
        self.old.append(words)
        bodies, self.bodies = self.bodies, {}
        for sealed in bodies.values():
            self.sees(sealed)

    def opens(self, sealed: bytes) -> bool:
        """Say whether anything that they hold opens it: every secret, tried as an identity."""
        return any(_opens(sealed, Identity.from_seed(secret)) for secret in (INTAKE_SEED, *self.secrets))

    def opens_with_old_words(self, sealed: bytes) -> bool:
        return any(True for _ in self._opened_with_old(sealed))

    def _opened_with_old(self, sealed: bytes) -> Iterator[bytes]:
        for words in self.old:
            try:
                yield open_sealed(sealed, [words.identity]).rstrip(b" ")
            except AgeError:
                continue

    # Bundles

    def bundle(self, records: Sequence[tuple[RecordKind, bytes]]) -> Path:
        """Sign whatever they like as the next bundle."""
        target = io.BytesIO()
        header = BundleHeader("intake to station", CARD.inquiry, 1, 1, self.sequence + 1, self.previous)
        writer = BundleWriter(target, header)
        for kind, body in records:
            if kind == RecordKind.ERASED:
                writer.add_erased(RecordKind.LETTER, body, hashlib.sha256(body).digest())
            else:
                writer.add(kind, body)
        summary = writer.finish()
        path = self.medium / f"intake-0001-{header.sequence:06}.heard"
        path.write_bytes(target.getvalue())
        path.with_name(path.name + ".minisig").write_bytes(sign_bundle(target, summary, INTAKE_KEY))
        self.sequence, self.previous = header.sequence, summary.chain
        return path

    def forged_letter(self, kind: str, victim: Survivor, how: int, sequence: int) -> LetterRecord:
        """An invented letter for somebody's thread.

        `how` says by whom: under their own keys, under keys that they learned, signed with words that they hold, with the
        victim's locator or not.
        """
        letter = self._composed(kind, victim, how, sequence)
        sealed = seal_letter(letter, [Recipient.parse(CARD.recipient), throwaway_recipient()])
        return LetterRecord(LETTER_KINDS[kind], _WEEK, bytes.fromhex(letter.locator), sealed)

    def forged_part(self, kind: str, victim: Survivor, how: int, sequence: int) -> bytes:
        """An invented letter as `forged_letter`, sealed so that the victim can open it."""
        letter = self._composed(kind, victim, how, sequence)
        return seal_letter(letter, [victim.keys.recipient, throwaway_recipient()])

    def _composed(self, kind: str, victim: Survivor, how: int, sequence: int) -> Letter:
        letter = self._content(kind, replace(self._writer(victim, how), sequence=sequence))
        public = self._public(how)
        return letter if public is None else replace(letter, thread=public[0], locator=public[1])

    def _writer(self, victim: Survivor, how: int) -> Survivor:
        if how % 3 == 1 and self.old:
            return self.old[how // 3 % len(self.old)]
        keys = self.own.keys
        return Survivor(CARD, replace(keys, locator=victim.keys.locator, access=victim.keys.access))

    def _public(self, how: int) -> tuple[Thread, str] | None:
        """Keys that they only know the public half of, their own recipient among them, and the thread's locator."""
        if how % 3 != 2 or not self.learned:
            return None
        change = self.learned[how // 3 % len(self.learned)]
        recipient = change.recipient if how % 2 else str(self.own.keys.recipient)
        return Thread(recipient, change.verify_key, reads_back=True), change.locator

    def _content(self, kind: str, writer: Survivor) -> Letter:
        if kind == "account":
            return writer.letter(kind, answers=account_answer("Invented."), consents=consent("yes"), sequence=0)
        if kind == "choices":
            return writer.choices("yes")
        if kind == "withdrawal":
            return writer.withdrawal()
        if kind == "replacement":
            return writer.replacement(self.own)
        return writer.addition("Invented.")

    # Answers to survivors

    def forged_notice(self, kind: str, victim: Survivor, digests: Sequence[bytes]) -> bytes:
        """A notice under a panel key of their own, sealed to the victim."""
        notice = Notice(
            kind=kind,
            inquiry=CARD.inquiry,
            epoch=1,
            locator=victim.keys.locator.hex(),
            recipient=str(victim.keys.recipient),
            sequence=1,
            digests=tuple(sorted({digest.hex() for digest in digests})),
            through=0,
            language="en",
            text="Invented.",
            days=90 if kind == "destruction" else 0,
            valid_from="",
            valid_to="",
        )
        content = encode_notice(sign_notice(notice, FORGER.sign))
        return seal_padded(content, [victim.keys.recipient, throwaway_recipient()])

    def served(self, entries: Sequence[tuple[bytes, int, bytes]], state: int) -> "Served":
        """A server that shows those entries: sealed bytes, kind, locator."""
        return Served(entries, state)


@dataclass(frozen=True)
class Served:
    """Answers as the attacker wants them."""

    entries: Sequence[tuple[bytes, int, bytes]]
    state: int

    async def __call__(
        self,
        request: VisitRequest,
        slot: bytes = b"",  # noqa: ARG002 - as a server is asked
        once: bytes | None = None,  # noqa: ARG002 - as a server is asked
    ) -> VisitAnswer | None:
        if request.operation == 1:
            listed = [
                IndexEntry(kind, len(sealed) // 65_536, locator, hashlib.sha256(sealed).digest())
                for sealed, kind, locator in self.entries
            ]
            return VisitAnswer(VISIT_STATUSES["index"], slot=Index(self.state, 0, 1, tuple(listed)).encode())
        for sealed, _, _ in self.entries:
            if hashlib.sha256(sealed).digest() == request.target:
                return VisitAnswer(VISIT_STATUSES["letter"], 1, slot=sealed)
        return VisitAnswer(VISIT_STATUSES["gone"])


def _opens(sealed: bytes, identity: Identity) -> bool:
    try:
        open_sealed(sealed, [identity])
    except AgeError:
        return False
    return True


ANY_KIND = tuple({**LETTER_KINDS, **NOTICE_KINDS}.values())
