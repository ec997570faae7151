"""How shares are handed out: options that `ceremony` and `reshare` have in common."""

import argparse
import os
from pathlib import Path
from typing import Final

from reviewer.commands.options import add_passphrase_option
from reviewer.custody.dealing import Dealing, Printed, Sealed
from reviewer.custody.passphrases import ask_new, read_passphrases
from reviewer.doctor.machine import Machine
from reviewer.errors import SettingsError
from reviewer.files import show
from reviewer.terminal import note

WITHOUT_PDF: Final = (
    "This machine cannot make PDF files (the system's libpango is missing), so this is HTML: open it in the browser and print it "
    "there, without header and footer. On Debian, the package libpangoft2-1.0-0 brings what is missing."
)


def add_handing_options(parser: argparse.ArgumentParser, prefix: str = "") -> None:
    """Add --to, --sheets, --holder and the option for new passphrases (with a prefix, where old ones are given as well)."""
    parser.add_argument(
        "--to", type=Path, default=Path("shares"), metavar="DIR", help="where to write (default ./shares)"
    )
    parser.add_argument(
        "--sheets",
        action="store_true",
        help="sheets to print, one for each custodian, instead of share files; DIR must be in memory, as below /dev/shm",
    )
    parser.add_argument(
        "--holder",
        action="append",
        default=[],
        metavar="NAME",
        help="who holds a sheet, in the order of the shares; repeat for each (default: a line to write on)",
    )
    if not prefix:
        add_passphrase_option(parser, "the custodians")
        return
    parser.add_argument(
        f"--{prefix}-passphrase-file",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a file with a new passphrase; repeat in the order of the custodians (default: ask)",
    )


def check_handing(options: argparse.Namespace, custodians: int) -> None:
    """Raise SettingsError for options that do not go together, before anything is asked."""
    if options.holder and not options.sheets:
        raise SettingsError("--holder goes with --sheets.")
    if options.holder and len(options.holder) != custodians:
        raise SettingsError(f"Give --holder {custodians} times, once for each custodian, or not at all.")
    if options.sheets and Machine().storage_of(_real(options.to)) != "memory":
        raise SettingsError(
            f"Sheets hold the words of the shares, and {show(options.to)} may be on a disk, which forgets nothing. Write them to "
            "memory: --to /dev/shm/sheets."
        )


def dealing_of(options: argparse.Namespace, custodians: int, files: list[Path]) -> Dealing:
    """Return how shares are handed out; `files` hold new passphrases, or they are asked for."""
    if options.sheets:
        if files:
            raise SettingsError("A sheet has no passphrase; leave the option out, or --sheets.")
        return Printed(options.holder)
    return Sealed(read_passphrases(files, custodians) if files else ask_new(custodians))


def note_html(files: tuple[Path, ...]) -> None:
    """Say so where sheets could not be made as PDF."""
    if any(path.suffix == ".html" for path in files):
        note(WITHOUT_PDF)


def on_what(options: argparse.Namespace) -> str:
    """Return what the shares are on, for the custody record."""
    return "sheets" if options.sheets else "files"


def _real(path: Path) -> str:
    return os.path.realpath(path)
