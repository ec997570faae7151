"""What a browser without scripts posts to a page: read whole and strictly, in memory."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from starlette.requests import Request

from intake.errors import FormError
from intake.rows import NewLetter
from intake.unscripted.form import Fields, read_fields
from intake.unscripted.sealing import SealedAccount

MEDIA_TYPE: Final = "application/x-www-form-urlencoded"
YES: Final = "yes"


class PostedForm:
    """The fields of one posted form."""

    def __init__(self, fields: Fields) -> None:
        self.fields = fields

    def __contains__(self, name: str) -> bool:
        return name in self.fields

    def first(self, name: str) -> str:
        """Return the first value of a field, or an empty string."""
        values: Sequence[str] = self.fields.get(name, ())
        return values[0] if values else ""

    def is_yes(self, name: str) -> bool:
        """Say whether a box or a hidden field says yes."""
        return self.first(name) == YES

    @property
    def is_plain(self) -> bool:
        """Say whether it was sent by a form for text browsers."""
        return self.is_yes("plain")


async def read_posted(request: Request) -> PostedForm | str:
    """Return what was posted, or the word of a refusal: "type" or "form"."""
    media_type, _, _ = request.headers.get("content-type", "").partition(";")
    if media_type.strip().lower() != MEDIA_TYPE:
        return "type"
    try:
        return PostedForm(read_fields(await request.body()))
    except FormError:
        return "form"


def to_store(sealed: SealedAccount, day: date) -> NewLetter:
    """Return the letter of a form as the store takes it: an account, or one that changes its thread."""
    frame = sealed.frame
    return NewLetter(
        kind=frame.kind,
        locator=frame.locator,
        access_hash=frame.access_hash,
        day=day,
        sealed=sealed.sealed,
        once=sealed.once,
    )
