"""What the bench measures of coming back, small: keys from words, and a thread that takes two goes to fetch."""

from collections.abc import Iterator

import pytest

from crypto.words import ReturnWords
from tests.bench import server
from tests.bench.returning import WITH, WITHOUT, enter, keys_figures, opening_milliseconds
from tests.bench.thread import LongThread
from tests.bench.worker import site_worker

pytestmark = pytest.mark.alone

# Whatever else the machine does: a page that waited for its keys would stand still for as long as they take.
HELD = 0.7
STANDING_STILL = """() => {
  const ask = window.askWorker;
  window.askWorker = (request) => {
    setTimeout(() => { const end = Date.now() + 400; while (Date.now() < end); });
    return ask(request);
  };
}"""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with server.service() as served:
        yield served.url


def test_keys_are_made_while_the_page_goes_on_and_progress_is_told_where_they_take_long(url: str) -> None:
    for way, told in ((WITH, 1), (WITHOUT, 10)):
        _, (answered,) = keys_figures(url, way, 1, 1)
        assert answered.answer["words"]
        assert len(answered.told) >= told
    assert answered.held < HELD * answered.milliseconds


def test_a_page_that_stands_still_is_seen(url: str) -> None:
    with site_worker(f"{url}/return") as worker:
        worker.page.evaluate(STANDING_STILL)
        assert enter(worker, ReturnWords.random()).held >= 400


def test_a_long_thread_is_opened_whole(url: str) -> None:
    thread = LongThread(12)
    with site_worker(f"{url}/return") as worker:
        enter(worker, thread.words)
        assert opening_milliseconds(worker, thread) > 0
