"""A phone line in this process, its clock in our hands, and browsers for it that keep cookies and headers as real ones do."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import anyio.from_thread
import httpx
import pyotp
from argon2.profiles import CHEAPEST

from intake.engine import create_engine, database_url
from intake.inquiry import load_inquiry
from intake.line.accounts import Accounts
from intake.line.app import create_app
from intake.line.key import LineKey
from intake.line.rows import Role
from intake.line.service import LineService, make_service
from intake.line.store import LineStore
from intake.migration import LINE, migrate
from intake.settings import Settings

ORIGIN = "https://line.example.org"
# Thursday, 26 November 2026, 10:00:00 UTC.
MORNING = 1_795_687_200.0
PASSWORD = "four quiet herons at dusk"
KEY = LineKey(bytes(range(32)))


@dataclass
class Clock:
    """What time it is: seconds since 1970."""

    now: float = MORNING

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float = 0, minutes: float = 0, hours: float = 0) -> None:
        self.now += seconds + 60 * minutes + 3_600 * hours


@dataclass
class Desk:
    """One running line."""

    service: LineService
    clock: Clock
    app: Any
    portal: anyio.from_thread.BlockingPortal
    seeds: dict[str, str] = field(default_factory=dict)

    def restarted(self) -> "Desk":
        """The same line in a new process: what was in memory is gone."""
        return replace(_made(self.portal, self.service.store, self.clock, self.service.settings), seeds=self.seeds)

    @property
    def accounts(self) -> Accounts:
        return Accounts(self.service.store, self.clock)

    def browser(self) -> "Browser":
        return Browser(self)

    def enrol(self, name: str, role: Role = "worker", password: str = PASSWORD) -> "Browser":
        """Add a worker and let them enrol with an authenticator app; return their browser, signed in."""
        browser = self.browser()
        browser.sign_in(name, self.accounts.add(name, role))
        browser.post("/enrol/password", password=password, again=password)
        self.seeds[name] = browser.seed_on(browser.get("/enrol/factor"))
        assert browser.post("/enrol/factor", code=self.code(name)).headers["location"] == "/enrol/codes"
        browser.codes = re.findall(r"<code>([0-9a-z-]+)</code>", browser.get("/enrol/codes").text)
        assert browser.post("/enrol/codes").headers["location"] == "/"
        return browser

    def code(self, name: str) -> str:
        """Return what the worker's app shows."""
        return pyotp.TOTP(self.seeds[name]).at(self.clock())

    def next_code(self, name: str) -> str:
        """Wait until the app shows another code, and return it."""
        self.clock.wait(seconds=30)
        return self.code(name)


class Browser:
    """One browser: httpx keeps `__Host-` cookies over https; Sec-Fetch-Site and Origin are added as a page's form does."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.codes: list[str] = []
        self.headers = {"sec-fetch-site": "same-origin", "origin": ORIGIN}
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(desk.app), base_url=ORIGIN)

    def at(self, desk: Desk) -> None:
        """Go on at another line with the same cookies."""
        self.desk = desk
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(desk.app), base_url=ORIGIN, cookies=self.http.cookies
        )

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            return await self.http.request(method, path, **options)

        return self.desk.portal.call(ask)

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.send("GET", path, headers=headers)

    def post(self, path: str, **fields: str) -> httpx.Response:
        return self.send("POST", path, data=fields or {"": ""}, headers=self.headers)

    def ask(self, path: str, **fields: str) -> httpx.Response:
        """Post as a script does that wants JSON."""
        return self.send("POST", path, data=fields, headers={**self.headers, "accept": "application/json"})

    def sign_in(self, name: str, password: str = PASSWORD, **fields: str) -> httpx.Response:
        return self.post("/sign-in", name=name, password=password, **fields)

    def sign_in_fully(self, name: str, password: str = PASSWORD) -> httpx.Response:
        """Sign in with the next code of the worker's app."""
        self.sign_in(name, password)
        return self.post("/second-factor", code=self.desk.next_code(name))

    def cookie(self, name: str = "__Host-line") -> str:
        return self.http.cookies.get(name) or ""

    def seed_on(self, page: httpx.Response) -> str:
        found = re.search(r'<strong translate="no">([A-Z2-7 ]+)</strong>', page.text)
        assert found, page.text
        return found[1].replace(" ", "")

    def is_in(self) -> bool:
        """Whether the start page is shown."""
        return self.get("/").status_code == 200


@contextmanager
def desk_at(url: str, **settings: Any) -> Iterator[Desk]:
    """Yield a line on the database at `url`."""
    engine = create_engine(database_url(url, Path()), 5)
    migrate(engine, LINE)
    store, clock = LineStore(engine, KEY), Clock()
    with anyio.from_thread.start_blocking_portal() as portal:
        yield _made(portal, store, clock, Settings(**settings))
    store.close()


def _made(portal: anyio.from_thread.BlockingPortal, store: LineStore, clock: Clock, settings: Settings) -> Desk:
    async def make() -> LineService:
        return make_service(settings, load_inquiry(), store, KEY, ORIGIN, now=clock, parameters=CHEAPEST)

    service = portal.call(make)
    return Desk(service, clock, create_app(service), portal)
