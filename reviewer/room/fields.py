"""What a form of the room sent: in the request's body alone, and in memory for as long as its answer takes."""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request

from reviewer.errors import RoomError

_MOST_BYTES: Final = 1_048_576


class Fields:
    """The fields of one form by name, each as often as it was sent."""

    def __init__(self, values: Mapping[str, Sequence[str]]) -> None:
        self._values = values

    @classmethod
    async def of(cls, request: Request) -> "Fields":
        """Read the body of a form. Raises RoomError when it is larger than any form here, or no form."""
        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > _MOST_BYTES:
                raise RoomError("This is more than a form of the room takes; shorten it.")
        try:
            return cls(parse_qs(body.decode("ascii"), keep_blank_values=True, errors="strict"))
        except ValueError:
            raise RoomError("This was no form of the room; go back and try again.") from None

    def get(self, name: str) -> str:
        """Return a field with LF line ends, "" when it was not sent."""
        values = self._values.get(name, [""])
        return values[0].replace("\r\n", "\n").replace("\r", "\n")

    def all(self, name: str) -> Sequence[str]:
        """Return every value of a field."""
        return self._values.get(name, [])
