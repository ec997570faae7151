"""What a worker's page sends, made by a Python client: a session over real HTTP, and accounts sealed to the panel's card."""

import secrets
from typing import Any

import httpx

from crypto.card import PanelCard
from crypto.constants import LETTER_KINDS, LOCATOR_BYTES
from crypto.frame import Frame
from crypto.letter import Answer, Letter, QuestionSet
from crypto.recipients import Recipient, throwaway_recipient
from crypto.sealing import seal_letter

SEALED = "application/octet-stream"


def sealed_call(text: str, card: PanelCard) -> bytes:
    """The body of `POST /letters` for a call without words."""
    locator = secrets.token_bytes(LOCATOR_BYTES)
    letter = Letter(
        kind="account",
        inquiry=card.inquiry,
        epoch=card.epoch,
        card=card.fingerprint.hex(),
        questions=QuestionSet("general", 1, "cd" * 32),
        channel="phone",
        language="en",
        locator=locator.hex(),
        sequence=0,
        thread=None,
        answers=(Answer("account", "account", "What would you like to tell us?", text, ()),),
        consents=(),
    )
    frame = Frame(LETTER_KINDS["account"], locator, secrets.token_bytes(32))
    return frame.encode() + seal_letter(letter, [Recipient.parse(card.recipient), throwaway_recipient()])


class Caller:
    """A worker's browser at a line that listens on `host`:`port` and is opened at `origin`.

    Cookies are carried by hand: no client but a browser sends a `__Host-` cookie to http://localhost.
    """

    def __init__(self, origin: str, host: str, port: int) -> None:
        self.origin = origin
        self.cookies: dict[str, str] = {}
        self._http = httpx.Client(base_url=f"http://{host}:{port}", timeout=30)

    def close(self) -> None:
        self._http.close()

    def get(self, path: str) -> httpx.Response:
        return self._send("GET", path)

    def post(self, path: str, **fields: str) -> httpx.Response:
        return self._send("POST", path, data=fields or {"": ""})

    def post_sealed(self, body: bytes) -> httpx.Response:
        return self._send("POST", "/letters", content=body, headers={"content-type": SEALED})

    def sign_in(self, name: str, password: str, code: str) -> httpx.Response:
        """Show both factors."""
        self.post("/sign-in", name=name, password=password)
        return self.post("/second-factor", code=code)

    def _send(self, method: str, path: str, headers: dict[str, str] | None = None, **options: Any) -> httpx.Response:
        carried = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        own = {"cookie": carried, "origin": self.origin, "sec-fetch-site": "same-origin", **(headers or {})}
        answer = self._http.request(method, path, headers=own, **options)
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value.strip('"')
        return answer
