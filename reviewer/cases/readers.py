"""Readers: who works at the station, by name and own passphrase, and what their roles let them do.

On one unlocked laptop this is procedure and log, not cryptography: whoever holds the panel's shares can open everything.
"""

import hmac
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlmodel import Session, col, func, select

from reviewer.cases.database import CaseDatabase
from reviewer.cases.log import Act, Log
from reviewer.cases.rows import ReaderRow
from reviewer.custody.passphrases import check_strength
from reviewer.custody.stretching import PROFILES, RFC_9106_LOW_MEMORY, SALT_BYTES, Stretching, stretch
from reviewer.errors import ReaderError

_NAME: Final = re.compile(r"[a-z][a-z0-9.-]{1,31}")
_NOBODY: Final = "That name and passphrase do not belong to a reader of this station."


class Role(StrEnum):
    """What somebody is here."""

    READER = "reader"
    SECOND = "second reader"
    SAFEGUARDING = "safeguarding"
    PUBLISHER = "publisher"
    CUSTODIAN = "custodian"


class Right(StrEnum):
    """What somebody may do."""

    READ = "read"
    BE_SECOND = "be the second person"
    RELEASE = "release"
    REFER = "refer"
    DESTROY = "destroy"
    ALLOW = "allow more accounts on a day"
    MANAGE = "manage readers and backups"


_RIGHTS: Final[Mapping[Role, frozenset[Right]]] = {
    Role.READER: frozenset({Right.READ}),
    Role.SECOND: frozenset({Right.READ, Right.BE_SECOND, Right.ALLOW}),
    Role.SAFEGUARDING: frozenset({Right.READ, Right.BE_SECOND, Right.REFER}),
    Role.PUBLISHER: frozenset({Right.READ, Right.RELEASE}),
    Role.CUSTODIAN: frozenset({Right.DESTROY, Right.ALLOW, Right.MANAGE}),
}


@dataclass(frozen=True)
class Reader:
    """One reader, who gave the right passphrase or is only listed."""

    name: str
    roles: tuple[Role, ...]
    avoided: tuple[str, ...]
    active: bool

    def may(self, right: Right) -> bool:
        """Say whether one of the roles has a right."""
        return any(right in _RIGHTS[role] for role in self.roles)


class Readers(Log, CaseDatabase):
    """The readers of one store. Methods raise CaseStoreError."""

    def readers(self) -> list[Reader]:
        """Return all readers, by name."""
        with self._session() as session:
            return [_reader(row) for row in session.exec(select(ReaderRow).order_by(col(ReaderRow.name)))]

    def has_readers(self) -> bool:
        """Say whether commands ask who is there."""
        with self._session() as session:
            return session.exec(select(func.count()).select_from(ReaderRow)).one() > 0

    def sign_in(self, name: str, passphrase: str) -> Reader:
        """Return the reader with that name and passphrase. Raises ReaderError, the same for every way of being wrong."""
        with self._session() as session:
            row = session.get(ReaderRow, name)
        profile = next((one for one in PROFILES if row and one.name == row.stretching), RFC_9106_LOW_MEMORY)
        found = stretch(passphrase, bytes.fromhex(row.salt) if row else bytes(SALT_BYTES), profile)
        if row is None or not row.active or not hmac.compare_digest(found.hex(), row.verifier):
            raise ReaderError(_NOBODY)
        return _reader(row)

    def add_reader(
        self, by: str, name: str, roles: Sequence[Role], passphrase: str, profile: Stretching = RFC_9106_LOW_MEMORY
    ) -> Reader:
        """Add a reader. The first has the role custodian, since only a custodian adds others. Raises ReaderError, PassphraseError."""
        if not _NAME.fullmatch(name):
            raise ReaderError("A reader's name has 2 to 32 small letters, digits, dots or hyphens, a letter first.")
        check_strength(passphrase)
        with self._writing() as session:
            if session.get(ReaderRow, name) is not None:
                raise ReaderError(
                    f"There is, or was, a reader {name}; choose another name, so that the log stays clear."
                )
            if not session.exec(select(ReaderRow.name).limit(1)).first() and Role.CUSTODIAN not in roles:
                raise ReaderError("The first reader needs --role custodian: custodians add the others.")
            row = ReaderRow(name=name, roles=json.dumps([*dict.fromkeys(roles)]), salt="", verifier="", stretching="")
            _set_passphrase(row, passphrase, profile)
            session.add(row)
            self._note(session, by, Act.READER, [f"added {name}: {', '.join(dict.fromkeys(roles))}"])
            return _reader(row)

    def disable_reader(self, by: str, name: str) -> None:
        """Let a reader in no more; their entries in the log stay. Raises ReaderError, also for the last custodian."""
        with self._writing() as session:
            row = _get(session, name)
            others = session.exec(select(ReaderRow).where(ReaderRow.name != name, col(ReaderRow.active))).all()
            if Role.CUSTODIAN in _reader(row).roles and not any(Role.CUSTODIAN in _reader(one).roles for one in others):
                raise ReaderError("Nobody could manage readers then: add another custodian first.")
            row.active = False
            self._note(session, by, Act.READER, [f"disabled {name}"])

    def change_passphrase(self, by: str, name: str, passphrase: str, profile: Stretching = RFC_9106_LOW_MEMORY) -> None:
        """Give a reader another passphrase. Raises ReaderError, PassphraseError."""
        check_strength(passphrase)
        with self._writing() as session:
            _set_passphrase(_get(session, name), passphrase, profile)
            self._note(session, by, Act.READER, [f"another passphrase for {name}"])

    def avoid(self, name: str, topics: Sequence[str]) -> None:
        """Let a reader not get accounts about those topics; nobody else is told, and the log does not say it. Raises ReaderError."""
        with self._writing() as session:
            _get(session, name).avoided = json.dumps(sorted(set(topics)))


def _get(session: Session, name: str) -> ReaderRow:
    row = session.get(ReaderRow, name)
    if row is None:
        raise ReaderError(f"There is no reader {name}; see `reviewer reader list`.")
    return row


def _reader(row: ReaderRow) -> Reader:
    roles = tuple(Role(role) for role in json.loads(row.roles))
    return Reader(row.name, roles, tuple(json.loads(row.avoided)), row.active)


def _set_passphrase(row: ReaderRow, passphrase: str, profile: Stretching) -> None:
    salt = secrets.token_bytes(SALT_BYTES)
    row.salt, row.stretching = salt.hex(), profile.name
    row.verifier = stretch(passphrase, salt, profile).hex()
