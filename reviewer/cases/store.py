"""The case store: letters that count, part by part, with an index of what was typed.

Every query of letters is in this module; those of the log, the readers and their pace are in the modules of those names.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Executable, Select, delete, func, text, update
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, col, select

from crypto.letter import Letter
from reviewer.cases.database import CaseDatabase
from reviewer.cases.letters import NewCase, case_values, letter_of, part_values
from reviewer.cases.rows import AsideRow, CaseRow, Mark, MarkRow, PartRow, RecusalRow
from reviewer.errors import CaseStoreError

PAGE: Final = 100
_INDEX: Final = text("INSERT INTO words(rowid, text) VALUES (:id, :text)")
_UNINDEX: Final = text("INSERT INTO words(words, rowid, text) VALUES ('delete', :id, :text)")
_PLACES: Final = text(
    "SELECT p.case_id, '' FROM words JOIN parts p ON p.id = words.rowid WHERE words MATCH :match ORDER BY words.rowid DESC"
)
# Cutting a passage out takes longer than finding it.
_EXCERPTS: Final = text(
    "SELECT p.case_id, snippet(words, 0, '', '', '…', 16) FROM words JOIN parts p ON p.id = words.rowid "
    "WHERE words MATCH :match ORDER BY words.rowid DESC"
)
_TERM: Final = re.compile(r"\w+\*?")
_MOST_TERMS: Final = 12


@dataclass(frozen=True)
class Line:
    """One letter in a list: nothing that was typed."""

    id: int
    digest: str
    kind: str
    week: int
    language: str
    channel: str
    topics: tuple[str, ...]
    words: int
    hint: bool
    taken: str | None
    seen: bool
    person: str = field(repr=False)


@dataclass(frozen=True)
class Found:
    """One letter that a search found, and where in it."""

    line: Line
    excerpt: str = field(repr=False)


class Cases(CaseDatabase):
    """The letters of one store. `reader` below is a name, or None while the station has no readers. Methods raise CaseStoreError."""

    # Putting in and taking out

    def persons(self) -> dict[str, str]:
        """Return whose thread each letter is in, by digest."""
        with self._session() as session:
            return dict(session.exec(select(CaseRow.digest, CaseRow.person)).all())

    def add(self, new: Sequence[NewCase]) -> None:
        """Put letters in, all or none. One that is there already is left as it is."""
        with self._writing() as session:
            known = select(CaseRow.digest).where(col(CaseRow.digest).in_([one.entry.digest for one in new]))
            there = set(session.exec(known))
            case_id = session.exec(select(func.max(CaseRow.id))).one() or 0
            part_id = session.exec(select(func.max(PartRow.id))).one() or 0
            cases, parts = [], list[dict[str, Any]]()
            for one in new:
                if one.entry.digest not in there:
                    case_id += 1
                    cases.append(case_values(one, case_id))
                    parts += part_values(case_id, one.letter, part_id + len(parts) + 1)
            _insert(session.connection(), cases, parts)

    def move(self, persons: Mapping[str, str]) -> None:
        """Note that threads turned out to be one person's: old name to new name, with what was noted about them."""
        with self._writing() as session:
            for old, new in persons.items():
                session.connection().execute(update(CaseRow).where(col(CaseRow.person) == old).values(person=new))
                for rows in (MarkRow, RecusalRow):
                    moving = update(rows).where(col(rows.person) == old).values(person=new)
                    session.connection().execute(moving.prefix_with("OR IGNORE"))
                    session.connection().execute(delete(rows).where(col(rows.person) == old))

    def shred(self, digests: Sequence[str]) -> None:
        """Take letters out: text, parts and index, overwritten in the file, and the write-ahead log cut off."""
        with self._writing() as session:
            for digest in digests:
                self._shred(session, digest)
        if digests:
            with self._writing() as session:
                # One segment without what was taken out: secure-delete cleared its places already, this drops them.
                session.connection().execute(text("INSERT INTO words(words) VALUES ('optimize')"))
            self.empty_log()

    def _shred(self, session: Session, digest: str) -> None:
        case = session.exec(select(CaseRow).where(CaseRow.digest == digest)).first()
        if case is None:
            return
        parts = session.exec(select(PartRow.id, PartRow.text).where(PartRow.case_id == case.id)).all()
        typed = [{"id": id_, "text": typed} for id_, typed in parts if typed]
        if typed:
            session.connection().execute(_UNINDEX, typed)
        session.connection().execute(delete(PartRow).where(col(PartRow.case_id) == case.id))
        session.connection().execute(delete(CaseRow).where(col(CaseRow.id) == case.id))
        left = session.exec(select(CaseRow.id).where(CaseRow.person == case.person).limit(1)).first()
        if left is None:
            for rows in (MarkRow, RecusalRow):
                session.connection().execute(delete(rows).where(col(rows.person) == case.person))

    def set_aside(self, rows: Iterable[tuple[str, int, str]]) -> None:
        """Let exactly these letters (digest, week, reason) stand apart."""
        wanted = [{"digest": digest, "week": week, "reason": reason} for digest, week, reason in rows]
        with self._writing() as session:
            session.connection().execute(delete(AsideRow))
            if wanted:
                session.connection().execute(insert(AsideRow), wanted)

    # Looking

    def page(self, reader: str | None, after: tuple[int, str] = (-1, "")) -> list[Line]:
        """Return the next letters in the order of weeks, at most `PAGE`, after a week and digest; what is hidden from `reader` is left out."""
        wanted = lines().where(
            (col(CaseRow.week) > after[0]) | ((col(CaseRow.week) == after[0]) & (col(CaseRow.digest) > after[1]))
        )
        wanted = _visible(wanted, reader).order_by(col(CaseRow.week), col(CaseRow.digest)).limit(PAGE)
        with self._session() as session:
            return [line_of(row) for row in session.execute(wanted)]

    def aside(self) -> Sequence[AsideRow]:
        """Return what was set aside, oldest week first."""
        with self._session() as session:
            return session.exec(select(AsideRow).order_by(col(AsideRow.week), col(AsideRow.digest))).all()

    def search(self, words: str, reader: str | None, *, excerpts: bool = False, limit: int = PAGE) -> list[Found]:
        """Return letters that hold all of `words` in one part (a `*` ends a beginning), each with the place where they stand if asked for.

        Those that were put in last come first. Raises CaseStoreError when there is nothing to look for.
        """
        terms = _TERM.findall(words)[:_MOST_TERMS]
        if not terms:
            raise CaseStoreError("Name at least one word to look for.")
        match = " ".join(f'"{term.rstrip("*")}"' + ("*" if term.endswith("*") else "") for term in terms)
        found: dict[int, str] = {}
        hidden = self._hidden(reader)
        with self._session() as session:
            for case_id, excerpt in session.execute(_EXCERPTS if excerpts else _PLACES, {"match": match}):
                if case_id not in hidden:
                    found.setdefault(case_id, excerpt)
                if len(found) == limit:
                    break
            rows = session.execute(lines().where(col(CaseRow.id).in_(found)))
            by_id = {line.id: line for line in map(line_of, rows)}
        return [Found(by_id[case_id], excerpt) for case_id, excerpt in found.items() if case_id in by_id]

    def line(self, digest: str) -> Line | None:
        """Return what a list says of one letter."""
        with self._session() as session:
            row = session.execute(lines().where(col(CaseRow.digest) == digest)).first()
            return None if row is None else line_of(row)

    def letter(self, digest: str) -> Letter | None:
        """Return one letter by its whole digest (64 hex), or None when it is not here. Raises LetterError when it was changed."""
        with self._session() as session:
            case = session.exec(select(CaseRow).where(CaseRow.digest == digest)).first()
            if case is None:
                return None
            wanted = select(PartRow).where(PartRow.case_id == case.id)
            return letter_of(case, session.exec(wanted.order_by(col(PartRow.consent), col(PartRow.place))).all())

    def of_person(self, person: str) -> list[Line]:
        """Return the letters of one person's whole thread, in the order of weeks."""
        wanted = lines().where(col(CaseRow.person) == person)
        with self._session() as session:
            return [line_of(row) for row in session.execute(wanted.order_by(col(CaseRow.week), col(CaseRow.sequence)))]

    def count(self) -> int:
        """Return how many letters are here."""
        with self._session() as session:
            return session.exec(select(func.count()).select_from(CaseRow)).one()

    # Marks and recusals

    def marks(self, person: str) -> frozenset[Mark]:
        """Return what people noted about a thread."""
        with self._session() as session:
            return frozenset(Mark(mark) for mark in session.exec(select(MarkRow.mark).where(MarkRow.person == person)))

    def needs_two(self, person: str) -> bool:
        """Say whether two people open a thread, never one."""
        return Mark.TWO in self.marks(person)

    def is_hidden(self, person: str, reader: str | None) -> bool:
        """Say whether a reader does not get a thread, because they may know the person."""
        wanted = select(RecusalRow).where(
            RecusalRow.reader == reader, RecusalRow.person == person, col(RecusalRow.may_know)
        )
        with self._session() as session:
            return reader is not None and session.exec(wanted).first() is not None

    def hidden_persons(self, reader: str | None) -> frozenset[str]:
        """Return the threads that a reader does not get, because they may know the person."""
        with self._session() as session:
            return frozenset() if reader is None else frozenset(session.exec(_recused(reader)))

    def recuse(self, reader: str, person: str, *, may_know: bool) -> None:
        """Let a reader not get a thread any more; nothing says so to others."""
        adding = insert(RecusalRow).values(reader=reader, person=person, may_know=may_know)
        further = adding.on_conflict_do_update(
            index_elements=["reader", "person"], set_={"may_know": RecusalRow.may_know | may_know}
        )
        with self._writing() as session:
            session.connection().execute(further)
            freeing = update(CaseRow).where(col(CaseRow.person) == person, col(CaseRow.taken) == reader)
            session.connection().execute(freeing.values(taken=None))

    def _hidden(self, reader: str | None) -> frozenset[int]:
        if reader is None:
            return frozenset()
        wanted = select(CaseRow.id).where(col(CaseRow.person).in_(_recused(reader)))
        with self._session() as session:
            return frozenset(id_ for id_ in session.exec(wanted) if id_ is not None)


def _insert(connection: Connection, cases: Sequence[dict[str, Any]], parts: Sequence[dict[str, Any]]) -> None:
    typed = [{"id": part["id"], "text": part["text"]} for part in parts if part["text"]]
    work: Sequence[tuple[Executable, Sequence[dict[str, Any]]]]
    work = ((insert(CaseRow), cases), (insert(PartRow), parts), (_INDEX, typed))
    for statement, rows in work:
        if rows:
            connection.execute(statement, rows)


def lines() -> Select[Any]:
    """Return the query of what a list says of letters."""
    return select(  # type: ignore[call-overload, no-any-return]  # SQLModel types up to four columns
        CaseRow.id,
        CaseRow.digest,
        CaseRow.kind,
        CaseRow.week,
        CaseRow.language,
        CaseRow.channel,
        CaseRow.topics,
        CaseRow.words,
        CaseRow.hint,
        CaseRow.taken,
        CaseRow.seen,
        CaseRow.person,
    )


def line_of(row: Any) -> Line:
    """Return a row of `lines` as a line."""
    return Line(**{**row._asdict(), "topics": tuple(json.loads(row.topics))})


def _recused(reader: str) -> Any:
    return select(RecusalRow.person).where(RecusalRow.reader == reader, col(RecusalRow.may_know))


def _visible(wanted: Select[Any], reader: str | None) -> Select[Any]:
    return wanted if reader is None else wanted.where(col(CaseRow.person).not_in(_recused(reader)))


def all_pages(cases: Cases, reader: str | None) -> Iterator[Line]:
    """Yield every letter in the order of weeks, a page at a time."""
    after = (-1, "")
    while page := cases.page(reader, after):
        yield from page
        after = (page[-1].week, page[-1].digest)
