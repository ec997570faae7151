"""Holding what was opened against its signatures, as the Worker of the return page does. docs/sealing.md, "Notices"."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from crypto.card import PanelCard
from crypto.constants import NOTICE_KINDS, THREAD_STATES
from crypto.errors import LetterError
from crypto.letter import ACCOUNT, Letter, parse_letter
from crypto.notice import Notice, parse_notice, verify_notice
from crypto.signing import verify_letter
from crypto.visit import Index
from intake.unscripted.opening import Opened, Own, name_of
from intake.unscripted.view import Arrived, Part, Told, View

TO_PANEL: Final = ("account", "addition", "choices", "withdrawal", "replacement")
_STATES: Final = {code: name for name, code in THREAD_STATES.items()}


def read_thread(
    index: Index, opened: Sequence[Opened], owns: Sequence[Own], cards: Sequence[PanelCard], more: int = 0
) -> View:
    """Return what a thread holds. `cards` are the inquiry's, each signed by the one before; `owns` the words' own first.

    `more` entries were not opened.
    """
    parts = _in_order([_read_part(one, cards) for one in opened if one.kind in TO_PANEL], owns)
    # An answer counts only under a chain of cards that leads to those which own letters were sealed to.
    fingerprints = {card.fingerprint.hex() for card in cards}
    is_pinned = all(part.card in fingerprints for part in parts if part.status == "ok")
    received = [one for one in opened if one.kind in NOTICE_KINDS and not one.erased]
    notices = [_read_notice(one, cards, is_pinned) for one in received]
    drafts = [_read_part(one, cards) for one in opened if one.kind == "draft"]
    return View(
        state=_STATES[index.state],
        sequence=max(index.sequence, _next_place(parts, notices, owns[0])),
        parts=parts,
        notices=notices,
        arrived=_arrived(index, notices),
        draft=drafts[0] if drafts else None,
        draft_days=index.draft_days,
        before=[own.locator for own in owns[1:]],
        more=more,
    )


def _read_part(one: Opened, cards: Sequence[PanelCard]) -> Part:
    blank = Part(one.digest, one.kind, one.locator, "warning")
    if one.erased:
        return replace(blank, status="erased")
    if one.content is None or one.own is None:
        return replace(blank, status="unreadable", reason="unreadable")
    try:
        letter = parse_letter(one.content)
    except LetterError:
        return replace(blank, reason="form")
    reason = _wrong_with(letter, one, one.own, cards)
    if reason:
        return replace(blank, reason=reason)
    return replace(
        blank,
        status="ok",
        sequence=letter.sequence,
        card=letter.card,
        answers=letter.answers,
        consents=tuple(answer for answer in letter.consents if answer.chosen),
    )


def _wrong_with(letter: Letter, one: Opened, own: Own, cards: Sequence[PanelCard]) -> str:
    """Return why a letter that opened is not one of the thread that it stands in, or ""."""
    if letter.kind != one.kind:
        return "form"
    if letter.inquiry != cards[0].inquiry:
        return "inquiry"
    if not letter.locator == own.locator == one.locator:
        return "thread"
    if letter.kind == ACCOUNT:
        return "" if letter.thread is not None and letter.thread.verify_key == own.verify_key else "signature"
    return "" if _is_signed(letter, own) else "signature"


def _is_signed(letter: Letter, own: Own) -> bool:
    try:
        verify_letter(letter, own.verify_key)
    except LetterError:
        return False
    return True


def _in_order(parts: Sequence[Part], owns: Sequence[Own]) -> Sequence[Part]:
    """Sort by thread, the oldest words first, then by place. Of two letters for one place, neither counts."""
    age = {own.locator: -at for at, own in enumerate(owns)}
    taken = Counter((part.locator, part.sequence) for part in parts if part.status == "ok")
    judged = [
        Part(part.digest, part.kind, part.locator, "warning", "order", part.sequence)
        if part.status == "ok" and taken[part.locator, part.sequence] > 1
        else part
        for part in parts
    ]
    places = _places(judged)
    order = sorted(range(len(judged)), key=lambda at: (age.get(judged[at].locator, 0), places[at]))
    return [judged[at] for at in order]


def _places(parts: Sequence[Part]) -> Sequence[int]:
    """Return the place of each part in its thread. One that could not be opened follows what the service lists before it."""
    last: dict[str, int] = {}
    places = []
    for part in parts:
        is_known = part.status == "ok" or part.reason == "order"
        places.append(part.sequence if is_known else last.get(part.locator, 0))
        last[part.locator] = max(last.get(part.locator, 0), places[-1])
    return places


def _read_notice(one: Opened, cards: Sequence[PanelCard], is_pinned: bool) -> Told:
    blank = Told(one.digest, one.kind, "warning", locator=one.locator)
    if one.content is None or one.own is None:
        return replace(blank, reason="unreadable")
    try:
        notice = parse_notice(one.content)
    except LetterError:
        return replace(blank, reason="form")
    reason = _suspicion(notice, one, one.own, cards, is_pinned)
    if reason:
        return replace(blank, reason=reason)
    return Told(
        digest=one.digest,
        kind=notice.kind,
        status="ok",
        locator=notice.locator,
        sequence=notice.sequence,
        text=notice.text,
        language=notice.language,
        digests=notice.digests,
        days=notice.days,
        through=notice.through,
    )


def _suspicion(notice: Notice, one: Opened, own: Own, cards: Sequence[PanelCard], is_pinned: bool) -> str:
    """Return why a notice that opened is not an answer to these words, or ""."""
    card = next((card for card in cards if card.epoch == notice.epoch), None)
    if notice.kind != one.kind:
        return "form"
    if notice.inquiry != cards[0].inquiry:
        return "inquiry"
    if notice.locator != own.locator:
        return "thread"
    if notice.recipient != own.recipient:
        return "recipient"
    if card is None or not is_pinned:
        return "card"
    try:
        verify_notice(notice, card)
    except LetterError:
        return "signature"
    return ""


def _arrived(index: Index, notices: Sequence[Told]) -> Arrived:
    """Say whether the receipts for arrival name every letter that went to the panel."""
    receipts = [notice for notice in notices if notice.kind == "arrival" and notice.status == "ok"]
    if not receipts:
        return "none"
    named = {digest for receipt in receipts for digest in receipt.digests}
    sent = {entry.digest.hex() for entry in index.entries if name_of(entry.kind) in TO_PANEL}
    return "all" if sent <= named else "some"


def _next_place(parts: Sequence[Part], notices: Sequence[Told], own: Own) -> int:
    """Return the place after everything that is known to stand in the thread of `own`, whatever the server says."""
    places = [part.sequence for part in parts if part.status == "ok" and part.locator == own.locator]
    receipts = [one for one in notices if one.kind == "arrival" and one.status == "ok" and one.locator == own.locator]
    return max([0, *(place + 1 for place in places), *(one.through + 1 for one in receipts if one.through)])
