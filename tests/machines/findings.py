"""What must hold, at every moment and when everything has arrived. Each finding says what was lost, doubled or kept."""

from collections import Counter

from crypto.constants import LETTER_KINDS
from intake.unscripted.view import View
from reviewer.destroying import KEPT_REASON
from reviewer.entries import LetterEntry, Status
from tests.leaks import files
from tests.machines.choosing import WITHHELD, choice_at, choice_signed
from tests.machines.people import Person
from tests.machines.world import World


def check_letters(world: World) -> None:
    """No acknowledged letter is lost: unless it was taken back, its sealed bytes are here or there."""
    held = world.intake.held() | world.station.held()
    for person in world.people:
        if not person.may_be_withdrawn:
            lost = [one.kind for one in person.acknowledged if one.digest not in held | person.lost]
            assert not lost, f"acknowledged and lost: {lost}"


def check_choices(world: World) -> None:
    """No choice is acted on that was not signed, and none while something before it is missing."""
    held, is_interrupted = world.station.held(), world.station.unfinished() > 0
    for person in world.people:
        if person.with_words and not person.may_be_withdrawn:
            acted, signed = choice_at(world.station, person), choice_signed(person, held)
            # In the middle of an import not everything that is here has been judged: then less may count, never more.
            less = is_interrupted or person.forgotten
            fits = {signed, "", WITHHELD, *person.signed_choices} if less else {signed}
            if world.is_missing:
                # Whose the missing letters are is not known, so nobody's choices are certain.
                fits.add(WITHHELD)
            assert acted in fits, f"the station acts on {acted!r}, and {signed!r} was signed"


def check_erased(world: World) -> None:
    """What was taken back is in no file of the service once its log is emptied."""
    assert world.intake.store.settle()
    for path in files([world.intake.root]):
        world.must_not_hold(path.read_bytes(), path.name)


def check_end(world: World) -> None:
    """Everything that was acknowledged has arrived once, everything taken back is gone, everybody was told what is for them."""
    check_letters(world)
    check_choices(world)
    check_erased(world)
    for path in files([world.station.root]):
        world.must_not_hold(path.read_bytes(), path.name)
    entries = {bytes.fromhex(one.digest): one for one in world.station.letters()}
    for person in world.people:
        _check_arrived(person, entries)
        if person.with_words:
            _check_told(world, person)
    _check_nothing_else(world, entries)


def _check_arrived(person: Person, entries: dict[bytes, LetterEntry]) -> None:
    for sent in person.acknowledged:
        entry = entries.get(sent.digest)
        if person.withdrawn:
            counts = sent.kind == "withdrawal"
            assert entry is None or (entry.status == Status.IMPORTED) == counts, f"a {sent.kind} is {entry.status}"
        elif not person.forgotten and sent.digest not in person.lost:
            assert entry is not None, f"a {sent.kind} did not arrive"
            assert entry.status == Status.IMPORTED, f"a {sent.kind} is {entry.status}: {entry.reason}"


def _check_nothing_else(world: World, entries: dict[bytes, LetterEntry]) -> None:
    """Every letter at the station was written by somebody; of what is kept for statistics there is one for each account."""
    known = {sent.digest for person in world.people for sent in person.sent}
    kept = [one for digest, one in entries.items() if one.reason == KEPT_REASON and digest not in known]
    others = [one for digest, one in entries.items() if digest not in known and one not in kept]
    assert not others, f"{len(others)} letters that nobody wrote"
    accounts = [person for person in world.people if person.keep == "statistics" and person.acknowledged]
    assert len(kept) <= len(accounts), f"{len(kept)} kept for statistics, of {len(accounts)} accounts"
    places = Counter(
        (one.verify_key, one.sequence)
        for one in entries.values()
        if one.verify_key and one.status == Status.IMPORTED and one.kind != LETTER_KINDS["withdrawal"]
    )
    assert all(count == 1 for count in places.values()), "a place was given twice"


def _check_told(world: World, person: Person) -> None:
    view = world.intake.read(person.now.keys)
    for former in person.words[:-1]:
        assert world.intake.read(former.keys) is None, "words that were replaced still open the thread"
    if view is None:
        assert not person.acknowledged or (person.forgotten and not person.withdrawn)
        if person.forgotten:
            return
        assert not person.slot
        return
    assert not view.warnings, [(one.kind, one.reason) for one in view.warnings]
    if person.withdrawn:
        assert not view.parts
        receipts = [(one.kind, one.days > 0) for one in view.notices]
        assert set(receipts) == {("destruction", True)}, f"told {receipts}"
        # A station that forgot what it destroyed destroys it again, and says so again.
        assert len(receipts) == 1 or world.is_station_restored, f"{len(receipts)} receipts"
        return
    if person.forgotten or person.lost:
        return
    _check_parts(view, person)
    _check_notices(view, person)


def _check_parts(view: View, person: Person) -> None:
    assert {part.status for part in view.parts} <= {"ok", "erased"}
    assert Counter(bytes.fromhex(part.digest) for part in view.parts) == Counter(
        one.digest for one in person.acknowledged
    )
    here = {bytes.fromhex(part.digest): part for part in view.parts if part.status == "ok"}
    readable = [sent for sent in person.in_order if sent.digest in here]
    assert list(here) == [sent.digest for sent in readable], "the parts are in another order"
    for sent in readable:
        assert [answer.text for answer in here[sent.digest].answers if answer.text] == (
            [sent.text] if sent.text else []
        )
    draft = {bytes.fromhex(view.draft.digest)} if view.draft else set()
    assert draft == person.slot or (len(person.slot) > 1 and draft <= person.slot), "another draft, or none"
    if readable and len(readable) == len(person.acknowledged):
        assert view.choices[0].chosen[0].value == person.choice


def _check_notices(view: View, person: Person) -> None:
    """Replies and "heard" are there once each; one receipt names everything that arrived."""
    assert {one.status for one in view.notices} <= {"ok"}
    receipts = Counter(one.locator for one in view.notices if one.kind == "arrival")
    assert all(count == 1 for count in receipts.values()), "more than one receipt for arrival"
    assert view.arrived == ("all" if person.acknowledged else "none")
    shown = Counter((one.kind, one.text) for one in view.answers)
    signed = Counter((one.kind, one.text) for one in person.told if one.signed)
    perhaps = Counter((one.kind, one.text) for one in person.told)
    assert signed <= shown <= perhaps, f"told {shown}, signed {signed}"
