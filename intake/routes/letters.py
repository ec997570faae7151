"""`POST /letters`: one frame and one sealed letter from a browser that sealed it itself."""

from typing import Final

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from crypto.errors import FrameError
from crypto.frame import parse_submission
from intake.answers import Refuse
from intake.errors import StoreUnavailableError
from intake.rows import NewLetter
from intake.service import Service

MEDIA_TYPE: Final = "application/octet-stream"


class Letters:
    """Stores what is well formed and acknowledges it once it is durable; the same bytes again are acknowledged again.

    An ASGI app of its own, since this is the busiest address: it does without Starlette's Request.
    """

    def __init__(self, service: Service, refuse: Refuse) -> None:
        self._service = service
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        answer = await self._answer(scope, receive)
        await answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Response:
        """Return 201 with the letter's digest, or what is wrong. `BodyLimit` gives the whole body in one message."""
        if Headers(scope=scope).get("content-type", "").strip().lower() != MEDIA_TYPE:
            return self._refuse(scope, "type")
        message = await receive()
        try:
            frame, sealed = parse_submission(message["body"])
        except FrameError:
            return self._refuse(scope, "letter")
        letter = NewLetter(frame.kind, frame.locator, frame.access_hash, self._service.day(), sealed)
        try:
            held = await self._service.writer.put(letter)
        except StoreUnavailableError as error:
            return self._refuse(scope, error.word)
        if not held:
            return self._refuse(scope, "closed")
        return JSONResponse({"stored": True, "digest": letter.digest.hex()}, 201)
