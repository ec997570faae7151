"""How much must cross a slow line before a page can be read, by real requests of a real browser."""

import pytest
from playwright.sync_api import Browser, Page, Request, Route

from tests.bench.visit import Loaded, bundle_weight, page_weight, visit

KILOBYTE = 1000
MOST = {"/": 20 * KILOBYTE, "/share": 45 * KILOBYTE, "/share/plain": 45 * KILOBYTE, "/return": 45 * KILOBYTE}
MOST_BUNDLE = 65 * KILOBYTE
# Opening what was sealed, and checking answers, comes on top where people come back.
MOST_OPENING = 70 * KILOBYTE
BUDGETS = {"/": 0, "/share": MOST_BUNDLE, "/share/plain": 0, "/return": MOST_OPENING}


def over(path: str, seen: list[Loaded]) -> list[str]:
    """Name what of a first visit is heavier than it may be."""
    page, bundle = page_weight(seen), bundle_weight(seen)
    return [
        *([f"{len(seen)} requests"] if len(seen) > 3 + bool(BUDGETS[path]) else []),
        *([f"page of {page} bytes"] if page > MOST[path] else []),
        *([f"bundle of {bundle} bytes"] if bundle > BUDGETS[path] else []),
    ]


@pytest.mark.parametrize("path", MOST)
def test_a_first_visit_is_light(site: str, browser: Browser, path: str) -> None:
    seen = visit(browser, site + path)
    assert seen[0].path == path
    assert over(path, seen) == []
    assert sum(each.is_worker for each in seen) == bool(BUDGETS[path])
    heavier = [
        *seen,
        Loaded("/static/worker", "script", 1, BUDGETS[path] + 1),
        Loaded("/more", "image", 1, MOST[path] + 1),
    ]
    assert len(over(path, heavier)) == 3


def test_the_form_is_there_before_its_bundle(site: str, page: Page) -> None:
    """A bundle that does not come keeps nobody from reading."""
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))  # noqa: PLW0108 - a built-in method is no listener
    held: list[Route] = []
    page.route("**/static/worker*", lambda route: held.append(route))  # noqa: PLW0108 - as above
    page.goto(site + "/share")
    page.wait_for_load_state("load")
    assert "Tell us what happened" in page.locator("h1").inner_text()
    page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length")
    assert len(held) == 1
    assert "/static/worker" in asked[-1].url
    held[0].continue_()
    page.wait_for_selector("html.sealing-ready")
