"""`reviewer hold`: publish a legal hold, end one early, or list those there are."""

import argparse
from collections.abc import Iterable
from datetime import date
from typing import Any

from crypto.notice import Notice
from reviewer.cases.log import Act
from reviewer.commands.options import Commands, add_command, add_share_options, given, station
from reviewer.commands.wording import add_text_options, read_text
from reviewer.commands.work import add_reader_options, at_work
from reviewer.desk import Desk, open_desk
from reviewer.display import safe_text
from reviewer.errors import HoldError, SettingsError
from reviewer.holding import Holds, check_text, day_before, fields_of, told
from reviewer.reading import SHORT_ID
from reviewer.terminal import ask, note, say, say_json
from reviewer.unlocking import use_panel

_EXAMPLE = """\
  reviewer hold
  reviewer hold --from 2026-12-01 --to 2027-05-31 --text-file hold.txt
  reviewer hold --end 3f9a2c

  Without options it lists the holds. While one is in force nothing is destroyed here, and every page of the
  intake side says so, once the next `reviewer export` was imported there. What is signed is shown first, and
  signed after a typed yes (or --yes). To end one early is a notice of its own, which takes its place."""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "hold", "publish a legal hold, end one early, or list those there are", _EXAMPLE)
    parser.add_argument("--from", dest="first", type=_day, metavar="DAY", help="its first day (default: today)")
    parser.add_argument(
        "--to",
        dest="last",
        type=_day,
        metavar="DAY",
        help="its last day; with --end, the last one now (default: yesterday)",
    )
    parser.add_argument("--end", metavar="ID", help="end that hold earlier than it says; ID as the list shows it")
    add_text_options(parser, "what it says to people, in plain language")
    add_share_options(parser)
    add_reader_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """List, or show, ask, sign, and keep it for the next export."""
    with open_desk(station(options), options.json) as desk:
        desk.require("panel")
        if options.end is None and options.first is None and options.last is None:
            _list(desk, as_json=options.json)
            return
        with desk.station.locked():
            hold = _end(desk, options) if options.end is not None else _publish(desk, options)
        if options.json:
            say_json({"demonstration": desk.demonstration, "hold": fields_of(hold, date.today(), is_sent=False)})
        else:
            say(f"Signed: {hold.valid_from} to {hold.valid_to}. It leaves with the next `reviewer export`.")


def _publish(desk: Desk, options: argparse.Namespace) -> Notice:
    today = date.today()
    first, last = options.first or today, options.last
    if last is None:
        raise SettingsError("Say until when: --to DAY, written like 2027-05-31.")
    if last < max(first, today):
        raise SettingsError("The last day of a hold is not before its first, and not over already.")
    text = read_text(options, "the hold")
    check_text(text)
    _confirm(text, f"From {first} to {last}, both included, nothing is to be destroyed.", yes=options.yes)
    panel = use_panel(given(options), desk)
    with at_work(desk, options, panel) as work:
        work.store.note(work.seat.who, Act.HELD, [f"{first} to {last}"])
        return Holds(desk.ledger, desk.vault, desk.cards).publish(panel[0], text, first, last)


def _end(desk: Desk, options: argparse.Namespace) -> Notice:
    holds = Holds(desk.ledger, desk.vault, desk.cards)
    if options.first is not None:
        raise SettingsError("--end takes a last day (--to), and no first.")
    hold, last = holds.named(options.end), options.last or day_before(date.today())
    text = "" if options.text is None and options.text_file is None else read_text(options, "the hold")
    _confirm(
        text or hold.text, f"The hold from {hold.valid_from} to {hold.valid_to} ends with {last}.", yes=options.yes
    )
    panel = use_panel(given(options), desk)
    with at_work(desk, options, panel) as work:
        work.store.note(work.seat.who, Act.HELD, [f"{hold.valid_from} to {last}"])
        return holds.end(panel[0], hold, last, text)


def _confirm(text: str, sentence: str, *, yes: bool) -> None:
    if yes:
        return
    note(safe_text(text))
    note(sentence)
    if ask("Sign this? Everybody will see it. Type yes: ").strip().lower() != "yes":
        raise HoldError("Nothing was signed.")


def _list(desk: Desk, *, as_json: bool) -> None:
    every = told(Holds(desk.ledger, desk.vault, desk.cards), date.today())
    if as_json:
        say_json({"demonstration": desk.demonstration, "holds": every})
        return
    for line in _lines(every):
        say(line)


def _lines(every: Iterable[dict[str, Any]]) -> Iterable[str]:
    if not every:
        yield "There is no legal hold."
    for hold in every:
        waits = "" if hold["sent"] else ", waits for the next export"
        yield f"{hold['id'][:SHORT_ID]}  {hold['from']} to {hold['to']}  {hold['state']}{waits}"
        yield f"  {safe_text(hold['text'])}"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("must be a day like 2027-05-31") from None
