"""Opening and checking without a site: a thread in memory, as a server may give it, honest or not."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from crypto.card import PanelCard
from crypto.change import Inheritance
from crypto.constants import (
    LETTER_KINDS,
    NOTICE_KINDS,
    THREAD_STATES,
    VISIT_OPERATIONS,
    VISIT_SLOT_BYTES,
    VISIT_STATUSES,
)
from crypto.letter import Letter
from crypto.notice import Notice, encode_notice, sign_notice
from crypto.recipients import throwaway_recipient
from crypto.sealing import seal_letter, seal_padded
from crypto.signing import sign_letter
from crypto.visit import Index, IndexEntry, VisitAnswer, VisitRequest, slots_of
from intake.unscripted.acting import Desk, Site
from intake.unscripted.changing import Setting
from intake.unscripted.reading import MOST_SLOTS, Reader
from intake.unscripted.sealing import SealedAccount
from intake.unscripted.view import View
from intake.unscripted.wishes import Wish
from tests.crypto import samples
from tests.threads.survivor import QUESTIONS, Survivor, account_answer

CARD = samples.card()
SECRET = "Nobody else may read this."


@dataclass
class Shelf:
    """What a server gives for one set of words. `put` decides what becomes of what is put."""

    owner: Survivor
    entries: list[IndexEntry] = field(default_factory=list)
    bodies: dict[bytes, bytes] = field(default_factory=dict)
    sequence: int = 0
    fetched: int = 0
    puts: list[VisitRequest] = field(default_factory=list)
    answer_put: Callable[[VisitRequest], str] = lambda _request: "stored"

    def add(self, kind: str, sealed: bytes, locator: bytes | None = None) -> bytes:
        digest = hashlib.sha256(sealed).digest()
        code = (LETTER_KINDS | NOTICE_KINDS)[kind]
        self.entries.append(IndexEntry(code, slots_of(len(sealed)), locator or self.owner.keys.locator, digest))
        self.bodies[digest] = sealed
        return digest

    def letter(self, letter: Letter, sealed: bytes | None = None) -> bytes:
        return self.add(letter.kind, sealed or self.owner.seal(letter))

    def notice(self, notice: Notice) -> bytes:
        sealed = seal_padded(encode_notice(notice), [self.owner.keys.recipient, throwaway_recipient()])
        return self.add(notice.kind, sealed)

    async def ask(self, request: VisitRequest, slot: bytes = b"", once: bytes | None = None) -> VisitAnswer | None:
        assert slot or once is None
        if request.locator != self.owner.keys.locator:
            return None
        if request.operation == VISIT_OPERATIONS["open"]:
            index = Index(THREAD_STATES["open"], 0, self.sequence, tuple(self.entries))
            return VisitAnswer(VISIT_STATUSES["index"], slot=index.encode())
        if request.operation == VISIT_OPERATIONS["put"]:
            self.puts.append(request)
            return VisitAnswer(VISIT_STATUSES[self.answer_put(request)], sequence=request.sequence + 1)
        self.fetched += 1
        body = self.bodies.get(request.target, b"")
        part = body[request.part * VISIT_SLOT_BYTES :][:VISIT_SLOT_BYTES]
        return VisitAnswer(VISIT_STATUSES["letter" if part else "gone"], slots_of(len(body)), slot=part)

    def read(self, *cards: PanelCard) -> View:
        view = asyncio.run(Reader(self.owner.keys, self.ask, cards or (CARD,)).read())
        assert view is not None
        return view


@pytest.fixture
def shelf() -> Shelf:
    owner = Survivor(CARD)
    shelf = Shelf(owner)
    shelf.add("account", owner.account(SECRET, "no")[1])
    owner.sequence = 1
    return shelf


def notice(owner: Survivor, **changes: object) -> Notice:
    plain = Notice(
        *("reply", CARD.inquiry, 1, owner.keys.locator.hex(), str(owner.keys.recipient), 1, (), 0, "en"),
        *("Thank you.", 0, "", ""),
    )
    return sign_notice(replace(plain, **changes), samples.ROOT.sign)  # type: ignore[arg-type]  # names of its own fields


def judged(view: View) -> list[tuple[str, str, str]]:
    return [(part.kind, part.status, part.reason) for part in view.parts]


def test_what_the_server_alters_or_holds_back_is_not_read(shelf: Shelf) -> None:
    digest = shelf.letter(shelf.owner.addition("One more."))
    shelf.bodies[digest] = shelf.bodies[digest][:-1] + b"\0"
    assert judged(shelf.read()) == [("account", "ok", ""), ("addition", "unreadable", "unreadable")]
    del shelf.bodies[digest]
    assert judged(shelf.read())[1] == ("addition", "unreadable", "unreadable")
    shelf.entries[1] = replace(shelf.entries[1], parts=0)
    assert judged(shelf.read())[1] == ("addition", "erased", "")


def test_what_was_erased_stands_where_it_was_sent(shelf: Shelf) -> None:
    """Its place is sealed inside, so the order of the list stands in for it."""
    owner = shelf.owner
    for kind, value in (("choices", "yes"), ("addition", "More."), ("choices", "no")):
        shelf.letter(owner.choices(value) if kind == "choices" else owner.addition(value))
        owner.sequence += 1
    assert [choice.chosen[0].value for choice in shelf.read().choices] == ["no"]
    shelf.entries[1] = replace(shelf.entries[1], parts=0)
    view = shelf.read()
    assert [part.status for part in view.parts] == ["ok", "erased", "ok", "ok"]
    assert (view.are_choices_unseen, [choice.chosen[0].value for choice in view.choices]) == (False, ["no"])
    shelf.entries[3] = replace(shelf.entries[3], parts=0)
    view = shelf.read()
    assert (view.are_choices_unseen, view.choices, len(view.history)) == (True, (), 1)
    assert view.sequence == 3


def test_a_notice_whose_body_was_erased_is_no_warning(shelf: Shelf) -> None:
    shelf.notice(notice(shelf.owner))
    shelf.entries[1] = replace(shelf.entries[1], parts=0)
    assert (shelf.read().notices, shelf.read().warnings) == ([], [])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"inquiry": "another"}, "inquiry"),
        ({"locator": "0f" * 16}, "thread"),
        ({"sequence": 7}, ""),
    ],
)
def test_letters_that_do_not_belong_are_warnings(shelf: Shelf, change: dict[str, object], reason: str) -> None:
    owner = shelf.owner
    letter = replace(owner.addition(SECRET), **change)  # type: ignore[arg-type]  # names of its own fields
    shelf.letter(sign_letter(replace(letter, signature=""), owner.keys.signing_seed))
    assert judged(shelf.read())[-1 if not reason else 1][2] == reason
    assert [part.kind for part in shelf.read().warnings] == (["addition"] if reason else [])


@pytest.mark.parametrize("spoil", ["unsigned", "kind", "form", "account of another key"])
def test_forged_letters_are_warnings_without_their_text(shelf: Shelf, spoil: str) -> None:
    owner, other = shelf.owner, Survivor(CARD, sequence=1)
    recipients = [owner.keys.recipient, throwaway_recipient()]
    if spoil == "unsigned":
        shelf.letter(
            other.addition(SECRET), seal_letter(replace(owner.addition("Forged."), signature="0" * 128), recipients)
        )
    elif spoil == "kind":
        shelf.add("choices", owner.seal(owner.addition("Forged.")))
    elif spoil == "form":
        shelf.add("addition", seal_padded(b'{"Forged.":1}', recipients))
    else:
        forged = replace(other.letter("account", sequence=0), locator=owner.keys.locator.hex())
        shelf.letter(forged, seal_letter(forged, recipients))
    view = shelf.read()
    assert [part.status for part in view.parts] == ["ok", "warning"]
    (warned,) = view.warnings
    assert warned.reason == {"kind": "form", "form": "form"}.get(spoil, "signature")
    assert "Forged." not in repr([(part.answers, part.consents) for part in view.parts])


def test_of_two_letters_for_one_place_neither_counts(shelf: Shelf) -> None:
    shelf.letter(shelf.owner.choices("yes"))
    shelf.letter(shelf.owner.addition("For the same place."))
    view = shelf.read()
    assert judged(view)[1:] == [("choices", "warning", "order"), ("addition", "warning", "order")]
    assert [answer.chosen[0].value for answer in view.choices] == ["no"]


def test_choices_stand_in_the_order_in_which_they_were_signed(shelf: Shelf) -> None:
    for sequence, value in ((3, "later"), (1, "yes"), (2, "no")):
        shelf.owner.sequence = sequence
        shelf.letter(shelf.owner.choices(value))
    view = shelf.read()
    assert [one[0].chosen[0].value for one in view.history] == ["no", "yes", "no", "later"]
    assert view.sequence == 4


def test_a_hold_among_the_notices_is_no_answer_to_anyone(shelf: Shelf) -> None:
    shelf.notice(
        notice(shelf.owner, kind="hold", locator="", recipient="", valid_from="2026-11-01", valid_to="2026-12-01")
    )
    assert [told.reason for told in shelf.read().warnings] == ["thread"]


def test_a_chain_without_the_card_of_an_own_letter_vouches_for_nothing(shelf: Shelf) -> None:
    shelf.notice(notice(shelf.owner))
    assert [told.status for told in shelf.read().notices] == ["ok"]
    other = replace(CARD, threshold=1)
    assert [told.reason for told in shelf.read(other).notices] == ["card"]


def test_where_no_own_letter_opens_the_chain_of_the_page_is_all_there_is() -> None:
    shelf = Shelf(Survivor(CARD))
    shelf.notice(notice(shelf.owner))
    assert [told.status for told in shelf.read().notices] == ["ok"]


def test_the_next_place_is_what_the_station_confirmed_whatever_the_server_says(shelf: Shelf) -> None:
    shelf.notice(notice(shelf.owner, kind="arrival", text="", through=6))
    assert shelf.read().sequence == 7
    shelf.sequence = 9
    assert shelf.read().sequence == 9


def test_arrival_is_all_only_when_every_letter_is_named(shelf: Shelf) -> None:
    first = shelf.entries[0].digest.hex()
    shelf.notice(notice(shelf.owner, kind="arrival", text="", digests=(first,)))
    assert shelf.read().arrived == "all"
    shelf.letter(shelf.owner.draft("Not sent."))
    assert shelf.read().arrived == "all"
    shelf.letter(shelf.owner.addition("Not there yet."))
    assert shelf.read().arrived == "some"
    shelf.entries = [entry for entry in shelf.entries if entry.kind != NOTICE_KINDS["arrival"]]
    assert shelf.read().arrived == "none"


def test_an_inheritance_that_is_forged_or_goes_in_circles_opens_nothing(shelf: Shelf) -> None:
    owner, old = shelf.owner, Survivor(CARD)
    honest = owner.inheritance(old)
    own = Inheritance(owner.keys.locator.hex(), owner.keys.verify_key.hex(), owner.keys.identity_seed.hex())
    for wrong in (
        replace(honest, signature="0" * 128),
        owner.letter("inheritance", change=own, sequence=0),
        old.letter("inheritance", change=honest.change, sequence=0),
        owner.draft("No inheritance."),
    ):
        shelf.entries = shelf.entries[:1]
        shelf.add("inheritance", seal_letter(wrong, [owner.keys.recipient, throwaway_recipient()]))
        assert (shelf.read().before, judged(shelf.read())) == ([], [("account", "ok", "")])
    shelf.entries = shelf.entries[:1]
    shelf.letter(honest)
    shelf.add("account", old.account("Before.", "yes")[1], old.keys.locator)
    view = shelf.read()
    assert view.before == [old.keys.locator.hex()]
    assert [part.answers[0].text for part in view.parts] == ["Before.", SECRET]


def test_one_page_opens_what_a_small_machine_can_and_the_newest_first(shelf: Shelf) -> None:
    large = b"\0" * 1_048_576
    for number in range(MOST_SLOTS // 16 + 3):
        shelf.add("addition", large[:-4] + number.to_bytes(4, "big"))
    shelf.letter(replace(shelf.owner.choices("yes")))
    shelf.notice(notice(shelf.owner))
    view = shelf.read()
    assert (view.more, len(view.parts)) == (5, MOST_SLOTS // 16)
    assert [answer.chosen[0].value for answer in view.choices] == ["yes"]
    assert len(view.answers) == 1
    assert shelf.fetched <= MOST_SLOTS


def desk(shelf: Shelf) -> Desk:
    async def store(_sealed: SealedAccount) -> bool:
        raise AssertionError("nothing is sent as an account here")

    return Desk(shelf.owner.keys, Setting(CARD, QUESTIONS, "en", bytes(32)), Site(shelf.ask, (CARD,), store))


def test_a_server_that_always_says_order_is_asked_a_few_times_only(shelf: Shelf) -> None:
    shelf.answer_put = lambda _request: "order"
    wish = Wish("add", further=account_answer("One more."))
    outcome = asyncio.run(desk(shelf).act(wish))
    assert (outcome.trouble, [request.sequence for request in shelf.puts]) == ("order", [1, 2, 3])


@pytest.mark.parametrize("status", ["closed", "full"])
def test_what_is_refused_is_said(shelf: Shelf, status: str) -> None:
    shelf.answer_put = lambda _request: status
    outcome = asyncio.run(desk(shelf).act(Wish("add", further=account_answer("One more."))))
    assert (outcome.trouble, outcome.done) == (status, "")


def test_nothing_shows_in_a_repr(shelf: Shelf) -> None:
    view = shelf.read()
    for one in (view, view.parts[0], desk(shelf), Wish("add", further=account_answer(SECRET))):
        assert SECRET not in repr(one)
