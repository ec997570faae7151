from pathlib import Path

import pytest

from crypto.errors import KeyFileError
from crypto.minisigning import SigningKey
from reviewer.errors import TrustError
from reviewer.station import Station
from reviewer.trust import Candidate, check_replacement, keep, require_trusted_key, trusted_key
from tests.reviewer.panel import Intake, reviewer, reviewer_process
from tests.reviewer.terminal import Terminal


def test_words_in_any_spelling_confirm(intake: Intake) -> None:
    candidate = Candidate.read(intake.public)
    words, numbers = candidate.words, candidate.numbers
    for typed in (
        " ".join(words),
        ", ".join(words).upper(),
        "-".join(numbers),
        "".join(numbers),
        "\n".join(f"{place}. {word}" for place, word in enumerate(words, 1)),
        " ".join([*words[:3], *numbers[3:]]),
    ):
        candidate.confirm(typed)


def test_other_words_do_not(intake: Intake) -> None:
    candidate = Candidate.read(intake.public)
    words = candidate.words
    other = Candidate(SigningKey.generate().public).words
    for typed in ("", " ".join(other), " ".join(words[:5]), " ".join([*words, words[0]]), " ".join(words[::-1]), "yes"):
        with pytest.raises(TrustError, match="not trusted"):
            candidate.confirm(typed)


def test_another_key_needs_replace(intake: Intake, tmp_path: Path) -> None:
    station = Station(tmp_path / "station")
    station.create()
    with pytest.raises(TrustError, match="reviewer trust"):
        require_trusted_key(station)
    known, other = Candidate.read(intake.public), Candidate(SigningKey.generate().public)
    keep(station, known)
    check_replacement(station, known, replace=False)
    with pytest.raises(TrustError, match="--replace"):
        check_replacement(station, other, replace=False)
    check_replacement(station, other, replace=True)
    keep(station, other)
    assert trusted_key(station) == other.key


@pytest.mark.parametrize("content", [b"", b"\xff" * 60, b"untrusted comment: x\nRWQ", b"RW" * 5_000])
def test_a_file_that_is_no_key(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "intake.pub"
    path.write_bytes(content)
    with pytest.raises((TrustError, KeyFileError)):
        Candidate.read(path)


def test_trust_from_the_command_line(intake: Intake, tmp_path: Path) -> None:
    station = tmp_path / "station"
    words = " ".join(Candidate.read(intake.public).words)
    said = reviewer("trust", str(intake.public), "--words", "one two three four five six", station=station, code=1)
    assert "not trusted" in said.stderr
    assert not (station / "intake.pub").exists()
    reviewer("trust", str(intake.public), station=station, code=1)  # there is no terminal to ask at
    reviewer_process("trust", str(intake.public), "--words", words, station=station)
    assert (station / "intake.pub").stat().st_mode & 0o077 == 0


def test_trust_asks_at_a_terminal(intake: Intake, tmp_path: Path) -> None:
    candidate = Candidate.read(intake.public)
    with Terminal("trust", str(intake.public), station=tmp_path / "station") as terminal:
        terminal.wait_for("Six words or numbers: ")
        terminal.type(" ".join(candidate.numbers))
        assert terminal.finish() == 0
    assert "The words match" in terminal.shown
    assert " ".join(candidate.words) in terminal.shown
