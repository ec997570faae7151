"""The words that somebody gives to be signed: as an option, or in a file."""

import argparse
from pathlib import Path

from reviewer.errors import AnswerError, SettingsError
from reviewer.files import read_small

_MOST_BYTES = 1_048_576


def add_text_options(parser: argparse.ArgumentParser, meaning: str) -> None:
    """Add --text, --text-file and --yes."""
    parser.add_argument("--text", metavar='"…"', help=meaning)
    parser.add_argument("--text-file", type=Path, metavar="FILE", help="a file that holds it, in UTF-8")
    parser.add_argument("--yes", action="store_true", help="do not ask once more")


def has_text(options: argparse.Namespace) -> bool:
    """Say whether --text or --text-file was given."""
    return options.text is not None or options.text_file is not None


def read_text(options: argparse.Namespace, what: str) -> str:
    """Return what is to be said, with LF line ends. Raises SettingsError, AnswerError, FolderError."""
    if (options.text is None) == (options.text_file is None):
        raise SettingsError(f"Give the words of {what} as --text or as --text-file.")
    if options.text is not None:
        typed: str = options.text
    else:
        try:
            typed = read_small(options.text_file, _MOST_BYTES).decode("utf-8")
        except UnicodeDecodeError:
            raise AnswerError(f"The file with {what} is not UTF-8; save it again as plain text.") from None
    return typed.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
