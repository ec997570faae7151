"""Each middleware alone, with an app that does what no route should."""

import asyncio
import logging
import re
from collections.abc import Callable

import pytest
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from intake.middleware.body import BodyLimit
from intake.middleware.failures import Failures
from intake.middleware.headers import HEADERS, SecurityHeaders

PLANTED = "planted words"
MEBIBYTE = 1_048_576


def refuse(_scope: Scope, word: str) -> Response:
    return PlainTextResponse(word, 400)


def ask(app: ASGIApp, *messages: Message, headers: dict[str, str] | None = None, path: str = "/x") -> list[Message]:
    """Send one POST, its body in `messages`, and return what came back."""
    waiting = list(messages) or [{"type": "http.request", "body": b"", "more_body": False}]
    sent: list[Message] = []

    async def receive() -> Message:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    raw = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
    scope = {"type": "http", "method": "POST", "path": path, "headers": raw}
    asyncio.run(app(scope, receive, send))  # type: ignore[arg-type]  # an ASGI app returns a coroutine
    return sent


def part(body: bytes, *, more: bool = True) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


async def fail(_scope: Scope, _receive: Receive, _send: Send) -> None:
    int(PLANTED)


async def fail_late(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    int(PLANTED)


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    message = await receive()
    assert message["more_body"] is False
    await PlainTextResponse(message["body"])(scope, receive, send)


def body_of(sent: list[Message]) -> bytes:
    return b"".join(message.get("body", b"") for message in sent)


def test_an_unexpected_error_becomes_an_answer_and_a_bare_line(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        sent = ask(Failures(fail, refuse))
    assert body_of(sent) == b"failure"
    (said,) = caplog.messages
    assert re.fullmatch(r"A request failed: ValueError at intake/middleware/failures\.py:\d+", said)
    assert PLANTED not in caplog.text
    assert all(record.exc_info is None for record in caplog.records)


def test_an_error_after_the_answer_began_adds_nothing_to_it(caplog: pytest.LogCaptureFixture) -> None:
    sent = ask(Failures(fail_late, refuse))
    assert [message["type"] for message in sent] == ["http.response.start"]
    assert len(caplog.records) == 1


def test_when_the_page_about_it_fails_too_there_are_last_words(caplog: pytest.LogCaptureFixture) -> None:
    def broken(_scope: Scope, _word: str) -> Response:
        raise KeyError(PLANTED)

    sent = ask(Failures(fail, broken))
    assert sent[0]["status"] == 500
    assert b"try again" in body_of(sent)
    assert len(caplog.records) == 2
    assert PLANTED not in caplog.text


def test_headers_are_added_to_whatever_answers() -> None:
    start, _ = ask(SecurityHeaders(echo))
    names = [name.decode() for name, _ in start["headers"]]
    assert set(HEADERS) <= set(names)
    assert len(names) == len(set(names))


class TestBodyLimit:
    """A body arrives whole or not at all."""

    def limited(self, app: ASGIApp = echo, budget: int = 100) -> BodyLimit:
        return BodyLimit(app, {"/x": 10}, budget, refuse)

    def test_gives_one_message(self) -> None:
        assert body_of(ask(self.limited(), part(b"abc"), part(b""), part(b"defghij", more=False))) == b"abcdefghij"

    @pytest.mark.parametrize("announced", [{}, {"content-length": "11"}, {"content-length": "nonsense"}])
    def test_refuses_one_byte_more(self, announced: dict[str, str]) -> None:
        sent = ask(self.limited(), part(b"abcdef"), part(b"ghijk", more=False), headers=announced)
        assert body_of(sent) == b"size"

    def test_receives_none_of_it_when_asked_first(self) -> None:
        headers = {"content-length": "11", "expect": "100-continue"}
        assert body_of(ask(self.limited(), {"type": "unreachable"}, headers=headers)) == b"size"

    def test_receives_none_of_it_when_it_is_enormous(self) -> None:
        headers = {"content-length": str(33 * MEBIBYTE)}
        assert body_of(ask(self.limited(), {"type": "unreachable"}, headers=headers)) == b"size"

    def test_stops_receiving_what_never_ends(self) -> None:
        received = 0

        async def receive() -> Message:
            nonlocal received
            received += 1
            return part(bytes(MEBIBYTE))

        async def scenario() -> list[Message]:
            sent: list[Message] = []

            async def send(message: Message) -> None:
                sent.append(message)

            await self.limited()({"type": "http", "method": "POST", "path": "/x", "headers": []}, receive, send)
            return sent

        assert body_of(asyncio.run(scenario())) == b"size"
        assert received == 33

    def test_answers_nothing_to_a_sender_that_has_gone(self) -> None:
        assert ask(self.limited(), part(b"abc"), {"type": "http.disconnect"}) == []

    def test_other_addresses_pass_untouched(self) -> None:
        assert body_of(ask(self.limited(), part(b"x" * 50, more=False), path="/y")) == b"x" * 50

    @pytest.mark.parametrize(
        "use",
        [
            lambda app: ask(app, part(b"abcde"), part(b"fghij", more=False)),
            lambda app: ask(app, part(b"abcde"), part(b"fghijk", more=False)),
            lambda app: ask(app, part(b"abcde"), {"type": "http.disconnect"}),
        ],
    )
    def test_gives_back_what_it_borrowed(self, use: Callable[[BodyLimit], list[Message]]) -> None:
        app = self.limited(budget=10)
        for _ in range(3):
            use(app)
        assert body_of(ask(app, part(b"abcdefghij", more=False))) == b"abcdefghij"

    def test_gives_back_when_the_app_fails(self) -> None:
        app = self.limited(fail, budget=10)
        for _ in range(3):
            with pytest.raises(ValueError, match=PLANTED):
                ask(app, part(b"abcdefghij", more=False))

    def test_all_together_are_bounded(self) -> None:
        assert body_of(ask(self.limited(budget=9), part(b"abcde"), part(b"fghij", more=False))) == b"busy"
