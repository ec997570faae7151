"""`reviewer templates`: the replies that one can begin from."""

import argparse

from reviewer.commands.options import Commands, add_command, station
from reviewer.desk import open_desk
from reviewer.reply_templates import load_templates
from reviewer.terminal import say, say_json

_EXAMPLE = """\
  reviewer templates

  An inquiry's own stand in replies.toml in the station's folder, in the form of those that are shipped; a fault in it is named with its line."""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = add_command(commands, "templates", "show the replies that one can begin from", _EXAMPLE)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Read both files, and show what is in them."""
    with open_desk(station(options), options.json) as desk:
        templates = load_templates(desk.station)
    if options.json:
        every = [{**vars(template), "blanks": template.blanks} for template in templates.values()]
        say_json({"demonstration": desk.demonstration, "templates": every})
        return
    for template in templates.values():
        say(f"⟦{template.name}⟧ {template.title} ({template.language})")
        say(template.text)
        say()
