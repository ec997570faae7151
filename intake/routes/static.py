"""`GET /static/NAME.HASH.EXT`: style sheets and scripts, compressed where the browser takes that."""

from starlette.requests import Request
from starlette.responses import Response

from intake.answers import Refuse
from intake.codings import IDENTITY, choose_coding
from intake.service import Service


class Static:
    """Serves the files of the manifest and nothing else."""

    def __init__(self, service: Service, refuse: Refuse) -> None:
        self._assets = service.assets
        self._refuse = refuse

    async def get(self, request: Request) -> Response:
        """Answer with the file."""
        asset = self._assets.served(request.path_params["name"])
        if asset is None:
            return self._refuse(request.scope, "missing")
        coding = choose_coding(request.headers.get("accept-encoding", ""))
        headers = {"vary": "accept-encoding"} | ({} if coding == IDENTITY else {"content-encoding": coding})
        return Response(asset.encoded(coding), headers=headers, media_type=asset.media_type)
