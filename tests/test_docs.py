"""What the documents show exists, and what exists is shown: commands, their options, make targets, files, links."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.commands.dispatch import build_parser as intake_parser
from reviewer.cli import build_parser as reviewer_parser

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
# Where a command stands: in a code block, in code within a sentence, or in the first column of a table.
CODE = re.compile(r"`([^`\n]+)`|^(?: {4,}|\$ )(\S.*)$", re.MULTILINE)
COMMAND = re.compile(r"(?:^|[\s/'=-])(?P<program>intake|reviewer|make) (?P<arguments>(?:--help|[a-z])[^'#&;|]*)")
NOT_COMMANDS = {"make": {"it", "a", "the", "sure", "up"}}


def shown(text: str) -> Iterator[tuple[str, list[str]]]:
    """Program and arguments of every command that a document shows."""
    for code in CODE.finditer(text):
        for match in COMMAND.finditer(code[1] or code[2]):
            arguments = match["arguments"].split()
            if arguments[0] not in NOT_COMMANDS.get(match["program"], set()):
                yield match["program"], arguments


def commands(parser: argparse.ArgumentParser) -> dict[str, set[str]]:
    """Names of the commands that a parser knows, each with its options: "list", "worker add"."""
    known: dict[str, set[str]] = {}
    for name, each in chosen_by(parser).items():
        if below := commands(each):
            known |= {f"{name} {own}": options for own, options in below.items()}
        else:
            known[name] = {option for action in each._actions for option in action.option_strings}
    return known


def chosen_by(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Parsers of the commands that a parser hands on to."""
    groups = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return {name: each for group in groups for name, each in group.choices.items()}


def name_of(program: str, arguments: list[str]) -> str:
    """What a command is called: one word, or two where the first has commands of its own."""
    both = " ".join(arguments[:2])
    return both if both in KNOWN[program] else arguments[0]


def targets() -> set[str]:
    """Targets of the Makefile that a person is told about."""
    return set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


KNOWN = {"intake": commands(intake_parser()), "reviewer": commands(reviewer_parser())}


def faults(text: str) -> list[str]:
    """Commands, options and targets in `text` that do not exist."""
    found = []
    for program, arguments in shown(text):
        if program == "make":
            found += [f"make {word}" for word in arguments if re.fullmatch("[a-z-]+", word) and word not in targets()]
            continue
        if arguments[0] == "--help":
            continue
        name = name_of(program, arguments)
        options = KNOWN[program].get(name)
        if options is None:
            below = any(known.startswith(f"{name} ") for known in KNOWN[program])
            # Of a command that has others below it, the name alone may be told.
            if not below or arguments[1:]:
                found.append(f"{program} {' '.join(arguments[:2]) if below else name}")
            continue
        used = {word.partition("=")[0] for word in arguments if word.startswith("--")}
        found += [f"{program} {name} {option}" for option in sorted(used - options)]
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_shown_exists(document: Path) -> None:
    assert faults(document.read_text("utf-8")) == []


def test_commands_that_do_not_exist_would_be_noticed() -> None:
    text = (
        "Run `make coffee`, `intake frobnicate`, or\n\n    reviewer list --louder\n    heard-intake export --where x\n"
        "    heard-intake worker promote jo.b\n    heard-intake worker add jo.b --loud\n"
    )
    assert faults(text) == [
        "make coffee",
        "intake frobnicate",
        "reviewer list --louder",
        "intake export --where",
        "intake worker promote",
        "intake worker add --loud",
    ]


@pytest.mark.parametrize("program", KNOWN)
def test_every_command_is_documented(program: str) -> None:
    told = {
        name_of(program, arguments)
        for path in DOCUMENTS
        for name, arguments in shown(path.read_text("utf-8"))
        if name == program
    }
    assert KNOWN[program].keys() - told == set()


def test_the_makefile_tells_about_every_target() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert phony is not None
    assert set(phony[1].split()) - targets() == {"environment", "tools"}
    readme = (ROOT / "README.md").read_text("utf-8")
    assert {"run", "read", "test", "help"} <= {words[0] for program, words in shown(readme) if program == "make"}


def missing_files(text: str, folder: Path) -> list[str]:
    """Links and file names in a document that lead nowhere."""
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    named = re.findall(r"`((?:browser|crypto|deploy|docs|intake|reviewer|templates|tests)/[\w./-]+)`", text)
    return [link for link in links if link and not (folder / link).exists()] + [
        name for name in named if not (ROOT / name).exists() and not (folder / name).exists()
    ]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_named_exists(document: Path) -> None:
    assert missing_files(document.read_text("utf-8"), document.parent) == []


def test_files_that_do_not_exist_would_be_noticed() -> None:
    text = "See [this](docs/nothing.md) and `deploy/nothing.conf`, [that](https://example.org) and `deploy/proxy/nginx.conf`."
    assert missing_files(text, ROOT) == ["docs/nothing.md", "deploy/nothing.conf"]


def test_the_changelog_knows_this_version() -> None:
    version = re.search(r'^version = "(\d+\.\d+)', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert version is not None
    assert f"| {version[1]} |" in (ROOT / "SECURITY.md").read_text("utf-8")
    assert "## [" in (ROOT / "CHANGELOG.md").read_text("utf-8")
