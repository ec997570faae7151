"""The log of closings: what is read is what was written, a torn end is no entry, and any change is noticed."""

import io
import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crypto.constants import SEALED_SIZES
from intake.closing import Closed
from intake.closings import HEAD_BYTES, ClosingsLog, OpenLog, Point, new_log
from intake.errors import ClosingsError, StoreUnavailableError

SMALL = SEALED_SIZES[0]
DAY = date(2026, 11, 24)


def withdrawn(number: int = 1) -> Closed:
    return Closed("withdrawn", DAY, number, bytes([number]) * 16, b"a" * 32, os.urandom(SMALL))


def replaced(number: int = 1) -> Closed:
    return Closed(
        "replaced", DAY, number, b"l" * 16, b"a" * 32, os.urandom(SMALL), b"n" * 16, b"b" * 32, os.urandom(SMALL)
    )


def written(path: Path, entries: Sequence[Closed]) -> tuple[ClosingsLog, list[Point]]:
    """A log with those entries, and each of its points."""
    log = ClosingsLog(path, 0.05)
    points = [Point.first(new_log())]
    log.begin(points[0].log)
    with log.opened() as opened:
        for entry in entries:
            points.append(opened.append(points[-1], entry))
    return log, points


def read(path: Path, point: Point) -> list[Closed]:
    with ClosingsLog(path).opened() as opened:
        return [entry for entry, _ in opened.after(point)]


closings = st.builds(
    Closed,
    st.just("replaced"),
    st.dates(),
    st.integers(0, 2**32 - 1),
    *(st.binary(min_size=size, max_size=size) for size in (16, 32)),
    st.sampled_from(SEALED_SIZES[:1]).map(bytes),
    *(st.binary(min_size=size, max_size=size) for size in (16, 32)),
    st.sampled_from((0, SMALL)).map(bytes),
)


@given(closings)
def test_a_closing_is_read_as_it_was_written(closed: Closed) -> None:
    assert Closed.parse(closed.encode()) == closed


@given(closings, st.data())
def test_what_is_read_is_what_would_be_written(closed: Closed, data: st.DataObject) -> None:
    body = bytearray(closed.encode())
    for _ in range(data.draw(st.integers(0, 3))):
        body[data.draw(st.integers(0, 150))] ^= data.draw(st.integers(1, 255))
    body = body[: data.draw(st.sampled_from((len(body), len(body) - 1, 100)))]
    try:
        parsed = Closed.parse(bytes(body))
    except ClosingsError:
        return
    assert parsed.encode() == bytes(body)


def test_a_point_is_read_as_it_was_written() -> None:
    point = replace(Point.first(new_log()), count=10**9, length=10**15)
    assert Point.parse(point.encode()) == point
    assert len(point.encode()) < 200


def test_entries_stand_in_their_order_and_after_a_point(tmp_path: Path) -> None:
    entries = [withdrawn(), replaced(), withdrawn(2)]
    log, points = written(tmp_path / "log", entries)
    assert read(log.path, points[0]) == entries
    assert read(log.path, points[2]) == entries[2:]
    assert read(log.path, points[3]) == []
    assert log.path.stat().st_mode & 0o777 == 0o600
    with log.opened() as opened:
        assert opened.verify(points[1]) == points[3]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(left=st.integers(0, SMALL + 140), zeroes=st.sampled_from((0, 1, 5_000)))
def test_a_torn_entry_is_no_entry_and_is_written_over(tmp_path: Path, left: int, zeroes: int) -> None:
    path = tmp_path / os.urandom(4).hex()
    log, points = written(path, [withdrawn(), withdrawn(2)])
    whole = points[1].length
    with path.open("r+b") as file:
        file.truncate(whole + left)
        file.seek(0, os.SEEK_END)
        file.write(bytes(zeroes))
    assert read(path, points[0]) == read(path, points[0])[:1]
    with log.opened() as opened:
        assert opened.verify(points[1]) == points[1]
        after = opened.append(points[1], replaced())
    assert [entry.closing for entry in read(path, points[0])] == ["withdrawn", "replaced"]
    assert path.stat().st_size == after.length
    path.unlink()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(data=st.data())
def test_any_change_is_noticed(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / os.urandom(4).hex()
    log, points = written(path, [withdrawn(), replaced()])
    content = bytearray(path.read_bytes())
    content[data.draw(st.integers(0, points[1].length - 1) | st.integers(0, HEAD_BYTES + 150))] ^= data.draw(
        st.integers(1, 255)
    )
    path.write_bytes(content)
    with pytest.raises(ClosingsError), log.opened() as opened:
        opened.verify(points[2])
    path.unlink()


def test_an_entry_in_the_middle_cannot_pass_for_a_torn_one(tmp_path: Path) -> None:
    _, points = written(tmp_path / "log", [withdrawn(), withdrawn(2), withdrawn(3)])
    content = bytearray((tmp_path / "log").read_bytes())
    for place in (points[1].length, points[1].length + 40, points[2].length - 1):
        changed = bytes(content[:place]) + bytes([content[place] ^ 1]) + bytes(content[place + 1 :])
        (tmp_path / "log").write_bytes(changed)
        with pytest.raises(ClosingsError, match="altered"):
            read(tmp_path / "log", points[0])


def test_another_log_a_cut_one_and_a_missing_one_have_a_sentence_each(tmp_path: Path) -> None:
    log, points = written(tmp_path / "log", [withdrawn(), withdrawn(2)])
    other, _ = written(tmp_path / "other", [withdrawn()])
    with pytest.raises(ClosingsError, match="another installation"), other.opened() as opened:
        opened.verify(points[1])
    shutil.copy(log.path, tmp_path / "cut")
    os.truncate(tmp_path / "cut", points[1].length)
    with pytest.raises(ClosingsError, match="cut short"), ClosingsLog(tmp_path / "cut").opened() as opened:
        opened.verify(points[2])
    with pytest.raises(ClosingsError, match="missing"), ClosingsLog(tmp_path / "none").opened():
        pass
    (tmp_path / "empty").touch()
    with pytest.raises(ClosingsError, match="altered"), ClosingsLog(tmp_path / "empty").opened():
        pass
    with pytest.raises(ClosingsError, match="move that log away"):
        other.begin(points[0].log)


def test_the_longer_of_two_copies_is_kept(tmp_path: Path) -> None:
    log, points = written(tmp_path / "log", [withdrawn(), withdrawn(2)])
    shutil.copy(log.path, tmp_path / "copy")
    with log.opened() as opened:
        end = opened.append(points[2], withdrawn(3))
    log.adopt(tmp_path / "copy", points[1])
    assert log.path.stat().st_size == end.length
    older = ClosingsLog(tmp_path / "copy")
    older.adopt(log.path, points[1])
    assert older.path.read_bytes() == log.path.read_bytes()
    with older.opened() as opened:
        opened.append(points[2], withdrawn(4))
    with pytest.raises(ClosingsError):
        older.adopt(log.path, points[1])
    ClosingsLog(tmp_path / "new").adopt(log.path, points[2])
    assert (tmp_path / "new").read_bytes() == log.path.read_bytes()


def test_one_process_waits_for_another(tmp_path: Path) -> None:
    log, _ = written(tmp_path / "log", [])
    with log.opened(), pytest.raises(StoreUnavailableError), ClosingsLog(log.path, 0.02).opened():
        pass


def test_nothing_but_a_log_is_opened_as_one() -> None:
    with pytest.raises(ClosingsError):
        OpenLog(io.BytesIO(b"heard closed v2\n" + bytes(48)))
