"""What every command does that needs the case store: open it, and ask who is there once the station has readers."""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from reviewer.cases.casework import Casework, open_casework
from reviewer.cases.readers import Reader
from reviewer.cases.seat import TWO_PEOPLE, Seat
from reviewer.cases.unsealing import OpenedPanel
from reviewer.custody.passphrases import read_passphrases
from reviewer.desk import Desk
from reviewer.errors import ReaderError
from reviewer.opening import Unlocked
from reviewer.terminal import Progress, ask, ask_secret, note
from reviewer.unlocking import InHand


def add_reader_options(parser: argparse.ArgumentParser, *, two: bool = False) -> None:
    """Add --reader with its passphrase; `two`: and --second."""
    people = [("reader", "who you are, once the station has readers (default: ask)")]
    if two:
        people.append(("second", "the other person, where it takes two"))
    for name, summary in people:
        parser.add_argument(f"--{name}", metavar="NAME", help=summary)
        parser.add_argument(
            f"--{name}-passphrase-file",
            metavar="FILE",
            type=Path,
            help="a file with that person's passphrase, mode 0600 (default: ask; for demonstrations and rehearsals)",
        )


@contextmanager
def at_work(desk: Desk, options: argparse.Namespace, panel: Sequence[Unlocked]) -> Iterator[Casework]:
    """Open the panel's case store, sign in who is there, and say what could not be filed. Raises ReaderError, CaseStoreError."""
    progress = Progress("Opened into the case store", 0)
    # What the agent holds was verified when it was unlocked.
    is_here = any(isinstance(one, InHand) for one in panel)
    with open_casework(desk, OpenedPanel(panel), progress.step, check=is_here) as work:
        progress.clear()
        seated = replace(work, seat=seat_of(work, options, panel))
        tell_left(seated.filed.left)
        yield seated


def tell_left(left: int) -> None:
    """Say how many letters could not be opened into the store."""
    if left:
        note(
            f"{left} letter(s) are not in the case store: they need other shares, or `reviewer status` names them missing."
        )


def seat_of(work: Casework, options: argparse.Namespace, panel: Sequence[Unlocked]) -> Seat:
    """Return who is here. Raises ReaderError for a wrong name or passphrase."""
    custodians = tuple(sorted({number for unlocked in panel for number in unlocked.custodians}))
    alone = any(one.card.demonstration and one.card.custodians < TWO_PEOPLE for one in panel)
    seat = Seat(custodians, alone)
    if not work.store.has_readers():
        if options.reader or getattr(options, "second", None):
            raise ReaderError("This station has no readers yet; see `reviewer reader add`.")
        return seat
    name = options.reader or ask("Who are you (reader's name)? ").strip()
    reader = _sign_in(work, name, options.reader_passphrase_file)
    second = getattr(options, "second", None)
    return replace(
        seat,
        reader=reader,
        second=_sign_in(work, second, options.second_passphrase_file) if second else None,
    )


def _sign_in(work: Casework, name: str, file: Path | None) -> Reader:
    if file is None:
        return work.store.sign_in(name, ask_secret(f"Passphrase of {name}: "))
    (passphrase,) = read_passphrases([file], 1)
    return work.store.sign_in(name, passphrase)
