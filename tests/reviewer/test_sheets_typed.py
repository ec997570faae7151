"""Words of sheets, typed or scanned: every mistake has its sentence, and nothing is unlocked before all fits."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shamir_mnemonic.wordlist import WORDLIST

from crypto.panel import PanelRoot
from reviewer.agent.client import Agent
from reviewer.custody.quorum import open_card
from reviewer.custody.share_file import parse_share
from reviewer.custody.share_words import ShareWords, check_set, known_words, parse_words
from reviewer.custody.splitting import split
from reviewer.errors import (
    CustodyError,
    DuplicateShareError,
    ForeignShareError,
    MixedSharesError,
    TooFewSharesError,
    WordsError,
)
from reviewer.station import Station
from tests.reviewer.agents import DESPITE, locked_at_the_end
from tests.reviewer.panel import PASSPHRASES, Intake, Panel, reviewer
from tests.reviewer.terminal import Terminal
from tests.reviewer.test_quorum import made

ROOT = PanelRoot.from_bytes(bytes(range(32)))
CARD, _ = made(2, 3, ROOT)
SET = split(ROOT.root, 2, 3)
OTHER_SET = split(ROOT.root, 2, 3)


def words_of(panel: Panel, number: int) -> str:
    return parse_share(panel.share(number).read_bytes()).open(PASSPHRASES[number - 1])


def shares(*words: str) -> list[ShareWords]:
    return [parse_words(one) for one in words]


def test_any_two_sheets_open() -> None:
    for pair in ((0, 1), (2, 0), (1, 2)):
        assert open_card(shares(*(SET[place] for place in pair)), CARD).root == ROOT.root


@given(st.sampled_from(SET), st.data())
@settings(max_examples=50)
def test_spelt_as_people_and_scanners_spell(words: str, data: st.DataObject) -> None:
    between = data.draw(st.lists(st.sampled_from([" ", "\n", ", ", " 12. ", "\t", " - "]), min_size=33, max_size=33))
    cut = data.draw(st.lists(st.booleans(), min_size=33, max_size=33))
    upper = data.draw(st.booleans())
    spelt = "".join(
        gap + (word[:4] if short else word) for gap, word, short in zip(between, words.split(), cut, strict=True)
    )
    assert parse_words(spelt.upper() if upper else spelt).words == words


@given(st.sampled_from(SET), st.data())
@settings(max_examples=50)
def test_no_wrong_word_and_no_swap_goes_through(words: str, data: st.DataObject) -> None:
    typed = words.split()
    for place in data.draw(st.lists(st.integers(0, 32), min_size=1, max_size=3, unique=True)):
        typed[place] = data.draw(st.sampled_from([word for word in WORDLIST if word != words.split()[place]]))
    with pytest.raises(WordsError) as caught:
        parse_words(" ".join(typed))
    # The same for all, so nothing of what was typed is in it.
    assert str(caught.value).startswith(
        "These words do not belong together: one may be another word of the list, or two"
    )


@given(st.text(max_size=300))
def test_whatever_is_typed_is_a_share_or_refused(typed: str) -> None:
    with pytest.raises(WordsError):
        parse_words(typed)


def test_a_word_that_is_on_no_sheet_is_named_by_its_place() -> None:
    assert known_words("academic acid") == ["academic", "acid"]
    with pytest.raises(WordsError, match=r"Word 13 is on no sheet") as caught:
        known_words("academic acid quagmire", 10)
    assert "quagmire" not in str(caught.value)
    with pytest.raises(WordsError, match="33 words, and 32 came"):
        parse_words(" ".join(SET[0].split()[:-1]))


def test_each_mistake_has_its_own_sentence() -> None:
    with pytest.raises(DuplicateShareError, match="given twice"):
        open_card(shares(SET[0], SET[0]), CARD)
    with pytest.raises(MixedSharesError, match="before the shares were renewed"):
        open_card(shares(SET[0], OTHER_SET[1]), CARD)
    with pytest.raises(TooFewSharesError, match="2 shares and 1 came"):
        open_card(shares(SET[0]), CARD)
    with pytest.raises(ForeignShareError, match="2 of 3"):
        check_set(shares(*split(bytes(32), 3, 4)[:3]), CARD)
    with pytest.raises(ForeignShareError, match="2 of 3"):
        check_set(shares(*split(bytes(32), 2, 5)[3:]), CARD)
    other, _ = made(2, 3, PanelRoot.random(), epoch=2)
    with pytest.raises(ForeignShareError, match="of epoch 1, and those of epoch 2 are wanted"):
        open_card(shares(*SET[:2]), other, [CARD, other])
    with pytest.raises(CustodyError, match="not the one on this station's card"):
        open_card(shares(*SET[:2]), replace(other, epoch=3), [other])


def test_a_set_of_the_same_number_that_is_another_panels_gives_nothing() -> None:
    """15 bits can be the same by chance; then the digest inside the shares, and the card, still tell."""
    first = shares(*SET[:2])
    forged = replace(shares(*split(bytes(32), 2, 3))[1], set_number=first[0].set_number)
    with pytest.raises(CustodyError):
        open_card([first[0], forged], CARD)


def typed(terminal: Terminal, words: str) -> None:
    """Type a sheet in three lines, the first with a spelling mistake at first."""
    items = words.split()
    terminal.wait_for("Words from 1 on: ")
    terminal.type(" ".join([*items[:10], "quagmire"]))
    terminal.wait_for("Word 11 is on no sheet")
    terminal.wait_for("Words from 1 on: ")
    for start in (0, 11, 22):
        terminal.type(" ".join(items[start : start + 11]))
        if start < 22:
            terminal.wait_for(f"Words from {start + 12} on: ")


def test_unlock_by_a_typed_sheet_and_a_scanned_one(station: Station, panel: Panel) -> None:
    with locked_at_the_end(station):
        with Terminal("unlock", *DESPITE, station=station.root) as terminal:
            terminal.wait_for("Share 1 of 2: ")
            terminal.type("words")
            typed(terminal, words_of(panel, 3))
            terminal.wait_for("Share 2 of 2: ")
            terminal.type("words")
            terminal.wait_for("Words from 1 on: ")
            terminal.type(words_of(panel, 1).upper())  # what a scanner types
            terminal.wait_for("Unlocked: epoch 1, by custodian(s) 1, 3.")
            assert terminal.finish() == 0
        assert "quagmire" not in terminal.shown
        assert not any(word in terminal.shown.lower() for word in words_of(panel, 3).split()[12:20] if len(word) > 6)


def test_a_sheet_and_a_file_of_one_set_go_together(station: Station, panel: Panel) -> None:
    with locked_at_the_end(station):
        with Terminal("unlock", *DESPITE, station=station.root) as terminal:
            terminal.wait_for("Share 1 of 2: ")
            terminal.type(str(panel.share(2)))
            terminal.wait_for("Share 2 of 2: ")
            terminal.type("words")
            terminal.wait_for("Words from 1 on: ")
            terminal.type(words_of(panel, 1))
            terminal.wait_for("Passphrase of share 2 of 3: ")
            terminal.type(PASSPHRASES[1])
            assert terminal.finish() == 0
        reviewer("lock", station=station.root)


@pytest.mark.parametrize(
    ("second", "said"),
    [("same", "given twice"), ("mixed", "different sets"), ("foreign", "another panel")],
)
def test_mistakes_end_it_before_anything_is_unlocked(second: str, said: str, station: Station, panel: Panel) -> None:
    sheets = {
        "same": words_of(panel, 1),
        "mixed": split(panel.root.root, 2, 3)[1],
        "foreign": split(panel.root.root, 3, 3)[1],
    }
    with Terminal("unlock", *DESPITE, station=station.root) as terminal:
        for number, words in enumerate((words_of(panel, 1), sheets[second]), 1):
            terminal.wait_for(f"Share {number} of 2: ")
            terminal.type("words")
            terminal.wait_for("Words from 1 on: ")
            terminal.type(words)
        terminal.wait_for(said)
        assert terminal.finish() == 1
    assert Agent.find(station) is None


def test_sheets_of_the_epoch_before(
    station: Station, panel: Panel, later: Panel, intake: Intake, tmp_path: Path
) -> None:
    reviewer("card", str(later.folder / "panel.card"), station=station.root)
    with locked_at_the_end(station):
        for arguments, code in (([], 1), (["--epoch=1"], 0)):
            with Terminal("unlock", *DESPITE, *arguments, station=station.root) as terminal:
                for number in (1, 2):
                    terminal.wait_for(f"Share {number} of 2: ")
                    terminal.type("words")
                    terminal.wait_for("Words from 1 on: ")
                    terminal.type(words_of(panel, number))
                terminal.wait_for("those of epoch 2 are wanted" if code else "Unlocked: epoch 1")
                assert terminal.finish() == code
        # What is of epoch 1 goes by the agent; a new answer is signed by epoch 2, which it does not hold.
        record = panel.record(panel.write())
        reviewer("import", str(intake.export([record])), station=station.root)
        reviewer("read", record.digest.hex(), station=station.root)
        assert "Epoch 2 opens with" in reviewer("export", f"--to={tmp_path}", station=station.root, code=1).stderr
        reviewer("unlock", "--epoch=3", *DESPITE, *panel.shares(1, 2), station=station.root, code=1)
