"""A sent account to come back to, and notices that a station, or somebody else, left for it."""

import hashlib
import re
import sqlite3
from dataclasses import dataclass, replace

import httpx

from crypto.constants import NOTICE_KINDS
from crypto.notice import Notice, encode_notice, sign_notice
from crypto.panel import PanelRoot
from crypto.recipients import throwaway_recipient
from crypto.sealing import seal_padded
from crypto.thread import ThreadKeys, derive_thread
from crypto.words import ReturnWords
from tests.crypto import samples
from tests.intake.form import TEXT
from tests.intake.installed import Installed
from tests.intake.plain import Plain

REPLY = "Thank you. We have read every word of it."


def sent_account(url: str, *, research: str = "no") -> list[str]:
    """Send an account that can be read back, with one choice; return its words.

    By the form for browsers without scripts: filling in the other one takes seconds, and is tested by itself.
    """
    with httpx.Client(base_url=url, timeout=60) as http:
        plain = Plain(http).open("/share").type("account", TEXT).choose("consent-research", research)
        plain.choose("words", "yes").choose("read_back", "yes").press("Send")
    return re.findall(r'heard-words__word">([a-z]+)<', plain.html)


def keys_of(words: list[str]) -> ThreadKeys:
    return derive_thread(ReturnWords.parse(" ".join(words)))


@dataclass
class Station:
    """What answers one thread, and puts its notices straight into the store of `served`."""

    served: Installed
    keys: ThreadKeys
    root: PanelRoot = samples.ROOT

    def notice(self, kind: str = "reply", **changes: object) -> Notice:
        """Return a notice for the thread, signed by `root`."""
        plain = Notice(
            kind=kind,
            inquiry="heard-demonstration",
            epoch=1,
            locator=self.keys.locator.hex(),
            recipient=str(self.keys.recipient),
            sequence=1,
            digests=(),
            through=0,
            language="en",
            text=REPLY if kind == "reply" else "",
            days=90 if kind == "destruction" else 0,
            valid_from="",
            valid_to="",
        )
        return sign_notice(replace(plain, **changes), self.root.sign)  # type: ignore[arg-type]  # names of its own fields

    def place(self, notice: Notice) -> None:
        """Seal `notice` to the survivor and store it as an import would."""
        sealed = seal_padded(encode_notice(notice), [self.keys.recipient, throwaway_recipient()])
        digest = hashlib.sha256(sealed).digest()
        place = int.from_bytes(digest[:8], "big") >> 1
        kind, locator = NOTICE_KINDS[notice.kind], self.keys.locator
        connection = sqlite3.connect(self.served.data / "letters.sqlite", timeout=60)
        with connection:
            connection.execute("INSERT INTO envelopes (place, sealed) VALUES (?, ?)", (place, sealed))
            connection.execute(
                "INSERT INTO letters (digest, place, kind, locator, sequence, day, size, erased)"
                " VALUES (?, ?, ?, ?, ?, '2026-11-23', ?, FALSE)",
                (digest, place, kind, locator, notice.sequence, len(sealed)),
            )
        connection.close()

    def digests(self) -> tuple[str, ...]:
        """Return the digests of the thread's letters, as an arrival receipt lists them."""
        connection = sqlite3.connect(self.served.data / "letters.sqlite", timeout=60)
        query = "SELECT digest FROM letters WHERE locator = ? AND kind IN (1, 3, 4, 5, 6)"
        found = [row[0].hex() for row in connection.execute(query, (self.keys.locator,))]
        connection.close()
        return tuple(sorted(found))
