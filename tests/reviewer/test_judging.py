"""Judging a thread's letters: it comes to the same in every order, and however often it is done."""

import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crypto.change import Replacement
from crypto.constants import LETTER_KINDS
from crypto.letter import Letter, encode_letter
from reviewer.entries import BundleEntry, LetterEntry, Status
from reviewer.judging import judge, name_thread
from reviewer.ledger import Ledger
from reviewer.migration import migrate
from reviewer.opening import Reason
from tests.reviewer.panel import Panel
from tests.threads.survivor import Survivor, account_answer, random_keys

# Every example has a ledger of its own, which takes a while: few in the normal run, many where more are searched.
IS_LONG = settings().max_examples > 1_000
MANY, FEW = (1_000, 300) if IS_LONG else (40, 15)

NO_KEY = "age1pq1" + "q" * 1_952


@dataclass
class Court:
    """A ledger, and bundles of letters that come to it. Sealing is left out: judging looks only at the ledger."""

    ledger: Ledger
    bundle: int = 0

    def take(self, letters: Sequence[Letter]) -> None:
        self.bundle += 1
        entries = [self._entry(letter, place) for place, letter in enumerate(letters)]
        self.ledger.add_letters(entries)
        judge(self.ledger, self.ledger.keys_of_bundle(self.entry))

    @property
    def entry(self) -> BundleEntry:
        """The bundle that came last."""
        chain = f"{self.bundle:064x}"
        return BundleEntry(
            direction="intake to station",
            generation=1,
            sequence=self.bundle,
            epoch=1,
            name="",
            previous=chain,
            chain=chain,
            count=0,
            finished=True,
        )

    def _entry(self, letter: Letter, place: int) -> LetterEntry:
        entry = LetterEntry(
            digest=digest(letter),
            kind=LETTER_KINDS[letter.kind],
            locator=letter.locator,
            week=202_648,
            size=65_536,
            epoch=1,
            bundle=self.bundle,
            place=place,
            status=Status.IMPORTED.value,
        )
        return name_thread(entry, letter)

    def told(self, letters: Sequence[Letter]) -> list[str]:
        """Why each letter does not count, or its status."""
        return [entry.reason or entry.status for entry in self._entries(letters)]

    def statuses(self, letters: Sequence[Letter]) -> list[str]:
        return [entry.status for entry in self._entries(letters)]

    def _entries(self, letters: Sequence[Letter]) -> list[LetterEntry]:
        entries = [self.ledger.letter(digest(letter)) for letter in letters]
        return [entry for entry in entries if entry is not None]

    def thread(self, person: Survivor) -> tuple[str, int, int | None]:
        """State, last place and conflict of the thread with this person's words."""
        (found,) = self.ledger.threads_named([key_of(person)])
        return found.state, found.last_sequence, found.conflict

    def everything(self, letters: Sequence[Letter], people: Sequence[Survivor]) -> object:
        return self.statuses(letters), [self.thread(person) for person in people]


def digest(letter: Letter) -> str:
    return hashlib.sha256(encode_letter(letter)).hexdigest()


def key_of(person: Survivor) -> str:
    return person.keys.verify_key.hex()


def at(person: Survivor, sequence: int) -> Survivor:
    return replace(person, sequence=sequence)


def account(person: Survivor, text: str = "I told a teacher. Nobody wrote it down.") -> Letter:
    return person.letter("account", answers=account_answer(text), sequence=0)


@pytest.fixture(scope="module")
def new_court(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Court]]:
    folder = tmp_path_factory.mktemp("courts")
    empty = Ledger(folder / "empty.sqlite")
    migrate(empty.engine)
    empty.close()
    made: list[Ledger] = []
    numbers = count()

    def new() -> Court:
        path = Path(shutil.copy(folder / "empty.sqlite", folder / f"{next(numbers)}.sqlite"))
        made.append(Ledger(path))
        return Court(made[-1])

    yield new
    for ledger in made:
        ledger.close()


@pytest.fixture
def court(new_court: Callable[[], Court]) -> Court:
    return new_court()


@pytest.fixture
def person(panel: Panel) -> Survivor:
    return Survivor(panel.card)


def story(person: Survivor, after: Survivor, ending: str) -> list[Letter]:
    """A whole thread: told, added, chosen, under other words, added, and taken back or not."""
    letters = [
        account(person),
        at(person, 1).addition("More."),
        at(person, 2).choices("no"),
        at(person, 3).replacement(after),
        at(after, 1).addition("Under other words."),
    ]
    if ending != "stays":
        letters.append(at(after, 2).withdrawal(ending))
    return letters


@settings(max_examples=MANY, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), ending=st.sampled_from(["stays", "nothing", "statistics"]))
def test_every_order_over_and_within_bundles_comes_to_the_same(
    new_court: Callable[[], Court], panel: Panel, data: st.DataObject, ending: str
) -> None:
    """With new keys each time, since which key is judged first is by its value."""
    person, after = Survivor(panel.card), Survivor(panel.card)
    letters = story(person, after, ending)
    order = data.draw(st.permutations(range(len(letters))))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(letters) - 1))))
    court = new_court()
    for first, last in zip([0, *cuts], [*cuts, len(letters)], strict=True):
        court.take([letters[place] for place in order[first:last]])
    if ending == "stays":
        assert court.told(letters) == ["imported"] * 5
        assert (court.thread(person)[0], court.thread(after)) == ("replaced", ("open", 1, None))
    else:
        assert court.told(letters) == ["withdrawn"] * 5 + ["imported"]
        threads = court.ledger.threads_named([key_of(person), key_of(after)])
        assert {(thread.state, thread.keep) for thread in threads} == {("withdrawn", ending)}


@settings(max_examples=FEW, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), ending=st.sampled_from(["stays", "nothing"]))
def test_what_was_destroyed_meanwhile_is_never_readable_again(
    new_court: Callable[[], Court], panel: Panel, data: st.DataObject, ending: str
) -> None:
    """Two people destroy what waits after every bundle; what comes later is to be destroyed as well."""
    person, after = Survivor(panel.card), Survivor(panel.card)
    letters = story(person, after, ending)
    court = new_court()
    for place in data.draw(st.permutations(range(len(letters)))):
        court.take([letters[place]])
        destroy(court)
    assert court.told(letters) == (["imported"] * 5 if ending == "stays" else ["destroyed"] * 5 + ["imported"])


@settings(max_examples=FEW, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_judging_again_changes_nothing(new_court: Callable[[], Court], panel: Panel, data: st.DataObject) -> None:
    person, after = Survivor(panel.card), Survivor(panel.card)
    twice = [at(person, 1).choices("yes"), at(person, 1).choices("no")]
    letters = [
        *story(person, after, data.draw(st.sampled_from(["stays", "nothing"]))),
        *twice,
        account(person, "Other."),
    ]
    order = data.draw(st.permutations(letters))
    cut = data.draw(st.integers(1, len(order) - 1))
    court = new_court()
    people = []
    for some in (order[:cut], order[cut:]):
        court.take(some)
        people = [one for one in (person, after) if court.ledger.threads_named([key_of(one)])]
        before = court.everything(letters, people)
        judge(court.ledger, court.ledger.keys_of_bundle(court.entry))
        judge(court.ledger, [key_of(person), key_of(after)])
        assert court.everything(letters, people) == before


def test_two_letters_for_one_place_spoil_it_and_the_thread_goes_on(court: Court, person: Survivor) -> None:
    both = [at(person, 1).choices("yes"), at(person, 1).choices("no")]
    court.take([account(person), *both])
    third, later = at(person, 1).addition("A third for that place."), at(person, 2).addition("Later.")
    court.take([third, later])
    assert court.told([*both, third, later]) == [Reason.SAME_PLACE] * 2 + [Reason.PLACE_TAKEN, "imported"]
    assert court.thread(person) == ("open", 2, 1)


def test_who_came_first_keeps_a_place_also_while_waiting_for_it(court: Court, person: Survivor) -> None:
    first, second = at(person, 2).addition("First."), at(person, 2).addition("Second.")
    court.take([account(person), first])
    court.take([second])
    court.take([at(person, 1).addition("The one before.")])
    assert court.told([first, second]) == ["imported", Reason.PLACE_TAKEN]
    assert court.thread(person) == ("open", 2, 2)


def test_two_replacements_that_come_together_replace_nothing(court: Court, person: Survivor) -> None:
    mine, theirs = person.successor(), person.successor()
    both = [at(person, 1).replacement(mine), at(person, 1).replacement(theirs)]
    court.take([account(person), *both])
    assert court.told(both) == [Reason.SAME_PLACE] * 2
    assert court.thread(person) == ("open", 1, 1)
    assert court.ledger.threads_named([key_of(mine), key_of(theirs)]) == []


def test_old_words_sign_nothing_any_more(court: Court, person: Survivor) -> None:
    """An attacker who heard the old words, after the person has replaced them."""
    mine, theirs = person.successor(), person.successor()
    court.take([account(person), at(person, 1).replacement(mine)])
    late = [at(person, 2).replacement(theirs), at(person, 3).withdrawal(), at(person, 4).choices("yes")]
    court.take(late)
    assert court.told(late) == [Reason.REPLACED] * 3
    assert court.ledger.threads_to_destroy() == []
    living = court.ledger.thread(key_of(person))
    assert living is not None
    assert living.locator == mine.keys.locator.hex()


def test_words_that_lead_to_another_thread_are_not_taken_over(court: Court, person: Survivor) -> None:
    other = person.successor()
    court.take([account(person), account(other)])
    joining = at(person, 1).replacement(other)
    court.take([joining, at(other, 1).replacement(person)])
    assert court.told([joining]) == [Reason.WORDS_IN_USE]
    court.take([at(other, 2).withdrawal()])
    assert court.statuses([account(person), account(other)]) == ["imported", "withdrawn"]


def test_a_withdrawal_under_words_of_another_locator_takes_nothing_else_back(court: Court, person: Survivor) -> None:
    """Words that were taken back join only the thread that names them with locator and recipient."""
    other = person.successor()
    court.take([at(other, 1).withdrawal()])
    elsewhere = replace(other, keys=replace(other.keys, locator=random_keys().locator))
    joining = at(person, 1).replacement(elsewhere)
    court.take([account(person), joining])
    assert court.told([account(person), joining]) == ["imported", Reason.WORDS_IN_USE]


def test_a_withdrawal_is_not_held_up_by_a_letter_for_its_place(court: Court, person: Survivor) -> None:
    other = at(person, 1).addition("For the same place.")
    court.take([account(person), other, at(person, 1).withdrawal("statistics"), at(person, 1).withdrawal("nothing")])
    assert court.statuses([account(person), other]) == ["withdrawn"] * 2
    (thread,) = court.ledger.threads_to_destroy()
    assert thread.keep == "nothing"


def test_everything_of_the_words_is_taken_back_what_was_set_aside_too(court: Court, person: Survivor) -> None:
    second = account(person, "Sent again, changed.")
    taken = [at(person, 1).addition("One."), at(person, 1).addition("Another one.")]
    court.take([account(person), second, *taken])
    assert court.told([second]) == [Reason.SECOND_ACCOUNT]
    court.take([at(person, 2).withdrawal()])
    assert court.statuses([account(person), second, *taken]) == ["withdrawn"] * 4


def destroy(court: Court) -> None:
    """What two people do, as far as the ledger goes."""
    for thread in court.ledger.threads_to_destroy():
        entries = court.ledger.letters_of_threads([thread.verify_key])
        gone = [entry.digest for entry in entries if entry.status == Status.WITHDRAWN]
        court.ledger.mark_destroyed([thread.verify_key], gone)


def test_a_destroyed_thread_is_opened_for_two_people_again_only_when_something_of_it_comes(
    court: Court, person: Survivor
) -> None:
    """Then the words that lead there now as well, since the receipt goes to them."""
    after = person.successor()
    late = at(person, 2).addition("Under the old words.")
    court.take([account(person), at(person, 1).replacement(after), at(after, 1).withdrawal()])
    destroy(court)
    judge(court.ledger, [key_of(person), key_of(after)])
    court.take([at(after, 2).withdrawal()])
    assert court.ledger.threads_to_destroy() == []
    court.take([late])
    assert court.statuses([late]) == ["withdrawn"]
    assert {thread.verify_key for thread in court.ledger.threads_to_destroy()} == {key_of(person), key_of(after)}


def test_another_account_of_the_same_words_is_a_conflict(court: Court, person: Survivor) -> None:
    court.take([account(person)])
    court.take([account(person, "Another.")])
    assert court.told([account(person), account(person, "Another.")]) == ["imported", Reason.SECOND_ACCOUNT]
    assert court.thread(person) == ("open", 0, 0)


def test_words_that_replaced_others_have_no_account(court: Court, person: Survivor) -> None:
    after = person.successor()
    court.take([account(person), at(person, 1).replacement(after)])
    court.take([account(after)])
    assert court.told([account(after)]) == [Reason.SECOND_ACCOUNT]


def test_an_invented_account_leads_no_answer_away(court: Court, person: Survivor) -> None:
    """Somebody learned the key of the words, and sends an account that names it beside a recipient of their own."""
    stranger = person.successor()
    invented = account(person, "Invented.")
    invented = replace(invented, thread=replace(person.thread, recipient=str(stranger.keys.recipient)))
    signed = at(person, 1).addition("More.")
    court.take([invented])
    court.take([signed])
    assert court.told([invented, signed]) == [Reason.OTHER_KEYS, "imported"]
    living = court.ledger.thread(key_of(person))
    assert living is not None
    assert (living.recipient, living.conflict) == (str(person.keys.recipient), 0)


def test_keys_that_are_no_keys_make_no_thread(court: Court, person: Survivor) -> None:
    hostile = account(person)
    assert hostile.thread is not None
    court.take([replace(hostile, thread=replace(hostile.thread, recipient=NO_KEY))])
    after = person.successor()
    good = at(person, 1).replacement(after)
    assert isinstance(good.change, Replacement)
    bad = at(person, 1).letter("replacement", change=replace(good.change, recipient=NO_KEY))
    court.take([account(person), bad])
    assert court.told([bad]) == [Reason.UNUSABLE_KEYS]
    assert court.thread(person) == ("open", 0, None)


def test_a_letter_of_another_thread_that_is_signed_by_its_own(court: Court, person: Survivor) -> None:
    elsewhere = at(person, 1).letter("addition", answers=account_answer("Moved."), locator=random_keys().locator.hex())
    court.take([account(person), elsewhere])
    assert court.told([elsewhere]) == [Reason.OTHER_THREAD]


def test_what_is_unsigned_or_never_for_the_panel(court: Court, person: Survivor) -> None:
    stranger = person.successor()
    borrowed = replace(at(stranger, 1).withdrawal(), thread=person.thread, locator=person.keys.locator.hex())
    altered = replace(at(person, 1).addition("One."), sequence=2)
    draft, inheritance = at(person, 1).draft("Not yet."), person.successor().inheritance(person)
    court.take([account(person), borrowed, altered, draft, inheritance])
    assert court.told([borrowed, altered]) == [Reason.UNSIGNED] * 2
    assert court.told([draft, inheritance]) == [Reason.NOT_FOR_PANEL] * 2
    assert court.statuses([account(person)]) == ["imported"]


def test_what_is_ahead_waits_by_name(court: Court, person: Survivor) -> None:
    ahead = at(person, 2).choices("yes")
    court.take([ahead])
    assert court.told([ahead]) == [Reason.NO_ACCOUNT]
    court.take([account(person)])
    assert court.told([ahead]) == [Reason.AHEAD]
    court.take([at(person, 1).addition("The one before.")])
    assert court.told([ahead]) == ["imported"]
