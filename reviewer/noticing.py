"""Notices on their way: signed by the panel, sealed to one survivor, kept in the vault until an export carries them."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from crypto.constants import NOTICE_KINDS
from crypto.errors import LetterError, RecipientError
from crypto.notice import Notice, encode_notice, sign_notice
from crypto.recipients import Recipient, throwaway_recipient
from crypto.sealing import seal_padded
from reviewer.entries import NoticeEntry, Status, ThreadEntry
from reviewer.ledger import Ledger
from reviewer.opening import Unlocked
from reviewer.vault import Vault

_LANGUAGE: Final = "en"
_HERE: Final = frozenset({Status.IMPORTED, Status.WAITING})


@dataclass(frozen=True)
class Notices:
    """Where notices of one station are kept."""

    ledger: Ledger
    vault: Vault

    def send(
        self,
        unlocked: Unlocked,
        thread: ThreadEntry,
        kind: str,
        *,
        text: str = "",
        digests: Sequence[str] = (),
        through: int = 0,
        days: int = 0,
        language: str = _LANGUAGE,
    ) -> NoticeEntry:
        """Write one notice to `thread` and let the next export carry it. Raises as `write`."""
        entry = self.write(
            unlocked, thread, kind, text=text, digests=digests, through=through, days=days, language=language
        )
        self.ledger.add_notice(entry)
        return entry

    def write(
        self,
        unlocked: Unlocked,
        thread: ThreadEntry,
        kind: str,
        *,
        text: str = "",
        digests: Sequence[str] = (),
        through: int = 0,
        days: int = 0,
        language: str = _LANGUAGE,
    ) -> NoticeEntry:
        """Sign and seal one notice for `thread` and return what the ledger is to say of it; only then it counts.

        Raises LetterError for a text that cannot be sealed, LetterTooLongError, VaultError, LedgerError.
        """
        keys = self.ledger.keys_before(thread.verify_key)
        notice = Notice(
            kind=kind,
            inquiry=unlocked.card.inquiry,
            epoch=unlocked.card.epoch,
            locator=thread.locator,
            recipient=thread.recipient,
            sequence=len(self.ledger.notices(keys)) + 1,
            digests=tuple(sorted(set(digests))),
            through=through,
            language=language,
            text=text,
            days=days,
            valid_from="",
            valid_to="",
        )
        content = encode_notice(sign_notice(notice, unlocked.keys.sign))
        sealed = seal_padded(content, [Recipient.parse(thread.recipient), throwaway_recipient()])
        return NoticeEntry(
            digest=self.vault.keep(sealed),
            kind=NOTICE_KINDS[kind],
            locator=thread.locator,
            verify_key=thread.verify_key,
            sequence=notice.sequence,
        )


def confirm_arrival(notices: Notices, panel: Sequence[Unlocked], verify_keys: Sequence[str]) -> None:
    """Send a receipt to each thread among `verify_keys` that names every letter of it that is here.

    Whom nothing can be sealed to gets none: one hostile letter must not keep the others out.
    """
    ledger = notices.ledger
    living = {thread.verify_key: thread for key in verify_keys if (thread := ledger.thread(key)) is not None}
    for thread in living.values():
        letters = ledger.letters_of_threads(ledger.keys_before(thread.verify_key))
        here = [letter.digest for letter in letters if letter.status in _HERE]
        if thread.state == "open" and here:
            with suppress(LetterError, RecipientError):
                notices.send(panel[0], thread, "arrival", digests=here, through=thread.last_sequence)
