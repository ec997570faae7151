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
        commands,
        "card",
        _card,
        "install the card of the panel, or of the safeguarding lead",
        "card /media/usb/panel.card",
    )
    card.add_argument("file", metavar="FILE", help="the public panel.card or lead.card from its station")
    serve = _add(commands, "serve", _serve, "serve the survivors' site", "serve --host 127.0.0.1 --port 8000")
    serve.add_argument("--host", help="address to listen on (setting host)")
    serve.add_argument("--port", type=_port, help="port to listen on, 0 for any free one (setting port)")
    migrate = _add(commands, "migrate", _migrate, "bring the tables to this program's version")
    migrate.add_argument("--only", choices=("letters", "line"), help="one of the two databases; both when left out")
    _add_transfers(commands)
    backup = _add(commands, "backup", _backup, "write everything into one file", "backup --to /backup/heard.backup")
    backup.add_argument("--to", metavar="FILE", required=True, help="the file to write (mode 0600)")
    restore = _add(commands, "restore", _restore, "read a backup into an empty service", "restore /backup/heard.backup")
    restore.add_argument("file", metavar="FILE", help="the file that `intake backup` wrote")
    replay = _add(
        commands, "replay", _replay, "after a restore, do again what was taken back since the backup", "replay"
    )
    replay.add_argument(
        "--log",
        metavar="FILE",
        action="append",
        default=[],
        help="a copy of the log of closings, when the one that is set is lost or older; may be repeated",
    )
    replay.add_argument(
        "--new-log", action="store_true", help="begin a new log where it is lost and nothing was restored"
    )
    forget = _add(commands, "forget", _forget, "erase what was kept long enough", "forget --dry-run")
    forget.add_argument("--dry-run", action="store_true", help="only say what would be erased")
    _add_line(commands)
    _add(commands, "status", _status, "say what is here, what the station knows of, and what is in force")
    _add(commands, "check", _check, "say what is wrong, one sentence for each fault")
    return parser


def _add_transfers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    export = _add(
        commands, "export", _export, "write new letters into a bundle for the station", "export --to /media/usb"
    )
    export.add_argument(
        "--to", metavar="DIR", required=True, help="the folder to write NAME.heard and NAME.heard.minisig to"
    )
    export.add_argument(
        "--card",
        choices=("panel", "lead"),
        default="panel",
        help="whom the bundle is for: letters for the panel (default), or records of danger for the safeguarding lead",
    )
    export.add_argument("--again", metavar="N", type=int, help="write bundle N once more, byte for byte")
    export.add_argument("--empty", action="store_true", help="write a bundle even when there is no new letter")
    importing = _add(
        commands, "import", _import, "take in a bundle from the station", "import /media/usb/station-0001-000001.heard"
    )
    importing.add_argument(
        "--new-generation",
        action="store_true",
        help="take in a bundle that begins a new generation; without this, only say what that would mean",
    )
    importing.add_argument("bundle", metavar="BUNDLE", help="NAME.heard, with NAME.heard.minisig beside it")


def _add_line(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    worker = _group(commands, "worker", "say who may sign in at the phone line", "worker add jo.b --role worker")
    add = _add(worker, "worker add", _worker, "let somebody sign in, with a first password", "worker add jo.b")
    add.add_argument("name", metavar="NAME", help="what they are called when they sign in: jo.b, line-3")
    add.add_argument(
        "--role", choices=("worker", "supervisor"), default="worker", help="supervisors also see the audit"
    )
    reset = _add(worker, "worker reset", _worker, "let a worker begin anew, with a first password", "worker reset jo.b")
    reset.add_argument("name", metavar="NAME", help="who")
    disable = _add(worker, "worker disable", _worker, "let a worker sign in no more", "worker disable jo.b")
    disable.add_argument("name", metavar="NAME", help="who")
    ending = _add(worker, "worker sign-out", _worker, "end a worker's sessions, or everybody's", "worker sign-out jo.b")
    whose = ending.add_mutually_exclusive_group(required=True)
    whose.add_argument("name", metavar="NAME", nargs="?", help="who")
    whose.add_argument("--all", action="store_true", help="everybody")
    _add(worker, "worker list", _worker, "say who may sign in")
    line = _group(commands, "line", "serve the phone line, show its audit, back it up", "line serve --port 8001")
    serve = _add(line, "line serve", _line_serve, "serve the phone line", "line serve --host 127.0.0.1 --port 8001")
    serve.add_argument("--host", help="address to listen on (setting line_host)")
    serve.add_argument("--port", type=_port, help="port to listen on, 0 for any free one (setting line_port)")
    backup = _add(
        line, "line backup", _line, "write workers and audit into one file", "line backup --to /backup/line.backup"
    )
    backup.add_argument("--to", metavar="FILE", required=True, help="the file to write (mode 0600)")
    restore = _add(line, "line restore", _line, "read such a file into a line without workers", "line restore FILE")
    restore.add_argument("file", metavar="FILE", help="the file that `intake line backup` wrote")
    audit = _add(line, "line audit", _line, "show who signed in and what changed, and whether it was altered")
    audit.add_argument("--head", metavar="HEX", help="an end that was written down earlier, which has to be in it")


def _group(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, purpose: str, example: str
) -> "argparse._SubParsersAction[argparse.ArgumentParser]":
    """Add a command that has commands of its own, and return those."""
    parser = commands.add_parser(
        name, help=purpose, description=purpose[0].upper() + purpose[1:] + ".", epilog=f"example: intake {example}"
    )
    return parser.add_subparsers(title="commands", metavar="COMMAND", required=True)


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    run: _Run,
    purpose: str,
    example: str = "",
) -> argparse.ArgumentParser:
    own = name.rpartition(" ")[2]
    parser = commands.add_parser(
        own,
        help=purpose,
        description=purpose[0].upper() + purpose[1:] + ".",
        epilog=f"example: intake {example or name}",
    )
    parser.add_argument("--json", action="store_true", help="answer with one line of JSON")
    parser.set_defaults(run=run, act=own)
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


def _replay(arguments: argparse.Namespace, settings: Settings) -> Result:
    from intake.commands import replay

    return replay.run(arguments, settings)


def _forget(arguments: argparse.Namespace, settings: Settings) -> Result:
    from intake.commands import forget

    return forget.run(arguments, settings)


def _status(arguments: argparse.Namespace, settings: Settings) -> Result:
    from intake.commands import status

    return status.run(arguments, settings)


def _check(arguments: argparse.Namespace, settings: Settings) -> Result:
    from intake.commands import check

    return check.run(arguments, settings)


def _worker(arguments: argparse.Namespace, settings: Settings) -> Result:
    from intake.commands import worker

    return worker.run(arguments, settings)


def _line_serve(arguments: argparse.Namespace, settings: Settings) -> Result:
    gc.disable()  # as for `serve`
    return _line(arguments, settings)


def _line(arguments: argparse.Namespace, settings: Settings) -> Result:
    from intake.commands import line

    return line.run(arguments, settings)


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
