"""Legal holds of one station: signed, kept as they were signed, and in every return bundle from then on.

They are carried again each time, so that an intake side that was restored from a backup knows them again. Whoever is
asked whether one is in force gets the answer from verified notices alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from crypto.card import PanelCard
from crypto.constants import NOTICE_KINDS
from crypto.errors import LetterError
from crypto.hold import MOST_CHARACTERS, hold_digest, in_force, last_day, parse_hold, standing, verify_hold
from crypto.notice import HOLD, Notice, encode_notice, sign_notice
from reviewer.display import safe_line
from reviewer.entries import EVERYONE, NoticeEntry
from reviewer.errors import HoldError
from reviewer.ledger import Ledger
from reviewer.opening import Unlocked
from reviewer.vault import Vault

_LANGUAGE: Final = "en"
LEAST_PREFIX: Final = 6
_PAST, _REPLACED = "past", "replaced"
OVER: Final = frozenset({_PAST, _REPLACED})


@dataclass(frozen=True)
class Holds:
    """The holds that one station signed. `cards` are its panel's."""

    ledger: Ledger
    vault: Vault
    cards: Sequence[PanelCard]

    def all(self) -> list[Notice]:
        """Return every one, oldest first. Raises HoldError for one that is not what was signed, VaultError."""
        found = []
        for entry in self.ledger.notices([EVERYONE]):
            try:
                hold = parse_hold(self.vault.fetch(entry.digest))
                verify_hold(hold, self.cards)
            except LetterError:
                raise HoldError(
                    "A hold in this station is not signed by its panel; restore the station's copy."
                ) from None
            found.append(hold)
        return found

    def require_none(self, day: date) -> None:
        """Raise HoldError, which says until when and why, while any is in force."""
        holding = in_force(self.all(), day)
        if holding:
            why = " / ".join(safe_line(hold.text) for hold in holding)
            raise HoldError(
                f"A legal hold is in force until {last_day(holding)}: {why} Nothing was destroyed; what people took back "
                "waits, and nobody reads it. See `reviewer hold`."
            )

    def publish(self, unlocked: Unlocked, text: str, first: date, last: date) -> Notice:
        """Sign a new hold. Raises HoldError for one that nobody could act on."""
        return self._sign(unlocked, text, first, last, ())

    def end(self, unlocked: Unlocked, hold: Notice, last: date, text: str = "") -> Notice:
        """Sign that `hold` ends earlier: `last` is the last day that it is in force. Without a `text` it keeps its own."""
        if last.isoformat() >= hold.valid_to:
            raise HoldError(f"This hold ends on {hold.valid_to} anyway; publish another one to go on after that.")
        first = min(date.fromisoformat(hold.valid_from), last)
        return self._sign(unlocked, text or hold.text, first, last, (hold_digest(hold),))

    def named(self, name: str) -> Notice:
        """Return the hold that stands and whose digest starts with `name` (at least 6 hex digits). Raises HoldError."""
        found = [hold for hold in standing(self.all()) if hold_digest(hold).startswith(name.lower())]
        if len(name) < LEAST_PREFIX or len(found) != 1:
            raise HoldError("No one hold that stands has that ID; see `reviewer hold`.")
        return found[0]

    def _sign(self, unlocked: Unlocked, text: str, first: date, last: date, replaces: tuple[str, ...]) -> Notice:
        sequence = 1 + max((entry.sequence for entry in self.ledger.notices([EVERYONE])), default=0)
        card = unlocked.card
        plain = Notice(
            kind=HOLD,
            inquiry=card.inquiry,
            epoch=card.epoch,
            locator="",
            recipient="",
            sequence=sequence,
            digests=replaces,
            through=0,
            language=_LANGUAGE,
            text=text,
            days=0,
            valid_from=first.isoformat(),
            valid_to=last.isoformat(),
        )
        check_text(text)
        hold = sign_notice(plain, unlocked.keys.sign)
        entry = NoticeEntry(
            digest=self.vault.keep(encode_notice(hold)),
            kind=NOTICE_KINDS[HOLD],
            locator="",
            verify_key=EVERYONE,
            sequence=sequence,
        )
        self.ledger.add_notice(entry)
        return hold


def told(holds: Holds, today: date) -> list[dict[str, Any]]:
    """Return what there is to say about every hold, oldest first, for people and for programs."""
    sent = {entry.digest for entry in holds.ledger.notices([EVERYONE]) if entry.bundle is not None}
    every = holds.all()
    stand = {hold_digest(hold) for hold in standing(every)}
    return [
        fields_of(hold, today, is_sent=hold_digest(hold) in sent, is_replaced=hold_digest(hold) not in stand)
        for hold in every
    ]


def fields_of(hold: Notice, today: date, *, is_sent: bool, is_replaced: bool = False) -> dict[str, Any]:
    """Return what there is to say about one hold, for people and for programs."""
    return {
        "id": hold_digest(hold),
        "from": hold.valid_from,
        "to": hold.valid_to,
        "state": _state(hold, today, is_replaced=is_replaced),
        "replaces": hold.digests[0] if hold.digests else None,
        "epoch": hold.epoch,
        "sent": is_sent,
        "text": hold.text,
    }


def _state(hold: Notice, today: date, *, is_replaced: bool) -> str:
    if is_replaced:
        return _REPLACED
    if hold.valid_to < today.isoformat():
        return _PAST
    return "in force" if hold.valid_from <= today.isoformat() else "to come"


def check_text(text: str) -> None:
    """Raise HoldError unless a hold may say this."""
    if not 0 < len(text.strip()) <= len(text) <= MOST_CHARACTERS:
        raise HoldError(f"Say why, in plain language: a hold's text has from 1 to {MOST_CHARACTERS} characters.")


def day_before(day: date) -> date:
    """Return the day before, which is the last of a hold that ends now."""
    return day - timedelta(days=1)
