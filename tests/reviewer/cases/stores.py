"""A case store in a folder of its own, with invented letters and readers, and its pages without their encryption."""

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from crypto.letter import Answer, Letter
from reviewer.cases.casework import CaseStore
from reviewer.cases.letters import NewCase
from reviewer.cases.readers import Reader, Role
from reviewer.custody.stretching import CHEAPEST_FOR_TESTS
from reviewer.entries import LetterEntry
from reviewer.migration import CASE_STORE, migrate
from tests.crypto.samples import letter

WEEK = 202_648
PASSPHRASE = "an invented passphrase of words"
_PAGE, _RESERVED, _IV, _SALT, _WAL_HEADER, _FRAME_HEADER = 4_096, 80, 16, 16, 32, 24


@dataclass
class Kept:
    """A store that is open, and the key of its file."""

    path: Path
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def __post_init__(self) -> None:
        self.store = CaseStore(self.path, self.key)
        migrate(self.store.engine, CASE_STORE)

    def add(self, text: str, *, week: int = WEEK, person: str | None = None, topic: str = "account") -> str:
        """Put an invented account in, and return its digest."""
        new = new_case(text, week=week, person=person, topic=topic)
        self.store.add([new])
        return new.entry.digest

    def reader(self, name: str, *roles: Role) -> Reader:
        return self.store.add_reader("custodians", name, roles, PASSPHRASE, CHEAPEST_FOR_TESTS)


@contextmanager
def kept(path: Path) -> Iterator[Kept]:
    opened = Kept(path)
    try:
        yield opened
    finally:
        opened.store.close()


def new_case(text: str, *, week: int = WEEK, person: str | None = None, topic: str = "account") -> NewCase:
    written = write(text, topic)
    digest = hashlib.sha256(secrets.token_bytes(16)).hexdigest()
    entry = LetterEntry(digest=digest, locator="", week=week, size=65_536, bundle=1, place=1, status="imported")
    return NewCase(entry, written, person or digest)


def write(text: str, topic: str = "account") -> Letter:
    answers: Sequence[Answer] = (Answer("account", topic, "What would you like to tell us?", text, ()),)
    return replace(letter(), answers=tuple(answers))


def decrypted(path: Path, key: bytes) -> bytes:
    """Every page of a SQLCipher file and of its write-ahead log without the encryption: also pages that hold nothing any more.

    SQLCipher 4: AES-256-CBC, a raw key is used as it is; each page ends in its IV (16) and HMAC-SHA512 (64).
    """
    content = path.read_bytes()
    pages = [content[at : at + _PAGE] for at in range(0, len(content), _PAGE)]
    log = path.with_name(path.name + "-wal")
    frames = log.read_bytes() if log.exists() else b""
    step = _FRAME_HEADER + _PAGE
    pages += [frames[at + _FRAME_HEADER : at + step] for at in range(_WAL_HEADER, len(frames), step)]
    return b"".join(_plain(page, key, first=page[:_SALT] == content[:_SALT]) for page in pages if len(page) == _PAGE)


def _plain(page: bytes, key: bytes, *, first: bool) -> bytes:
    body, tail = page[_SALT if first else 0 : -_RESERVED], page[-_RESERVED:]
    decryptor = Cipher(algorithms.AES(key), modes.CBC(tail[:_IV])).decryptor()
    return decryptor.update(body) + decryptor.finalize()
