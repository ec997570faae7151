"""The survivors' site as a browser without scripts meets it, and what is then in the store."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx
from sqlalchemy import select

from crypto.letter import Letter
from crypto.opening import Identity, open_letter
from crypto.words import ReturnWords
from intake import schema
from tests.crypto import samples
from tests.intake.installed import Installed, store_of

BYTES = {"content-type": "application/octet-stream"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
PANEL = samples.ROOT.identity


@dataclass
class Site:
    """A running site: `here` is its installation, `http` a client for it."""

    here: Installed
    http: httpx.Client

    def letters(self) -> dict[bytes, bytes]:
        """Return every sealed letter by its digest."""
        store = store_of(self.here)
        with store._engine.connect() as connection:
            joined = schema.letters.join(schema.envelopes, schema.letters.c.place == schema.envelopes.c.place)
            columns = (schema.letters.c.digest, schema.envelopes.c.sealed)
            rows = connection.execute(select(*columns).select_from(joined)).all()
        store.close()
        return dict(rows)

    def new_since(self, before: dict[bytes, bytes]) -> list[bytes]:
        return [sealed for digest, sealed in self.letters().items() if digest not in before]

    def share(self, *pairs: tuple[str, str], **fields: str) -> httpx.Response:
        """Post the form as a browser without scripts does."""
        return self.http.post("/share", content=urlencode([*fields.items(), *pairs]), headers=FORM)


def opened(sealed: bytes, identity: Identity = PANEL) -> Letter:
    return open_letter(sealed, identity)


def account(letter: Letter) -> str | None:
    return next(answer.text for answer in letter.answers if answer.id == "account")


def words_on(page: str) -> ReturnWords:
    return ReturnWords.parse(" ".join(re.findall(r'heard-words__word">([a-z]+)<', page)))
