"""Where the case store lies in the station's folder, and its key, which is sealed to the panel like a letter.

    cases/store-1.sqlite            SQLCipher under 32 random bytes
    cases/store-1.epoch-0001.key    those bytes, an age file sealed to the card of epoch 1
    cases/store-1.epoch-0002.key    the same, once epoch 2 has begun and epoch 1 has opened the store

`renew` ends the time in which both epochs open it: a copy under a new key, `store-2`, sealed to the newest card alone. A store counts
only when both of its files are there under their names, so that an interruption leaves the one before.
"""

import fcntl
import os
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import sqlcipher3.dbapi2 as sqlcipher

from crypto.card import PanelCard, verify_succession
from crypto.errors import AgeError, CardSignatureError, NoMatchError
from crypto.recipients import Recipient
from crypto.sealing import seal
from reviewer.cases.database import KEY_BYTES, CaseDatabase, connect
from reviewer.cases.unsealing import Unsealer
from reviewer.errors import BusyError, CaseStoreError
from reviewer.files import FILE_MODE, make_folder, read_small, sync_folder, write_new
from reviewer.migration import CASE_STORE, migrate

_STORE: Final = re.compile(r"store-([0-9]{1,9})\.sqlite")
_LABEL: Final = b"heard case store key v1\n"
_MOST_BYTES: Final = 8_192
_LOST: Final = "The case store of this station is gone, and only its key is left. Restore the newest backup with `reviewer restore`."


@dataclass(frozen=True)
class Opening:
    """A store that was opened: its file, and its key (32 bytes)."""

    path: Path
    key: bytes = field(repr=False)


@dataclass(frozen=True)
class Strongbox:
    """The folder of the case store. `cards` are the station's, oldest epoch first, at least one."""

    folder: Path
    cards: Sequence[PanelCard]

    def number(self) -> int | None:
        """Return the number of the store that counts, or None while there is none. Raises CaseStoreError when it was lost."""
        numbers = [int(match[1]) for path in self.folder.glob("*") if (match := _STORE.fullmatch(path.name))]
        whole = [number for number in numbers if self.epochs(number)]
        if not whole and any(self.folder.glob("*.key")):
            raise CaseStoreError(_LOST)
        return max(whole, default=None)

    def epochs(self, number: int) -> list[int]:
        """Return the epochs whose shares open a store, oldest first."""
        return [card.epoch for card in self.cards if self._key(number, card.epoch).is_file()]

    @contextmanager
    def open(self, unsealer: Unsealer, *, check: bool = True) -> Iterator[Opening]:
        """Yield where the store is and its key, with the tables of this program; the first time it is made.

        Until the block ends nobody renews it. `check` verifies every page first. Raises CaseStoreError, FolderError, BusyError.
        """
        make_folder(self.folder)
        if self.number() is None:
            with self._alone():
                if self.number() is None:
                    self._make(unsealer)
        with self._held(fcntl.LOCK_SH):
            number = self.number() or 1
            key = self._unseal(number, unsealer)
            database = CaseDatabase(self._store(number), key)
            try:
                if check:
                    database.check()
                migrate(database.engine, CASE_STORE)
            finally:
                database.close()
            self._seal_to_followers(number, key)
            yield Opening(self._store(number), key)

    def require_key(self, unsealer: Unsealer) -> None:
        """Raise CaseStoreError unless whoever holds the panel's key still opens the store's."""
        self._unseal(self.number() or 1, unsealer)

    def renew(self, unsealer: Unsealer, unlocked: Sequence[int]) -> int:
        """Put the store under a new key that the newest card's shares alone open; return that card's epoch.

        `unlocked` are the epochs whose shares are here. Raises CaseStoreError, BusyError while somebody has it open.
        """
        with self._alone():
            number = self.number()
            if number is None:
                raise CaseStoreError("There is no case store yet; the first import makes it.")
            return self._renew(number, self._unseal(number, unsealer), unlocked)

    def _renew(self, number: int, key: bytes, unlocked: Sequence[int]) -> int:
        newest = self.cards[-1]
        if newest.epoch not in unlocked and newest.epoch not in self.epochs(number):
            raise CaseStoreError(
                f"The card of epoch {newest.epoch} is not signed by the one before: bring its shares too, so that it is known to be a panel's."
            )
        following, fresh = number + 1, secrets.token_bytes(KEY_BYTES)
        unfinished = self._unfinished(self._store(following))
        unfinished.unlink(missing_ok=True)
        old = CaseDatabase(self._store(number), key)
        try:
            old.copy_to(unfinished, key)
        finally:
            old.close()
        _rekey(unfinished, key, fresh)
        self._finish(following, fresh, newest)
        self._sweep(following)
        return newest.epoch

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self._held(fcntl.LOCK_EX | fcntl.LOCK_NB):
            yield

    @contextmanager
    def _held(self, how: int) -> Iterator[None]:
        descriptor = os.open(self.folder / "lock", os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, FILE_MODE)
        try:
            fcntl.flock(descriptor, how)
            yield
        except BlockingIOError:
            raise BusyError("Somebody has the case store open; try again when they have finished.") from None
        finally:
            os.close(descriptor)

    def _make(self, unsealer: Unsealer) -> None:
        """Make the first store, sealed to the newest card whose shares are here: those after it get the key when they are signed."""
        number, key = 1, secrets.token_bytes(KEY_BYTES)
        opening = next((card for card in reversed(self.cards) if _opens(unsealer, card)), None)
        if opening is None:
            raise CaseStoreError("The first to open the case store bring shares of one of this station's cards.")
        unfinished = self._unfinished(self._store(number))
        unfinished.unlink(missing_ok=True)
        database = CaseDatabase(unfinished, key)
        migrate(database.engine, CASE_STORE)
        database.empty_log()
        database.close()
        self._finish(number, key, opening)

    def _finish(self, number: int, key: bytes, card: PanelCard) -> None:
        """Give a finished store its name, and then its key, which makes it count."""
        unfinished, store = self._unfinished(self._store(number)), self._store(number)
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        unfinished.rename(store)
        store.chmod(FILE_MODE)
        sync_folder(self.folder)
        self._seal(number, key, card)

    def _seal(self, number: int, key: bytes, card: PanelCard) -> None:
        write_new(self._key(number, card.epoch), seal(_LABEL + key, [Recipient.parse(card.recipient)]), replace=True)

    def _seal_to_followers(self, number: int, key: bytes) -> None:
        """Seal the key to every card that the one before signed: a new epoch opens the store without another word.

        A card that nobody signed gets nothing before `renew` has seen its shares.
        """
        for before, card in zip(self.cards, self.cards[1:], strict=False):
            epochs = self.epochs(number)
            if before.epoch in epochs and card.epoch not in epochs and card.epoch > max(epochs):
                try:
                    verify_succession(card, before)
                except CardSignatureError:
                    return
                self._seal(number, key, card)

    def _unseal(self, number: int, unsealer: Unsealer) -> bytes:
        epochs = self.epochs(number)
        for epoch in reversed(epochs):
            try:
                inside = unsealer.unseal(read_small(self._key(number, epoch), _MOST_BYTES))
            except NoMatchError:
                continue
            except AgeError:
                raise CaseStoreError(
                    "The key of the case store is damaged on this disk; restore the newest backup."
                ) from None
            if not inside.startswith(_LABEL) or len(inside) != len(_LABEL) + KEY_BYTES:
                raise CaseStoreError("The key of the case store is not what it should be; restore the newest backup.")
            return inside[len(_LABEL) :]
        raise CaseStoreError(
            f"The case store opens with shares of epoch {' or '.join(map(str, epochs))}; bring those as well."
        )

    def _sweep(self, number: int) -> None:
        """Remove what a renewal left: the stores before the one that counts, their keys first, and half-made ones."""
        for path in sorted(self.folder.glob("store-*"), key=lambda path: path.suffix != ".key"):
            if not path.name.startswith(f"store-{number}."):
                path.unlink(missing_ok=True)

    def _store(self, number: int) -> Path:
        return self.folder / f"store-{number}.sqlite"

    def _key(self, number: int, epoch: int) -> Path:
        return self.folder / f"store-{number}.epoch-{epoch:04}.key"

    @staticmethod
    def _unfinished(path: Path) -> Path:
        return path.with_name(f"{path.name}.unfinished")


def _opens(unsealer: Unsealer, card: PanelCard) -> bool:
    try:
        return unsealer.unseal(seal(_LABEL, [Recipient.parse(card.recipient)])) == _LABEL
    except NoMatchError:
        return False


def _rekey(path: Path, key: bytes, fresh: bytes) -> None:
    """Encrypt every page of a file with another key. Whoever interrupts it finds the store of before still counting."""
    connection = connect(path, key)
    try:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute(f"PRAGMA rekey = \"x'{fresh.hex()}'\"")
    except sqlcipher.Error as error:
        raise CaseStoreError(f"The case store cannot be renewed ({type(error).__name__}); is the disk full?") from None
    finally:
        connection.close()
    # A rekey that did nothing would leave the old key in force and say nothing.
    again = connect(path, fresh)
    try:
        again.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlcipher.Error:
        raise CaseStoreError("The case store could not be renewed: the new key does not open it.") from None
    finally:
        again.close()
