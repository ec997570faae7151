"""Other ways to look at a page: enlarged, on paper, in forced colours, without movement, without styles, for as long as it takes."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.access.checks import ask
from tests.access.site import RIGHT_TO_LEFT, Site
from tests.access.stage import NARROW, Look, Stage, stage
from tests.access.walks import sharing
from tests.access.walks_plain import PLAIN
from tests.intake.browser.threads import sent_account
from tests.intake.form import TEXT, FilledForm
from tests.intake.returning import ReturnVisit

# 1280 by 1024 pixels at 400 percent.
ZOOMED = Look("400 percent", {"viewport": {"width": 320, "height": 256}})
STILL = Look("still", {"viewport": NARROW, "reduced_motion": "reduce"})
FORCED = Look("forced", {"viewport": NARROW, "forced_colors": "active"})
DAY_MS = 24 * 60 * 60_000


def bring_to(made: Stage, state: str) -> Page:
    """Take the walk through the form as far as a state."""
    next(reached for reached in sharing(made) if reached == state)
    return made.page


@pytest.mark.parametrize("code", ["en", pytest.param(RIGHT_TO_LEFT, marks=pytest.mark.all)])
def test_at_400_percent_most_of_the_window_is_for_reading(browser: Browser, site: Site, code: str) -> None:
    with stage(browser, site, code, ZOOMED) as made:
        page = bring_to(made, "safety")
        for check in ("sideways", "covered", "spaced"):
            assert ask(page, check) == []
        page.evaluate("window.scrollTo(0, 500)")
        bar = page.locator(".heard-leave").bounding_box()
        assert bar is not None
        assert bar["height"] < 256 / 3
        expect(page.locator("#exit-link")).to_be_in_viewport(ratio=1)


MOVING = """() => [...document.querySelectorAll("*")].flatMap((element) => [null, "::before", "::after"].map((part) => getComputedStyle(element, part)))
  .filter(({ transitionDuration, animationName, scrollBehavior }) => transitionDuration !== "0s" || animationName !== "none" || scrollBehavior === "smooth").length"""


def test_nothing_moves_where_that_is_asked_for(browser: Browser, site: Site) -> None:
    with stage(browser, site, "en", STILL) as made:
        page = FilledForm(made.page).open(made.url).page
        assert page.evaluate(MOVING) == 0
        page.evaluate("document.querySelector('main').animate([{ opacity: 0 }, { opacity: 1 }], 9000)")
        page.evaluate("document.querySelector('h1').style.setProperty('transition', 'color 1s', 'important')")
        assert page.evaluate(MOVING) == 1


BORDERLESS = """() => [...document.querySelectorAll("button, a.govuk-button, textarea, input[type=text], .heard-note, .heard-urgent, .govuk-inset-text")]
  .filter((element) => element.checkVisibility()).map((element) => [element, getComputedStyle(element)])
  .filter(([element, style]) => !element.matches(".heard-change, .heard-languages__button") &&
    !["Top", "Left", "Right"].some((side) => parseFloat(style[`border${side}Width`]) > 0 && style[`border${side}Style`] !== "none" && style[`border${side}Color`] !== "rgba(0, 0, 0, 0)"))
  .map(([element]) => element.className)"""


# The sign of a warning has the colours of the window, by GOV.UK's own rule.
OWN_COLOURS = """() => [...document.querySelectorAll("body *")]
  .filter((element) => getComputedStyle(element).forcedColorAdjust !== "auto" && !element.matches("svg *, .govuk-warning-text__icon")).map((element) => element.className)"""


def test_in_forced_colours_everything_keeps_its_edge(browser: Browser, site: Site) -> None:
    with stage(browser, site, "en", FORCED) as made:
        page = bring_to(made, "safety")
        assert page.evaluate("matchMedia('(forced-colors: active)').matches")
        assert page.evaluate(BORDERLESS) == []
        # All colours are the person's own then: nothing keeps one of ours.
        assert page.evaluate(OWN_COLOURS) == []
        page.evaluate("document.querySelector('#next').style.forcedColorAdjust = 'none'")
        assert page.evaluate(OWN_COLOURS) == ["govuk-button"]
        page.evaluate("document.querySelector('#next').style.border = 'none'")
        assert page.evaluate(BORDERLESS) == ["govuk-button"]


WRITTEN = """() => [...document.querySelectorAll("#summary dt, #summary dd")]
  .filter((part) => !part.querySelector("button")).map((part) => part.innerText).join("\\n")"""


def printed(page: Page) -> str:
    page.emulate_media(media="print")
    text = page.locator("body").inner_text()
    page.emulate_media(media="screen")
    return text


def test_the_writers_copy_on_paper_holds_the_answers_and_nothing_else(browser: Browser, site: Site) -> None:
    with stage(browser, site, "en") as made:
        page = bring_to(made, "check")
        text = printed(page)
        summary = page.evaluate(WRITTEN)
        assert TEXT in text
        assert "I am not sure" in text
        assert text.split() == f"Check what you are sending {summary}".split()
        assert "Share your experience" in page.locator("body").inner_text()


def test_the_words_on_paper_do_not_name_the_service(browser: Browser, site: Site) -> None:
    with stage(browser, site, "en") as made:
        form = FilledForm(made.page).open(made.url).write().take_words().send().wait_until_sent()
        text = printed(made.page)
        assert all(word in text for word in form.words)
        assert "Share your experience" not in text
        assert "Institutional" not in text
    with stage(browser, site, "en", scripts=False) as made:
        walk = PLAIN["sharing_plain"](made)
        next(state for state in walk if state == "sent, text browsers")
        text = printed(made.page)
        assert made.page.locator(".heard-words__word").first.inner_text() in text
        assert "Share your experience" not in text


def test_the_leaflet_on_paper_is_all_of_it_and_says_whose_it_is(browser: Browser, site: Site) -> None:
    with stage(browser, site, "en") as made:
        made.page.goto(made.url + "/leaflet")
        text = printed(made.page)
        assert "Share your experience" in text
        assert "0800 917 1000" in text
        assert made.page.locator(".heard-words__word").count() == 6
        assert "Leave now" not in text
        assert "Cymraeg" not in text
        assert "Privacy notice" not in text


@pytest.mark.parametrize("scripts", [True, False])
def test_without_styles_a_page_still_makes_sense(browser: Browser, site: Site, scripts: bool) -> None:
    with stage(browser, site, "en", scripts=scripts) as made:
        page = made.page
        page.route("**/static/site.*", lambda route: route.abort())
        page.goto(made.url + "/share")
        if scripts:
            page.wait_for_selector("html.sealing-ready")
        assert page.evaluate("getComputedStyle(document.querySelector('.heard-leave')).position") == "static"
        text = page.locator("body").inner_text()
        places = [
            text.index(part)
            for part in ("Skip to main content", "Leave now", "Tell us what happened", "Who is speaking", "Myself")
        ]
        assert places == sorted(places)
        # What is hidden is hidden by the page itself.
        assert "This page is covered" not in text
        assert "cannot seal what you write, so it will not send" not in text
        assert ("Check what you are sending" in text) is False
        assert ("sealed on this device before it is sent" in text) is scripts
        assert ("Getting ready to seal" in text) is False
        if not scripts:
            page.fill("#account", TEXT)
            page.locator("#journey noscript > button").click()
            expect(page.locator("h1")).to_have_text("Sent, and sealed")


def test_there_is_no_time_limit(browser: Browser, site: Site) -> None:
    """WCAG 2.2.3: after a day the page is covered, and everything is as it was."""
    with stage(browser, site, "en") as made:
        made.page.clock.install()
        page = FilledForm(made.page).open(made.url).write().page
        page.clock.fast_forward(DAY_MS)
        expect(page.locator("#part-cover")).to_be_visible()
        page.click("#part-uncover")
        assert page.locator("#account").input_value() == TEXT
        assert page.locator("meta[http-equiv]").count() == 0
        FilledForm(page).send().wait_until_sent()


def test_people_are_told_what_would_be_lost(browser: Browser, site: Site) -> None:
    """WCAG 2.2.6, before anything is typed, with scripts and without."""
    with stage(browser, site, "en") as made:
        made.page.goto(made.url + "/before")
        expect(made.page.locator("main")).to_contain_text("If you close the page before that, it is gone")
        page = FilledForm(made.page).open(made.url).page
        expect(page.locator("#can-seal")).to_contain_text("what you typed is gone", use_inner_text=True)
    with stage(browser, site, "en", scripts=False) as made:
        made.page.goto(made.url + "/before")
        expect(made.page.locator("main")).to_contain_text("If you close the page before that, it is gone")


def test_words_can_be_pasted_and_nothing_is_a_puzzle(browser: Browser, site: Site) -> None:
    """WCAG 3.3.9: what the words need is to be copied, in any field that asks for them."""
    words = sent_account(site.served.url)
    with stage(browser, site, "en") as made:
        visit = ReturnVisit(made.page).open(made.url)
        paste(made.page, "#words_typed", " ".join(words))
        made.page.keyboard.press("Enter")
        visit.wait_until_opened()
        form = FilledForm(made.page).open(made.url).write().go_to("way-back")
        made.page.check("input[name=words][value=yes]")
        made.page.click("#next")
        made.page.locator("#words-panel").wait_for()
        shown = made.page.locator("#words-panel .heard-words__word").all_inner_texts()
        for asked in form.page.locator("[data-step=way-back] [data-retype]").all():
            place = int(asked.get_attribute("data-place") or 0)
            paste(made.page, f"#{asked.locator('input').get_attribute('id')}", shown[place])
        made.page.click("#next")
        expect(made.page.locator("[data-step=check]")).to_be_visible()


def paste(page: Page, selector: str, text: str) -> None:
    """Put `text` on the clipboard, as from a note, and paste it."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.focus(selector)
    page.keyboard.press("Control+V")
