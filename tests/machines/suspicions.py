"""What an attacker must never come to: opening, being counted, being answered, changing a choice, or passing for the panel."""

import asyncio
from collections import Counter

from crypto.constants import LETTER_KINDS
from crypto.errors import AgeError, VisitError
from crypto.notice import Notice, parse_notice
from crypto.opening import open_sealed
from intake.unscripted.reading import Reader
from intake.unscripted.verifying import TO_PANEL
from intake.unscripted.view import Part
from reviewer.entries import LetterEntry, Status
from reviewer.vault import Vault
from tests.machines.attackers import Attacker, Served
from tests.machines.choosing import WITHHELD, choice_at, choice_signed
from tests.machines.people import Person
from tests.machines.sides import CARD
from tests.machines.world import World
from tests.threads.survivor import Survivor, digest_of

_TO_PANEL_CODES = frozenset(LETTER_KINDS[kind] for kind in TO_PANEL)
_HERE = (Status.IMPORTED, Status.WAITING)
_ACCOUNT = LETTER_KINDS["account"]
_REPLACEMENT = LETTER_KINDS["replacement"]


class Watch:
    """Looks at the station after everything that may have changed it, and at every sealed body there is."""

    def __init__(self, world: World, attacker: Attacker) -> None:
        self._world = world
        self._attacker = attacker
        self._counted: set[str] = set()
        self._tried: set[bytes] = set()
        self._tried_old: set[tuple[bytes, int]] = set()
        # Notices by their digest: what they say, and the words that they are sealed to.
        self.notices: dict[bytes, tuple[Notice, Survivor]] = {}
        self._bodies: dict[bytes, tuple[bytes, int, bytes]] = {}
        # Who was overtaken by the holder of old words before the replacement counted, as documented.
        self.overtaken: list[Person] = []
        # Letters that were there before the replacement counted, and whose choices may be theirs until it does.
        self._early: set[str] = set()
        self._doubtful: list[Person] = []

    def stored(self) -> list[tuple[bytes, int, bytes]]:
        """What the online side holds: sealed bytes, kind, locator."""
        letters = [
            (sent.sealed, LETTER_KINDS[sent.kind], sent.by.keys.locator)
            for person in self._world.people
            for sent in person.sent
        ]
        return letters + list(self._bodies.values())

    def look(self, *, everything: bool = False) -> None:
        """Check what counts, what is acted on and who is answered. `everything`: all that is honest has just arrived."""
        entries = self._world.station.letters()
        replaced = self._replaced(entries)
        for person in self._world.people:
            self._check_counting(person, entries, replaced)
            self._check_choice(person, everything=everything)
        self._counted |= {one.digest for one in entries if one.status == Status.IMPORTED}
        self._check_answers()

    def may_write(self, part: Part) -> bool:
        """Say whether they can write that: under words that they hold, or an account, which nothing signs (docs/gaps.md)."""
        held = {words.keys.locator.hex() for words in self._attacker.old}
        learned = {change.locator for change in self._attacker.learned}
        return part.locator in held or (part.kind == "account" and part.locator in learned)

    def check_closed(self) -> None:
        """Nothing that is sealed opens for them, but what was written under words that they hold."""
        for person in self._world.people:
            for sent in person.sent:
                if sent.digest in self._tried:
                    continue
                assert not self._attacker.opens(sent.sealed), f"a {sent.kind} opens with what the server knows"
                self._tried.add(sent.digest)
        for person in self._world.people:
            for sent in person.sent:
                if (sent.digest, len(self._attacker.old)) in self._tried_old:
                    continue
                self._tried_old.add((sent.digest, len(self._attacker.old)))
                opens = self._attacker.opens_with_old_words(sent.sealed)
                # A copy of what the old words wrote stays readable with them, and nothing later does.
                expected = sent.by in self._attacker.old
                assert opens == expected, f"a {sent.kind} {'opens' if opens else 'does not open'} with old words"

    # What counts

    def _replaced(self, entries: list[LetterEntry]) -> dict[str, int]:
        """The place of the replacement that counts, by the key whose words it replaced."""
        return {
            one.verify_key or "": one.sequence
            for one in entries
            if one.kind == _REPLACEMENT and one.status == Status.IMPORTED and one.digest in self._honest()
        }

    def _honest(self) -> set[str]:
        return {sent.digest.hex() for person in self._world.people for sent in person.sent}

    def _check_counting(self, person: Person, entries: list[LetterEntry], replaced: dict[str, int]) -> None:
        own = {sent.digest.hex() for sent in person.sent}
        by_key = {words.keys.verify_key.hex(): words for words in person.words}
        for one in entries:
            words = by_key.get(one.verify_key or "")
            if words is None or one.status not in _HERE or one.digest in own | self._counted:
                continue
            if one.status == Status.WAITING:
                # Of nobody's account yet, or ahead: it counts for nothing, and is named in a receipt for arrival.
                assert words in self._attacker.old, "a forged letter waits as if it were signed"
                assert words.keys.verify_key.hex() not in replaced, "old words wait after they were replaced"
                self._early.add(one.digest)
                continue
            if words not in self._attacker.old:
                # Whoever has the old words learned the new key from the letter that names it, and was first at the station.
                assert one.kind == _ACCOUNT, "a forged letter counts"
                assert self._is_early(person, words, replaced), "a forged account counts"
                self._early.add(one.digest)
                self._doubtful.append(person)
                continue
            place = replaced.get(words.keys.verify_key.hex())
            assert place is None or one.sequence < place, "old words count after they were replaced"
            self.overtaken.append(person)

    def _is_early(self, person: Person, words: Survivor, replaced: dict[str, int]) -> bool:
        """Say whether words that only a replacement could have shown to them have no replacement at the station yet."""
        at = person.words.index(words)
        return (
            at > 0
            and person.words[at - 1] in self._attacker.old
            and (person.words[at - 1].keys.verify_key.hex() not in replaced)
        )

    def _check_choice(self, person: Person, *, everything: bool) -> None:
        if person in self.overtaken + self._doubtful:
            return
        acted = choice_at(self._world.station, person)
        signed = choice_signed(person, self._arrived())
        assert acted in {"", WITHHELD, signed}, f"the station acts on {acted!r}, and {signed!r} was signed"
        if everything and acted and self._is_whole(person):
            assert acted in {WITHHELD, person.choice}, f"the station acts on {acted!r} after {person.choice!r} arrived"

    def _is_whole(self, person: Person) -> bool:
        """Say whether every letter counts. One that the server once called erased is never taken in: it was dropped."""
        return self._arrived() >= {sent.digest for sent in person.acknowledged}

    def _arrived(self) -> set[bytes]:
        """The letters that were not set aside or called erased."""
        return {bytes.fromhex(one.digest) for one in self._world.station.letters() if one.status in _HERE}

    # Who is answered

    def _check_answers(self) -> None:
        """Every notice is for who wrote the letters that it is about, sealed to words that nobody else has."""
        station = self._world.station
        rows = station.rows("SELECT digest, kind, locator FROM notices")
        for digest, kind, locator in rows:
            name = bytes.fromhex(digest)
            if name in self._bodies:
                continue
            sealed = Vault(station.station.letters).fetch(digest)
            self._bodies[name] = (sealed, kind, bytes.fromhex(locator))
            self._attacker.sees(sealed)
            assert not self._attacker.opens(sealed), "a notice opens with what the server knows"
            self._check_answer(sealed, name)

    def _check_answer(self, sealed: bytes, name: bytes) -> None:
        own = _notice(sealed, self._attacker.own)
        if own is not None:
            safe = [person for person in self._world.people if person not in self.overtaken]
            others = {sent.digest.hex() for person in safe for sent in person.sent}
            assert not others & set(own.digests), f"a {own.kind} about somebody else's letters reaches the attacker"
            return
        for person in self._world.people:
            for words in person.words:
                notice = _notice(sealed, words)
                if notice is None:
                    continue
                self.notices[name] = (notice, words)
                foreign = set(notice.digests) - {sent.digest.hex() for sent in person.sent}
                assert foreign <= self._early or person in self.overtaken, (
                    f"a {notice.kind} about letters of somebody else"
                )
                if words in self._attacker.old and person not in self.overtaken:
                    self._check_still_in_force(words, notice)
                return
        raise AssertionError("a notice that nobody opens")

    def _check_still_in_force(self, words: Survivor, notice: Notice) -> None:
        """Who holds old words is answered as long as the station knows of no others, and not any more after that."""
        with self._world.station.ledger() as ledger:
            known = ledger.threads_named([words.keys.verify_key.hex()])
        assert all(one.successor is None for one in known), f"a {notice.kind} is sealed to words that were replaced"


def check_reading(world: World, watch: Watch, person: Person, served: Served) -> None:
    """Whatever a server shows: only what was signed for these words is an answer, once, and only own letters are own."""
    with asyncio.Runner() as runner:
        try:
            view = runner.run(Reader(person.now.keys, served, [CARD]).read())
        except VisitError:
            # An index of a form that no service writes shows nothing.
            return
    assert view is not None
    shown = Counter(bytes.fromhex(one.digest) for one in view.notices if one.status == "ok")
    for digest, count in shown.items():
        assert digest in watch.notices, "a forged notice is shown as an answer"
        notice, words = watch.notices[digest]
        assert words in person.words, "a notice for somebody else is shown as an answer"
        told = next(one for one in view.notices if one.digest == digest.hex() and one.status == "ok")
        assert (told.kind, told.text, told.digests) == (notice.kind, notice.text, notice.digests)
        assert count == 1, "an answer is shown twice"
    own = {sent.digest for sent in person.sent}
    for part in view.parts:
        is_own = bytes.fromhex(part.digest) in own
        assert part.status != "ok" or is_own or watch.may_write(part), "a forged letter is shown as own"
    if view.arrived == "all":
        listed = {digest_of(sealed).hex() for sealed, kind, _ in served.entries if kind in _TO_PANEL_CODES}
        here = {one.digest for one in world.station.letters() if one.status != Status.SET_ASIDE}
        assert listed <= here, "a letter is said to have arrived and has not"


def _notice(sealed: bytes, words: Survivor) -> Notice | None:
    try:
        return parse_notice(open_sealed(sealed, [words.identity]))
    except AgeError:
        return None
