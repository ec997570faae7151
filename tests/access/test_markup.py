"""Every page is HTML as the standard has it: as the server renders it, and as scripts left it."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from intake.assets import Assets
from intake.pages import Pages
from tests.access.site import INQUIRY, LANGUAGES, OTHERS, Site
from tests.access.stage import stage
from tests.access.walks import SCRIPTED
from tests.access.walks_plain import PLAIN
from tests.browser.node import node_command, run
from tests.intake import test_pages, test_returning_pages

VALIDATE = Path(__file__).parent / "validate.mjs"


def faults(documents: Mapping[str, str]) -> list[str]:
    """Return what is wrong in each document, by its name."""
    found: list[str] = json.loads(run([*node_command(), str(VALIDATE)], text=json.dumps(documents)).stdout)
    return found


@pytest.mark.parametrize("code", ["en", *(pytest.param(code, marks=pytest.mark.all) for code in OTHERS)])
def test_every_page_as_it_is_rendered(code: str) -> None:
    (language,) = (language for language in LANGUAGES if language.code == code)
    pages = Pages(INQUIRY, Assets(), language, languages=LANGUAGES)
    rendered = test_pages.every_page(pages, test_pages.PROBLEM)
    opened = {f"opened, {name}": html for name, html in test_returning_pages.every_page(pages).items()}
    assert len(rendered | opened) > 50
    found = faults(rendered | opened)
    assert found == []


@pytest.mark.all
@pytest.mark.parametrize("name", SCRIPTED | PLAIN)
def test_every_state_as_scripts_left_it(browser: Browser, site: Site, name: str) -> None:
    with stage(browser, site, "en", scripts=name in SCRIPTED) as made:
        states = {state: made.page.content() for state in (SCRIPTED | PLAIN)[name](made)}
    assert states
    assert faults(states) == []


PLANTED = {
    "no-dup-id": "<p id=a></p><p id=a></p>",
    "close-order": "<p><b>never closed</p>",
    "no-dup-attr": "<p class=a class=b></p>",
    "element-permitted-content": "<ul><p>no item</p></ul>",
    "no-missing-references": '<label for="nobody">Nobody</label>',
    "valid-autocomplete": '<input type="text" autocomplete="sometimes">',
}


def test_what_is_planted_is_found() -> None:
    html = test_pages.EVERY_PAGE["start"]
    found = faults({rule: html.replace("</main>", plant + "</main>") for rule, plant in PLANTED.items()})
    for rule in PLANTED:
        assert [line for line in found if re.match(rf"{rule}, \d+: {rule}:", line)], (rule, found)
