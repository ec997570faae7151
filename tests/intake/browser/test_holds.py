"""A legal hold in a real browser: seen before words and after, and what the inquiry did not sign is named."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from crypto.notice import Notice, encode_notice
from intake import schema
from intake.store.holding import keep_holds
from tests.crypto import samples
from tests.intake.browser.threads import sent_account
from tests.intake.installed import Installed, store_of
from tests.intake.returning import ReturnVisit
from tests.intake.test_holds import WHY, bundle, current

UNSIGNED = "#hold-unsigned"


@pytest.fixture
def served(tmp_path: Path) -> Installed:
    here = Installed(tmp_path / "data")
    here.run("init")
    here.install(samples.card())
    return here


def place(served: Installed, hold: Notice) -> None:
    """Put a hold into the store as somebody who controls the server could, without looking at it."""
    store = store_of(served)
    with store._engine.begin() as connection:
        connection.execute(schema.holds.delete())
        keep_holds(connection, [hold])
    store.close()


def test_a_signed_hold_is_shown_before_words_and_after(
    served: Installed, fresh: Callable[[], BrowserContext], tmp_path: Path
) -> None:
    served.run("import", str(bundle(tmp_path / "back", [encode_notice(hold := current())])))
    with served.start():
        words = sent_account(served.url)
        visit = ReturnVisit(fresh().new_page()).open(served.url)
        told = visit.page.locator("#hold-text")
        expect(told).to_have_text(f"{WHY} ({hold.valid_from} – {hold.valid_to})")
        visit.enter(words).wait_until_opened()
        expect(told).to_be_visible()
        expect(visit.page.locator(UNSIGNED)).to_be_hidden()
        visit.start("withdraw").page.check("input[name=return-keep][value=nothing]")
        visit.press("ask")
        expect(visit.page.locator("[data-panel=withdraw]")).to_contain_text(
            "What it has not fetched stays there, sealed"
        )
        expect(visit.page.locator("[data-panel=withdraw]")).to_contain_text("for 365 days")


def test_a_forged_hold_is_named_and_not_shown(served: Installed, fresh: Callable[[], BrowserContext]) -> None:
    place(served, current(root=samples.NEXT_ROOT))
    with served.start():
        page = fresh().new_page()
        ReturnVisit(page).open(served.url)
        expect(page.locator(UNSIGNED)).to_be_visible()
        assert WHY not in shown(page)


def test_the_words_of_a_hold_are_taken_from_what_was_signed(
    served: Installed, fresh: Callable[[], BrowserContext]
) -> None:
    """A server that shows other words beside a signed notice shows them only until the script has looked."""
    place(served, hold := current())
    with served.start():
        page = fresh().new_page()
        false = "Nothing can ever be taken back."
        page.route(
            "**/return",
            lambda route: route.fulfill(body=swapped(route.fetch().text(), false), content_type="text/html"),
        )
        ReturnVisit(page).open(served.url)
        expect(page.locator("#hold-text")).to_have_text(f"{WHY} ({hold.valid_from} – {hold.valid_to})")
        assert false not in shown(page)


def swapped(html: str, false: str) -> str:
    before, mark, after = html.partition('id="hold-text" dir="auto">')
    assert mark
    return before + mark + false + after[after.index("</p>") :]


def shown(page: Page) -> str:
    return page.locator("main").inner_text()


# Forgotten letters


def forget(served: Installed, kinds: tuple[int, ...]) -> None:
    """Let retention erase the letters of those kinds, as if they had been confirmed long ago."""
    store = store_of(served)
    with store._engine.begin() as connection:
        confirmed = schema.letters.update().where(
            schema.letters.c.kind.in_(kinds), schema.letters.c.bundle.is_not(None)
        )
        connection.execute(confirmed.values(confirmed="imported", confirmed_day=samples.card().valid_from))
    store.close()
    served.settings["HEARD_LETTER_DAYS"] = "1"
    assert served.run("forget", "--json").json["letters"] == len(kinds)


@pytest.mark.parametrize("kinds", [(1,), (1, 4)])
def test_what_is_no_longer_kept_here_is_said_and_everything_can_still_be_done(
    served: Installed, fresh: Callable[[], BrowserContext], tmp_path: Path, kinds: tuple[int, ...]
) -> None:
    served.settings["HEARD_LETTER_DAYS"] = "1"
    with served.start():
        words = sent_account(served.url, research="yes")
        visit = ReturnVisit(fresh().new_page()).come_back(served.url, words)
        visit.change_choice("quotations", "yes").close()
        served.run("export", "--to", str(tmp_path))
        forget(served, kinds)
        visit = ReturnVisit(fresh().new_page()).come_back(served.url, words)
        assert "the inquiry has it. It is no longer kept on this website" in visit.letters[0]
        assert "until 1 days after the inquiry has confirmed it" in shown(visit.page)
        unseen = visit.page.locator("#return-unseen-choices")
        if 4 in kinds:
            expect(unseen).to_be_visible()
            assert "You have made no choice" not in shown(visit.page)
        else:
            expect(unseen).to_be_hidden()
            expect(visit.page.locator("#return-choices")).to_contain_text("Yes")
        visit.change_choice("research", "no").add("Being asked helped.")
        expect(unseen).to_be_hidden()
        assert len(visit.letters) == 4
        visit.withdraw()
