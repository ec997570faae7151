"""The line in real browsers, on http://localhost: passkeys, cookies, the lock, access."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests import chromium
from tests.access.checks import EVERY
from tests.access.test_markup import faults as markup_faults
from tests.browser import node
from tests.crypto import samples
from tests.intake.installed import COMMAND, Installed

PASSWORD = "four quiet herons at dusk"
FIREFOX = Path(__file__).parent / "firefox.mjs"


@dataclass
class Line:
    """A served line."""

    here: Installed

    @property
    def url(self) -> str:
        return self.here.url

    def add(self, name: str, role: str = "worker") -> str:
        first: str = self.here.run("worker", "add", name, "--role", role, "--json").json["first_password"]
        return first


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    node.install()
    here = Installed(tmp_path_factory.mktemp("line") / "data")
    here.run("init")
    here.install(samples.card())
    with here.start((*COMMAND, "line", "serve", "--port", "0")):
        yield Line(here)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.launch() as launched:
        yield launched


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 320, "height": 640})
    made.set_default_timeout(chromium.PATIENCE)
    yield made
    made.close()


def give_authenticator(page: Page) -> Any:
    """Plug in a security key that says yes (WebAuthn, virtual authenticators)."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "usb", "hasResidentKey": False, "hasUserVerification": False}
    made = tools.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, "isUserVerified": False}})
    return tools, made["authenticatorId"]


def press(page: Page, name: str) -> None:
    """Press a button, and wait until the page that answers is whole."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def sign_in(page: Page, url: str, name: str, password: str = PASSWORD) -> None:
    page.goto(url + "/sign-in")
    page.get_by_label("Your name here").fill(name)
    page.get_by_label("Password").fill(password)
    press(page, "Sign in")


def choose_password(page: Page) -> None:
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password once more").fill(PASSWORD)
    press(page, "Go on")


def enrol_app(page: Page, line: Line, name: str, role: str = "worker") -> str:
    """Enrol with an authenticator app, and return its seed."""
    sign_in(page, line.url, name, line.add(name, role))
    choose_password(page)
    seed = (page.locator("strong[translate=no]").text_content() or "").replace(" ", "")
    page.get_by_label("The code that your app shows now").fill(pyotp.TOTP(seed).now())
    press(page, "Go on with this app")
    press(page, "I have kept them, sign me in")
    expect(page.get_by_role("heading", level=1)).to_have_text("Phone line")
    return seed


def test_a_passkey_is_made_and_shown(line: Line, context: BrowserContext) -> None:
    page = context.new_page()
    tools, authenticator = give_authenticator(page)
    sign_in(page, line.url, "pat", line.add("pat"))
    choose_password(page)
    page.get_by_label("What you call it").fill("Blue key")
    page.get_by_role("button", name="Make a passkey").click()
    press(page, "I have kept them, sign me in")
    expect(page.get_by_role("heading", level=1)).to_have_text("Phone line")
    page.goto(line.url + "/security")
    expect(page.get_by_text("Passkey “Blue key”")).to_be_visible()

    press(page, "Sign out")
    sign_in(page, line.url, "pat")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Phone line")
    (credential,) = tools.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})["credentials"]
    assert credential["signCount"] == 2
    assert credential["rpId"] == "localhost"

    # A copied key, whose counter is behind, and another key are refused in the same words.
    press(page, "Sign out")
    sign_in(page, line.url, "pat")
    tools.send("WebAuthn.clearCredentials", {"authenticatorId": authenticator})
    tools.send(
        "WebAuthn.addCredential", {"authenticatorId": authenticator, "credential": {**credential, "signCount": 0}}
    )
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert")).to_have_text("The passkey was not shown. Please try again, or use another way.")
    page.goto(line.url + "/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in to the phone line")


def test_what_a_passkey_signed_works_once_and_in_its_own_session(line: Line, context: BrowserContext) -> None:
    page = context.new_page()
    tools, authenticator = give_authenticator(page)
    sign_in(page, line.url, "kim", line.add("kim"))
    choose_password(page)
    page.get_by_role("button", name="Make a passkey").click()
    press(page, "I have kept them, sign me in")
    press(page, "Sign out")
    sign_in(page, line.url, "kim")
    with page.expect_request("**/second-factor/passkey") as asked:
        page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Phone line")
    press(page, "Sign out")
    sign_in(page, line.url, "kim")
    replay = """async (body) => (await fetch("/second-factor/passkey", { method: "POST", body,
      headers: { accept: "application/json", "content-type": "application/json" } })).status"""
    assert page.evaluate(replay, asked.value.post_data) == 422
    page.goto(line.url + "/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in to the phone line")
    assert tools.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})["credentials"]


def test_passkeys_are_not_offered_where_there_are_none(line: Line, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, line.url, "noscript", line.add("noscript"))
    choose_password(page)
    expect(page.get_by_role("button", name="Make a passkey")).to_have_count(0)
    assert "A passkey needs scripts." in page.inner_text("main")
    context.close()


def test_all_without_scripts(line: Line, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    seed = enrol_app(page, line, "plain")
    press(page, "Sign out")
    sign_in(page, line.url, "plain")
    # The code of the enrolment is used up; the next one, of the step to come, is taken ten seconds early at most.
    page.get_by_label("Code of your authenticator app").fill(pyotp.TOTP(seed).now())
    press(page, "Go on")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Show your second factor|Phone line"))
    context.close()


def test_the_page_locks_itself_when_nobody_is_there(line: Line, context: BrowserContext) -> None:
    page = context.new_page()
    page.clock.install()
    enrol_app(page, line, "idle")
    page.clock.fast_forward("14:00")
    page.keyboard.press("Tab")
    page.clock.fast_forward("14:00")
    expect(page.get_by_role("heading", level=1)).to_have_text("Phone line")
    page.clock.fast_forward("01:30")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your session is locked")
    page.get_by_label("Password of idle").fill(PASSWORD)
    page.get_by_role("button", name="Unlock").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Phone line")


def test_no_script_sees_a_cookie_and_back_shows_nothing_after_signing_out(line: Line, context: BrowserContext) -> None:
    page = context.new_page()
    enrol_app(page, line, "backwards")
    assert page.evaluate("document.cookie") == ""
    kept = {cookie["name"]: cookie for cookie in context.cookies()}
    assert kept.keys() == {"__Host-line", "__Host-line-browser"}
    page.goto(line.url + "/security")
    press(page, "Sign out")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in to the phone line")
    assert {cookie["name"] for cookie in context.cookies()} == {"__Host-line-browser"}


def test_no_page_shows_it_in_a_frame(line: Line, context: BrowserContext) -> None:
    page = context.new_page()
    page.route(
        "**/frame-of-another-site",
        lambda route: route.fulfill(content_type="text/html", body=f'<iframe src="{line.url}/sign-in"></iframe>'),
    )
    page.goto(line.url.replace("localhost", "127.0.0.1") + "/frame-of-another-site")
    page.wait_for_timeout(500)
    assert all("Sign in" not in frame.content() for frame in page.frames)
    page.goto(line.url + "/sign-in")
    assert "Sign in" in page.content()


def test_access_of_every_page(line: Line, context: BrowserContext) -> None:
    """axe and the checks of the survivors' site, on a narrow screen, and HTML as the standard has it."""
    page, found, states = context.new_page(), list[str](), dict[str, str]()
    give_authenticator(page)

    def look(name: str) -> None:
        states[name] = page.content()
        found.extend(f"{name}: {fault}" for check in EVERY for fault in check(page))

    page.goto(line.url + "/sign-in")
    look("sign in")
    sign_in(page, line.url, "looking", "wrong password it is")
    look("wrong")
    first = line.add("looking", "supervisor")
    sign_in(page, line.url, "looking", first)
    look("enrol, password")
    page.get_by_label("New password", exact=True).fill("short")
    press(page, "Go on")
    look("enrol, short password")
    choose_password(page)
    look("enrol, factor")
    seed = (page.locator("strong[translate=no]").text_content() or "").replace(" ", "")
    page.get_by_label("The code that your app shows now").fill(pyotp.TOTP(seed).now())
    press(page, "Go on with this app")
    look("enrol, codes")
    press(page, "I have kept them, sign me in")
    for path in (
        "/",
        "/security",
        "/password",
        "/security/app",
        "/security/passkey",
        "/supervise",
        "/supervise/audit",
        "/prove",
    ):
        page.goto(line.url + path)
        look(path)
    page.goto(line.url + "/none")
    look("problem")
    page.goto(line.url + "/unlock")
    look("locked")
    press(page, "Sign out")
    look("signed out")
    sign_in(page, line.url, "looking")
    look("second factor")
    assert "\n".join([*found, *markup_faults(states)]) == ""


def test_firefox_keeps_the_cookies_on_localhost(line: Line, tmp_path: Path) -> None:
    """Secure cookies with the __Host- prefix, on http://localhost; and 127.0.0.1 is told that it is not the line's address."""
    executable = shutil.which("firefox-esr") or shutil.which("firefox")
    assert executable, "Firefox is not installed; install the package firefox-esr (Debian)."
    wanted = {"executable": executable, "profile": str(tmp_path / "profile"), "url": line.url, "name": "fox"}
    wanted |= {"first": line.add("fox"), "password": PASSWORD}
    done = subprocess.run(
        [*node.node_command(), str(FIREFOX)],
        input=json.dumps(wanted),
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "started": "Choose your password",
        "second": "Choose your second factor",
        "elsewhere": "This was not sent from our own page",
    }
