"""deploy/postgresql/line.sql: all that a call needs works under the line's own role, and nothing else does."""

from pathlib import Path

import psycopg
import pytest

from intake.installation import open_store
from intake.settings import Settings
from tests.crypto import samples
from tests.deploy.programs import DEPLOY
from tests.intake.installed import Installed
from tests.intake.test_threads import Visitor, replace_words
from tests.leads import danger, sealed_danger
from tests.threads.survivor import digest_of

ROLE = "heard_line"


@pytest.fixture
def roled(postgresql: str, tmp_path: Path) -> Installed:
    """An installation on PostgreSQL, then reached under the line's role."""
    owned = Installed(tmp_path / "data", {"HEARD_DATABASE": postgresql, "HEARD_ANSWER_GRID_MILLISECONDS": "0"})
    owned.run("init")
    owned.install(samples.card())
    with psycopg.connect(postgresql, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
            connection.execute(f"CREATE ROLE {ROLE} LOGIN")
        connection.execute((DEPLOY / "postgresql" / "line.sql").read_bytes())
    assert "//postgres:" in postgresql
    owned.settings["HEARD_DATABASE"] = postgresql.replace("//postgres:", f"//{ROLE}:")
    return owned


def test_a_caller_sends_saves_comes_back_changes_and_takes_back(roled: Installed) -> None:
    with roled.start() as client:
        visitor = Visitor(client)
        sealed = visitor.write()
        person = visitor.person
        assert visitor.put(person.draft("Not finished yet.")) == "stored"
        assert visitor.put(person.draft("A little more.")) == "stored"
        assert visitor.put(person.addition("It was a Tuesday.")) == "stored"
        assert visitor.put(person.choices("no")) == "stored"
        assert visitor.fetch(digest_of(sealed)) == sealed
        after = replace_words(visitor)
        assert after.fetch(digest_of(sealed)) == sealed
        assert after.put(after.person.withdrawal()) == "stored"
    store = open_store(Settings.read(roled.environment))
    record = sealed_danger(danger(samples.lead_card()), samples.lead_card())
    assert store.add([record]) == {record.digest}
    store.close()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT sealed FROM dangers",
        "UPDATE dangers SET acknowledged_day = NULL",
        "DELETE FROM dangers",
        "UPDATE letters SET bundle = 1",
        "UPDATE letters SET confirmed = 'kept'",
        "INSERT INTO bundles DEFAULT VALUES",
        "DELETE FROM threads",
        "DELETE FROM holds",
        "DELETE FROM erasures",
        "INSERT INTO conditions VALUES ('replay', 'planted')",
        "CREATE TABLE planted (id integer)",
    ],
)
def test_what_no_call_needs_is_refused(roled: Installed, statement: str) -> None:
    with (
        psycopg.connect(roled.settings["HEARD_DATABASE"]) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement.encode())


def test_the_line_cannot_end_that_a_restore_is_waited_for(roled: Installed, postgresql: str) -> None:
    with psycopg.connect(postgresql, autocommit=True) as owner:
        owner.execute("INSERT INTO conditions VALUES ('replay', 'restored')")
        with psycopg.connect(roled.settings["HEARD_DATABASE"], autocommit=True) as line:
            line.execute("DELETE FROM conditions")
        assert ("replay",) in owner.execute("SELECT name FROM conditions").fetchall()
