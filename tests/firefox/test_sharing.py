"""Telling in Firefox: sealed on the device where scripts run, and by the server, which says so first, where they do not."""

import pytest

from crypto.opening import Identity
from crypto.thread import derive_thread
from crypto.words import ReturnWords
from tests.firefox.conftest import Site
from tests.firefox.driver import SCRIPTS_OFF, walk
from tests.firefox.steps import TEXT, share, share_plainly


def identity_of(words: list[str]) -> Identity:
    return Identity.from_seed(derive_thread(ReturnWords.parse(" ".join(words))).identity_seed)


def test_with_scripts(site: Site) -> None:
    journey = walk(share(site.url))
    (letter,) = site.letters(identity_of(journey.seen["words"]))
    assert (letter.answers[0].text, letter.channel) == (TEXT, "web")
    assert letter in site.letters()
    assert "Sent, and sealed" in journey.seen["sent"]
    assert all(word in journey.seen["sent"] for word in journey.seen["words"])
    assert journey.console == []
    assert [request for request in journey.requests if request.startswith("POST")] == [f"POST {site.url}/letters"]
    assert all(request.split(" ")[1].startswith(site.url) for request in journey.requests)


def test_without_scripts(site: Site) -> None:
    journey = walk(share_plainly(site.url), preferences=SCRIPTS_OFF)
    assert journey.seen["ready"] == 0
    assert "are in its memory for a moment" in journey.seen["honest"]
    assert journey.seen["title"] == "Sent, and sealed"
    (letter,) = site.letters(identity_of(journey.seen["words"]))
    assert (letter.answers[0].text, letter.channel) == (TEXT, "web without scripts")
    assert letter in site.letters()
    assert not any(".js" in request for request in journey.requests)


def test_a_step_that_no_person_could_take_fails(site: Site) -> None:
    """The control: what is there but hidden cannot be clicked."""
    steps = [
        ("go", f"{site.url}/share"),
        ("wait", "html.sealing-ready"),
        ("count", "send", "#send"),
        ("click", "#send"),
    ]
    with pytest.raises(AssertionError, match=r"step 3, .*click") as caught:
        walk(steps, seconds=4)
    assert "waited too long for #send" in str(caught.value)
    assert '"send": 1' in str(caught.value)
