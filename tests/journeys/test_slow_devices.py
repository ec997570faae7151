"""Where nothing is compiled, as in a hardened browser, the keys take half a minute: the page says so, and answers meanwhile."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from crypto.words import ReturnWords
from tests.crypto import samples
from tests.intake.installed import Installed
from tests.journeys.driver import SAFER, Browser, walk
from tests.journeys.pages import Scripted

SAFER_FIREFOX = Browser("firefox", preferences=SAFER)
TEXT = "Being asked would have helped."
SLOW_SECONDS = 240


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scripted]:
    here = Installed(tmp_path_factory.mktemp("site") / "data")
    here.run("init")
    here.install(samples.card())
    with here.start():
        yield Scripted(here.url)
    assert here.errors.read_text() == ""


def test_the_page_answers_while_keys_are_made_slowly(pages: Scripted, tmp_path: Path) -> None:
    """A progress notice, and a button that works at once: Close, pressed half-way."""
    steps = [
        *pages.enter(list(ReturnWords.random().words)),
        ("wait", "#return-progress"),
        ("wait", "#return-close"),
        ("text", "step", "#return-step"),
        ("answers", "milliseconds", "#return-close", "#return-closed"),
        ("gone", "#return-progress"),
    ]
    visit = walk(SAFER_FIREFOX, steps, tmp_path, seconds=60)
    assert visit.seen["step"]
    assert visit.seen["milliseconds"] < 2_000
    assert [request for request in visit.requests if request.method == "POST"] == []


@pytest.mark.all
@pytest.mark.timeout(3 * SLOW_SECONDS)
def test_telling_and_reading_back_where_nothing_is_compiled(pages: Scripted, tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="heard-visit-") as name:
        words = walk(SAFER_FIREFOX, pages.write(TEXT), Path(name), seconds=SLOW_SECONDS).seen["words"]
    visit = walk(SAFER_FIREFOX, [*pages.enter(words), *pages.look()], tmp_path, seconds=SLOW_SECONDS)
    assert TEXT in visit.seen["letters"][0]
