"""What was typed into a form of the room: read from the request's body, and never from an address."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request

from reviewer.errors import RoomError

_MOST_BYTES: Final = 16_384
_MOST_FIELDS: Final = 16


async def typed(request: Request, most: int = _MOST_BYTES) -> Mapping[str, str]:
    """Return a form's fields by name, the first of each. Raises RoomError for more than `most` bytes as the browser sends them."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise RoomError("That was too long to be taken in. Go back, and shorten it.")
    try:
        fields = parse_qs(
            body.decode("ascii", "replace"), keep_blank_values=True, errors="replace", max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        raise RoomError("That was no form of this room. Go back to the list and begin from there.") from None
    return {name: values[0] for name, values in fields.items()}
