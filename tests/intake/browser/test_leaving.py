"""The way out: it covers the page at once, asks nothing, and leaves nothing to go back to."""

import subprocess
import time
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect

from intake.pages import INFORMATION
from tests import chromium
from tests.elsewhere import Elsewhere, careless, leading_to, somewhere_else
from tests.intake.browser.looking import altered
from tests.intake.browser.threads import sent_account
from tests.intake.form import TEXT, FilledForm
from tests.intake.installed import Installed
from tests.intake.returning import ReturnVisit
from tests.leaks import leaks
from tests.patience import soon

PLANTED = "Kept by a page that does not care."


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    with somewhere_else(tmp_path_factory.mktemp("elsewhere")) as there:
        yield there


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, elsewhere: Elsewhere) -> Iterator[Installed]:
    with leading_to(elsewhere, tmp_path_factory.mktemp("site")) as here:
        yield here


@pytest.fixture
def fresh(browser: Browser) -> Iterator[Callable[[], BrowserContext]]:
    made = []

    def make(**settings: Any) -> BrowserContext:
        made.append(browser.new_context(ignore_https_errors=True, **settings))
        made[-1].set_default_timeout(chromium.PATIENCE)
        return made[-1]

    yield make
    for context in made:
        context.close()


@pytest.fixture
def asked(page: Page) -> list[str]:
    """The dialogs that the page showed; each is answered so that the browser goes on."""
    shown: list[str] = []

    def accept(dialog: Dialog) -> None:
        shown.append(dialog.type)
        dialog.accept()

    page.on("dialog", accept)
    return shown


def write(page: Page, site: str) -> Page:
    """Come from the start page, and type something, as a person does."""
    page.goto(site + "/")
    FilledForm(page).open(site).go_to("account")
    page.locator("#account").press_sequentially(TEXT)
    return page


def entries(page: Page) -> list[str]:
    """The addresses that Back and Forward lead to."""
    return [entry["url"] for entry in page.context.new_cdp_session(page).send("Page.getNavigationHistory")["entries"]]


def press_shift(page: Page, times: int = 3) -> None:
    for _ in range(times):
        page.keyboard.press("Shift", delay=1)


def choose_escape(page: Page) -> None:
    page.click("#part-device summary")
    page.check("#exit-escape")


def press_escape(page: Page) -> None:
    choose_escape(page)
    page.keyboard.press("Escape")


def press_skip_link(page: Page) -> None:
    page.evaluate("document.activeElement.blur()")
    link = page.locator(".govuk-skip-link[data-leave]")
    link.focus()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")


WAYS: dict[str, Callable[[Page], None]] = {
    "the button": lambda page: page.click("#exit-link"),
    "the skip link": press_skip_link,
    "shift": press_shift,
    "escape": press_escape,
    "the middle button": lambda page: page.click("#exit-link", button="middle"),
}


@pytest.mark.parametrize("way", WAYS)
def test_nothing_leads_back(site: str, page: Page, asked: list[str], elsewhere: Elsewhere, way: str) -> None:
    elsewhere.visits.clear()
    WAYS[way](write(page, site))
    page.wait_for_url(elsewhere.url)
    assert asked == []
    assert elsewhere.visits == [""]
    assert len(page.context.pages) == 1
    assert entries(page)[-2:] == [f"{site}/", elsewhere.url]
    page.go_back()
    assert page.url == f"{site}/"
    assert TEXT not in page.content()
    page.go_forward()
    assert page.url == elsewhere.url


def test_a_way_out_that_leaves_an_entry_is_found(site: str, page: Page, elsewhere: Elsewhere) -> None:
    page.route("**/share", lambda route: altered(route, 'integrity="', 'data-was="'))
    page.route("**/static/form.*", lambda route: altered(route, "location.replace(", "location.assign("))
    write(page, site).click("#exit-link")
    page.wait_for_url(elsewhere.url)
    assert entries(page)[-2:] == [f"{site}/share", elsewhere.url]


def test_a_page_that_asks_is_found(site: str, page: Page, elsewhere: Elsewhere, asked: list[str]) -> None:
    write(page, site).evaluate("addEventListener('beforeunload', (event) => event.preventDefault())")
    page.click("#exit-link")
    page.wait_for_url(elsewhere.url)
    assert asked == ["beforeunload"]


def test_every_page_has_it(site: str, page: Page, elsewhere: Elsewhere) -> None:
    for path in ("/", "/share", "/share/plain", "/return", "/nothing-here", *INFORMATION):
        page.goto(site + path)
        expect(page.locator("#exit-keys")).to_be_visible()
        expect(page.locator("#exit-link")).to_be_in_viewport()
        press_shift(page)
        page.wait_for_url(elsewhere.url)


# Told by the page itself, since nobody can ask a page that another will replace.
REMAINS = (
    """setInterval(() => console.debug(location.pathname, document.title + document.body.innerHTML || "nothing"), 50)"""
)


@pytest.fixture
def told(page: Page) -> list[str]:
    """What the page wrote to its console, and errors that nobody caught."""
    lines: list[str] = []
    page.on("console", lambda message: lines.append(message.text))
    page.on("pageerror", lambda error: lines.append(f"error: {error}"))
    return lines


@pytest.mark.parametrize("styles", [True, False])
def test_a_slow_site_behind_it_shows_nothing_of_the_page(
    site: str, page: Page, elsewhere: Elsewhere, told: list[str], styles: bool
) -> None:
    if not styles:
        page.route("**/static/site.*", lambda route: route.abort())
    write(page, site).evaluate(REMAINS)
    soon(lambda: any("Your account" in line for line in told), page)
    with elsewhere.slow():
        # All in the one moment of the click, before anything is asked for.
        assert page.evaluate("document.querySelector('#exit-link').click(), document.body.innerHTML") == ""
        told.clear()
        soon(lambda: len(told) > 2, page)
        assert set(told) == {"/share nothing"}
        assert page.workers == []
    page.wait_for_url(elsewhere.url)


def test_leaving_what_words_opened(
    site: str, page: Page, elsewhere: Elsewhere, asked: list[str], told: list[str]
) -> None:
    words = sent_account(site)
    visit = ReturnVisit(page).open(site).enter(words)
    # While the keys are made.
    press_shift(page)
    page.wait_for_url(elsewhere.url)
    assert told == []
    visit.come_back(site, words).start("add")
    page.locator("#return-add-text").press_sequentially("One more thing.")
    page.evaluate(REMAINS)
    soon(lambda: any(TEXT in line for line in told), page)
    with elsewhere.slow():
        page.evaluate("document.querySelector('#exit-link').click()")
        told.clear()
        soon(lambda: len(told) > 2, page)
        assert set(told) == {"/return nothing"}
        assert page.workers == []
    page.wait_for_url(elsewhere.url)
    page.go_back()
    assert TEXT not in page.content()
    assert asked == []


def test_it_takes_three_presses_and_a_choice_for_escape(site: str, page: Page) -> None:
    write(page, site)
    press_shift(page, 2)
    page.keyboard.type("A")
    press_shift(page, 2)
    page.mouse.click(1, 300)
    press_shift(page, 2)
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    page.wait_for_timeout(200)
    assert page.url == f"{site}/share"
    assert page.locator("#account").input_value() != ""


def test_without_scripts(site: str, fresh: Callable[..., BrowserContext], elsewhere: Elsewhere) -> None:
    page = fresh(java_script_enabled=False).new_page()
    elsewhere.visits.clear()
    page.goto(site + "/share")
    page.locator("#account").press_sequentially(TEXT)
    page.check("input[name=speaking][value=me]")
    with page.expect_request(site + "/blank") as asked:
        page.click("#exit-link")
    page.wait_for_url(elsewhere.url)
    assert "referer" not in asked.value.all_headers()
    assert elsewhere.visits == [""]
    page.evaluate("history.back()")
    page.wait_for_url(site + "/share")
    assert page.locator("#account").input_value() == ""
    assert page.locator("input:checked").count() == 0


# What the browser itself would keep.


@contextmanager
def profile_at(
    folder: Path, browser: Browser, *, opens: Set[str] = frozenset({"about:blank"})
) -> Iterator[BrowserContext]:
    """A Chromium as people have it: with a cache for Back, and opening again what was open, which must be `opens`."""
    port = folder / "DevToolsActivePort"
    port.unlink(missing_ok=True)
    flags = [*chromium.flags(), "--headless=new", "--remote-debugging-port=0", f"--user-data-dir={folder}"]
    # The page that Chromium shows when it has nothing else asks hosts that are not there.
    start = ["about:blank"] if opens == {"about:blank"} else ["--restore-last-session"]
    # Its own group: a browser is several processes.
    process = subprocess.Popen(
        [chromium.executable(), *flags, *start], stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        soon(lambda: port.exists() and port.read_text().count("\n"))
        address = f"http://127.0.0.1:{port.read_text().splitlines()[0]}"
        # Whoever connects while tabs are still being made may wait for one of them for ever.
        soon(lambda: opens <= {target["url"] for target in httpx.get(f"{address}/json/list", timeout=60).json()})
        there = browser.browser_type.connect_over_cdp(address, timeout=chromium.PATIENCE)
        (context,) = there.contexts
        context.set_default_timeout(chromium.PATIENCE)
        yield context
    finally:
        # As when somebody shuts the device down.
        process.terminate()
        process.wait(20)


def tab(context: BrowserContext, url: str) -> Page:
    """Return the tab with that address, once it is there."""
    end = time.monotonic() + 60
    while not (found := [page for page in context.pages if page.url == url]):
        assert time.monotonic() < end, [page.url for page in context.pages]
        context.pages[0].wait_for_timeout(200)
    return found[0]


def test_a_session_that_is_opened_again_holds_nothing_typed(site: str, browser: Browser, tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    with careless() as other:
        with profile_at(profile, browser) as context:
            write(context.new_page(), site)
            # Last, so that what came before it is on the disk when this is.
            planted = context.new_page()
            planted.goto(other)
            planted.locator("#kept").press_sequentially(PLANTED)
            # As a power failure would leave it, and as the browser itself does.
            soon(lambda: leaks([profile], [PLANTED]))
            assert leaks([profile], [TEXT]) == []
        assert leaks([profile], [TEXT]) == []
        with profile_at(profile, browser, opens={other, f"{site}/share"}) as context:
            assert tab(context, other).locator("#kept").input_value() == PLANTED
            form = tab(context, f"{site}/share")
            form.wait_for_selector("html.sealing-ready")
            assert form.locator("#account").input_value() == ""


def test_back_to_a_form_shows_an_empty_one(site: str, browser: Browser, tmp_path: Path) -> None:
    """Left by a link, not by the way out."""
    with profile_at(tmp_path / "profile", browser) as context:
        page = write(context.new_page(), site)
        page.once("dialog", lambda dialog: dialog.accept())
        page.goto(f"{site}/support")
        page.evaluate("history.back()")
        page.wait_for_selector("html.sealing-ready")
        assert page.url == f"{site}/share"
        assert page.locator("#account").input_value() == ""
        assert TEXT not in page.content()


def test_a_page_that_a_browser_keeps_for_back_is_empty_and_loads_again(site: str, page: Page) -> None:
    write(page, site)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    assert page.evaluate("document.body.innerHTML") == ""
    assert page.workers == []
    with page.expect_navigation():
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    page.wait_for_selector("html.sealing-ready")
    assert page.locator("#account").input_value() == ""
