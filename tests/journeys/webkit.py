"""WebKitGTK by WebDriver: the same steps of a visit as tests/journeys/actions.mjs takes in Chromium and Firefox."""

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from selenium.common.exceptions import (
    ElementNotInteractableException,
    StaleElementReferenceException,
    WebDriverException,
)
from selenium.webdriver import WebKitGTK, WebKitGTKOptions, WebKitGTKService
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from tests.journeys.driver import Step

# Debian keeps it where no shell looks.
_BROWSERS: Final = ("lib/x86_64-linux-gnu", "lib/aarch64-linux-gnu", "lib", "libexec")
_NEXT_LOOK_SECONDS: Final = 0.05
# The driver passes no console on: from when a page is loaded, what it complains of is noted in the page itself.
_LISTEN: Final = """
  window.complaints = [];
  const note = (text) => window.complaints.push(text);
  addEventListener("error", ({ message }) => note(message));
  addEventListener("unhandledrejection", ({ reason }) => note(`${reason}`));
  document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => note(`${violatedDirective} ${blockedURI}`));
  for (const level of ["error", "warn"]) console[level] = (...said) => note(said.join(" "));
"""
_LEFT: Final = "return [...Object.keys(localStorage), ...Object.keys(sessionStorage)]"
# As in looking.mjs. selenium's own question takes a field that is drawn by its label for hidden.
_SHOWN: Final = "return [...document.querySelectorAll(arguments[0])].filter((found) => found.checkVisibility())"
_REQUESTS: Final = "return [location.href, ...performance.getEntriesByType('resource').map(({ name }) => name)]"

Found = TypeVar("Found")


def walk(steps: Sequence[Step], folder: Path, *, seconds: int = 40) -> dict[str, Any]:
    """Take `steps` in a browser that starts with nothing and keeps its files in `folder`; `seconds` is the most a step may wait.

    Returns what was seen by the names that the steps gave it, and `cookies`, `stored`, `requests` (addresses) and `console`
    (what the page complained of). Raises AssertionError that names the step that could not be taken.
    """
    with display() as screen, started(screen, folder) as driver:
        visit = _Visit(driver, seconds)
        for step in steps:
            visit.take(step)
        left = {"cookies": driver.get_cookies(), "stored": driver.execute_script(_LEFT)}
        return visit.seen | left | {"requests": visit.addresses(), "console": visit.complaints()}


@contextlib.contextmanager
def display() -> Iterator[str]:
    """Start a screen that nobody sees, and yield its name."""
    command = [program("Xvfb"), "-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as screen:
        assert screen.stdout is not None
        try:
            yield f":{screen.stdout.readline().strip()}"
        finally:
            screen.terminate()


@contextlib.contextmanager
def started(screen: str, folder: Path) -> Iterator[WebKitGTK]:
    """Start the browser on a screen, with its files in `folder`."""
    options = WebKitGTKOptions()
    options.binary_location = str(browser())
    options.add_argument("--automation")
    own = {"HOME": str(folder), "TMPDIR": str(folder), "XDG_RUNTIME_DIR": str(folder), "DISPLAY": screen}
    environment = {name: value for name, value in os.environ.items() if name != "DBUS_SESSION_BUS_ADDRESS"} | own
    driver = WebKitGTK(options=options, service=WebKitGTKService(program("WebKitWebDriver"), env=environment))
    try:
        yield driver
    finally:
        driver.quit()


def program(name: str) -> str:
    """Return the path of a program. Raises FileNotFoundError, which says what to install."""
    found = shutil.which(name)
    if found is None:
        raise FileNotFoundError(f"{name} is not installed; run: sh deploy/setup/tools.sh")
    return found


def browser() -> Path:
    """Return the path of WebKitGTK's small browser. Raises FileNotFoundError, which names the package."""
    found = [path for place in _BROWSERS for path in Path("/usr", place).glob("webkit2gtk-4.*/MiniBrowser")]
    if not found:
        raise FileNotFoundError("WebKitGTK is not installed; install the package `webkit2gtk-driver` (Debian).")
    return max(found)


class _Visit:
    """One visit: `seen` has what its steps remembered."""

    def __init__(self, driver: WebKitGTK, seconds: int) -> None:
        self.seen: dict[str, Any] = {}
        self._driver = driver
        self._seconds = seconds
        self._asked: set[str] = set()

    def take(self, step: Step) -> None:
        """Do one thing. Raises AssertionError."""
        name, *arguments = step
        actions: dict[str, Callable[..., object]] = {
            "go": self._go,
            "wait": self._wait,
            "says": self._says,
            "click": self._click,
            "type": self._type,
            "until": self._until_shown,
            "all": self._all,
            "text": self._text,
            "texts": self._texts,
            "value": self._value,
            "retype": self._retype,
        }
        try:
            actions[name](*arguments)
        except (AssertionError, WebDriverException) as error:
            raise AssertionError(f"step {list(step)}: {error}") from error

    def addresses(self) -> set[str]:
        """Return every address that pages of this visit asked for."""
        return self._asked | set(self._driver.execute_script(_REQUESTS))

    def complaints(self) -> list[str]:
        """Return what the page complained of since it was loaded."""
        found: list[str] = self._driver.execute_script("return window.complaints")
        return found

    def _go(self, url: str) -> None:
        assert not self._asked, "one page a visit: what it asked for and complained of is read at the end"
        self._asked = {url}
        self._driver.get(url)
        self._driver.execute_script(_LISTEN)

    def _wait(self, selector: str) -> WebElement:
        return self._until(f"{selector} to be shown", lambda: self._shown(selector))

    def _says(self, selector: str, sentence: str) -> None:
        self._until(
            f'{selector} to say "{sentence}"', lambda: any(sentence in one.text for one in self._all_shown(selector))
        )

    def _click(self, selector: str) -> None:
        def click() -> bool:
            found = self._shown(selector)
            if found is None or not found.is_enabled():
                return False
            self._driver.execute_script("arguments[0].scrollIntoView({ block: 'center' })", found)
            found.click()
            return True

        self._until(f"{selector} to be clicked", click)

    def _type(self, selector: str, value: str) -> None:
        self._wait(selector).send_keys(value)

    def _until_shown(self, button: str, wanted: str) -> None:
        for _ in range(15):
            if self._shown(wanted):
                return
            self._click(button)
        self._wait(wanted)

    def _all(self, button: str) -> None:
        while self._shown(button):
            self._click(button)
            self._until(f"{button} to go", lambda: not self._shown(button))

    def _text(self, name: str, selector: str) -> None:
        self.seen[name] = self._wait(selector).text

    def _texts(self, name: str, selector: str) -> None:
        self.seen[name] = [one.text for one in self._driver.find_elements(By.CSS_SELECTOR, selector)]

    def _value(self, name: str, selector: str) -> None:
        self.seen[name] = self._wait(selector).get_property("value")

    def _retype(self, fields: str, name: str) -> None:
        for place in [one.get_attribute("data-place") for one in self._driver.find_elements(By.CSS_SELECTOR, fields)]:
            self._type(f'{fields}[data-place="{place}"] input', f" {self.seen[name][int(place or 0)].upper()} ")

    def _shown(self, selector: str) -> WebElement | None:
        return next(iter(self._all_shown(selector)), None)

    def _all_shown(self, selector: str) -> list[WebElement]:
        found: list[WebElement] = self._driver.execute_script(_SHOWN, selector)
        return found

    def _until(self, what: str, look: Callable[[], Found | None]) -> Found:
        end = time.monotonic() + self._seconds
        while time.monotonic() < end:
            # What is looked at may be changing.
            with contextlib.suppress(StaleElementReferenceException, ElementNotInteractableException):
                if found := look():
                    return found
            time.sleep(_NEXT_LOOK_SECONDS)
        raise AssertionError(f"waited {self._seconds} s for {what}")
