"""The state machine of an attacker between honest people and the station: what they compose changes nothing for the better of them."""

from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from crypto.bundle import RecordKind
from crypto.constants import LETTER_KINDS
from crypto.records import LetterRecord
from reviewer.answering import reply, say_heard
from reviewer.errors import AnswerError
from tests.machines import people, suspicions
from tests.machines.attackers import ANY_KIND, Attacker
from tests.machines.people import Person, Sent
from tests.machines.running import Machine
from tests.machines.world import World

_WEEK = 202_648
WHO = st.integers(0, 1)
ANY = st.integers(0, 63)
FORGED = ("account", "addition", "choices", "withdrawal", "replacement")
# What a record of a hostile bundle is: a trick, whose letter it concerns, which one, and how.
MOVES = st.lists(
    st.tuples(
        st.sampled_from(("honest", "honest", "moved", "relabelled", "altered", "erased", "forged", "forged")),
        WHO,
        ANY,
        ANY,
    ),
    min_size=1,
    max_size=6,
)
# One entry of what a survivor is shown: a trick, which body, and how.
SHOWN = st.lists(
    st.tuples(st.sampled_from(("true", "true", "relabelled", "elsewhere", "forged notice", "forged letter")), ANY, ANY),
    min_size=1,
    max_size=8,
)


class Attack(Machine):
    """Two honest people, and an attacker who holds what the online side holds."""

    holds_old_words: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.attacker = Attacker(self.world.medium())
        self.station = suspicions.Watch(self.world, self.attacker)
        self._texts = 0

    def end(self) -> None:
        self.station.look()

    def close(self) -> None:
        self.world.close()

    # Honest people, on an intake that does what it should

    @initialize()
    def two_people_send_accounts(self) -> None:
        for _ in range(2):
            person = Person.new()
            self.world.people.append(person)
            sent = people.account(person, self._text(), "no")
            person.sent.append(sent)
            self.world.deliver(person, sent)
        self._seen()

    @rule(who=WHO)
    def adds(self, who: int) -> None:
        person, text = self.world.people[who], self._text()
        self.world.write(person, lambda _: people.letter(person, person.now.addition(text), text=text))
        self._seen()

    @rule(who=WHO, choice=st.sampled_from(("no", "later")))
    def changes_choices(self, who: int, choice: str) -> None:
        person = self.world.people[who]
        self.world.write(person, lambda _: people.letter(person, person.now.choices(choice), choice=choice))
        self._seen()

    @rule(who=WHO)
    def saves_a_draft(self, who: int) -> None:
        person, text = self.world.people[who], self._text()
        self.world.write(person, lambda _: people.letter(person, person.now.draft(text), text=text))
        self._seen()

    @rule(who=WHO)
    def replaces_words(self, who: int) -> None:
        person = self.world.people[who]
        before = person.now
        self.world.replace_words(person)
        if self.holds_old_words and person.now is not before:
            self.attacker.learn(before)
        self._seen()

    # Bundles

    @rule(moves=MOVES)
    def attacker_sends_a_bundle(self, moves: list[tuple[str, int, int, int]]) -> None:
        records = [record for move in moves if (record := self._record(*move)) is not None]
        self.world.station.take(self.attacker.bundle(records))
        self.station.look()

    @rule()
    def attacker_sends_all_honest_letters(self) -> None:
        held = self.world.station.held()
        letters = [one for person in self.world.people for one in person.acknowledged if one.digest not in held]
        records = [(RecordKind.LETTER, _honest(sent).encode()) for sent in letters]
        self.world.station.take(self.attacker.bundle(records))
        self.station.look(everything=True)

    def _record(self, trick: str, who: int, which: int, how: int) -> tuple[RecordKind, bytes] | None:
        person = self.world.people[who]
        if trick == "forged":
            kind = FORGED[which % len(FORGED)]
            victim = person.words[how % len(person.words)]
            return RecordKind.LETTER, self.attacker.forged_letter(
                kind, victim, how, _place(person, how, which)
            ).encode()
        sent = person.sent[which % len(person.sent)]
        if trick == "erased":
            return RecordKind.ERASED, sent.digest
        record = _honest(sent)
        if trick == "moved":
            other = self.world.people[1 - who].now if how % 2 else self.attacker.own
            record = LetterRecord(record.kind, _WEEK, other.keys.locator, record.sealed)
        elif trick == "relabelled":
            record = LetterRecord(how % 9, _WEEK, record.locator, record.sealed)
        elif trick == "altered":
            at = 2_000 + 997 * how
            record = LetterRecord(record.kind, _WEEK, record.locator, _flipped(record.sealed, at))
        return RecordKind.LETTER, record.encode()

    # Reviewers, who do not know

    @rule(which=ANY, is_reply=st.booleans())
    def reviewer_answers(self, which: int, *, is_reply: bool) -> None:
        letters = self.world.station.letters()
        if not letters:
            return
        letter, text = letters[which % len(letters)], self._text()
        try:
            if is_reply:
                self.world.station.answer(lambda notices, panel: reply(notices, panel, letter, text))
            else:
                self.world.station.answer(lambda notices, panel: say_heard(notices, panel, letter))
        except AnswerError:
            return
        self.station.look()

    @rule()
    def two_people_destroy(self) -> None:
        self.world.station.destroy()
        self.station.look()

    # Answers to survivors

    @rule(who=WHO, shown=SHOWN, state=st.sampled_from((1, 1, 2)))
    def attacker_answers_a_survivor(self, who: int, shown: list[tuple[str, int, int]], state: int) -> None:
        person = self.world.people[who]
        entries = [self._entry(person, *one) for one in shown]
        suspicions.check_reading(self.world, self.station, person, self.attacker.served(entries, state))

    def _entry(self, person: Person, trick: str, which: int, how: int) -> tuple[bytes, int, bytes]:
        true = self.station.stored()
        sealed, kind, locator = true[which % len(true)]
        victim = person.words[how % len(person.words)]
        if trick == "relabelled":
            kind = ANY_KIND[how % len(ANY_KIND)]
        elif trick == "elsewhere":
            locator = victim.keys.locator
        elif trick == "forged notice":
            name = ("reply", "heard", "arrival", "destruction")[which % 4]
            sealed = self.attacker.forged_notice(name, victim, [sent.digest for sent in person.sent])
            kind, locator = 8 + which % 4, victim.keys.locator
        elif trick == "forged letter":
            name = FORGED[which % len(FORGED)]
            sealed = self.attacker.forged_part(name, victim, how, _place(person, how, which))
            kind, locator = LETTER_KINDS[name], victim.keys.locator
        return sealed, kind, locator

    def _seen(self) -> None:
        """Everything that people send passes through the attacker's hands, and what their browsers show."""
        for person in self.world.people:
            for sent in person.sent:
                self.attacker.sees(sent.sealed, sent.by.keys.access, sent.by.keys.access_hash)
        self.station.check_closed()

    def _text(self) -> str:
        self._texts += 1
        return f"I told someone {self._texts}."


class AttackWithOldWords(Attack):
    """The same, by somebody who also has the words of every thread whose words were replaced."""

    holds_old_words = True

    @initialize()
    def two_people_send_accounts(self) -> None:
        super().two_people_send_accounts()
        self.replaces_words(0)
        self.adds(0)


def _place(person: Person, how: int, which: int) -> int:
    """A place that the server knows to be the next one, or the one after it, or the first."""
    writer = person.words[how // 3 % len(person.words)]
    free = 1 + max((sent.sequence for sent in person.sent if sent.by is writer and sent.is_for_panel), default=0)
    return (free, free + 1, 1)[which // len(FORGED) % 3]


def _honest(sent: Sent) -> LetterRecord:
    return LetterRecord(LETTER_KINDS[sent.kind], _WEEK, sent.by.keys.locator, sent.sealed)


def _flipped(sealed: bytes, at: int) -> bytes:
    at %= len(sealed)
    return sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
