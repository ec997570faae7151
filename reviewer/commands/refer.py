"""`reviewer refer`: decide, two people together, what is passed on to protect somebody, to whom, and what must follow."""

import argparse
from collections.abc import Iterator
from datetime import date

from reviewer.cases.deciding import Decider
from reviewer.cases.readers import Right
from reviewer.cases.referrals import Basis, NewReferral
from reviewer.cases.referring import FOLLOWS, Referrer, Typed, due_by_default
from reviewer.cases.rows import Mark
from reviewer.commands.options import Commands, add_command, add_share_options, given, station
from reviewer.commands.wording import add_text_options, has_text, read_text
from reviewer.commands.work import add_reader_options, at_work
from reviewer.desk import open_desk
from reviewer.display import safe_line, safe_text
from reviewer.errors import ReferralError
from reviewer.reading import SHORT_ID, find
from reviewer.terminal import ask, ask_lines, note, say, say_json
from reviewer.unlocking import use_panel

_EXAMPLE = """\
  reviewer refer 3f9a2c --reader cy --second bo
  reviewer refer 3f9a2c --reader cy --second bo --recipient "Invented Council" --authority "Invented Act, part 2" \\
      --text-file passed-on.txt --rests-on 3f9a2c:2 --due 2027-05-31

  Somebody for safeguarding and a second person decide together what is passed on. What no option says is asked. It is shown once more, and
  noted after a typed yes (or --yes). Nothing leaves by itself: `reviewer referrals --print` writes the sheet, and lists what is due."""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "refer", "decide, two people together, what is passed on, and to whom", _EXAMPLE)
    parser.add_argument("id", metavar="ID", help="the first digits of the ID of any letter of the thread")
    parser.add_argument("--recipient", metavar='"…"', help="to whom (default: ask)")
    parser.add_argument("--authority", metavar='"…"', help="under which law or authority (default: ask)")
    add_text_options(parser, "what is passed on")
    parser.add_argument(
        "--rests-on",
        metavar="ID[:PART]",
        action="append",
        default=[],
        help="a letter of the thread, or one of its parts; repeat for several (default: the letter that is named, whole)",
    )
    parser.add_argument("--follows", metavar='"…"', help=f"what must follow (default: {FOLLOWS})")
    parser.add_argument("--due", metavar="DAY", help="by when, like 2027-05-31 (default: in a week)")
    add_share_options(parser)
    add_reader_options(parser, two=True)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Look who decides, ask, show, and note it."""
    today = date.today()
    text = read_text(options, "the referral") if has_text(options) else ""
    with open_desk(station(options), options.json) as desk:
        desk.require("panel")
        entry = find(desk.ledger, options.id)
        panel = use_panel(given(options), desk)
        with at_work(desk, options, panel) as work:
            referrer = Referrer(Decider(desk, work, panel))
            # Before anybody writes what would be lost.
            referrer.decider.line(entry)
            work.require_two(entry, Right.REFER)
            new = referrer.check(entry, _typed(options, text, today), today)
            _confirm(new, yes=options.yes)
            number = referrer.refer(entry, new)
    if options.json:
        fields = {"mark": Mark.REFERRED.value, "referral": number, "due": new.due.isoformat()}
        say_json({"demonstration": desk.demonstration} | fields)
        return
    say(f"Noted: referral {number}. Nothing was sent: `reviewer referrals --print {number}` writes the sheet.")
    say(f"By {new.due}: {safe_line(new.follows)}")


def based_on(basis: Basis) -> str:
    """Return a letter or a part as people type it."""
    digest, part = basis
    return digest[:SHORT_ID] + (f":{part}" if part else "")


def _typed(options: argparse.Namespace, text: str, today: date) -> Typed:
    return Typed(
        recipient=options.recipient if options.recipient is not None else ask("To whom is it passed on? "),
        authority=options.authority if options.authority is not None else ask("Under which law or authority? "),
        text=text or ask_lines("What is passed on?"),
        basis=options.rests_on or [options.id],
        follows=FOLLOWS if options.follows is None else options.follows,
        due=due_by_default(today).isoformat() if options.due is None else options.due,
    )


def _confirm(new: NewReferral, *, yes: bool) -> None:
    for line in _lines(new):
        note(line)
    if not yes and ask("Do both of you decide this? Type yes: ").strip().lower() != "yes":
        raise ReferralError("Nothing was noted.")


def _lines(new: NewReferral) -> Iterator[str]:
    yield f"To: {safe_line(new.recipient)}"
    yield f"Under: {safe_line(new.authority)}"
    yield f"Rests on: {', '.join(map(based_on, new.basis))}"
    yield f"By {new.due}: {safe_line(new.follows)}"
    yield safe_text(new.text)
