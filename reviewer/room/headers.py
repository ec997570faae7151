"""What every answer of the reading room forbids: scripts, everything from elsewhere, downloads, and keeping."""

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# `sandbox` without allow-downloads, allow-scripts and allow-popups: what a page may do is show text and send forms.
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "sandbox allow-same-origin allow-forms"
)
HEADERS: Final = {
    "cache-control": "no-store",
    "content-security-policy": _POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    # Not no-referrer: that makes the Origin of a form `null`.
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-dns-prefetch-control": "off",
    "x-frame-options": "DENY",
}


class Headers:
    """Adds them to every answer, whoever made it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._raw = [(name.encode(), value.encode()) for name, value in HEADERS.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *self._raw]
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)
