"""The command `reviewer`: what every command shares, from the first line to the exit code.

Exit codes: 0 done, 1 refused or failed with one sentence, 2 a wrong option, 130 stopped from the keyboard. No traceback
is ever shown: its lines could hold what a survivor wrote.
"""

import argparse
import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from crypto.errors import SealingError
from reviewer.display import safe_line
from reviewer.errors import StationError
from reviewer.files import PRIVATE_UMASK
from reviewer.hardening import forbid_dumps
from reviewer.terminal import note, use_utf8

# Which module of `reviewer.commands` has which commands. A command imports its own alone, since every start is waited for.
_MODULES: Final = {
    "ceremony": ("ceremony",),
    "rehearse": ("rehearse",),
    "reshare": ("reshare",),
    "end_epoch": ("end-epoch",),
    "card": ("card",),
    "trust": ("trust",),
    "doctor": ("doctor",),
    "unlock": ("unlock",),
    "lock": ("lock",),
    "importation": ("import",),
    "listing": ("list",),
    "following": ("next",),
    "read": ("read",),
    "thread": ("thread",),
    "room": ("room",),
    "search": ("search",),
    "recuse": ("recuse", "hand-over"),
    "decide": ("mark", "release"),
    "refer": ("refer",),
    "referrals": ("referrals",),
    "heard": ("heard",),
    "reply": ("reply",),
    "replies": ("replies",),
    "templates": ("templates",),
    "acknowledge": ("acknowledge",),
    "hold": ("hold",),
    "destroy": ("destroy",),
    "destroy_record": ("destroy-record",),
    "export": ("export",),
    "resync": ("resync",),
    "reader": ("reader",),
    "policy": ("policy",),
    "log": ("log",),
    "renew": ("renew",),
    "backup": ("backup",),
    "restore": ("restore",),
    "status": ("status",),
    "identity": ("identity",),
}
_REFUSED, _STOPPED = 1, 130
_EXAMPLES: Final = """\
examples:
  reviewer ceremony --threshold 2 --custodians 3 --inquiry an-inquiry --to shares
  reviewer trust intake.pub
  reviewer unlock
  reviewer import /media/stick/intake-0001-000001.heard
  reviewer list
  reviewer read 3f9a2c
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    _harden()
    given = sys.argv[1:] if arguments is None else arguments
    options = build_parser(given[0] if given else "").parse_args(given)
    try:
        options.run(options)
        sys.stdout.flush()
    except (StationError, SealingError) as error:
        return _refuse(str(error))
    except BrokenPipeError:
        # Whoever read the output has seen enough; Python must not complain about it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _REFUSED
    except OSError as error:
        name = safe_line(str(error.filename)) if error.filename else "a file"
        return _refuse(f"The disk or the medium refused {name}: {error.strerror}.")
    except KeyboardInterrupt:
        note("\nStopped. What was finished stays; run the same command again to go on.")
        return _STOPPED
    except Exception as error:  # noqa: BLE001 - a traceback could show plaintext; the place of the fault is enough to mend it
        place = traceback.extract_tb(error.__traceback__)[-1]
        fault = f"{type(error).__name__} in {Path(place.filename).name}, line {place.lineno}"
        return _refuse(
            f"This program has a fault ({fault}). Nothing was shown of what it worked on; please report this line."
        )
    return 0


def _harden() -> None:
    """Keep what this process writes to its owner, and its memory out of core dumps."""
    os.umask(PRIVATE_UMASK)
    forbid_dumps()
    use_utf8()


def _refuse(sentence: str) -> int:
    note(f"reviewer: {sentence}")
    return _REFUSED


def build_parser(command: str = "") -> argparse.ArgumentParser:
    """Return the parser of `command` and its options; of all commands when there is none of that name."""
    parser = argparse.ArgumentParser(
        prog="reviewer",
        description="The offline station: custody of the panel's keys, import of sealed letters, reading, and the way back.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    found = [module for module, names in _MODULES.items() if command in names]
    for module in found or _MODULES:
        importlib.import_module(f"reviewer.commands.{module}").add(commands)
    return parser
