"""Answers to one person: what a reviewer says, and whom it reaches."""

from collections.abc import Sequence
from typing import Final

from crypto.constants import NOTICE_KINDS
from crypto.errors import LetterError, LetterTooLongError
from reviewer.entries import LetterEntry, NoticeEntry, Status, ThreadEntry
from reviewer.errors import AnswerError
from reviewer.ledger import Ledger
from reviewer.noticing import Notices
from reviewer.opening import Unlocked

_HEARD: Final = NOTICE_KINDS["heard"]


def thread_of(ledger: Ledger, letter: LetterEntry) -> ThreadEntry:
    """Return where answers to `letter` go now. Raises AnswerError with the reason why they go nowhere."""
    if letter.status == Status.SET_ASIDE:
        raise AnswerError("This letter was set aside: whoever wrote it may not be whom the answer would reach.")
    if letter.verify_key is None:
        raise AnswerError("This person took no return words; nobody can answer them.")
    thread = ledger.thread(letter.verify_key)
    if thread is None:
        raise AnswerError("The account of this thread has not arrived yet; answer when it has.")
    if thread.state != "open":
        raise AnswerError("This person took everything back; they are not answered any more.")
    return thread


def say_heard(notices: Notices, unlocked: Unlocked, letter: LetterEntry) -> NoticeEntry:
    """Sign that a reviewer has read what this person sent. Raises AnswerError, also when it was said before."""
    thread = thread_of(notices.ledger, letter)
    digests = _read_by_now(notices.ledger, thread)
    before = notices.ledger.notices(notices.ledger.keys_before(thread.verify_key))
    last = max((notice.sequence for notice in before if notice.kind == _HEARD), default=0)
    arrivals = [notice.sequence for notice in before if notice.kind == NOTICE_KINDS["arrival"]]
    if last and not any(sequence > last for sequence in arrivals):
        raise AnswerError("This person was told so before, and has written nothing since.")
    return notices.send(unlocked, thread, "heard", digests=digests)


def seal_reply(
    notices: Notices, unlocked: Unlocked, letter: LetterEntry, text: str, language: str = "en"
) -> NoticeEntry:
    """Sign and seal a reply in a language (a tag); it counts once `Ledger.add_notice` has it. Raises AnswerError when it is empty, too long, or reaches nobody."""
    thread = thread_of(notices.ledger, letter)
    if not text.strip():
        raise AnswerError("The reply is empty; write what it is to say.")
    try:
        return notices.write(unlocked, thread, "reply", text=text, digests=[letter.digest], language=language)
    except LetterTooLongError as error:
        raise AnswerError(f"The reply is {error.over} bytes too long; shorten it, or send two.") from None
    except LetterError as error:
        raise AnswerError(str(error)) from None


def reply(notices: Notices, unlocked: Unlocked, letter: LetterEntry, text: str, language: str = "en") -> NoticeEntry:
    """Sign and seal a reply, and let the next export carry it. Raises as `seal_reply`."""
    entry = seal_reply(notices, unlocked, letter, text, language)
    notices.ledger.add_notice(entry)
    return entry


def _read_by_now(ledger: Ledger, thread: ThreadEntry) -> Sequence[str]:
    letters = ledger.letters_of_threads(ledger.keys_before(thread.verify_key))
    return [letter.digest for letter in letters if letter.status == Status.IMPORTED]
