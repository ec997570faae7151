"""What the load is made of: accounts as people send them, each of a thread of its own."""

import sqlite3
from contextlib import closing

from tests.bench import load, server
from tests.house import founded


def test_each_letter_begins_a_thread() -> None:
    with server.folder() as name, founded(name / "house") as house:
        body = server.submission(name / "submission")
        pid = server.served(house).pid
        one = load.letters(house.intake.url, body, connections=2, seconds=1, pid=pid)
        visits = load.flows(house.intake.url, body, ["/"], connections=2, seconds=1, pid=pid)
        with closing(sqlite3.connect(house.intake.data / "letters.sqlite")) as database:
            counted = database.execute("select (select count(*) from letters), (select count(*) from threads)")
            letters, threads = counted.fetchone()
    assert (one.failures, visits.failures) == (0, 0)
    assert one.rate > 0
    assert letters == threads > one.rate / 2
