"""A phone line as a process of its own, with workers who can sign in, beside the letters' own store."""

import contextlib
import sqlite3
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pyotp
from playwright.sync_api import BrowserContext, Page

from crypto.constants import LETTER_KINDS
from crypto.errors import NoMatchError
from crypto.letter import Letter
from crypto.opening import Identity, open_letter
from intake.line.codes import new_token, token_digest
from intake.line.installation import open_line_store
from intake.line.rows import Role, Session
from intake.settings import Settings
from tests.crypto import samples
from tests.intake.installed import COMMAND, Installed

PASSWORD: Final = "four quiet herons at dusk"


@dataclass
class Office:
    """One installation and its phone line."""

    installed: Installed
    first: dict[str, str] = field(default_factory=dict)
    codes: dict[str, list[str]] = field(default_factory=dict)
    port: str = "0"
    running: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    @classmethod
    def found(cls, folder: Path, **settings: str) -> "Office":
        """Make the tables, the keys and the card."""
        office = cls(Installed(folder / "data", settings))
        office.installed.run("init")
        office.installed.install(samples.card())
        office.installed.install(samples.lead_card())
        return office

    @property
    def url(self) -> str:
        """Where workers open it: browsers take the cookie of a session only from a name that is safe."""
        return self.installed.url

    @property
    def data(self) -> Path:
        return self.installed.data

    def begin(self) -> None:
        """Serve until `end`, at the same port each time."""
        command = (*COMMAND, "line", "serve", "--port", self.port)
        self.running = contextlib.ExitStack()
        self.running.enter_context(self.installed.start(command))
        self.port = self.url.rpartition(":")[2]

    def end(self) -> None:
        """Stop serving, if it still runs."""
        self.running.close()

    def add(self, name: str, role: Role = "worker") -> None:
        """Let the operator add a worker."""
        self.first[name] = self.installed.run("worker", "add", name, "--role", role, "--json").json["first_password"]

    def reset(self, name: str) -> None:
        """Let the operator give a worker another first password, and let them begin anew."""
        self.first[name] = self.installed.run("worker", "reset", name, "--json").json["first_password"]

    def enrol(self, page: Page, name: str) -> None:
        """Go through a worker's first sign-in, with an authenticator app; keep the recovery codes."""
        page.goto(self.url + "/sign-in")
        page.fill("#line-name", name)
        page.fill("#line-password", self.first[name])
        _submit(page)
        for asked in page.locator("input[type=password]").all():
            asked.fill(PASSWORD)
        _submit(page)
        seed = page.locator("form strong[translate=no]").inner_text().replace(" ", "")
        page.fill("#line-code", pyotp.TOTP(seed).now())
        _submit(page)
        self.codes[name] = page.locator("code").all_inner_texts()
        _submit(page)

    def sign_in(self, page: Page, name: str) -> None:
        """Sign in on the page that is open, with the password and a recovery code: the app's may have been shown already."""
        page.fill("#line-name", name)
        page.fill("#line-password", PASSWORD)
        _submit(page)
        page.fill("#line-code", self.codes[name].pop())
        _submit(page)

    def let_in(self, context: BrowserContext, name: str) -> None:
        """Give a browser the session of somebody who signed in: how that is done has tests of its own."""
        store = open_line_store(Settings.read(self.installed.environment))
        try:
            worker = store.worker_named(name)
            assert worker is not None
            token, minute = new_token(), _minute()
            store.begin(Session(token_digest(token), worker.id, "open", minute, minute), 3, None)
        finally:
            store.close()
        cookie: Any = {
            "name": "__Host-line",
            "value": token,
            "url": self.url.replace("http:", "https:"),
            "secure": True,
            "httpOnly": True,
        }
        context.add_cookies([cookie | {"sameSite": "Strict"}])

    def end_sessions(self) -> None:
        """Let every session have ended."""
        self.on_line("DELETE FROM sessions")

    def on_line(self, statement: str) -> list[Any]:
        """Ask the line's database."""
        return _ask(self.data / "line.sqlite", statement)

    def on_letters(self, statement: str) -> list[Any]:
        """Ask the letters' database."""
        return _ask(self.data / "letters.sqlite", statement)

    def letters(self, kind: str = "account", identity: Identity = samples.ROOT.identity) -> list[Letter]:
        """Return the stored letters of a kind that `identity` opens."""
        code = LETTER_KINDS[kind]
        rows = self.on_letters(
            f"SELECT sealed FROM letters JOIN envelopes USING (place) WHERE kind = {code} ORDER BY digest"  # noqa: S608 - a number of ours
        )
        found = []
        for (sealed,) in rows:
            with contextlib.suppress(NoMatchError):
                found.append(open_letter(sealed, identity))
        return found

    def drafts(self, identity: Identity) -> list[Letter]:
        return self.letters("draft", identity)


def _submit(page: Page) -> None:
    """Press the first button of the page's own form, and wait for the page after it."""
    with page.expect_navigation():
        page.locator("main form button").first.click()


def _minute() -> int:
    return int(time.time() // 60)


def _ask(file: Path, statement: str) -> list[Any]:
    connection = sqlite3.connect(file, timeout=60)
    with connection:
        found = connection.execute(statement).fetchall()
    connection.close()
    return found
