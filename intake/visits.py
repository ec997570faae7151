"""`POST /thread`: one size in, one size out, on a grid of time, whatever is asked and whatever there is.

The survivors' site and the phone line both mount it.
"""

import asyncio
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from crypto.errors import VisitError
from crypto.visit import miss, parse_request
from intake.answers import Refuse
from intake.errors import StoreError, StoreUnavailableError
from intake.threads import Threads

MEDIA_TYPE: Final = "application/octet-stream"
_MILLISECONDS: Final = 1_000


class Visits:
    """Answers requests of the Worker. Who looks at the network sees that somebody asked, never what for or whether it was there.

    `grid` is in milliseconds; 0 answers at once.
    """

    def __init__(self, threads: Threads, grid: int, refuse: Refuse) -> None:
        self._threads = threads
        self._grid = grid / _MILLISECONDS
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if Headers(scope=scope).get("content-type", "").strip().lower() != MEDIA_TYPE:
            await self._refuse(scope, "type")(scope, receive, send)
            return
        message = await receive()
        clock = asyncio.get_running_loop().time
        start = clock()
        answer = await self._answer(scope, message["body"])
        if self._grid:
            # From the moment at which the request was whole to the next line of the grid.
            await asyncio.sleep(self._grid - (clock() - start) % self._grid)
        await answer(scope, receive, send)

    async def _answer(self, scope: Scope, body: bytes) -> Response:
        try:
            request, slot = parse_request(body)
            answer = await self._threads.visit(request, slot)
        except VisitError:
            return self._refuse(scope, "letter")
        except StoreUnavailableError as error:
            return self._refuse(scope, error.word)
        except StoreError:
            return self._refuse(scope, "database")
        return Response(miss() if answer is None else answer.seal(request), media_type=MEDIA_TYPE)
