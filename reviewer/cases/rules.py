"""Rules of one station that its custodians choose, in the case store and its log: so far, who signs replies."""

from enum import StrEnum
from typing import Final

from reviewer.cases.database import CaseDatabase
from reviewer.cases.log import Act, Log
from reviewer.cases.rows import RuleRow

_REPLIES: Final = "replies"


class Signing(StrEnum):
    """Who signs a reply."""

    ONE = "one person"
    TWO = "two people"


class Rules(Log, CaseDatabase):
    """The rules of one store. Methods raise CaseStoreError."""

    def signing(self) -> Signing:
        """Return who signs a reply; one person, as long as nobody chose."""
        with self._session() as session:
            row = session.get(RuleRow, _REPLIES)
        return Signing(row.value) if row else Signing.ONE

    def choose_signing(self, who: str, signing: Signing) -> None:
        """Let replies be signed so from now on, those that wait too."""
        with self._writing() as session:
            row = session.get(RuleRow, _REPLIES) or RuleRow(name=_REPLIES, value="")
            row.value = signing.value
            session.add(row)
            self._note(session, who, Act.RULED, [f"replies: {signing.value}"])
