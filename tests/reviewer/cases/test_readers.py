"""Readers: who may do what, that two are two, that a recusal is silent; and order and care as the rules say."""

from datetime import date
from pathlib import Path

import pytest

from reviewer.cases.log import Act
from reviewer.cases.readers import Reader, Right, Role
from reviewer.cases.rows import Mark
from reviewer.cases.seat import Seat
from reviewer.errors import PaceError, PassphraseError, ReaderError
from tests.reviewer.cases.stores import PASSPHRASE, kept

DAY = date(2026, 11, 27)
WHO = {
    Right.READ: {Role.READER, Role.SECOND, Role.SAFEGUARDING, Role.PUBLISHER},
    Right.BE_SECOND: {Role.SECOND, Role.SAFEGUARDING},
    Right.RELEASE: {Role.PUBLISHER},
    Right.REFER: {Role.SAFEGUARDING},
    Right.DESTROY: {Role.CUSTODIAN},
    Right.ALLOW: {Role.SECOND, Role.CUSTODIAN},
    Right.MANAGE: {Role.CUSTODIAN},
}


def person(name: str, *roles: Role) -> Reader:
    return Reader(name, roles, (), active=True)


@pytest.mark.parametrize("right", Right)
def test_a_role_has_its_rights_and_no_other(right: Right) -> None:
    for role in Role:
        seat = Seat((1, 2), alone=False, reader=person("ann", role))
        if role in WHO[right]:
            seat.require(right)
        else:
            with pytest.raises(ReaderError, match=f"ann has no role here that may {right}"):
                seat.require(right)


def test_two_people_are_two_different_people_with_the_right_roles() -> None:
    ann, bo = person("ann", Role.PUBLISHER, Role.SECOND), person("bo", Role.SECOND)
    Seat((1, 2), alone=False, reader=ann, second=bo).require_two(Right.RELEASE)
    for seat, sentence in (
        (Seat((1, 2), alone=False, reader=ann), "two different people"),
        (Seat((1, 2), alone=False, reader=ann, second=ann), "two different people"),
        (Seat((1, 2), alone=False, reader=bo, second=ann), "bo has no role here that may release"),
        (Seat((1, 2), alone=False, reader=ann, second=person("cy", Role.READER)), "cy has no role"),
        (Seat((1,), alone=False), "bring the share of another custodian"),
        (Seat((1, 1), alone=False), "bring the share of another custodian"),
    ):
        with pytest.raises(ReaderError, match=sentence):
            seat.require_two(Right.RELEASE)
    Seat((1, 2), alone=False).require_two(Right.RELEASE)
    Seat((1,), alone=True).require_two(Right.RELEASE)


def test_readers_sign_in_with_their_own_passphrase(tmp_path: Path) -> None:
    with kept(tmp_path / "store") as here:
        with pytest.raises(ReaderError, match="first reader needs --role custodian"):
            here.reader("bo", Role.READER)
        here.reader("ann", Role.CUSTODIAN)
        here.reader("bo", Role.READER)
        assert here.store.sign_in("bo", PASSPHRASE).roles == (Role.READER,)
        for name, passphrase in (("bo", "not that one at all"), ("nobody", PASSPHRASE)):
            with pytest.raises(ReaderError, match="do not belong to a reader"):
                here.store.sign_in(name, passphrase)
        for name in ("bo", "Bo", "b", "bo with ann", "x" * 33):
            with pytest.raises(ReaderError):
                here.reader(name, Role.READER)
        with pytest.raises(PassphraseError, match="at least 15"):
            here.store.add_reader("ann", "cy", [Role.READER], "short")
        with pytest.raises(ReaderError, match="Nobody could manage"):
            here.store.disable_reader("ann", "ann")
        here.store.change_passphrase("ann", "bo", "another one of invented words")
        assert here.store.sign_in("bo", "another one of invented words").name == "bo"
        here.store.disable_reader("ann", "bo")
        with pytest.raises(ReaderError, match="do not belong to a reader"):
            here.store.sign_in("bo", "another one of invented words")
        assert [row.subject for row in here.store.entries()] == [
            "added ann: custodian",
            "added bo: reader",
            "another passphrase for bo",
            "disabled bo",
        ]


def test_risk_comes_first_then_the_oldest_and_two_readers_never_get_one_letter(tmp_path: Path) -> None:
    with kept(tmp_path / "store") as here:
        here.reader("ann", Role.CUSTODIAN, Role.READER)
        ann, bo = here.store.sign_in("ann", PASSPHRASE), here.reader("bo", Role.READER)
        old, hint = here.add("A choir.", week=202_601), here.add("It is still\nhappening.", week=202_650)
        marked, young = here.add("A lamp.", week=202_649), here.add("A tree.", week=202_645)
        here.store.mark("bo", marked, marked, Mark.RISK)
        got = []
        for reader in (ann, bo):
            line = here.store.next_for(reader)
            assert line is not None
            assert here.store.next_for(reader) == here.store.next_for(reader)  # asking again gives the same
            got.append(line.digest)
        assert got == [marked, hint]
        for digest in got:
            here.store.mark_seen(digest)
        rest = [line.digest for reader in (ann, bo) if (line := here.store.next_for(reader)) is not None]
        assert rest == [old, young]
        assert here.store.count_unseen() == 2


def test_a_recusal_hides_a_whole_thread_from_one_reader_and_says_nothing(tmp_path: Path) -> None:
    with kept(tmp_path / "store") as here:
        here.reader("ann", Role.CUSTODIAN, Role.READER)
        bo = here.reader("bo", Role.READER)
        first, second = here.add("A choir.", person="p"), here.add("A further choir.", person="p")
        other = here.add("Another choir.", week=202_651)
        log = here.store.head()
        here.store.recuse("bo", "p", may_know=True)
        assert [line.digest for line in here.store.page("bo")] == [other]
        assert [one.line.digest for one in here.store.search("choir", "bo")] == [other]
        line = here.store.next_for(bo)
        assert line is not None
        assert line.digest == other
        assert {line.digest for line in here.store.page("ann")} == {first, second, other}
        assert here.store.head() == log
        here.store.move({"p": "q"})  # the thread turned out to be another's
        assert here.store.is_hidden("q", "bo")
        assert not here.store.is_hidden("q", "ann")


def test_a_hand_over_and_topics_are_left_out_of_what_comes_next_only(tmp_path: Path) -> None:
    with kept(tmp_path / "store") as here:
        here.reader("ann", Role.CUSTODIAN)
        bo = here.reader("bo", Role.READER)
        first, second = here.add("A choir.", week=1), here.add("A tree.", week=2, topic="people")
        third = here.add("A lamp.", week=3)
        line = here.store.next_for(bo)
        assert line is not None
        assert line.digest == first
        here.store.recuse("bo", line.person, may_know=False)
        here.store.avoid("bo", ["people"])
        after = here.store.next_for(here.store.sign_in("bo", PASSPHRASE))
        assert after is not None
        assert after.digest == third
        assert {line.digest for line in here.store.page("bo")} == {first, second, third}
        assert "bo" not in {row.who for row in here.store.entries()}


def test_four_accounts_a_day_and_more_only_when_somebody_else_says_so(tmp_path: Path) -> None:
    with kept(tmp_path / "store") as here:
        ann, bo = here.reader("ann", Role.CUSTODIAN), here.reader("bo", Role.READER)
        digests = [here.add(f"Invented {number}.") for number in range(6)]
        for number, digest in enumerate(digests[:4]):
            here.store.require_pace(bo, digest, DAY)
            here.store.note("bo" if number % 2 else "bo with cy", Act.OPENED, [digest], DAY)
            assert here.store.pace(bo, DAY).wants_break == (number in {1, 3})
        here.store.require_pace(bo, digests[0], DAY)  # the same one again
        with pytest.raises(PaceError, match="account 5 today"):
            here.store.require_pace(bo, digests[4], DAY)
        here.store.require_pace(bo, digests[4], date(2026, 11, 28))
        here.store.require_pace(ann, digests[4], DAY)
        with pytest.raises(ReaderError, match="own limit"):
            here.store.allow_more(bo, "bo", 1, DAY)
        with pytest.raises(ReaderError, match="1 to 4"):
            here.store.allow_more(ann, "bo", 5, DAY)
        here.store.allow_more(ann, "bo", 1, DAY)
        here.store.require_pace(bo, digests[4], DAY)
        here.store.note("bo", Act.OPENED, [digests[4]], DAY)
        with pytest.raises(PaceError, match="account 6 today"):
            here.store.require_pace(bo, digests[5], DAY)
