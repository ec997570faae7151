"""Which commands there are. Each lives in its own module, imported only when it runs: a start stays short."""

import argparse
import gc
import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import Final

from crypto.errors import SealingError
from intake.commands.result import Result
from intake.errors import IntakeError
from intake.folder import PRIVATE_UMASK
from intake.settings import Settings

_Run = Callable[[argparse.Namespace, Settings], Result]
FAILED: Final = 1
INTERRUPTED: Final = 130


def dispatch(argv: Sequence[str], warnings: Sequence[str] = ()) -> int:
    """Run the command in `argv` and return its exit status. `warnings` are what `serve` has to say first."""
    arguments = build_parser().parse_args(argv)
    arguments.warnings = warnings
    os.umask(PRIVATE_UMASK)
    run: _Run = arguments.run
    try:
        result = run(arguments, Settings.read())
    except (IntakeError, SealingError) as error:
        return _fail(str(error), as_json=arguments.json)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return FAILED
    except Exception as error:  # noqa: BLE001 - a traceback could show a key; its class and place are enough to report
        from intake.logs import describe

        return _fail(f"This is a fault in intake itself: {describe(error)}. Please report it.", as_json=arguments.json)
    _print(result, as_json=arguments.json)
    return result.status


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands. It reads no settings, so every --help works anywhere."""
    parser = argparse.ArgumentParser(
        prog="intake", description="Take in sealed letters and hand them on. Settings: docs/settings.md."
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add(commands, "init", _init, "make the data folder, this side's own key and the tables")
    card = _add(
        commands, "card", _card, "install the panel card that letters are sealed to", "card /media/usb/panel.card"
    )
    card.add_argument("file", metavar="FILE", help="the public panel.card from the station")
    serve = _add(commands, "serve", _serve, "serve the survivors' site", "serve --host 127.0.0.1 --port 8000")
    serve.add_argument("--host", help="address to listen on (setting host)")
    serve.add_argument("--port", type=_port, help="port to listen on, 0 for any free one (setting port)")
    _add(commands, "migrate", _migrate, "bring the tables to this program's version")
    _add_transfers(commands)
    backup = _add(commands, "backup", _backup, "write everything into one file", "backup --to /backup/heard.backup")
    backup.add_argument("--to", metavar="FILE", required=True, help="the file to write (mode 0600)")
    restore = _add(commands, "restore", _restore, "read a backup into an empty service", "restore /backup/heard.backup")
    restore.add_argument("file", metavar="FILE", help="the file that `intake backup` wrote")
    _add(commands, "check", _check, "say what is wrong, one sentence for each fault")
    return parser


def _add_transfers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    export = _add(
        commands, "export", _export, "write new letters into a bundle for the station", "export --to /media/usb"
    )
    export.add_argument(
        "--to", metavar="DIR", required=True, help="the folder to write NAME.heard and NAME.heard.minisig to"
    )
    export.add_argument("--again", metavar="N", type=int, help="write bundle N once more, byte for byte")
    export.add_argument("--empty", action="store_true", help="write a bundle even when there is no new letter")
    importing = _add(
        commands, "import", _import, "take in a bundle from the station", "import /media/usb/station-0001-000001.heard"
    )
    importing.add_argument("bundle", metavar="BUNDLE", help="NAME.heard, with NAME.heard.minisig beside it")


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    run: _Run,
    purpose: str,
    example: str = "",
) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        name,
        help=purpose,
        description=purpose[0].upper() + purpose[1:] + ".",
        epilog=f"example: intake {example or name}",
    )
    parser.add_argument("--json", action="store_true", help="answer with one line of JSON")
    parser.set_defaults(run=run)
    return parser


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65_535):
        raise argparse.ArgumentTypeError("must be a whole number from 0 to 65535")
    return int(text)


def _init(arguments: argparse.Namespace, settings: Settings) -> Result:
    from intake.commands import init

    return init.run(arguments, settings)


def _card(arguments: argparse.Namespace, settings: Settings) -> Result:
    from intake.commands import card

    return card.run(arguments, settings)


def _serve(arguments: argparse.Namespace, settings: Settings) -> Result:
    # What a start makes is kept: looking for garbage among it would only take time (about a tenth of the start).
    gc.disable()
    from intake.commands import serve

    return serve.run(arguments, settings)


def _migrate(arguments: argparse.Namespace, settings: Settings) -> Result:
    from intake.commands import migrate

    return migrate.run(arguments, settings)


def _export(arguments: argparse.Namespace, settings: Settings) -> Result:
    from intake.commands import export

    return export.run(arguments, settings)


def _import(arguments: argparse.Namespace, settings: Settings) -> Result:
    from intake.commands import take_in

    return take_in.run(arguments, settings)


def _backup(arguments: argparse.Namespace, settings: Settings) -> Result:
    from intake.commands import backup

    return backup.run(arguments, settings)


def _restore(arguments: argparse.Namespace, settings: Settings) -> Result:
    from intake.commands import restore

    return restore.run(arguments, settings)


def _check(arguments: argparse.Namespace, settings: Settings) -> Result:
    from intake.commands import check

    return check.run(arguments, settings)


def _print(result: Result, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(dict(result.data), ensure_ascii=False))
    else:
        for line in result.lines:
            print(line)
    sys.stdout.flush()


def _fail(sentence: str, *, as_json: bool) -> int:
    if as_json:
        print(json.dumps({"error": sentence}, ensure_ascii=False), flush=True)
    print(f"intake: {sentence}", file=sys.stderr)
    return FAILED
