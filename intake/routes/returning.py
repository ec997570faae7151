"""`/return`: where somebody with return words comes back."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from intake.service import Service


class Returning:
    """Shows the page whose script opens a thread. Nothing of a person is in it before they type their words."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def answer(self, _request: Request) -> Response:
        """Answer with the page."""
        service = self._service
        return HTMLResponse(service.pages.return_page(service.cards, service.day(), hold="", unscripted=False))
