"""`reviewer thread`: everything of one person's thread, and the choices that count now."""

import argparse
import json
import sys
from collections.abc import Iterator
from typing import Any

from reviewer.cases.showing import Shelf
from reviewer.choices import Choice, Standing
from reviewer.commands.options import Commands, add_command, add_share_options, given, station
from reviewer.commands.work import add_reader_options, at_work
from reviewer.desk import open_desk
from reviewer.display import safe_line
from reviewer.dossier import Dossier, Sheet
from reviewer.entries import Status
from reviewer.naming import kind_of, way_of
from reviewer.reading import SHORT_ID, call_of, content_note, find, text_lines, week_of
from reviewer.terminal import ask, say, say_json
from reviewer.unlocking import use_panel

_EXAMPLE = """\
  reviewer thread 3f9a2c

  ID is that of any letter of the thread. Letters that count are opened and verified again; what waits or was set
  aside is named with the reason. At the end stand the choices that count now: only a clear Yes is YES."""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "thread", "show one person's whole thread and the choices that count now", _EXAMPLE)
    parser.add_argument(
        "id", metavar="ID", help="the first digits of the ID of any of its letters, as `list` shows them"
    )
    parser.add_argument("--all-parts", action="store_true", help="do not ask before each letter at a terminal")
    add_share_options(parser)
    add_reader_options(parser, two=True)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Unlock, open, print."""
    with open_desk(station(options), options.json) as desk:
        desk.require("panel")
        entry = find(desk.ledger, options.id)
        panel = use_panel(given(options), desk, desk.card_of([entry]))
        with at_work(desk, options, panel) as work:
            dossier = Shelf(desk, work, panel).open_thread(entry)
    if options.json:
        say_json({"demonstration": desk.demonstration, **_fields(dossier)})
        return
    staged = not options.all_parts and sys.stdin.isatty() and sys.stdout.isatty()
    for line in _lines(dossier, staged=staged):
        say(line)


def _lines(dossier: Dossier, *, staged: bool) -> Iterator[str]:
    first = dossier.sheets[0].entry.digest[:SHORT_ID]
    yield f"⟦thread of letter {first}⟧ {dossier.state}, {len(dossier.sheets)} letter(s)"
    apart = [sheet for sheet in dossier.sheets if sheet.entry.status == Status.SET_ASIDE]
    for sheet in dossier.sheets:
        if sheet not in apart:
            yield ""
            yield from _letter_lines(sheet, staged=staged)
    yield ""
    if apart:
        yield f"⟦apart⟧ {len(apart)} letter(s) that were set aside: act on none of them"
        for sheet in apart:
            yield from _letter_lines(sheet, staged=staged)
        yield ""
    yield "⟦answers⟧" if dossier.notices else "⟦answers⟧ none"
    for notice in dossier.notices:
        yield f"{kind_of(notice)} {notice.sequence}: {way_of(notice)}"
    yield ""
    yield from _choice_lines(dossier)
    yield f"⟦end of thread {first}⟧"


def _letter_lines(sheet: Sheet, *, staged: bool) -> Iterator[str]:
    entry = sheet.entry
    kind = kind_of(entry)
    under = f" under words {sheet.words + 1}" if sheet.words else ""
    yield f"⟦letter {entry.digest[:SHORT_ID]}⟧ {kind}, place {entry.sequence}{under}, {week_of(entry)}, bundle {entry.bundle}"
    yield f"⟦{entry.status}⟧ {entry.reason or sheet.verification}"
    if entry.call:
        yield f"⟦call⟧ {call_of(entry)}"
    if sheet.reading is not None:
        letter = sheet.reading.opened.letter
        asked = f"{safe_line(letter.questions.id)}, version {letter.questions.version}"
        yield f"⟦written⟧ in {safe_line(letter.language)}, by {safe_line(letter.channel)}, questions {asked}"
        yield f"⟦before you read⟧ {content_note(letter)}"
        if not staged or ask("Enter shows this letter, s leaves it out: ").strip().lower() != "s":
            yield from text_lines(letter)


def _choice_lines(dossier: Dossier) -> Iterator[str]:
    effective = dossier.effective
    if effective.standing is Standing.CLEAR:
        yield "⟦choices that count now⟧"
    elif effective.standing is Standing.TAKEN_BACK:
        yield f"⟦choices that count now⟧ none: {effective.standing}."
    else:
        yield f"⟦choices that count now⟧ every choice counts as No: {effective.standing}."
    for choice in effective.choices:
        yield f"{'YES' if choice.counts else 'No '}  {safe_line(choice.question)} ({_chosen(choice)})"


def _chosen(choice: Choice) -> str:
    return f"chosen: {safe_line(choice.label)}" if choice.value else "nothing was chosen"


def _fields(dossier: Dossier) -> dict[str, Any]:
    effective = dossier.effective
    return {
        "state": dossier.state,
        "letters": [_letter_fields(sheet) for sheet in dossier.sheets],
        "notices": [
            {"kind": kind_of(notice), "sequence": notice.sequence, "way": way_of(notice)} for notice in dossier.notices
        ],
        "choices": {
            "standing": effective.standing.value,
            "decided_by": effective.decided_by,
            "now": [vars(choice) for choice in effective.choices],
        },
    }


def _letter_fields(sheet: Sheet) -> dict[str, Any]:
    entry = sheet.entry
    return {
        "id": entry.digest,
        "kind": kind_of(entry),
        "words": sheet.words + 1,
        "place": entry.sequence,
        "call": entry.call,
        "part": entry.part,
        "bundle": entry.bundle,
        "status": entry.status,
        "reason": entry.reason,
        "verification": sheet.verification,
        "letter": json.loads(sheet.reading.content) if sheet.reading is not None else None,
    }
