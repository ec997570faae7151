"""What the return page says when something is not done: what to do next, and that nothing typed is lost."""

from collections.abc import Mapping
from typing import Final

from crypto import words_entry
from crypto.constants import WORD_COUNT, WORD_LIST_LENGTH, WORD_NUMBER_OFFSET
from crypto.errors import UnknownWordError, WordCountError, WordsError
from intake.answers import Refusal
from intake.language import Language
from intake.pages import Problem

WORDS_FIELD: Final = "words_typed"
FURTHER_FIELD: Final = "opened-further"
KEEP_FIELD: Final = "opened-keep"
# The status says nothing that the page's reader does not see: wrong words and words of nobody have the same.
_NOT_DONE: Final = 422
_NUMBERS: Final = range(WORD_NUMBER_OFFSET, WORD_NUMBER_OFFSET + WORD_LIST_LENGTH)


def troubles(language: Language, draft_days: int) -> Mapping[str, Refusal]:
    """Return what is said for every word of trouble."""
    said = _sentences(language, draft_days)
    fields = {
        "not-found": WORDS_FIELD,
        "addition-empty": FURTHER_FIELD,
        "keep": KEEP_FIELD,
        "empty": "account",
    }
    statuses = {
        "busy": 503,
        "database": 503,
        "disk": 503,
        "migrate": 503,
        "replay": 503,
        "closings": 503,
        "too-long": 413,
    }
    heading = language.gettext("There is a problem")
    return {
        word: Refusal(statuses.get(word, _NOT_DONE), Problem(heading, text, fields.get(word)))
        for word, text in said.items()
    }


def _sentences(language: Language, draft_days: int) -> Mapping[str, str]:
    gettext = language.gettext
    busy = gettext(
        "Not done: the service cannot store anything just now. What you typed is still here. Keep this page open and "
        "try again in a few minutes."
    )
    return {
        **dict.fromkeys(("busy", "database", "disk", "migrate", "closings"), busy),
        "replay": gettext(
            "Not done: this service is being restored, and nothing is shown or stored until that is finished. What you "
            "typed is still here. Please keep it and try again later, or phone us."
        ),
        "not-found": gettext(
            "These words open nothing here. If you took newer words, use those. A draft that was saved more than "
            "%(days)s days ago has been erased."
        )
        % {"days": draft_days},
        "none": gettext(
            "Not done: these words no longer open anything here. They may have been replaced. Copy what you typed if "
            "you want to keep it."
        ),
        "closed": gettext(
            "Not done: what you sent has been taken back with these words, so nothing more can be added."
        ),
        "addition-empty": gettext("Please write something first. A few words are enough."),
        "nothing-sent": gettext("Not done: nothing was sent with these words yet. Please write your account first."),
        "empty": gettext("Write something in your account before you send. A few words are enough."),
        "choice": gettext(
            "One of the answers is not one that this form offers. Please look at your answers and send again."
        ),
        "too-long": gettext(
            "This is too long to be sent at once. What you typed is still here. Please shorten it, and send the rest "
            "as a further part."
        ),
        "draft-other": gettext(
            "There is another draft already, and only one is kept. Send what you typed now, or throw the other draft "
            "away first. What you typed is still here."
        ),
        "draft-newer": gettext("Not done: the draft was saved again meanwhile. Look at it below first."),
        "sent-already": gettext(
            "Not done: an account was sent with these words already. What you typed is in the box for a further part "
            "below. If you sent this very text before, you need not send it again."
        ),
        "keep": gettext("Choose one of the two before you go on."),
        "order": gettext(
            "Not done: somebody with your words sent something at the same time. What you typed is still here. Please "
            "try again."
        ),
        "full": gettext("Not done: there is no more room for these words. Please phone us, or send a new account."),
        "gone": gettext("Not done: the new words were not stored. Your old words still work. Please try again."),
    }


def wrong_words(language: Language, typed: str, error: WordsError) -> Problem:
    """Return what is wrong with words that were `typed`, with a suggestion for each that is not on the list."""
    gettext = language.gettext
    if isinstance(error, WordCountError):
        text = gettext(
            "That is not seven words. Type all seven, or the 28 digits of their numbers. What you typed is still there."
        )
    elif isinstance(error, UnknownWordError):
        text = " ".join(_unknown(language, typed))
    else:
        text = gettext(
            "These are all our words, but together they do not fit. There is a typing mistake in one of them, or two "
            "are swapped. What you typed is still there."
        )
    return Problem(gettext("There is a problem"), text, WORDS_FIELD)


def _unknown(language: Language, typed: str) -> list[str]:
    """Return one sentence for each word that is not on the list."""
    gettext = language.gettext
    said = []
    for place, item in enumerate(words_entry.split(typed)[:WORD_COUNT], 1):
        if item in words_entry.index_by_word() or _is_number(item):
            continue
        close = words_entry.suggest(item)
        if close:
            sentence = gettext("Word %(place)s is not on our list. Did you mean %(words)s?")
        else:
            sentence = gettext("Word %(place)s is not on our list. Please look at it again.")
        either = gettext("or")
        said.append(sentence % {"place": place, "words": f" {either} ".join(f"“{word}”" for word in close)})
    return [*said, gettext("What you typed is still there.")]


def _is_number(item: str) -> bool:
    """Say whether a group of digits is the number of a word."""
    return item.isascii() and item.isdigit() and len(item) == 4 and int(item) in _NUMBERS
