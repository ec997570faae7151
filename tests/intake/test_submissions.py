"""Submissions, as the phone line mounts them and as the survivors' site does: the same checks, other kinds."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable

import httpx
import pytest
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from crypto.constants import LETTER_KINDS
from crypto.frame import LINE_KINDS, SURVIVOR_KINDS
from intake.middleware.body import BodyLimit
from intake.store import Store
from intake.submissions import MEDIA_TYPE, Submissions
from intake.writer import Writer
from tests.intake.conftest import DAY, submission

_MEBIBYTE = 1_048_576
BYTES = {"content-type": MEDIA_TYPE}
REFUSALS = {"type": 415, "letter": 400, "size": 413, "closed": 410, "busy": 503, "database": 503}
OTHERS = sorted(set(range(256)) - LINE_KINDS)


def of_kind(code: int) -> bytes:
    """A whole submission that says outside that it is of that kind."""
    body = submission()
    return body[:1] + bytes([code]) + body[2:]


def refuse(_scope: Scope, word: str) -> Response:
    return JSONResponse({"error": word}, REFUSALS[word])


def asked(
    store: Store, kinds: frozenset[int], ask: Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]
) -> httpx.Response:
    """Ask an app that takes `kinds`, over a real writer."""

    async def scenario() -> httpx.Response:
        writer = Writer(store, 8, 10)
        writer.start()
        app = BodyLimit(
            Submissions(writer, lambda: DAY, kinds, refuse), {"/letters": 2 * _MEBIBYTE}, 8 * _MEBIBYTE, refuse
        )
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://line") as client:
            answer = await ask(client)
        writer.stop()
        return answer

    return asyncio.run(scenario())


def posted(store: Store, kinds: frozenset[int], body: bytes, headers: dict[str, str] = BYTES) -> httpx.Response:
    return asked(store, kinds, lambda client: client.post("/letters", content=body, headers=headers))


@pytest.mark.parametrize("kind", sorted(LINE_KINDS))
def test_the_line_stores_its_kinds_and_acknowledges_them_twice(store: Store, kind: int) -> None:
    body = of_kind(kind)
    first, second = posted(store, LINE_KINDS, body), posted(store, LINE_KINDS, body)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    is_danger = kind not in LETTER_KINDS.values()
    assert store.count() == ((0, 0) if is_danger else (1, 1))
    assert (store.waiting("panel"), store.waiting("lead")) == ((0, 1) if is_danger else (1, 0))


@pytest.mark.parametrize("kind", sorted(LINE_KINDS - SURVIVOR_KINDS))
def test_the_survivors_kinds_are_fewer(store: Store, kind: int) -> None:
    answer = posted(store, SURVIVOR_KINDS, of_kind(kind))
    assert (answer.status_code, answer.json()) == (400, {"error": "letter"})
    assert store.count() == (0, 0)


UNFINISHED = LETTER_KINDS["unfinished"]
# What is sent instead of a submission, made when it is sent: a test's name must not hold random bytes.
WRONG: dict[str, tuple[Callable[[], bytes], dict[str, str], str]] = {
    "another type": (submission, {"content-type": "text/plain"}, "type"),
    "nothing": (bytes, BYTES, "letter"),
    "a byte less": (lambda: submission()[:-1], BYTES, "letter"),
    "a byte more": (lambda: submission() + b"\0", BYTES, "letter"),
    "plain words": (lambda: of_kind(UNFINISHED)[:50] + b"my plain words".ljust(65_536), BYTES, "letter"),
    "too much": (lambda: bytes(3 * _MEBIBYTE), BYTES, "size"),
}


@pytest.mark.parametrize("name", WRONG)
def test_the_line_takes_nothing_else(sqlite_store: Store, name: str) -> None:
    body, headers, word = WRONG[name]
    answer = posted(sqlite_store, LINE_KINDS, body(), headers)
    assert (answer.status_code, answer.json()) == (REFUSALS[word], {"error": word})
    assert sqlite_store.count() == (0, 0)


@pytest.mark.parametrize("kind", OTHERS[:20])
def test_the_line_takes_no_other_kind(sqlite_store: Store, kind: int) -> None:
    answer = posted(sqlite_store, LINE_KINDS, of_kind(kind))
    assert (answer.status_code, answer.json()) == (400, {"error": "letter"})
    assert (sqlite_store.waiting("panel"), sqlite_store.waiting("lead")) == (0, 0)


def test_a_store_that_fails_is_said_and_the_same_may_be_sent_again(sqlite_store: Store) -> None:
    body = of_kind(LETTER_KINDS["unfinished"])
    with sqlite_store._engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE letters RENAME TO gone")
    assert posted(sqlite_store, LINE_KINDS, body).status_code == 503
    with sqlite_store._engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE gone RENAME TO letters")
    assert posted(sqlite_store, LINE_KINDS, body).status_code == 201


def test_two_parts_share_nothing_that_the_store_keeps(sqlite_store: Store) -> None:
    for _ in range(2):
        body = of_kind(LETTER_KINDS["unfinished"])
        body = body[:2] + secrets.token_bytes(48) + body[50:]
        assert posted(sqlite_store, LINE_KINDS, body).status_code == 201
    with sqlite_store._engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT digest, place, locator FROM letters").all()
        threads = connection.exec_driver_sql("SELECT locator, access_hash FROM threads").all()
    for column in zip(*rows, strict=True):
        assert len(set(column)) == 2
    for column in zip(*threads, strict=True):
        assert len(set(column)) == 2
