"""What somebody without scripts types to come back, and what they then read, is nowhere afterwards: in no file, in no memory."""

import os
import secrets
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from crypto.thread import derive_thread
from crypto.words import ReturnWords
from tests.intake.installed import Installed
from tests.intake.plain import Plain
from tests.intake.sites import Site, words_on
from tests.intake.test_leaks import FORGETFUL_NOT, copies_in_memory, places
from tests.leaks import leaks


def visit(site: Site, marker: str) -> list[ReturnWords]:
    """Write, come back, and do everything that can be done, also what goes wrong; return the words, old and new."""
    text = f"I told a teacher called {marker}. " + "Being asked would have helped. " * 40
    words = words_on(site.share(account=text, words="yes", read_back="yes", seed=secrets.token_hex(32)).text)
    plain = Plain(site.http)
    for _ in range(3):
        assert marker in plain.enter(" ".join(words.words)).html
    plain.type("further", text).press("Save as a draft")
    plain.type("further", text + " And more.").press("Seal and send")
    assert "further part was sent" in plain.html
    plain.type("further", text * 1_000).press("Seal and send")
    assert plain.status == 413
    plain.enter(words.digits).choose("consent-research", "yes").type("further", text).press("Send these choices")
    assert plain.value("further") == text
    plain.enter(" ".join([*words.words[:6], marker])).type("words_typed", marker).press("Open")
    assert plain.status == 422
    new = words_on(plain.enter(words.digits).type("further", text).press("Show me new words").html)
    plain.press("Replace my words")
    assert marker in plain.html
    plain.enter(words.digits)
    assert plain.status == 422
    plain.enter(new.digits).choose("keep", "nothing").press("Next").press("Take it back now")
    assert marker not in plain.html
    return [words, new]


def secrets_of(marker: str, known: Iterable[ReturnWords]) -> Iterator[tuple[str, bytes]]:
    """Yield everything that must not be left, with its name: what was written, the words in each form, the keys."""
    yield "text", marker.encode()
    for words in known:
        keys = derive_thread(words)
        yield "digits", words.digits.encode()
        yield "words", " ".join(words.words).encode()
        yield "words as sent", "+".join(words.words).encode()
        yield "access", keys.access
        yield "identity", keys.identity_seed
        yield "signing key", keys.signing_seed


def left_in_memory(installed: Installed, command: tuple[str, ...] | None) -> list[str]:
    """Visit several times; return the names of all secrets of these visits that are in the server a moment later."""
    known: list[tuple[str, bytes]] = []
    with installed.start(command) if command else installed.start() as http:
        site = Site(installed, http)
        for _ in range(2):
            marker = secrets.token_hex(12)
            known += secrets_of(marker, visit(site, marker))
        assert installed.server is not None
        time.sleep(0.2)
        copies = copies_in_memory(installed.server.pid, *(secret for _, secret in known))
        return [name for (name, _), count in zip(known, copies, strict=True) if count]


def test_nothing_of_a_visit_is_written_anywhere(installed: Installed, tmp_path: Path) -> None:
    marker = secrets.token_hex(12)
    with installed.start() as http:
        known = visit(Site(installed, http), marker)
        secret = [marker, *(form for words in known for form in (words.digits, " ".join(words.words)))]
        secret += [derive_thread(words).access.hex() for words in known]
        assert leaks([installed.data, installed.errors], secret) == []
    assert leaks(places(installed, tmp_path), secret) == []
    assert installed.errors.read_text() == ""
    (tmp_path / "out" / "planted").write_text(f"a line before\n{known[1].digits}\n")
    assert [path.name for path, _ in leaks([tmp_path / "out"], secret)] == ["planted"]


@pytest.mark.may_skip("only root may read another process's memory")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root may read another process's memory")
def test_nothing_of_a_visit_stays_in_memory_after_the_answer(installed: Installed) -> None:
    assert left_in_memory(installed, None) == []


@pytest.mark.may_skip("only root may read another process's memory")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root may read another process's memory")
def test_the_same_search_finds_it_in_a_server_that_was_not_started_anew(installed: Installed) -> None:
    assert {"text", "digits"} <= set(left_in_memory(installed, FORGETFUL_NOT))
