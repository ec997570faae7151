"""`POST /letters`: one frame and one sealed letter from a browser that sealed it itself.

The survivors' site and the phone line both mount it, each for the kinds of letter that it takes: what is checked, stored and
acknowledged is the same.
"""

from collections.abc import Callable
from datetime import date
from typing import Final, Protocol

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from crypto.errors import FrameError
from crypto.frame import parse_submission
from intake.answers import Refuse
from intake.errors import StoreUnavailableError
from intake.rows import NewLetter

MEDIA_TYPE: Final = "application/octet-stream"


class Keeping(Protocol):
    """What stores a letter durably: `intake.writer.Writer`."""

    async def put(self, letter: NewLetter) -> bool:
        """Store a letter and say whether its bytes are held. Raises StoreUnavailableError."""


class Submissions:
    """Stores what is well formed and acknowledges it once it is durable; the same bytes again are acknowledged again.

    `kinds` are the codes that are taken here, of any other kind nothing is stored; `day` gives today's date. In front of it
    stands `intake.middleware.body.BodyLimit`, which gives the whole body in one message.

    An ASGI app of its own, since this is the busiest address: it does without Starlette's Request.
    """

    def __init__(self, keeping: Keeping, day: Callable[[], date], kinds: frozenset[int], refuse: Refuse) -> None:
        self._keeping = keeping
        self._day = day
        self._kinds = kinds
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        answer = await self._answer(scope, receive)
        await answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Response:
        """Return 201 with the letter's digest, or what is wrong."""
        if Headers(scope=scope).get("content-type", "").strip().lower() != MEDIA_TYPE:
            return self._refuse(scope, "type")
        message = await receive()
        try:
            frame, sealed = parse_submission(message["body"], self._kinds)
        except FrameError:
            return self._refuse(scope, "letter")
        letter = NewLetter(frame.kind, frame.locator, frame.access_hash, self._day(), sealed)
        try:
            held = await self._keeping.put(letter)
        except StoreUnavailableError as error:
            return self._refuse(scope, error.word)
        if not held:
            return self._refuse(scope, "closed")
        return JSONResponse({"stored": True, "digest": letter.digest.hex()}, 201)
