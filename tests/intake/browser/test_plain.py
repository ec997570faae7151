"""The same document without scripts, and in browsers that do not know the media feature."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.intake.browser.looking import altered
from tests.intake.form import TEXT, FilledForm


@pytest.mark.parametrize("scripts", [True, False])
def test_browsers_that_do_not_know_the_scripting_feature(site: str, browser: Browser, scripts: bool) -> None:
    """Its rules are taken out of the styles; what stands in for them must say and hide the same."""
    context = browser.new_context(java_script_enabled=scripts)
    context.route("**/static/site.*", lambda route: altered(route, "(scripting:", "(unknown:"))
    context.route("**/share", lambda route: altered(route, 'integrity="', 'data-was="'))
    context.route("**/static/form.*", lambda route: route.abort())
    shown = context.new_page()
    shown.goto(site + "/share")
    assert shown.locator("[data-wait]").is_visible() is scripts
    assert shown.locator("#account").is_visible() is not scripts
    context.close()


def test_without_scripts(site: str, plain: Page) -> None:
    plain.goto(site + "/share")
    honest = plain.locator("noscript .govuk-inset-text")
    expect(honest).to_contain_text("are in its memory for a moment")
    first_field = plain.locator("input[type=radio]").first
    assert honest.bounding_box()["y"] < first_field.bounding_box()["y"]  # type: ignore[index]  # both are visible
    expect(plain.locator("[data-wait]")).to_be_hidden()
    plain.fill("#account", TEXT)
    plain.check("input[name=words][value=yes]")
    plain.get_by_role("button", name="Send").click()
    expect(plain.locator("h1")).to_have_text("Sent, and sealed")
    words = plain.locator(".heard-words__word").all_inner_texts()
    # What a person does whose answer got lost: the browser posts the same form again.
    plain.reload()
    expect(plain.get_by_text("It had arrived before")).to_be_visible()
    assert plain.locator(".heard-words__word").all_inner_texts() == words


def test_without_scripts_an_empty_account_keeps_the_rest(site: str, plain: Page) -> None:
    plain.goto(site + "/share")
    plain.fill("#change", "\n\n  Being asked.\n</textarea>\"'&amp; \U0001f33f\n")
    plain.check("input[name=consent-research][value=later]")
    plain.get_by_role("button", name="Send").click()
    expect(plain.locator(".govuk-error-summary")).to_be_visible()
    assert plain.locator("#change").input_value() == "\n\n  Being asked.\n</textarea>\"'&amp; \U0001f33f\n"
    expect(plain.locator("input[name=consent-research][value=later]")).to_be_checked()


def test_screens_can_be_looked_at(site: str, plain: Page, page: Page, tmp_path: Path) -> None:
    FilledForm(page).open(site)
    for name, shown in (("scripts", page), ("plain", plain)):
        shown.goto(site + "/share")
        assert len(shown.screenshot(path=tmp_path / f"{name}.png", full_page=True)) > 10_000
