"""The log: who opened, decided, released, referred and destroyed, each entry chained to the one before.

    entry = canonical JSON {sequence, day, who, act, subject}
    chain₀ = 32 zero bytes, chainᵢ = SHA-256("heard/v1/station/log" ‖ chainᵢ₋₁ ‖ entryᵢ)

A changed, missing or reordered entry breaks the chain. That the end was cut off, or all of it written anew, is found by the heads that
return bundles carried: docs/sealing.md, "Log". A day, never a time: who reads when is nobody's business.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from sqlmodel import Session, col, select

from crypto.records import LogHead
from reviewer.cases.database import CaseDatabase
from reviewer.cases.rows import LogRow

_LABEL: Final = b"heard/v1/station/log"
# Between the names of two people who did something together. No name has a space.
WITH: Final = " with "
# Who shreds what was taken back: nobody decides it.
STATION: Final = "the station"
EMPTY: Final = LogHead(0, bytes(32))


class Act(StrEnum):
    """What was done."""

    IMPORTED = "imported"
    OPENED = "opened"
    # An addition, other choices, a letter that was set aside: no full account.
    LOOKED_AT = "looked at"
    SEARCHED = "searched"
    HEARD = "said heard"
    PREPARED = "prepared a reply"
    REPLIED = "replied"
    DISCARDED = "discarded a reply"
    MARKED = "marked"
    UNMARKED = "took a mark back"
    RELEASED = "released"
    REFERRED = "referred"
    WROTE_OUT = "wrote out a referral"
    FOLLOWED_UP = "followed up a referral"
    SHREDDED = "shredded"
    DESTROYED = "destroyed"
    HELD = "published or ended a hold"
    EXPORTED = "exported"
    RESYNCED = "began a generation"
    HANDED_OUT = "handed the key to another program"
    BACKED_UP = "backed up"
    BACKUP_GONE = "destroyed a backup"
    RESTORED = "restored"
    RENEWED = "renewed the store's key"
    READER = "changed a reader"
    ALLOWED = "allowed more"
    RULED = "changed a rule"


@dataclass(frozen=True)
class Fault:
    """What is wrong with the log, from which entry on."""

    sequence: int
    what: str


class Log(CaseDatabase):
    """The log of one store. Methods raise CaseStoreError."""

    def note(self, who: str, act: Act, subjects: Sequence[str], day: date | None = None) -> None:
        """Add an entry for each subject (a digest, a name), all or none."""
        with self._writing() as session:
            self._note(session, who, act, subjects, day)

    def _note(self, session: Session, who: str, act: Act, subjects: Sequence[str], day: date | None = None) -> None:
        """Add entries within a transaction: what is noted is saved together with what was done."""
        last = session.exec(select(LogRow).order_by(col(LogRow.sequence).desc()).limit(1)).first()
        count, chain = (last.sequence, last.chain) if last else (0, EMPTY.chain.hex())
        on = (day or date.today()).isoformat()
        for sequence, subject in enumerate(subjects, count + 1):
            row = LogRow(sequence=sequence, day=on, who=who, act=act.value, subject=subject, chain="")
            row.chain = chain = link(chain, row)
            session.add(row)
        session.flush()

    def entries(self) -> Iterator[LogRow]:
        """Yield every entry, oldest first."""
        wanted = select(LogRow).order_by(col(LogRow.sequence)).execution_options(yield_per=1_024)
        with self._session() as session:
            yield from session.exec(wanted)

    def head(self) -> LogHead:
        """Return how far the log has come."""
        with self._session() as session:
            last = session.exec(select(LogRow).order_by(col(LogRow.sequence).desc()).limit(1)).first()
            return LogHead(last.sequence, bytes.fromhex(last.chain)) if last else EMPTY

    def verify(self, heads: Sequence[LogHead]) -> Fault | None:
        """Return the first fault of the chain, held against the heads that were written down elsewhere; None when there is none."""
        promised = {head.count: head.chain.hex() for head in heads if head.count}
        sequence, chain = 0, EMPTY.chain.hex()
        for row in self.entries():
            sequence += 1
            if row.sequence != sequence:
                return Fault(sequence, "an entry is missing, or they were put in another order")
            if row.chain != link(chain, row):
                return Fault(sequence, "an entry was changed, or put in another place")
            chain = row.chain
            if promised.pop(sequence, chain) != chain:
                return Fault(sequence, "the log was written anew: a return bundle carried another head")
        if promised:
            return Fault(sequence + 1, f"the end was cut off: {max(promised)} entries were there before")
        return None

    def subjects_of(self, name: str, act: Act, day: date) -> list[str]:
        """Return what somebody did something to on one day, alone or with another person, each once."""
        they = (
            (col(LogRow.who) == name)
            | col(LogRow.who).startswith(f"{name}{WITH}")
            | col(LogRow.who).endswith(f"{WITH}{name}")
        )
        wanted = select(LogRow.subject).where(they, LogRow.act == act.value, LogRow.day == day.isoformat())
        with self._session() as session:
            return sorted(set(session.exec(wanted)))


def link(before: str, row: LogRow) -> str:
    """Return the chain value (64 hex) of an entry after the one with `before`."""
    fields = {name: getattr(row, name) for name in ("sequence", "day", "who", "act", "subject")}
    entry = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    return hashlib.sha256(_LABEL + bytes.fromhex(before) + entry).hexdigest()
