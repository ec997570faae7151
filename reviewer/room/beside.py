"""The second person at the room's table: who types a name and a passphrase on the page for one act, and is not kept."""

from dataclasses import dataclass, replace
from enum import StrEnum
from http import HTTPStatus

from reviewer.cases.casework import Casework
from reviewer.errors import ReaderError, ReferralError, StationError
from reviewer.room.fields import Fields

NAME, PASSPHRASE = "second", "second-passphrase"


class Two(StrEnum):
    """How two people do something in this room."""

    # The other one types who they are.
    TYPED = "typed"
    # A demonstration of one custodian, who has nobody else.
    ALONE = "alone"
    # Without readers the two are custodians, whose shares the room does not take.
    BY_COMMAND = "by command"


def how_two(work: Casework) -> Two:
    """Say how two people do something here."""
    if work.seat.reader is not None:
        return Two.TYPED
    return Two.ALONE if work.seat.alone else Two.BY_COMMAND


def beside(work: Casework, fields: Fields) -> Casework:
    """Return the same table with whoever typed name and passphrase as the second person. Raises ReaderError."""
    if work.seat.reader is None:
        return work
    name, passphrase = fields.get(NAME).strip(), fields.get(PASSPHRASE)
    if not name or not passphrase:
        raise SecondError("The other person types their name and their passphrase here.")
    if name == work.seat.name:
        raise SecondError("That is you: the other person types their own name and passphrase.")
    try:
        second = work.store.sign_in(name, passphrase)
    except ReaderError as error:
        raise SecondError(str(error)) from None
    return replace(work, seat=replace(work.seat, second=second))


class SecondError(ReaderError):
    """Whoever should be the second person did not say who they are."""


@dataclass(frozen=True)
class Refused:
    """Why a form comes back: the sentence, and the ID of the field on its page that it is about."""

    text: str
    field: str

    @classmethod
    def by(cls, error: StationError, field: str) -> "Refused":
        """Return it for an error; `field` where the error names none."""
        if isinstance(error, SecondError):
            return cls(str(error), NAME)
        return cls(str(error), (isinstance(error, ReferralError) and error.field) or field)


def status_of(refused: Refused | None) -> HTTPStatus:
    """Return the status of a form: it comes back because something in it was refused, or it is new."""
    return HTTPStatus.OK if refused is None else HTTPStatus.UNPROCESSABLE_ENTITY
