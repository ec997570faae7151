"""docs/line-asvs.md names every requirement, and for each a test that exists or a reason."""

import ast
import re
from pathlib import Path

from intake.line.passwords import CONTEXT_WORDS

HERE = Path(__file__).parent
DOCUMENT = (HERE.parents[1] / "docs" / "line-asvs.md").read_text("utf-8")
ROW = re.compile(r"^\| (V[67]\.\d+\.\d+) \| ([12]) \| (.+?) \| (.+) \|$", re.MULTILINE)
NAMED = re.compile(r"`(test_\w+\.py)((?:::\w+)+)`")


def wanted() -> list[tuple[str, str]]:
    """Identifier and level of every requirement of chapters 6 and 7 at levels 1 and 2, in the standard's order."""
    return [
        (name, level) for name, level in (line.split() for line in (HERE / "asvs.txt").read_text("ascii").splitlines())
    ]


def names_in(file: str) -> set[str]:
    """Names of the tests in a file, "Class::test" those in a class."""
    tree = ast.parse((HERE / file).read_text("utf-8"))
    plain = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    return plain | {
        f"{owner.name}::{node.name}"
        for owner in tree.body
        if isinstance(owner, ast.ClassDef)
        for node in owner.body
        if isinstance(node, ast.FunctionDef)
    }


def faults(document: str) -> list[str]:
    """What the table lacks, or names though it does not exist."""
    rows = ROW.findall(document)
    found = [
        f"the rows are not the requirements: {name}"
        for name, level in wanted()
        if (name, level) not in {row[:2] for row in rows}
    ]
    if [row[:2] for row in rows] != wanted():
        found.append("the rows are not in the standard's order, or there are too many")
    for name, _, _, shown in rows:
        named = NAMED.findall(shown)
        found += [f"{name}: no test {file}{test}" for file, test in named if test[2:] not in names_in(file)]
        told = NAMED.sub("", shown).strip(" ,;.")
        if not named and not told.startswith(("Not applicable: ", "docs/")):
            found.append(f"{name}: neither a test nor a reason")
    return found


def test_the_table_is_whole_and_its_tests_exist() -> None:
    assert len(wanted()) > 40
    assert faults(DOCUMENT) == []


def test_what_is_missing_would_be_noticed() -> None:
    without = ROW.sub(lambda row: "" if row[1] == "V7.2.4" else row[0], DOCUMENT)
    assert [fault for fault in faults(without) if "V7.2.4" in fault]
    assert "V7.2.4: no test test_sessions.py::TestBeginning::test_fixing" in faults(
        DOCUMENT.replace("test_fixation", "test_fixing")
    )
    assert "V6.6.1: neither a test nor a reason" in faults(DOCUMENT.replace("Not applicable: none are sent.", "Yes."))


def test_the_words_of_the_document_are_those_that_are_refused() -> None:
    _, _, rest = DOCUMENT.partition("## Words that are no password")
    listed, _, _ = rest.partition("## The ways in")
    assert set(re.findall(r"`(\w+)`", listed)) == CONTEXT_WORDS


def test_the_ways_in_are_those_of_the_document() -> None:
    """Whatever sets a session's cookie is one of the addresses in the table, or renews the cookie of one that is signed in."""
    _, _, rest = DOCUMENT.partition("## The ways in")
    ways = set(re.findall(r"`(/[a-z-]+)`", rest))
    assert ways == {"/sign-in", "/enrol", "/second-factor", "/unlock", "/prove"}
    callers = {
        path.name
        for path in (HERE.parents[1] / "intake" / "line").rglob("*.py")
        if re.search(r"\bset_session\(", path.read_text("utf-8"))
    }
    # cookies.py has it; go_on() in forms.py answers the ways above; security.py renews an open session's.
    assert callers == {"cookies.py", "forms.py", "security.py"}
