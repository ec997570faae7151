"""`reviewer referrals`: what was passed on, what is due, and the sheet of a referral."""

import argparse
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

from reviewer.cases.deciding import Decider
from reviewer.cases.referrals import Referral
from reviewer.cases.referring import Referrer
from reviewer.commands.handing import WITHOUT_PDF
from reviewer.commands.options import Commands, add_command, add_share_options, given, station
from reviewer.commands.refer import based_on
from reviewer.commands.work import add_reader_options, at_work
from reviewer.desk import open_desk
from reviewer.display import safe_line, safe_text
from reviewer.doctor.machine import Machine
from reviewer.errors import ReferralError, SettingsError
from reviewer.files import require_absent, show, write_new
from reviewer.paper.referral_sheets import print_referral
from reviewer.terminal import ask, note, say, say_json
from reviewer.unlocking import use_panel

TAKEN_BACK: Final = "The account was taken back: what was passed on stands here no more. Tell whom you told, and destroy the sheets that you still have."
_PLAIN: Final = (
    "The sheet says in plain words what a person wrote to you in confidence. Print it, hand it over yourselves or in a sealed envelope, write down who "
    "took it, and then destroy the file."
)
_ON_DISK: Final = "{} may be on a disk, which forgets nothing: /dev/shm is memory."
_EXAMPLE: Final = """\
  reviewer referrals
  reviewer referrals --print 3 --to /dev/shm/referral-3.pdf
  reviewer referrals --done 3 --on 2027-05-31 --note "Confirmed by telephone."

  Without options it lists them, and says what is due within a week or overdue. --print writes the sheet, in the clear, after a typed yes (or --yes)."""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "referrals", "list what was passed on and what is due; write a sheet", _EXAMPLE)
    parser.add_argument(
        "--print", dest="written", type=int, metavar="N", help="write the sheet of referral N to a file"
    )
    parser.add_argument("--to", type=Path, metavar="FILE", help="with --print: the file to write, ending in .pdf")
    parser.add_argument("--yes", action="store_true", help="with --print: do not ask once more")
    parser.add_argument("--done", type=int, metavar="N", help="what must follow of referral N was done")
    parser.add_argument("--on", metavar="DAY", help="with --done: on which day (default: today)")
    parser.add_argument("--note", default="", metavar='"…"', help="with --done: what came of it, in a few words")
    add_share_options(parser)
    add_reader_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """List, write out, or note what was done."""
    today = date.today()
    _check(options)
    with open_desk(station(options), options.json) as desk:
        desk.require("panel")
        panel = use_panel(given(options), desk)
        with at_work(desk, options, panel) as work:
            referrer = Referrer(Decider(desk, work, panel))
            if options.done is not None:
                referrer.follow_up(options.done, options.on or today.isoformat(), options.note)
            if options.written is not None:
                _write_out(referrer, options)
            every = referrer.listed()
    if options.json:
        say_json({"demonstration": desk.demonstration, "referrals": [_fields(one, today) for one in every]})
    elif options.written is None:
        for line in _lines(every, today):
            say(line)


def _check(options: argparse.Namespace) -> None:
    if (options.written is None) != (options.to is None):
        raise SettingsError("--print N and --to FILE go together.")
    if options.to is not None and options.to.suffix != ".pdf":
        raise SettingsError("Name a file that ends in .pdf, as in --to /dev/shm/referral.pdf.")
    if options.done is None and (options.on is not None or options.note):
        raise SettingsError("--on and --note go with --done N.")


def _write_out(referrer: Referrer, options: argparse.Namespace) -> None:
    """Say what the file is, and write it once somebody has said yes. Raises ReferralError, FolderError."""
    referrer.one(options.written)
    note(_PLAIN)
    if Machine().storage_of(os.path.realpath(options.to)) != "memory":
        note(_ON_DISK.format(show(options.to)))
    if not options.yes and ask("Write it? Type yes: ").strip().lower() != "yes":
        raise ReferralError("Nothing was written.")
    require_absent(options.to)
    paper = print_referral(referrer.decider.desk.newest, referrer.write_out(options.written))
    path = options.to.with_suffix(paper.suffix)
    write_new(path, paper.content)
    if paper.suffix != options.to.suffix:
        note(WITHOUT_PDF)
    if not options.json:
        say(f"  {show(path)}")


def _lines(every: list[Referral], today: date) -> Iterator[str]:
    if not every:
        yield "Nothing was referred yet."
    for one in every:
        done = f" on {one.done_day} by {one.done_by}" if one.done_day else ""
        yield f"{one.number}  {one.standing(today).upper()}{done}: {safe_line(one.follows)} By {one.due}."
        yield f"   To {safe_line(one.recipient)}, under {safe_line(one.authority)}. Decided on {one.day} by {one.by}."
        if one.text is None:
            yield f"   {TAKEN_BACK}"
        else:
            yield f"   Rests on {', '.join(map(based_on, one.basis))}."
        if one.note:
            yield f"   {safe_text(one.note)}"


def _fields(one: Referral, today: date) -> dict[str, Any]:
    return {
        "number": one.number,
        "state": one.standing(today).value,
        "day": one.day.isoformat(),
        "by": one.by,
        "recipient": one.recipient,
        "authority": one.authority,
        "text": one.text,
        "rests_on": [{"id": digest, "part": part or None} for digest, part in one.basis],
        "follows": one.follows,
        "due": one.due.isoformat(),
        "done_day": one.done_day.isoformat() if one.done_day else None,
        "done_by": one.done_by,
        "note": one.note,
        "taken_back": one.text is None,
    }
