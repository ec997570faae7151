"""All shares of the panel together open no draft and no inheritance; what was sent to the panel, they open."""

import itertools
from collections.abc import Sequence

import pytest

from crypto.change import Inheritance
from crypto.errors import NoMatchError
from crypto.letter import Letter
from crypto.opening import Identity, open_letter, open_sealed
from crypto.panel import PanelRoot
from reviewer.custody.splitting import agree, split
from tests.crypto import samples
from tests.threads.survivor import Survivor

THRESHOLD, CUSTODIANS = 3, 5
SHARES = split(samples.ROOT.root, THRESHOLD, CUSTODIANS)
WRITER = Survivor(samples.card(), sequence=1)
AFTER = WRITER.successor()


def panel_of(shares: Sequence[str]) -> PanelRoot:
    """The panel's root as the custodians put it together; every smaller group among them must agree."""
    return PanelRoot.from_bytes(agree(shares, THRESHOLD))


EVERYBODY = panel_of(SHARES)


def sealed_and_writer() -> list[tuple[Letter, bytes, Survivor]]:
    letters = [
        (WRITER.draft(samples.TEXT), WRITER),
        (AFTER.draft(samples.TEXT), AFTER),
        (AFTER.inheritance(WRITER), AFTER),
    ]
    return [(letter, writer.seal(letter), writer) for letter, writer in letters]


@pytest.mark.parametrize(
    ("letter", "sealed", "writer"), sealed_and_writer(), ids=["draft", "next draft", "inheritance"]
)
def test_all_shares_together_cannot_open_it(letter: Letter, sealed: bytes, writer: Survivor) -> None:
    for panel in (EVERYBODY, *map(panel_of, itertools.combinations(SHARES, THRESHOLD))):
        with pytest.raises(NoMatchError):
            open_sealed(sealed, [panel.identity])
        # Not with any other secret that derives from the root, nor with the root itself as a key.
        for seed in (panel.root, panel.verify_key):
            with pytest.raises(NoMatchError):
                open_sealed(sealed, [Identity.from_seed(seed)])
    assert writer.open_letter(sealed) == letter


def test_all_shares_together_open_what_was_sent_to_the_panel() -> None:
    """The control: the same shares, the same root, another kind of letter."""
    assert EVERYBODY.root == samples.ROOT.root
    for letter in (WRITER.addition(samples.TEXT), WRITER.choices("no"), WRITER.withdrawal(), WRITER.replacement(AFTER)):
        sealed = WRITER.seal(letter)
        assert open_letter(sealed, EVERYBODY.identity) == WRITER.open_letter(sealed) == letter


def test_the_words_before_open_nothing_that_is_written_under_the_next() -> None:
    for _, sealed, writer in sealed_and_writer()[1:]:
        assert writer is AFTER
        with pytest.raises(NoMatchError):
            WRITER.open_letter(sealed)


def test_an_inheritance_gives_the_next_words_what_opens_the_letters_before() -> None:
    letter = WRITER.addition(samples.TEXT)
    inherited = AFTER.open_letter(AFTER.seal(AFTER.inheritance(WRITER))).change
    assert isinstance(inherited, Inheritance)
    identity = Identity.from_seed(bytes.fromhex(inherited.identity))
    assert open_letter(WRITER.seal(letter), identity) == letter
