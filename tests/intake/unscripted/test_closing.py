"""Other words, and taking everything back, without scripts."""

from html import unescape

import pytest

from crypto.constants import LETTER_KINDS, VISIT_STATUSES
from crypto.opening import Identity, open_letter
from crypto.visit import parse_index
from crypto.words import ReturnWords
from tests.crypto import samples
from tests.intake.browser.threads import REPLY
from tests.intake.plain import Plain
from tests.intake.sites import Site, words_on
from tests.intake.unscripted.people import FIRST, MORE, Scripted, of_panel, opened, station


class TestOtherWords:
    """Replacing the words."""

    def replaced(self, plain: Plain, words: ReturnWords) -> ReturnWords:
        new = words_on(opened(plain, words).press("Show me new words").html)
        plain.press("Replace my words")
        assert "From now on only the new words work" in plain.html
        assert words_on(plain.html) == new
        return new

    def test_new_words_open_everything_and_old_ones_nothing(self, site: Site, survivor: Scripted, plain: Plain) -> None:
        here = station(site, survivor)
        here.place(here.notice("reply"))
        new = self.replaced(plain, survivor.words)
        assert new != survivor.words
        assert FIRST in plain.html
        assert REPLY in plain.html
        plain.type("further", MORE).press("Seal and send")
        assert "Your further part was sent" in plain.html
        assert MORE in unescape(plain.html)
        here.place(here.notice("heard", sequence=2))
        assert "A reviewer has read your account" in opened(plain, new).html
        unknown = Plain(site.http).enter(" ".join(ReturnWords.random().words))
        plain.enter(" ".join(survivor.words.words))
        assert (plain.status, plain.html.count("These words open nothing here")) == (422, 3)
        assert unknown.html.count("These words open nothing here") == 3

    def test_until_it_is_confirmed_nothing_changes(self, site: Site, survivor: Scripted, plain: Plain) -> None:
        new = words_on(opened(plain, survivor.words).press("Show me new words").html)
        assert "The old words work until you press the button" in plain.html
        assert Plain(site.http).enter(new.digits).status == 422
        plain.press("Back")
        assert FIRST in plain.html

    def test_sent_twice_it_gives_the_same_words(self, site: Site, survivor: Scripted, plain: Plain) -> None:
        before = site.letters()
        new = self.replaced(plain, survivor.words)
        plain.again()
        assert words_on(plain.html) == new
        assert plain.value("digits") == new.digits
        assert len(site.new_since(before)) == 2

    def test_after_a_first_half_it_goes_on(self, site: Site, survivor: Scripted, plain: Plain) -> None:
        """The inheritance was stored, then the connection broke: another form with the same seed finds it there."""
        opened(plain, survivor.words).press("Show me new words")
        new = Scripted(samples.card(), words=words_on(plain.html))
        inherited = new.inheritance(survivor)
        answer = new.ask_for(site.http, *new.put(inherited))
        assert answer.status == VISIT_STATUSES["stored"]
        plain.press("Replace my words")
        assert "Not done" not in plain.html
        assert FIRST in opened(plain, new.words).html

    def test_words_that_were_replaced_elsewhere_are_not_said_to_be_replaced_here(
        self, site: Site, survivor: Scripted, plain: Plain
    ) -> None:
        other = Plain(site.http)
        opened(plain, survivor.words).type("further", MORE).press("Show me new words")
        self.replaced(other, survivor.words)
        plain.press("Replace my words")
        assert plain.status == 422
        assert "no longer open anything here" in plain.html
        assert MORE in unescape(plain.html)

    def test_twice_in_a_row(self, site: Site, survivor: Scripted, plain: Plain) -> None:
        here = station(site, survivor)
        second = self.replaced(plain, survivor.words)
        third = self.replaced(plain, second)
        here.place(here.notice("reply"))
        assert FIRST in opened(plain, third).html
        assert REPLY in plain.html
        assert Plain(site.http).enter(second.digits).status == 422

    def test_what_belongs_to_the_old_words_opens_with_scripts(
        self, site: Site, survivor: Scripted, plain: Plain
    ) -> None:
        new = Scripted(samples.card(), words=self.replaced(plain, survivor.words), sequence=1)
        index = parse_index(new.ask_for(site.http, new.ask("open")).slot)
        kinds = [entry.kind for entry in index.entries]
        assert sorted(kinds) == sorted(LETTER_KINDS[kind] for kind in ("account", "replacement", "inheritance"))
        old = Identity.from_seed(survivor.keys.identity_seed)
        for entry in index.entries:
            sealed = new.ask_for(site.http, new.ask("fetch", target=entry.digest)).slot
            if entry.kind == LETTER_KINDS["inheritance"]:
                change = new.open_letter(sealed).change
                assert getattr(change, "identity", "") == survivor.keys.identity_seed.hex()
            else:
                assert open_letter(sealed, old).locator == survivor.keys.locator.hex()


class TestTakingBack:
    """Withdrawing."""

    @pytest.mark.parametrize("keep", ["nothing", "statistics"])
    def test_in_two_steps_everything_is_gone(self, site: Site, survivor: Scripted, plain: Plain, keep: str) -> None:
        before = site.letters()
        opened(plain, survivor.words).choose("keep", keep).press("Next")
        assert "Are you sure?" in plain.html
        assert "You are taking back everything" in plain.html
        assert ("but the answers for figures" in plain.html) is (keep == "statistics")
        assert site.letters() == before
        plain.press("Take it back now")
        assert "What you sent was taken back" in plain.html
        assert "It is no longer shown" in plain.html
        assert FIRST not in plain.html
        letter = of_panel(site, before)
        assert (letter.kind, getattr(letter.change, "keep", "")) == ("withdrawal", keep)
        plain.again()
        assert "What you sent was taken back" in plain.html
        tombstone = opened(plain, survivor.words)
        assert "the receipt appears here" in tombstone.html
        assert not plain.has("Seal and send")

    def test_one_of_the_two_must_be_chosen(self, survivor: Scripted, plain: Plain) -> None:
        opened(plain, survivor.words).press("Next")
        assert plain.status == 422
        assert "Choose one of the two" in plain.html

    def test_the_receipt_is_shown_afterwards(self, site: Site, survivor: Scripted, plain: Plain) -> None:
        opened(plain, survivor.words).choose("keep", "nothing").press("Next").press("Take it back now")
        here = station(site, survivor)
        here.place(here.notice("destruction"))
        html = opened(plain, survivor.words).html
        assert "What you took back has been destroyed" in html
        assert "for up to 90 days" in html
