"""Options that several commands share."""

import argparse
from pathlib import Path
from typing import Any

from reviewer.custody.passphrases import LEAST_CHARACTERS
from reviewer.gathering import Given
from reviewer.station import DEFAULT, VARIABLE, Station

# argparse's own name for what add_subparsers returns is private.
Commands = Any


def add_command(commands: Commands, name: str, summary: str, example: str) -> argparse.ArgumentParser:
    """Add a command with the options that all have: --station, --json, and --help with an example."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=summary[0].upper() + summary[1:] + ".",
        epilog=f"example:\n{example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--station",
        metavar="DIR",
        help=f"the station folder (default: {VARIABLE} in the environment, else ./{DEFAULT})",
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return parser


def add_share_options(parser: argparse.ArgumentParser) -> None:
    """Add --share and --passphrase-file, repeated once a custodian."""
    parser.add_argument(
        "--share",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help="a custodian's share file; repeat for each (default: ask)",
    )
    add_passphrase_option(parser, "the shares")


def add_passphrase_option(parser: argparse.ArgumentParser, order: str) -> None:
    """Add --passphrase-file, repeated in the order of `order`."""
    parser.add_argument(
        "--passphrase-file",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help=f"a file with one passphrase of {LEAST_CHARACTERS} characters or more, mode 0600; repeat in the order of "
        f"{order} (default: ask; for demonstrations and rehearsals)",
    )


def given(options: argparse.Namespace) -> Given:
    """Return the shares and passphrases that the options name."""
    return Given(options.share, options.passphrase_file)


def station(options: argparse.Namespace) -> Station:
    """Return the station that the options name."""
    return Station.choose(options.station)
