"""`reviewer reader …`: who works at the station."""

import argparse
from datetime import date
from pathlib import Path

from reviewer.cases.casework import Casework
from reviewer.cases.readers import Right, Role
from reviewer.commands.options import Commands, add_command, add_share_options, given, station
from reviewer.commands.work import add_reader_options, at_work
from reviewer.custody.passphrases import ask_one_new, read_passphrases
from reviewer.desk import open_desk
from reviewer.errors import ReaderError, SettingsError
from reviewer.terminal import say, say_json
from reviewer.unlocking import use_panel

_ROLES = [role.value.replace(" ", "-") for role in Role]
_EXAMPLES = {
    "add": "  reviewer reader add ann --role custodian\n  reviewer reader add bo --role second-reader --reader ann",
    "list": "  reviewer reader list",
    "disable": "  reviewer reader disable bo --reader ann",
    "passphrase": "  reviewer reader passphrase\n  reviewer reader passphrase bo --reader ann",
    "avoid": "  reviewer reader avoid people effects\n  reviewer reader avoid",
    "allow": "  reviewer reader allow bo --more 1 --reader ann",
}
_SUMMARIES = {
    "add": "add somebody who works here; the first is a custodian",
    "list": "list who works here",
    "disable": "let somebody in no more",
    "passphrase": "choose another passphrase, your own or, as a custodian, somebody's",
    "avoid": "name the topics that you would rather not get; none to get all again",
    "allow": "let somebody else read more full accounts today",
}


def add(commands: Commands) -> None:
    """Describe the commands."""
    group = commands.add_parser("reader", help="who works at the station", allow_abbrev=False)
    below = group.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, summary in _SUMMARIES.items():
        parser = add_command(below, name, summary, _EXAMPLES[name])
        if name == "avoid":
            parser.add_argument("topics", nargs="*", metavar="TOPIC", help="as `reviewer next` names them")
        elif name != "list":
            # One's own passphrase needs no name.
            optional = argparse.OPTIONAL if name == "passphrase" else None
            parser.add_argument("name", metavar="NAME", help="the reader", nargs=optional)
        if name == "add":
            parser.add_argument("--role", choices=_ROLES, action="append", required=True, help="repeat for several")
        if name == "allow":
            parser.add_argument("--more", type=int, default=1, metavar="N", help="how many (default 1)")
        if name in {"add", "passphrase"}:
            parser.add_argument(
                "--new-passphrase-file", type=Path, metavar="FILE", help="the new passphrase (default: ask twice)"
            )
        add_share_options(parser)
        add_reader_options(parser)
        parser.set_defaults(run=run, act=name)


def run(options: argparse.Namespace) -> None:
    """Do what was asked, as whoever is there."""
    with open_desk(station(options), options.json) as desk:
        desk.require("panel")
        panel = use_panel(given(options), desk)
        with at_work(desk, options, panel) as work:
            said = _ACTS[options.act](work, options)
            readers = [
                {"name": one.name, "roles": [role.value for role in one.roles], "active": one.active}
                for one in work.store.readers()
            ]
    if options.json:
        say_json({"demonstration": desk.demonstration, "readers": readers})
        return
    for line in said:
        say(line)


def _add(work: Casework, options: argparse.Namespace) -> list[str]:
    work.seat.require(Right.MANAGE)
    roles = [Role(role.replace("-", " ")) for role in options.role]
    work.store.add_reader(work.seat.who, options.name, roles, _new_passphrase(options, options.name))
    return [f"{options.name} works here now: {', '.join(roles)}."]


def _list(work: Casework, _: argparse.Namespace) -> list[str]:
    readers = [
        f"{one.name}  {', '.join(one.roles)}{'' if one.active else '  (disabled)'}" for one in work.store.readers()
    ]
    return readers or ["There are no readers: the custodians do everything."]


def _disable(work: Casework, options: argparse.Namespace) -> list[str]:
    work.seat.require(Right.MANAGE)
    work.store.disable_reader(work.seat.who, options.name)
    return [f"{options.name} gets in no more."]


def _passphrase(work: Casework, options: argparse.Namespace) -> list[str]:
    name = options.name or _own(work)
    if name != work.seat.name:
        work.seat.require(Right.MANAGE)
    work.store.change_passphrase(work.seat.who, name, _new_passphrase(options, name))
    return [f"{name} has another passphrase."]


def _avoid(work: Casework, options: argparse.Namespace) -> list[str]:
    work.store.avoid(_own(work), options.topics)
    return ["`reviewer next` leaves those out for you." if options.topics else "You get all topics again."]


def _allow(work: Casework, options: argparse.Namespace) -> list[str]:
    work.seat.require(Right.ALLOW)
    if work.seat.reader is None:
        raise ReaderError("This station has no readers yet; see `reviewer reader add`.")
    work.store.allow_more(work.seat.reader, options.name, options.more, date.today())
    return [f"{options.name} may open {options.more} more account(s) today. Ask how they are."]


def _own(work: Casework) -> str:
    if work.seat.name is None:
        raise SettingsError("Say whose: this station has no readers yet.")
    return work.seat.name


def _new_passphrase(options: argparse.Namespace, name: str) -> str:
    if options.new_passphrase_file is None:
        return ask_one_new(name)
    (passphrase,) = read_passphrases([options.new_passphrase_file], 1)
    return passphrase


_ACTS = {
    "add": _add,
    "list": _list,
    "disable": _disable,
    "passphrase": _passphrase,
    "avoid": _avoid,
    "allow": _allow,
}
