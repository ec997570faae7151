"""Somebody who writes, and bundles both ways, for what is forgotten afterwards."""

import secrets
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from sqlalchemy import select

from crypto.bundle import BundleReader, RecordKind, erased_digest
from crypto.constants import LETTER_KINDS, NOTICE_KINDS
from crypto.minisigning import SigningKey
from crypto.notice import Notice
from crypto.records import LetterRecord
from intake import schema
from intake.exporting import Exporter
from intake.rows import INWARD, BundleRow, Forgotten, NewLetter, RetentionDays, ThreadLetter
from intake.store import Store
from tests.crypto import samples
from tests.crypto.test_hold import hold
from tests.intake.conftest import DAY

KEEP = RetentionDays(drafts=30, letters=0, answers=0, receipts=0)
TEN = RetentionDays(drafts=10, letters=10, answers=10, receipts=10)
NOTHING = Forgotten(0, 0, 0, 0, 0)
IN_FORCE = hold(valid_from="2026-11-01", valid_to="2027-03-31")


def after(days: int) -> date:
    return DAY + timedelta(days=days)


@dataclass
class Writer:
    """Somebody with words, as the store sees them."""

    store: Store
    locator: bytes
    access_hash: bytes
    sequence: int = 0

    @classmethod
    def of(cls, store: Store) -> "Writer":
        return cls(store, secrets.token_bytes(16), secrets.token_bytes(32))

    def send(self, kind: str = "account", day: date = DAY, **changes: Any) -> NewLetter:
        letter = NewLetter(
            LETTER_KINDS[kind], self.locator, self.access_hash, day, secrets.token_bytes(65_536), None, self.sequence
        )
        letter = replace(letter, **changes)
        if kind in {"account", "unfinished"}:
            assert self.store.add([letter]) == {letter.digest}
            self.sequence = 1
            return letter
        standing = self.store.put(ThreadLetter(letter, changes.get("next_locator", bytes(16))))
        assert standing is not None
        assert standing.outcome == "stored"
        self.sequence = standing.sequence
        return letter

    def replace_words(self) -> "Writer":
        new = Writer.of(self.store)
        new.send("inheritance")
        letter = NewLetter(
            LETTER_KINDS["replacement"],
            self.locator,
            self.access_hash,
            DAY,
            secrets.token_bytes(65_536),
            None,
            self.sequence,
        )
        standing = self.store.put(ThreadLetter(letter, new.locator))
        assert standing is not None
        assert standing.outcome == "stored"
        return new

    def notice(self, kind: str, sequence: int = 1, day: date = DAY) -> NewLetter:
        return NewLetter(NOTICE_KINDS[kind], self.locator, b"", day, secrets.token_bytes(65_536), None, sequence)

    def parts(self) -> list[int]:
        """The slots that each listed thing still has."""
        index = self.store.index(self.locator, self.access_hash, DAY, 30)
        assert index is not None
        return [entry.parts for entry in index.entries]


class Carrier:
    """Bundles both ways, as far as the store sees them."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.folder, self.received = store, folder, 0
        self.key = SigningKey.from_seed(bytes(32))
        folder.mkdir()

    def export(self, again: int = 0) -> Path:
        exporter = Exporter(self.store, samples.card(), self.key, self.folder, lambda: None)
        return exporter.write_again(again)[0] if again else exporter.write_new(even_empty=True)[0][0]

    def confirm(
        self,
        *letters: NewLetter,
        day: date = DAY,
        notices: tuple[NewLetter, ...] = (),
        holds: tuple[Notice, ...] = (),
        outcome: str = "imported",
    ) -> None:
        self.received += 1
        row = BundleRow(INWARD, 1, self.received, "heard-demonstration", 1, "0" * 64, 0, 202648, "ab" * 32)
        outcomes = [(letter.digest, outcome) for letter in letters]
        with mock.patch("intake.store.bundles.today", return_value=day):
            self.store.accept_bundle(row, outcomes, notices, holds=holds)


def bodies(store: Store) -> int:
    with store._engine.connect() as connection:
        return len(connection.execute(select(schema.envelopes.c.place)).all())


def records(path: Path) -> list[tuple[RecordKind, bytes]]:
    """Each record's kind and the digest of the letter that it holds or stands in for."""
    with path.open("rb") as source:
        return [
            (one.kind, LetterRecord.parse(one.body).digest if one.kind == RecordKind.LETTER else erased_digest(one))
            for one in BundleReader(source)
        ]


def chain_of(path: Path) -> str:
    with path.open("rb") as source:
        list(reader := BundleReader(source))
    assert reader.summary is not None
    return reader.summary.chain
