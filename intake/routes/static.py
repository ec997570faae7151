"""`GET /static/NAME.HASH.EXT`: style sheets and scripts, compressed where the browser takes that."""

import re
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from intake.answers import Refuse
from intake.service import Service

_GZIP: Final = re.compile(r"(^|,)\s*(gzip|\*)\s*(;\s*q=(0\.[0-9]*[1-9][0-9]*|1(\.0*)?))?\s*(,|$)", re.IGNORECASE)


class Static:
    """Serves the files of the manifest and nothing else. Pages are never compressed: they hold secrets beside typed text."""

    def __init__(self, service: Service, refuse: Refuse) -> None:
        self._assets = service.assets
        self._refuse = refuse

    async def get(self, request: Request) -> Response:
        """Answer with the file."""
        asset = self._assets.served(request.path_params["name"])
        if asset is None:
            return self._refuse(request.scope, "missing")
        headers = {"vary": "accept-encoding"}
        content = asset.content
        if _GZIP.search(request.headers.get("accept-encoding", "")):
            headers["content-encoding"] = "gzip"
            content = asset.gzipped
        return Response(content, headers=headers, media_type=asset.media_type)
