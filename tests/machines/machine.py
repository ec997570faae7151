"""The state machine: survivors, the exchange and reviewers act in any order, and anything may be interrupted."""

from collections.abc import Sequence

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from tests.machines import findings, people
from tests.machines.people import CHOICES, Person
from tests.machines.restoring import Kept, restore_intake, restore_station, resync
from tests.machines.running import Machine
from tests.machines.world import INWARD, OUTWARD, Carried, World

_MOST_PEOPLE = 4
WHO = st.integers(0, _MOST_PEOPLE - 1)
ANY = st.integers(0, 63)
# Nothing happens, more often than not.
CRASH = st.one_of(st.just(0), st.integers(1, 9))
LONG_CRASH = st.one_of(st.just(0), st.integers(1, 24))
CHOICE = st.sampled_from(CHOICES)


class Exchange(Machine):
    """Two real sides and the people of `World`."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self._texts = 0
        self._looked = 0

    def end(self) -> None:
        quieten(self.world)
        findings.check_end(self.world)

    def close(self) -> None:
        self.world.close()

    # Survivors

    @initialize(choice=CHOICE, crash=CRASH)
    def somebody_begins(self, choice: str, crash: int) -> None:
        self.somebody_sends_an_account(with_words=True, choice=choice, crash=crash, draft=False)

    @precondition(lambda self: len(self.world.people) < _MOST_PEOPLE)
    @rule(with_words=st.sampled_from((True, True, True, False)), choice=CHOICE, crash=CRASH, draft=st.booleans())
    def somebody_sends_an_account(self, *, with_words: bool, choice: str, crash: int, draft: bool) -> None:
        person = Person.new(with_words=with_words)
        self.world.people.append(person)
        if draft and with_words:
            text = self._text()
            self.world.write(person, lambda _: people.letter(person, person.now.draft(text), text=text), first=True)
        sent = people.account(person, self._text(), choice)
        person.sent.append(sent)
        self.world.deliver(person, sent, crash)

    @rule(who=WHO, crash=CRASH)
    def adds(self, who: int, crash: int) -> None:
        if person := self._person(who):
            text = self._text()
            self.world.write(person, lambda _: people.letter(person, person.now.addition(text), text=text), crash)

    @rule(who=WHO, choice=CHOICE, crash=CRASH)
    def changes_choices(self, who: int, choice: str, crash: int) -> None:
        if person := self._person(who):
            self.world.write(person, lambda _: people.letter(person, person.now.choices(choice), choice=choice), crash)

    @rule(who=WHO, crash=CRASH)
    def saves_a_draft(self, who: int, crash: int) -> None:
        if person := self._person(who):
            text = self._text()
            self.world.write(person, lambda _: people.letter(person, person.now.draft(text), text=text), crash)

    @rule(who=WHO, crash=CRASH)
    def discards_the_draft(self, who: int, crash: int) -> None:
        if person := self._person(who):
            self.world.discard(person, crash)

    @rule(who=WHO, crash=CRASH, second=CRASH)
    def replaces_words(self, who: int, crash: int, second: int) -> None:
        if person := self._person(who):
            self.world.replace_words(person, crash, second)

    @rule(who=WHO, keep=st.sampled_from(("nothing", "statistics")), crash=CRASH)
    def withdraws(self, who: int, keep: str, crash: int) -> None:
        if person := self._person(who):
            person.keep = person.keep or keep
            self.world.write(person, lambda _: people.letter(person, person.now.withdrawal(person.keep)), crash)

    @rule(who=ANY, which=ANY, crash=CRASH)
    def sends_an_earlier_letter_again(self, who: int, which: int, crash: int) -> None:
        person = self.world.people[who % len(self.world.people)]
        if person.sent:
            self.world.deliver(person, person.sent[which % len(person.sent)], crash)

    # What is carried

    @rule(crash=CRASH, lost=st.booleans())
    def intake_exports(self, crash: int, *, lost: bool) -> None:
        self.world.export(crash, lost=lost)

    @rule(which=ANY, crash=CRASH)
    def intake_exports_again(self, which: int, crash: int) -> None:
        if last := self.world.intake.last(OUTWARD):
            self.world.export(crash, again=1 + which % last)

    @rule(which=ANY, crash=LONG_CRASH)
    def station_imports(self, which: int, crash: int) -> None:
        if carried := self.world.outward:
            self.world.take(carried[which % len(carried)], crash)

    @rule(crash=LONG_CRASH)
    def station_imports_what_is_next(self, crash: int) -> None:
        if bundle := newest(self.world.outward, _wanted(self.world)):
            self.world.take(bundle, crash)

    @rule(crashes=st.lists(LONG_CRASH, min_size=5, max_size=5))
    def a_day(self, crashes: list[int]) -> None:
        """Everything is carried both ways, and two people destroy; what is interrupted waits for another day."""
        carry(self.world, crashes)

    @rule(crash=CRASH, lost=st.booleans())
    def station_exports(self, crash: int, *, lost: bool) -> None:
        self.world.export_back(crash, lost=lost)

    @rule(which=ANY, crash=CRASH)
    def station_exports_again(self, which: int, crash: int) -> None:
        if last := self.world.station.last(INWARD):
            self.world.export_back(crash, again=1 + which % last)

    @rule(which=ANY, crash=CRASH)
    def intake_imports(self, which: int, crash: int) -> None:
        if carried := self.world.inward:
            self.world.take_back_in(carried[which % len(carried)], crash)

    # Reviewers

    @rule(which=ANY, crash=CRASH, is_reply=st.booleans())
    def reviewer_answers(self, which: int, crash: int, *, is_reply: bool) -> None:
        if letters := self.world.station.letters():
            self.world.answer(letters[which % len(letters)], self._text() if is_reply else "", crash)

    @rule(crash=LONG_CRASH)
    def two_people_destroy(self, crash: int) -> None:
        self.world.destroy(crash)

    # At every moment

    @invariant()
    def nothing_is_lost_or_misread(self) -> None:
        findings.check_letters(self.world)
        if self._looked != self.world.station.changes:
            findings.check_choices(self.world)
            self._looked = self.world.station.changes

    @rule()
    def the_store_settles(self) -> None:
        findings.check_erased(self.world)

    def _person(self, who: int) -> Person | None:
        """Somebody with words whose account was sent."""
        person = self.world.people[who % len(self.world.people)]
        return person if person.with_words and not person.forgotten else None

    def _text(self) -> str:
        self._texts += 1
        return f"I told someone {self._texts}."


class LongExchange(Exchange):
    """The same over years: holds, forgetting, and sides that are put back to what they were."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[Kept] = []

    # What time and the law bring

    @rule()
    def a_hold_is_published(self) -> None:
        self.world.hold()

    @rule()
    def holds_end(self) -> None:
        self.world.end_holds()

    @rule()
    def confirmed_letters_are_forgotten(self) -> None:
        self.world.intake.forget_confirmed()

    # What breaks

    @rule()
    def both_sides_are_copied(self) -> None:
        self.kept.append(Kept.of(self.world))

    @rule(which=ANY, crash=LONG_CRASH, replays=st.booleans())
    def intake_is_restored(self, which: int, crash: int, *, replays: bool) -> None:
        if self.kept:
            restore_intake(self.world, self.kept[which % len(self.kept)], crash, replays=replays)

    @rule(which=ANY, crash=LONG_CRASH)
    def station_is_restored(self, which: int, crash: int) -> None:
        if self.kept:
            restore_station(self.world, self.kept[which % len(self.kept)], crash)

    @rule(crash=LONG_CRASH)
    def a_new_generation_begins(self, crash: int) -> None:
        resync(self.world, crash)


def quieten(world: World) -> None:
    """Send again what was never answered, and carry everything until neither side has news for the other."""
    for person in world.people:
        for sent in list(person.sent):
            if not sent.acknowledged and not sent.refused and sent.kind != "draft":
                world.deliver(person, sent)
    world.end_holds()
    for _ in range(3):
        carry(world)
    world.intake.forget()
    world.may_be_held = False


def carry(world: World, crashes: Sequence[int] = (0, 0, 0, 0, 0)) -> None:
    """Carry everything, both ways, and destroy; each step may be interrupted."""
    export, take, destroy, export_back, take_back = crashes
    world.export(export)
    while bundle := _next_outward(world):
        if world.take(bundle, take):
            break
    world.destroy(destroy)
    world.export_back(export_back)
    while back := _next_inward(world):
        if world.take_back_in(back, take_back):
            break


def _next_outward(world: World) -> Carried | None:
    wanted = _wanted(world)
    if wanted[1] > world.intake.last(OUTWARD):
        return None
    if newest(world.outward, wanted) is None:
        world.export(again=wanted[1])
    return newest(world.outward, wanted)


def _next_inward(world: World) -> Carried | None:
    wanted = world.intake.store.generation(), world.intake.last(INWARD) + 1
    if wanted[1] > world.station.last(INWARD):
        return None
    if newest(world.inward, wanted) is None:
        world.export_back(again=wanted[1])
    return newest(world.inward, wanted)


def _wanted(world: World) -> tuple[int, int]:
    """Generation and sequence of the bundle that the station is to import next."""
    return world.station.generation(), world.station.unfinished() or world.station.last(OUTWARD) + 1


def newest(carried: list[Carried], wanted: tuple[int, int]) -> Carried | None:
    """The copy of a bundle that was written last."""
    return next((one for one in reversed(carried) if (one.generation, one.sequence) == wanted), None)
