"""The slower processor is slower in Workers too, by as much as was asked for."""

import pytest

from tests import chromium
from tests.bench.throttle import throttled

pytestmark = pytest.mark.alone

# Chromium's own throttle, asked for six times as slow, leaves a Worker about two thirds of a core.
BUSY = """milliseconds => new Promise((resolve) => {
  const code = "onmessage = ({ data }) => { const end = performance.now() + data; let x = 0; " +
    "while (performance.now() < end) x += 1; postMessage(x); }";
  const worker = new Worker(URL.createObjectURL(new Blob([code])));
  worker.onmessage = ({ data }) => resolve(data);
  worker.postMessage(milliseconds);
})"""


@pytest.mark.parametrize(("rate", "least", "most"), [(1, 0.25, 1.5), (6, 0.02, 0.20)])
def test_a_worker_has_its_share_of_a_core_and_no_more(rate: float, least: float, most: float) -> None:
    with chromium.launch() as browser:
        page = browser.new_page()
        page.goto("about:blank")
        with throttled(rate) as share:
            page.evaluate(BUSY, 2_000)
    assert least < share.of_one_core < most
