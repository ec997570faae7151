"""The audit: what is in it and how fine, that it cannot be changed unnoticed, and that it leads to nothing else."""

from datetime import date

import pytest
from sqlalchemy import delete, insert, select, update

from intake.line.app import _tidying, tidy_once
from intake.line.key import LineKey
from intake.line.schema import audit
from intake.line.store import LineStore
from tests.line.desk import PASSWORD, Desk

NEW = "three otters by the weir"


def faults(desk: Desk) -> list[str]:
    return list(desk.service.store.chain_faults())


def entries(desk: Desk) -> list[tuple[str, str, str, str, int]]:
    return [(one.moment, one.worker, one.what, one.detail, one.count) for one in desk.service.store.entries()]


def test_what_is_entered_and_how_fine(either: Desk) -> None:
    browser = either.enrol("jo.b")
    browser.post("/password", current=PASSWORD, password=NEW, again=NEW)
    either.accounts.reset("jo.b")
    either.accounts.disable("jo.b")
    day = "2026-11-26"
    assert entries(either) == [
        (day, "jo.b", "added", "operator, as worker", 0),
        (day, "jo.b", "authenticator app set", "", 0),
        (day, "jo.b", "recovery codes made", "", 0),
        (day, "jo.b", "enrolled", "by themselves", 0),
        (f"{day}T10", "jo.b", "signed in", "enrolment", 0),
        (day, "jo.b", "password changed", "by themselves", 0),
        (day, "jo.b", "reset", "operator", 0),
        (day, "jo.b", "disabled", "operator", 0),
    ]
    assert faults(either) == []


def test_counts_are_totals_of_a_day_and_are_chained_when_it_is_over(either: Desk) -> None:
    book, day = either.service.book, date(2026, 11, 26)
    for worker, what in [
        ("sam", "calls"),
        ("jo.b", "calls"),
        ("sam", "calls"),
        ("jo.b", "hard calls"),
        ("sam", "calls"),
    ]:
        book.count(worker, what, day)
    store = either.service.store
    assert (store.total("sam", "calls", day), book.total("sam", "calls")) == (0, 3)
    book.flush()
    assert store.total("sam", "calls", day) == 0
    book.flush(today_too=True)
    book.flush(today_too=True)
    assert (store.total("sam", "calls", day), book.total("sam", "calls")) == (3, 3)
    book.count("sam", "calls", day)
    assert book.total("sam", "calls") == 4
    assert [one.count for one in book.totals_since(day) if one.worker == "sam"] == [4]
    book.flush(today_too=True)
    assert entries(either) == []
    either.clock.wait(hours=24)
    either.accounts.add("kim", "worker")
    assert entries(either) == [
        ("2026-11-26", "jo.b", "calls", "", 1),
        ("2026-11-26", "jo.b", "hard calls", "", 1),
        ("2026-11-26", "sam", "calls", "", 4),
        ("2026-11-27", "kim", "added", "operator, as worker", 0),
    ]
    assert store.total("sam", "calls", day) == 0
    assert [(one.worker, one.count) for one in store.totals_since(day) if one.what == "calls"] == [
        ("jo.b", 1),
        ("sam", 4),
    ]
    # Counted before midnight, written after the day was chained.
    book.count("sam", "calls", day)
    tidy_once(either.service)
    assert entries(either)[-1] == ("2026-11-26", "sam", "calls", "", 1)
    assert [(one.worker, one.count) for one in store.totals_since(day) if one.what == "calls"] == [
        ("jo.b", 1),
        ("sam", 5),
    ]
    assert faults(either) == []


def test_the_order_of_counting_leaves_no_trace(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Two days with the same totals, counted in another order, end in the same rows."""
    from tests.line.desk import desk_at

    day, seen = date(2026, 11, 26), []
    order = ["jo.b", "sam", "sam", "kim", "jo.b", "sam"]
    for number, names in enumerate((order, order[::-1], sorted(order))):
        folder = tmp_path_factory.mktemp(f"order{number}")
        with desk_at(f"sqlite:///{folder / 'line.sqlite'}") as one:
            for name in names:
                one.service.book.count(name, "calls", day)
            one.service.book.flush(today_too=True)
            one.clock.wait(hours=24)
            one.service.store.close_days(one.service.book.today())
            seen.append(one.service.store.entries())
    assert seen[0] == seen[1] == seen[2]
    assert len(seen[0]) == 3
    assert faults(desk) == []


class TestTampering:
    """Each is planted in a chain that was whole, and found."""

    @pytest.fixture
    def written(self, either: Desk) -> Desk:
        for name in ("jo.b", "sam", "kim"):
            either.accounts.add(name, "worker")
        either.service.book.count("jo.b", "calls", date(2026, 11, 25))
        either.service.book.flush(today_too=True)
        either.accounts.disable("kim")
        assert faults(either) == []
        return either

    @pytest.mark.parametrize(
        "values",
        [
            {"worker": "kim"},
            {"what": "disabled"},
            {"moment": "2026-11-25"},
            {"detail": ""},
            {"count": 7},
            {"mac": bytes(32)},
        ],
        ids=str,
    )
    def test_a_changed_entry(self, written: Desk, values: dict[str, object]) -> None:
        with written.service.store._engine.begin() as connection:
            connection.execute(update(audit).where(audit.c.number == 2).values(**values))
        assert "Entry 2 of the audit was altered" in " ".join(faults(written)) or "Entry 3" in " ".join(faults(written))

    def test_a_missing_entry(self, written: Desk) -> None:
        with written.service.store._engine.begin() as connection:
            connection.execute(delete(audit).where(audit.c.number == 2))
        assert faults(written)[0] == "The audit lacks what stood before its entry 3: entry 2 is missing."

    def test_a_missing_entry_whose_place_was_closed(self, written: Desk) -> None:
        with written.service.store._engine.begin() as connection:
            connection.execute(delete(audit).where(audit.c.number == 2))
            for number in (3, 4, 5):
                connection.execute(update(audit).where(audit.c.number == number).values(number=number - 1))
        assert "Entry 2 of the audit was altered" in faults(written)[0]

    def test_two_that_changed_places(self, written: Desk) -> None:
        with written.service.store._engine.begin() as connection:
            for before, after in ((1, 99), (2, 1), (99, 2)):
                connection.execute(update(audit).where(audit.c.number == before).values(number=after))
        assert faults(written)

    def test_an_invented_entry(self, written: Desk) -> None:
        with written.service.store._engine.begin() as connection:
            last = connection.execute(select(audit).order_by(audit.c.number.desc())).first()
            assert last is not None
            connection.execute(insert(audit), [{**last._asdict(), "number": last.number + 1, "worker": "sam"}])
        assert faults(written)

    def test_a_whole_chain_made_with_another_key(self, written: Desk) -> None:
        """Who has the database and not line.key cannot write a chain that holds."""
        forger = LineStore(written.service.store._engine, LineKey(bytes(32)))
        with written.service.store._engine.begin() as connection:
            connection.execute(delete(audit))
        forger.note(written.service.book.change(written.service.store.worker_named("sam"), "added"))
        assert list(forger.chain_faults()) == []
        assert len(faults(written)) == 1

    def test_an_end_that_was_cut_off_is_found_by_who_wrote_it_down(self, written: Desk) -> None:
        head = written.service.store.entries(newest=1)[0].mac
        with written.service.store._engine.begin() as connection:
            connection.execute(delete(audit).where(audit.c.number == 5))
        assert faults(written) == []
        assert head not in {one.mac for one in written.service.store.entries()}


def test_supervisors_read_it_and_see_that_it_was_altered(desk: Desk) -> None:
    supervisor = desk.enrol("sam", "supervisor")
    desk.enrol("jo.b")
    desk.service.book.count("jo.b", "calls")
    page = supervisor.get("/supervise/audit").text
    assert "Every entry follows from the one before it." in page
    assert desk.service.store.entries(newest=1)[0].mac.hex() in page
    loads = supervisor.get("/supervise").text
    assert "calls" in loads
    assert "invited" not in loads
    with desk.service.store._engine.begin() as connection:
        connection.execute(update(audit).where(audit.c.number == 1).values(worker="nobody"))
    page = supervisor.get("/supervise/audit").text
    assert "This audit was altered" in page
    assert "Entry 1 of the audit was altered" in page


def test_refused_tries_are_counted_without_a_name(desk: Desk) -> None:
    desk.enrol("jo.b")
    for name in ("jo.b", "unknown", "jo.b"):
        desk.browser().sign_in(name, "a wrong password, really")
    assert desk.service.book.total("-", "refused") == 3


def test_counting_writes_nothing_at_its_moment_and_the_end_of_the_line_writes_all(desk: Desk) -> None:
    """So that no row's place among others says who did something when."""
    day = date(2026, 11, 26)
    for _ in range(3):
        desk.service.book.count("jo.b", "calls")
    assert desk.service.store.totals_since(day) == []

    async def live() -> None:
        async with _tidying(desk.service):
            desk.service.book.count("jo.b", "calls")

    desk.portal.call(live)
    assert [one.count for one in desk.service.store.totals_since(day)] == [4]
