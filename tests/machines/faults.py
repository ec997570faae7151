"""Faults to plant in the code under test: a machine that does not find each of them would find nothing."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any
from unittest import mock

from crypto.constants import LETTER_KINDS
from crypto.recipients import recipient_of_seed
from intake import importing, schema
from intake.store import bundles, closing, letters, threads
from intake.unscripted import verifying
from reviewer import judging, noticing
from reviewer.entries import LetterEntry
from reviewer.vault import Vault
from tests.machines.sides import INTAKE_SEED

_Plant = Callable[[], AbstractContextManager[Any]]


def _erases_nothing() -> AbstractContextManager[Any]:
    """Taking back marks letters and leaves their sealed bytes where they are."""
    return mock.patch.object(closing, "erase", return_value=0)


def _forgets_choices() -> AbstractContextManager[Any]:
    """Letters that change choices are never carried."""
    without = (*letters.uncarried(), schema.letters.c.kind != LETTER_KINDS["choices"])
    return mock.patch.object(bundles, "uncarried", return_value=without)


def _acknowledges_unstored() -> AbstractContextManager[Any]:
    """An addition is acknowledged and not stored."""
    store = threads._store

    def stores_some(connection: Any, new: Any) -> None:
        if new.letter.kind != LETTER_KINDS["addition"]:
            store(connection, new)

    return mock.patch.object(threads, "_store", stores_some)


def _takes_any_bundle_back() -> AbstractContextManager[Any]:
    """The intake takes in bundles of the station in any order, and again."""
    return mock.patch.object(importing, "_check_place", return_value=None)


def _delivers_elsewhere() -> AbstractContextManager[Any]:
    """Notices are placed in another thread than theirs."""
    place = bundles.place_notice

    def misplaces(connection: Any, notice: Any) -> None:
        object.__setattr__(notice, "locator", notice.locator[::-1])
        place(connection, notice)

    return mock.patch.object(bundles, "place_notice", misplaces)


def _does_not_wait() -> AbstractContextManager[Any]:
    """A letter that is ahead of its place is acted on at once."""

    def fills(bench: Any, thread: Any, found: list[LetterEntry]) -> None:
        place = found[0].sequence
        if place > thread.last_sequence:
            bench._fill(thread, found)

    return mock.patch.object(judging._Bench, "_judge_place", fills)


def _destroys_nothing() -> AbstractContextManager[Any]:
    """The ledger says destroyed, and the file is still there."""
    return mock.patch.object(Vault, "destroy", return_value=None)


def _counts_the_unsigned() -> AbstractContextManager[Any]:
    """No signature of a letter is looked at."""
    return mock.patch.object(judging, "verify_letter", return_value=None)


def _counts_old_words() -> AbstractContextManager[Any]:
    """Words that were replaced go on counting."""
    replace = judging._Bench._replace

    def leaves_open(bench: Any, thread: Any, letter: LetterEntry) -> None:
        replace(bench, thread, letter)
        thread.state = "open"

    return mock.patch.object(judging._Bench, "_replace", leaves_open)


def _answers_where_an_account_says() -> AbstractContextManager[Any]:
    """Whom an unsigned account names is answered."""
    return mock.patch.object(judging._Bench, "_bind", return_value=None)


def _believes_every_notice() -> AbstractContextManager[Any]:
    """A survivor's reading looks at no signature of a notice."""
    return mock.patch.object(verifying, "verify_notice", return_value=None)


def _believes_every_account() -> AbstractContextManager[Any]:
    """A survivor's reading takes every letter that opens for their own."""
    return mock.patch.object(verifying, "_wrong_with", return_value="")


def _seals_to_the_server() -> AbstractContextManager[Any]:
    """The second recipient of notices is a key that the server has."""
    return mock.patch.object(noticing, "throwaway_recipient", return_value=recipient_of_seed(INTAKE_SEED))


ATTACK_FAULTS: Mapping[str, tuple[_Plant, str]] = {
    "a letter ahead is acted on": (_does_not_wait, "the station acts on"),
    "unsigned letters count": (_counts_the_unsigned, "a forged letter"),
    "old words count": (_counts_old_words, "old words"),
    "answers go where an account says": (_answers_where_an_account_says, "reaches the attacker"),
    "every notice is believed": (_believes_every_notice, "a forged notice"),
    "every letter is believed": (_believes_every_account, "a forged letter"),
    "the server can open notices": (_seals_to_the_server, "a notice opens"),
}
FAULTS: Mapping[str, tuple[_Plant, str]] = {
    "taking back erases nothing": (_erases_nothing, "that is gone"),
    "choices are never carried": (_forgets_choices, "did not arrive"),
    "an addition is acknowledged and not stored": (_acknowledges_unstored, "acknowledged and lost"),
    "any bundle is taken in": (_takes_any_bundle_back, "should not have been|IntegrityError"),
    "notices go elsewhere": (_delivers_elsewhere, "arrived"),
    "destroyed files stay": (_destroys_nothing, "that is gone"),
}
