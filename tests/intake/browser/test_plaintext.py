"""Where scripts run, plaintext never leaves the page, whatever is blocked or pressed."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from crypto.constants import FRAME_BYTES, SEALED_SIZES
from tests.intake.browser.looking import says, try_everything_to_send
from tests.intake.form import TEXT, FilledForm
from tests.wire import Wire

STATIC = ("form", "worker", "site")


@pytest.mark.parametrize("blocked", STATIC)
def test_a_blocked_file_never_lets_plaintext_out(site: str, page: Page, wire: Wire, blocked: str) -> None:
    page.route(f"**/static/{blocked}.*", lambda route: route.abort())
    page.goto(site + "/share")
    page.wait_for_timeout(500)
    if blocked == "form":
        expect(page.locator("[data-wait]").first).to_be_visible()
    if blocked == "worker":
        expect(page.locator("#cannot-seal")).to_be_visible()
        says(page, "#cannot-seal", "0800 917 1000")
    if blocked in ("form", "worker"):
        expect(page.locator("#account")).to_be_hidden()
    try_everything_to_send(page)
    assert wire.carries(TEXT) == []
    # Without its styles the form still seals; without its scripts nothing may be posted at all.
    assert all(len(body) == FRAME_BYTES + SEALED_SIZES[0] for body in wire.posts)
    assert blocked == "site" or wire.posts == []


def test_enter_and_hidden_buttons_send_nothing_before_sealing(site: str, page: Page, wire: Wire) -> None:
    FilledForm(page).open(site)
    try_everything_to_send(page)
    assert wire.carries(TEXT) == []


def test_the_watcher_sees_a_planted_leak(site: str, page: Page, wire: Wire) -> None:
    page.goto(site + "/share")
    plant = """text => {
          const form = document.body.appendChild(document.createElement("form"));
          form.method = "post"; form.action = "/share";
          form.appendChild(document.createElement("textarea")).name = "account";
          form.firstChild.value = text; form.submit();
        }"""
    with page.expect_navigation():
        page.evaluate(plant, TEXT)
    assert wire.carries(TEXT) == [site + "/share"]


def test_nothing_is_stored_in_the_browser(site: str, page: Page, context: BrowserContext) -> None:
    FilledForm(page).open(site).write().take_words().send().wait_until_sent()
    assert context.cookies() == []
    assert context.storage_state() == {"cookies": [], "origins": []}
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0
