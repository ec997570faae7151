"""`POST /letters`: one frame and one sealed letter from a browser that sealed it itself."""

import hashlib

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from crypto.errors import FrameError
from crypto.frame import parse_submission
from intake.answers import Refuse
from intake.errors import StoreUnavailableError
from intake.service import Service
from intake.store import NewLetter

MEDIA_TYPE = "application/octet-stream"


class Letters:
    """Stores what is well formed and acknowledges it once it is durable; the same bytes again are acknowledged again."""

    def __init__(self, service: Service, refuse: Refuse) -> None:
        self._service = service
        self._refuse = refuse

    async def post(self, request: Request) -> Response:
        """Answer 201 with the letter's digest, or say what is wrong."""
        if request.headers.get("content-type", "").strip().lower() != MEDIA_TYPE:
            return self._refuse(request.scope, "type")
        try:
            frame, sealed = parse_submission(await request.body())
        except FrameError:
            return self._refuse(request.scope, "letter")
        digest = hashlib.sha256(sealed).digest()
        letter = NewLetter(digest, frame.kind, frame.locator, frame.access_hash, self._service.day(), sealed)
        try:
            await self._service.writer.put(letter)
        except StoreUnavailableError as error:
            return self._refuse(request.scope, error.word)
        return JSONResponse({"stored": True, "digest": digest.hex()}, 201)
