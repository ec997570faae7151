"""What waits for somebody at the station: referrals that are due, replies for a second reader. Numbers alone, so that anybody may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from reviewer.cases.casework import CaseStore, Casework
from reviewer.cases.referrals import Referral, Standing, count_due
from reviewer.cases.referring import visible
from reviewer.cases.strongbox import Strongbox
from reviewer.cases.unsealing import OpenedPanel
from reviewer.desk import Desk
from reviewer.errors import BusyError, CaseStoreError
from reviewer.opening import Unlocked


@dataclass(frozen=True)
class Duties:
    """How many referrals are overdue or due within a week, and how many replies wait."""

    overdue: int
    due: int
    replies: int

    def lines(self) -> list[str]:
        """Return what there is to say of them, for people: nothing where nothing waits."""
        said = []
        if self.overdue:
            said.append(f"OVERDUE: what must follow of {self.overdue} referral(s); see `reviewer referrals`.")
        if self.due:
            said.append(f"Due within a week: what must follow of {self.due} referral(s); see `reviewer referrals`.")
        if self.replies:
            said.append(f"Replies waiting for a second reader: {self.replies}; see `reviewer replies`.")
        return said


def duties_here(work: Casework, today: date) -> Duties:
    """Count what waits, as far as it is not hidden from whoever is here. Raises CaseStoreError."""
    return _duties(list(visible(work)), len(work.waiting_replies()), today)


def _duties(referrals: Sequence[Referral], replies: int, today: date) -> Duties:
    standings = count_due(referrals, today)
    return Duties(standings[Standing.OVERDUE], standings[Standing.DUE], replies)


def duties_at(desk: Desk, panel: Sequence[Unlocked], today: date) -> Duties | None:
    """Open the case store with whoever holds the panel's key, and count; None where these keys open none, or it is being renewed."""
    strongbox = Strongbox(desk.station.cases, desk.cards)
    try:
        number = strongbox.number()
        if number is None or not {one.card.epoch for one in panel} & set(strongbox.epochs(number)):
            return None
        with strongbox.open(OpenedPanel(panel), check=False) as opening:
            store = CaseStore(opening.path, opening.key)
            try:
                return _duties(store.referrals(), len(store.replies()), today)
            finally:
                store.close()
    except (BusyError, CaseStoreError):
        return None
