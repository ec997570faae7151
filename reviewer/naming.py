"""What the ledger's rows are called in words, in commands and in the reading room."""

from collections.abc import Mapping
from typing import Final

from crypto.constants import LETTER_KINDS, NOTICE_KINDS
from reviewer.entries import NEVER_SENT, LetterEntry, NoticeEntry

UNKNOWN: Final = "unknown"
_KINDS: Final[Mapping[int, str]] = {code: name for name, code in (LETTER_KINDS | NOTICE_KINDS).items()}


def kind_of(entry: LetterEntry | NoticeEntry) -> str:
    """Return what a letter's record says that it is, or what a notice is."""
    return _KINDS.get(entry.kind, UNKNOWN)


def way_of(notice: NoticeEntry) -> str:
    """Return whether a notice went out, and with which return bundle."""
    if notice.bundle is None:
        return "waits for the next export"
    return (
        "not sent: it was taken back before"
        if notice.bundle == NEVER_SENT
        else f"sent with return bundle {notice.bundle}"
    )
