"""Doing what a form of the return page asks for, with the words that came with it.

Every action can be sent twice: the page's seed makes it the same letter, and what is done already is said to be done.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from crypto.card import PanelCard
from crypto.constants import DIGEST_BYTES, LETTER_KINDS, WITHDRAWAL_KEEPS
from crypto.errors import LetterError, LetterTooLongError
from crypto.letter import Answer
from crypto.thread import ThreadKeys, derive_thread
from intake.unscripted.changing import Content, Setting, inheritance, replacement, seal_change, target_of, withdrawal
from intake.unscripted.reading import Reader
from intake.unscripted.sealing import SealedAccount, TypedAccount, seal_draft_account, words_of
from intake.unscripted.thread import Ask, Thread
from intake.unscripted.view import View
from intake.unscripted.wishes import Outcome, Wish

# Somebody else with the words may take a place between looking and putting; more often than this is no accident.
_ATTEMPTS: Final = 3
_NO_TARGET: Final = bytes(DIGEST_BYTES)


@dataclass(frozen=True, repr=False)
class Site:
    """What the site gives: its answers to requests, the inquiry's cards (oldest first), and how an account is stored.

    `store` returns False when nothing was stored: the same form came before, or the words are closed.
    """

    ask: Ask
    cards: Sequence[PanelCard]
    store: Callable[[SealedAccount], Awaitable[bool]]


class Desk:
    """One person's request, from the keys of their words until its answer."""

    def __init__(self, keys: ThreadKeys, setting: Setting, site: Site) -> None:
        self._keys = keys
        self._setting = setting
        self._site = site
        self._reader = Reader(keys, site.ask, site.cards)

    async def act(self, wish: Wish) -> Outcome:
        """Do what is asked and return what the thread is then. Raises StoreError when the store fails."""
        view = await self._reader.read()
        if wish.action == "replace":
            return await self._replace(wish, view)
        if wish.action == "open" or (view is None and wish.action not in {"draft", "send"}):
            return Outcome(view, trouble="" if view else "not-found" if wish.action == "open" else "none")
        if view is not None and not view.is_open and wish.action != "withdraw":
            return Outcome(view, trouble="closed")
        word = await self._word(self._task(wish.action)(wish, view))
        if word == "ask":
            return Outcome(view, step=wish.action)
        now = await self._reader.read()
        if word == "stored":
            return Outcome(now, done=wish.action)
        return Outcome(now, done=word) if word == "same-choices" else Outcome(now, trouble=word)

    def _task(self, action: str) -> Callable[[Wish, View | None], Awaitable[str]]:
        # Not kept in self: a circle of references would keep keys and text in memory until it is found.
        return {
            "add": self._add,
            "choices": self._choose,
            "draft": self._draft,
            "send": self._send,
            "discard": self._discard,
            "withdraw": self._withdraw,
        }[action]

    async def _word(self, task: Awaitable[str]) -> str:
        """Return what became of a task: "stored", "ask", or the word of what is in the way."""
        try:
            return await task
        except LetterTooLongError:
            return "too-long"
        except LetterError:
            return "choice"

    # What can be asked for

    async def _add(self, wish: Wish, view: View | None) -> str:
        if not wish.further:
            return "addition-empty"
        if view is None or not view.has_sent:
            return "nothing-sent"
        word = await self._put(Content("addition", wish.further), self._reader.thread, view.sequence)
        if word == "stored" and _is_shown(wish, view):
            # What was a draft has been sent. Where this fails, the draft is still there and can be thrown away.
            await self._reader.thread.discard()
        return word

    async def _choose(self, wish: Wish, view: View | None) -> str:
        if view is None or not view.has_sent:
            return "nothing-sent"
        if _chosen(wish.consents) == _chosen(view.choices):
            return "same-choices"
        return await self._put(Content("choices", (), wish.consents), self._reader.thread, view.sequence)

    async def _draft(self, wish: Wish, view: View | None) -> str:
        content = Content("draft", wish.further or wish.answers, wish.consents)
        if not content.answers and not content.consents:
            return "addition-empty"
        kept = view.draft if view else None
        if kept is not None and (kept.answers, kept.consents) == (content.answers, content.consents):
            return "stored"
        if kept is not None and kept.digest != wish.draft:
            return "draft-other"
        return await self._put(content, self._reader.thread, view.sequence if view else 0)

    async def _send(self, wish: Wish, view: View | None) -> str:
        """Send the account that was a draft so far."""
        if not any(answer.text for answer in wish.answers):
            return "empty"
        if view is not None and view.has_sent:
            sent = [(part.answers, part.consents) for part in view.parts if part.status == "ok"]
            return "stored" if (wish.answers, wish.consents) in sent else "sent-already"
        setting = self._setting
        account = TypedAccount(
            questions=setting.questions,
            language=setting.language,
            answers=wish.answers,
            consents=wish.consents,
            seed=setting.seed,
            wants_words=True,
            reads_back=wish.reads_back,
        )
        sealed = await asyncio.to_thread(seal_draft_account, account, setting.card, self._keys)
        if not await self._site.store(sealed):
            now = await self._reader.read()
            return "none" if now is None else "stored" if now.is_open and now.has_sent else "closed"
        if view is not None and _is_shown(wish, view):
            await self._reader.thread.discard()
        return "stored"

    async def _discard(self, wish: Wish, view: View | None) -> str:
        if view is None or view.draft is None:
            return "stored"
        if view.draft.digest != wish.draft_seen:
            return "draft-newer"
        return (await self._reader.thread.discard()).status if wish.is_sure else "ask"

    async def _withdraw(self, wish: Wish, view: View | None) -> str:
        if view is None or not view.is_open:
            return "stored"
        if wish.keep not in WITHDRAWAL_KEEPS:
            return "keep"
        if not wish.is_sure:
            return "ask"
        return await self._put(withdrawal(wish.keep), self._reader.thread, view.sequence)

    # Other words

    async def _replace(self, wish: Wish, view: View | None) -> Outcome:
        """Let new words take the place of these: first they are shown, then, when somebody is sure, they count."""
        words = words_of(self._setting.seed)
        if view is not None and not view.is_open:
            return Outcome(view, trouble="closed")
        if not wish.is_sure:
            return Outcome(view, step="replace", words=words) if view else Outcome(None, trouble="none")
        keys = await asyncio.to_thread(derive_thread, words)
        after = Reader(keys, self._site.ask, self._site.cards)
        if view is not None:
            word = await self._word(self._hand_over(keys, after, view))
            if word != "stored":
                return Outcome(await self._reader.read(), trouble=word)
        now = await after.read()
        # Without a view the old words opened nothing: this page was sent before, or its words were replaced elsewhere.
        if not self._is_inherited(now):
            return Outcome(None, trouble="none")
        return Outcome(now, done="replace", words=words)

    async def _hand_over(self, keys: ThreadKeys, after: Reader, view: View) -> str:
        word = await self._put(inheritance(self._keys), after.thread, 0)
        # It may be there from an attempt that broke off in between.
        if word != "stored" and not self._is_inherited(await after.read()):
            return "gone"
        return await self._put(replacement(keys), self._reader.thread, view.sequence, target_of(keys))

    def _is_inherited(self, view: View | None) -> bool:
        """Say whether `view`, of other words, opens what belongs to these."""
        return view is not None and self._keys.locator.hex() in view.before

    async def _put(self, content: Content, thread: Thread, sequence: int, target: bytes = _NO_TARGET) -> str:
        """Seal and store a letter of `thread`; where its place is taken, try the next one. Return the last status."""
        status = ""
        for _ in range(_ATTEMPTS):
            sealed = await asyncio.to_thread(seal_change, content, sequence, thread.keys, self._setting)
            standing = await thread.put(LETTER_KINDS[content.kind], sequence, sealed.data, sealed.once, target)
            status, sequence = standing.status, standing.sequence
            if status != "order" or content.kind == "inheritance":
                break
        return status


def _is_shown(wish: Wish, view: View) -> bool:
    """Say whether the draft that is kept is the one that the page showed."""
    return view.draft is not None and view.draft.digest == wish.draft


def _chosen(consents: Sequence[Answer]) -> dict[str, str]:
    return {answer.id: answer.chosen[0].value for answer in consents}
