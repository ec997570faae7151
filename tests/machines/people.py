"""What people really did: every letter they wrote, what was acknowledged, and what must follow from it."""

from dataclasses import dataclass, field, replace

from crypto.frame import Frame
from crypto.letter import Answer, Choice, Letter
from crypto.recipients import Recipient, throwaway_recipient
from crypto.sealing import seal_letter
from crypto.visit import VisitRequest
from tests.machines.sides import CARD
from tests.threads.survivor import Survivor, account_answer, consent, digest_of

CHOICES = ("yes", "no", "later")
# Read by nobody but their writer, or holding no more than public keys.
_NOT_TESTIMONY = frozenset({"withdrawal", "replacement"})
_WHERE = Answer("where", "account", "Where did you tell someone?", None, (Choice("school", "At a school"),))


@dataclass
class Sent:
    """One letter, as it was sent; `request` is sent again with the same bytes. `by` are the words that wrote it."""

    by: Survivor
    kind: str
    sequence: int
    request: VisitRequest | Frame
    sealed: bytes = field(repr=False)
    text: str = ""
    choice: str = ""
    acknowledged: bool = False
    refused: bool = False

    @property
    def digest(self) -> bytes:
        return digest_of(self.sealed)

    @property
    def piece(self) -> bytes:
        """Enough of the sealed bytes to find them anywhere; no other letter has them."""
        return self.sealed[30_000:30_032]

    @property
    def is_for_panel(self) -> bool:
        return self.kind not in {"draft", "inheritance"}

    @property
    def is_testimony(self) -> bool:
        return self.kind not in _NOT_TESTIMONY


@dataclass
class Told:
    """Something that the station said to a person. `signed` is False while nobody knows whether it was."""

    kind: str
    text: str
    signed: bool


@dataclass
class Person:
    """Somebody, with their words (oldest first), or without any.

    `slot` holds what may be their draft now. `pending` are words that an unanswered replacement may have put in force.
    """

    words: list[Survivor]
    with_words: bool = True
    sent: list[Sent] = field(default_factory=list)
    slot: set[bytes] = field(default_factory=set)
    pending: Sent | None = None
    after: Survivor | None = None
    withdrawn: bool = False
    keep: str = ""
    told: list[Told] = field(default_factory=list)
    # The intake was restored from before something that these people did: they do nothing more.
    forgotten: bool = False
    lost: set[bytes] = field(default_factory=set)

    @classmethod
    def new(cls, *, with_words: bool = True) -> "Person":
        return cls([Survivor(CARD)], with_words)

    @property
    def now(self) -> Survivor:
        return self.words[-1]

    @property
    def acknowledged(self) -> list[Sent]:
        return [one for one in self.sent if one.acknowledged and one.is_for_panel]

    @property
    def may_be_withdrawn(self) -> bool:
        return self.withdrawn or any(one.kind == "withdrawal" and not one.refused for one in self.sent)

    @property
    def gone(self) -> list[Sent]:
        """What must be nowhere on this side's disks once the store has settled: taken back, or a draft that was left."""
        if self.forgotten and not self.withdrawn:
            # A restore brings back what they discarded since the backup; drafts expire.
            return []
        if not self.withdrawn:
            return [one for one in self.sent if one.kind == "draft" and one.digest not in self.slot]
        # What words that never came into force would have inherited belongs to no thread that the service could know of.
        return [one for one in self.sent if one.is_testimony and one.by in self.words]

    @property
    def mark(self) -> object:
        """What a restore must not be from before, or it forgets something of them."""
        acknowledged = {one.digest for one in self.sent if one.acknowledged}
        return len(self.sent), acknowledged, set(self.slot), len(self.words), self.withdrawn

    @property
    def signed_choices(self) -> set[str]:
        """Every choice that these words, or those before, ever signed."""
        return {one.choice for one in self.sent if one.choice}

    @property
    def choice(self) -> str:
        """The choice that counts when everything has arrived."""
        return [one.choice for one in self.in_order if one.choice][-1]

    @property
    def in_order(self) -> list[Sent]:
        """The acknowledged letters to the panel, the oldest words first, in their places."""
        age = {id(words): at for at, words in enumerate(self.words)}
        return sorted(self.acknowledged, key=lambda one: (age[id(one.by)], one.sequence))

    def leave(self) -> None:
        """Use the words that took the place of these; a draft is left behind."""
        if self.after is None or self.pending is None:
            raise AssertionError("there are no other words")
        self.pending.acknowledged = True
        self.words.append(self.after)
        self.pending = self.after = None
        self.slot = set()

    def take_back(self) -> None:
        """Everything is taken back, as the service said."""
        self.withdrawn = True
        self.slot = set()


def account(person: Person, text: str, choice: str) -> Sent:
    """The first letter, which somebody without words never comes back to."""
    writer = person.now
    letter = writer.letter("account", answers=(*account_answer(text), _WHERE), consents=consent(choice), sequence=0)
    if not person.with_words:
        letter = replace(letter, thread=None)
    return Sent(writer, "account", 0, _frame(writer), _seal(person, letter), text, choice)


def letter(person: Person, letter: Letter, *, text: str = "", choice: str = "", target: bytes = bytes(32)) -> Sent:
    """A later letter of the words that are used now, at the place that it says."""
    request, sealed = person.now.put(letter, target=target)
    return Sent(person.now, letter.kind, letter.sequence, request, sealed, text, choice)


def _frame(writer: Survivor) -> Frame:
    return Frame(1, writer.keys.locator, writer.keys.access_hash)


def _seal(person: Person, letter: Letter) -> bytes:
    if person.with_words:
        return person.now.seal(letter)
    return seal_letter(letter, [Recipient.parse(CARD.recipient), throwaway_recipient()])
