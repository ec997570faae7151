"""Filing: the case store brought to what the ledger says. Whoever opens the store does this first, so there is one way in.

A letter that counts is opened and put in; one that was taken back, or set aside since, is shredded at once. Its sealed file stays
in the vault until two people destroy it. Doing it again changes nothing, so an interruption at any moment is mended by the next.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Final

from crypto.card import PanelCard
from crypto.errors import AgeError, LetterError, NoMatchError
from crypto.hold import in_force
from crypto.letter import Letter, parse_letter
from reviewer.cases.letters import NewCase
from reviewer.cases.log import STATION, Act, Log
from reviewer.cases.referrals import Referrals
from reviewer.cases.replies import WaitingReplies, seen_of
from reviewer.cases.rows import ReplyRow
from reviewer.cases.store import Cases
from reviewer.cases.unsealing import Unsealer
from reviewer.entries import LetterEntry, Status
from reviewer.errors import VaultError
from reviewer.holding import Holds
from reviewer.ledger import Ledger
from reviewer.roll import Called
from reviewer.vault import Vault

_AT_ONCE: Final = 64
_GONE: Final = frozenset({Status.WITHDRAWN, Status.DESTROYED})


class FiledStore(Cases, Referrals, WaitingReplies, Log):
    """What filing needs of the case store."""


@dataclass(frozen=True)
class Filed:
    """What filing came to: letters put in, shredded, and left because these shares (or this disk) do not give them."""

    added: int
    shredded: tuple[str, ...]
    left: int


@dataclass(frozen=True)
class Filer:
    """Files for one station. `cards` are the installed ones."""

    cases: FiledStore
    ledger: Ledger
    vault: Vault
    cards: Sequence[PanelCard]
    unsealer: Unsealer = field(repr=False)

    def file(self, step: Callable[[], None] = lambda: None) -> Filed:
        """Bring the store to the ledger. `step` is called once for each letter that is put in. Raises CaseStoreError, LedgerError."""
        persons = Persons.read(self.ledger)
        known, counting, aside = self.cases.persons(), {}, []
        for entry in self.ledger.roll():
            if entry.status == Status.SET_ASIDE:
                aside.append((entry.digest, entry.week, entry.reason or ""))
            elif entry.status == Status.IMPORTED and entry.bundle:
                counting[entry.digest] = persons.of(entry)
        gone = tuple(sorted(known.keys() - counting.keys()))
        if gone:
            self.cases.shred(gone)
            self.cases.note(STATION, Act.SHREDDED, gone)
        moved = {known[digest]: person for digest, person in counting.items() if known.get(digest, person) != person}
        if moved:
            self.cases.move(moved)
        if [(row.digest, row.week, row.reason) for row in self.cases.aside()] != sorted(aside, key=_by_week):
            self.cases.set_aside(aside)
        self._shred_acts()
        self._end_signings()
        missing = [digest for digest in counting if digest not in known]
        added = self._add(missing, counting, step)
        return Filed(added, gone, len(missing) - added)

    def is_taken_back(self, digest: str) -> bool:
        """Say whether a letter is nobody's to read any more."""
        entry = self.ledger.letter(digest)
        return entry is not None and entry.status in _GONE

    def is_sent(self, row: ReplyRow) -> bool:
        """Say whether the words of a reply became an answer, and whoever signed them was interrupted before they were taken out."""
        return bool(row.sealed) and self.ledger.has_notice(row.sealed)

    def _end_signings(self) -> None:
        for row in self.cases.replies():
            if self.is_sent(row):
                self.cases.take_reply(STATION, None, row.number, seen_of(row))

    def _shred_acts(self) -> None:
        """Take out what people wrote here about letters that were taken back.

        No sealed file has it as well, so under a legal hold it waits, shown to nobody, until that has ended.
        """
        gone = [digest for digest in self.cases.named_in_acts() if self.is_taken_back(digest)]
        if gone and not in_force(Holds(self.ledger, self.vault, self.cards).all(), date.today()):
            self.cases.shred_replies(gone)
            self.cases.shred_referrals(gone)

    def _add(self, digests: Sequence[str], persons: dict[str, str], step: Callable[[], None]) -> int:
        opened = self._opened(digests, persons)
        added = 0
        while some := list(islice(opened, _AT_ONCE)):
            self.cases.add(some)
            added += len(some)
            for _ in some:
                step()
        return added

    def _opened(self, digests: Sequence[str], persons: dict[str, str]) -> Iterator[NewCase]:
        """Yield what can be opened. `reviewer status` names what is lost, and other shares may open the rest."""
        closed: set[int | None] = set()
        for digest in digests:
            entry = self.ledger.letter(digest)
            if entry is None or entry.epoch in closed:
                continue
            try:
                letter = parse_letter(self.unsealer.unseal(self.vault.fetch(digest)))
            except NoMatchError:
                # The key of that epoch is not here: none of its letters would open, and trying takes its time.
                closed.add(entry.epoch)
                continue
            except (VaultError, AgeError, LetterError):
                continue
            if self._is_ours(letter):
                yield NewCase(entry, letter, persons[digest])

    def _is_ours(self, letter: Letter) -> bool:
        """Say whether a letter names one of this station's cards."""
        return any(
            (card.inquiry, card.epoch, card.fingerprint.hex()) == (letter.inquiry, letter.epoch, letter.card)
            for card in self.cards
        )


@dataclass(frozen=True)
class Persons:
    """Which letters are one person's: by the first words of a thread, else by the call, else each alone."""

    roots: dict[str, str]
    calls: dict[str, str]

    @classmethod
    def read(cls, ledger: Ledger) -> "Persons":
        """Read the threads whose words were replaced, and the calls that an account ended."""
        before = {after: key for key, after in ledger.replaced()}
        roots = {key: _root(key, before) for key in before}
        calls = {call: roots.get(key, key) for call, key in ledger.ended_calls()}
        return cls(roots, calls)

    def of(self, entry: LetterEntry | Called) -> str:
        """Return the name of the thread that a letter is in."""
        if entry.verify_key:
            return self.roots.get(entry.verify_key, entry.verify_key)
        return self.calls.get(entry.call, entry.call) if entry.call else entry.digest


def _root(key: str, before: dict[str, str]) -> str:
    seen = {key}
    while (earlier := before.get(key)) is not None and earlier not in seen:
        key = earlier
        seen.add(key)
    return key


def _by_week(row: tuple[str, int, str]) -> tuple[int, str]:
    return row[1], row[0]
