"""Searching: who may look for words, what of it is shown, and what the log says of it."""

from collections.abc import Sequence

from reviewer.cases.casework import Casework
from reviewer.cases.log import Act
from reviewer.cases.readers import Right
from reviewer.cases.store import Found


def look_for(work: Casework, words: str, *, excerpts: bool) -> Sequence[Found]:
    """Return letters that hold all of `words`, each with the place where they stand if asked for; note that somebody looked.

    Threads that whoever is here may know are left out. With `excerpts`, so are those that two people open. Raises ReaderError,
    and CaseStoreError when there is nothing to look for.
    """
    work.seat.require(Right.READ)
    found = work.store.search(words, work.seat.name, excerpts=excerpts)
    shown = [one for one in found if not (excerpts and work.store.needs_two(one.line.person))]
    # Neither the words nor what was found: the log is for everybody who works here.
    work.store.note(work.seat.who, Act.SEARCHED, [f"{len(shown)} found"])
    return shown
