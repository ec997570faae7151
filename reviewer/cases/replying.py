"""Replies to one person: at once, or kept until a second reader has read them. The one way for the commands and for the reading room."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from reviewer.answering import reply, seal_reply, thread_of
from reviewer.cases.casework import Casework
from reviewer.cases.log import WITH, Act
from reviewer.cases.readers import Right
from reviewer.cases.replies import seen_of
from reviewer.cases.rows import ReplyRow
from reviewer.cases.rules import Signing
from reviewer.desk import Desk
from reviewer.entries import LetterEntry, NoticeEntry
from reviewer.errors import AnswerError, ReaderError
from reviewer.noticing import Notices
from reviewer.opening import Unlocked
from reviewer.reading import find
from reviewer.reply_templates import blanks_in, is_language

MOST_CHARACTERS = 20_000


@dataclass(frozen=True)
class Draft:
    """What a reply is to say, and the tag of its language."""

    text: str = field(repr=False)
    language: str = "en"


@dataclass(frozen=True)
class Replier:
    """Answers for one station, as those who sit at `work`. Methods raise AnswerError, ReaderError, ReadingError, CaseStoreError.

    What signs needs `Station.locked`, which the caller holds.
    """

    desk: Desk
    work: Casework
    panel: Sequence[Unlocked] = field(repr=False)

    def takes_two(self) -> bool:
        """Say whether a reply takes two people at this station."""
        return self.work.store.signing() is Signing.TWO

    def require_person(self, entry: LetterEntry) -> None:
        """Refuse unless whoever is here may answer, and the answer would reach somebody."""
        self.work.line(entry)
        self.work.seat.require(Right.READ)
        thread_of(self.desk.ledger, entry)

    def check(self, entry: LetterEntry, draft: Draft) -> None:
        """Refuse what cannot be signed, before anybody reads it again."""
        self.require_person(entry)
        if not draft.text.strip():
            raise AnswerError("The reply is empty; write what it is to say.")
        if blanks := blanks_in(draft.text):
            raise AnswerError(f"The reply still has the blank [[{blanks[0]}]]; put words in its place.")
        if not is_language(draft.language):
            raise AnswerError("Say in which language the reply is, by its tag: en, cy, ar.")
        if len(draft.text) > MOST_CHARACTERS:
            over = len(draft.text) - MOST_CHARACTERS
            raise AnswerError(f"The reply is {over} characters too long; shorten it, or send two.")

    def sign(self, entry: LetterEntry, draft: Draft) -> NoticeEntry:
        """Sign and seal a reply that everybody here has read."""
        self.check(entry, draft)
        if self.takes_two():
            self.work.require_two(entry, Right.READ)
        self._note(entry, self.work.seat.who)
        return reply(self._notices, self.panel[0], entry, draft.text, draft.language)

    def prepare(self, entry: LetterEntry, draft: Draft) -> int:
        """Keep a reply for a second reader, and return its number."""
        self.check(entry, draft)
        return self.work.store.add_reply(self._name(), entry.digest, draft.language, draft.text)

    def waiting(self) -> list[ReplyRow]:
        """Return the replies that wait and that whoever is here may see, oldest first."""
        self.work.seat.require(Right.READ)
        return self.work.waiting_replies()

    def one(self, number: int) -> ReplyRow:
        """Return one of them."""
        found = next((row for row in self.waiting() if row.number == number), None)
        if found is None:
            raise AnswerError(f"No reply {number} waits; see `reviewer replies`.")
        return found

    def may_sign(self, row: ReplyRow) -> bool:
        """Say whether whoever is here is the second reader that a reply waits for."""
        reader = self.work.seat.reader
        return reader is not None and reader.may(Right.BE_SECOND) and reader.name != row.by

    def sign_waiting(self, number: int, seen: str) -> NoticeEntry:
        """Sign a reply that somebody else wrote, and that whoever is here has read: `seen` is what `seen_of` gave for those words."""
        row = self.one(number)
        if row.by == self._name():
            raise ReaderError("You wrote these words: somebody else reads and signs them.")
        self.work.seat.require(Right.BE_SECOND)
        if seen_of(row) != seen:
            raise AnswerError("Somebody has changed these words since you read them: read them again.")
        both = f"{row.by}{WITH}{self._name()}"
        entry = find(self.desk.ledger, row.digest)
        self._note(entry, both)
        notice = seal_reply(self._notices, self.panel[0], entry, row.text, row.language)
        # Which answer they become is kept before it counts: whoever is interrupted neither loses these words nor sends them twice.
        self.work.store.mark_sealed(number, seen, notice.digest)
        self.desk.ledger.add_notice(notice)
        self.work.store.take_reply(both, None, number, seen)
        return notice

    def change(self, number: int, seen: str, draft: Draft) -> None:
        """Put other words in; who did is their writer, and somebody else reads and signs them."""
        self.check(find(self.desk.ledger, self.one(number).digest), draft)
        self.work.store.change_reply(self._name(), number, seen, draft.language, draft.text)

    def discard(self, number: int, seen: str) -> None:
        """Take a reply out that nobody is to sign."""
        self.one(number)
        self.work.store.take_reply(self._name(), Act.DISCARDED, number, seen)

    def _name(self) -> str:
        if self.work.seat.name is None:
            raise ReaderError(
                "This station has no readers: two custodians bring their shares and sign a reply at once."
            )
        return self.work.seat.name

    def _note(self, entry: LetterEntry, who: str) -> None:
        self.require_person(entry)
        self.work.store.note(who, Act.REPLIED, [entry.digest])

    @property
    def _notices(self) -> Notices:
        return Notices(self.desk.ledger, self.desk.vault)
