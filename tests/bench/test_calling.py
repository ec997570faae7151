"""The benchmark of the phone line, tried out small: it measures what it says, and notices what is slow."""

from playwright.sync_api import Browser

from tests import chromium
from tests.bench import calling
from tests.line.call.office import Office


def test_the_section_is_written() -> None:
    text = "\n".join(calling.section(2.5, workers=8, runs=1))
    assert "Page ready in" in text
    assert " 0 failed." in text


def test_a_page_that_is_held_while_it_saves_is_noticed() -> None:
    with calling.line() as office, chromium.launch() as browser:
        assert held(browser, office, 120) > 100


def held(browser: Browser, office: Office, milliseconds: int) -> float:
    """Measure a page whose every save keeps the main thread for so long."""
    made = browser.new_context

    def slowed(**options: object):  # type: ignore[no-untyped-def]  # a profile
        context = made(**options)  # type: ignore[arg-type]  # its options
        context.add_init_script(
            f"const post = fetch; fetch = (...given) => {{ const end = performance.now() + {milliseconds}; while (performance.now() < end); return post(...given); }};"
        )
        return context

    browser.new_context = slowed  # type: ignore[method-assign]  # a slower page
    return calling.page(browser, office, 5).held
