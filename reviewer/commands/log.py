"""`reviewer log`: who did what on which day, and whether the log is whole."""

import argparse
import re

from crypto.records import LogHead
from reviewer.commands.options import Commands, add_command, add_share_options, given, station
from reviewer.commands.work import add_reader_options, at_work
from reviewer.desk import open_desk
from reviewer.display import safe_line
from reviewer.errors import CaseStoreError, SettingsError
from reviewer.heads import sent_heads
from reviewer.reading import SHORT_ID
from reviewer.terminal import say, say_json
from reviewer.unlocking import use_panel

_HEAD = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_EXAMPLE = """\
  reviewer log
  reviewer log --check
  reviewer log --check --head 412:9b0c…

  --check follows the chain from the first entry, and holds it against the heads that the return bundles in outgoing/ carried.
  --head is one that was written down: what `intake import` showed of a bundle, entries and head."""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "log", "show who did what on which day, or check that the log is whole", _EXAMPLE)
    parser.add_argument("--check", action="store_true", help="find a changed, missing, reordered or cut-off entry")
    parser.add_argument("--head", metavar="N:HEX", action="append", default=[], help="also hold it against this head")
    add_share_options(parser)
    add_reader_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Show, or check. Raises CaseStoreError for a log that is not whole."""
    heads = [_head(text) for text in options.head]
    with open_desk(station(options), options.json) as desk:
        desk.require("panel")
        panel = use_panel(given(options), desk)
        with at_work(desk, options, panel) as work:
            if options.check or heads:
                heads += sent_heads(desk.station)
                fault = work.store.verify(heads)
                if fault is not None:
                    raise CaseStoreError(f"The log is not whole from entry {fault.sequence} on: {fault.what}.")
                head = work.store.head()
                told = f"{head.count} entries, whole; held against {len(heads)} head(s)."
                fields = {"entries": head.count, "head": head.chain.hex(), "heads": len(heads), "whole": True}
                say_json({"demonstration": desk.demonstration} | fields) if options.json else say(told)
                return
            entries = list(work.store.entries())
    if options.json:
        shown = [
            {"sequence": one.sequence, "day": one.day, "who": one.who, "act": one.act, "subject": one.subject}
            for one in entries
        ]
        say_json({"demonstration": desk.demonstration, "log": shown})
        return
    for one in entries:
        subject = _DIGEST.sub(lambda match: match[0][:SHORT_ID], one.subject)
        say(f"{one.sequence:>6}  {one.day}  {safe_line(one.who)} {one.act}: {safe_line(subject)}")


def _head(text: str) -> LogHead:
    match = _HEAD.fullmatch(text.strip().lower())
    if match is None:
        raise SettingsError("A head is written as the number of entries, a colon, and 64 hex digits.")
    return LogHead(int(match[1]), bytes.fromhex(match[2]))
