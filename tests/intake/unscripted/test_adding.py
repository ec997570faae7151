"""A further part and changed choices without scripts, and what then stands in the store."""

from html import unescape

import pytest

from crypto.signing import verify_letter
from tests.crypto import samples
from tests.intake.plain import Plain
from tests.intake.sites import Site
from tests.intake.unscripted.people import MORE, Scripted, of_panel, opened


class TestAdding:
    """Further parts and choices."""

    def test_a_further_part_is_signed_and_reaches_the_panel(self, site: Site, survivor: Scripted, plain: Plain) -> None:
        before = site.letters()
        opened(plain, survivor.words).type("further", MORE).press("Seal and send")
        assert plain.status == 200
        assert "Your further part was sent" in plain.html
        assert plain.value("further") == ""
        assert MORE in unescape(plain.html)
        letter = of_panel(site, before)
        assert (letter.kind, letter.sequence, letter.channel) == ("addition", 1, "web without scripts")
        assert [answer.text for answer in letter.answers] == [MORE]
        assert letter.card == samples.card().fingerprint.hex()
        assert letter in survivor.letters(site.http)
        verify_letter(letter, survivor.keys.verify_key.hex())

    def test_the_same_page_sent_twice_is_stored_once(self, site: Site, survivor: Scripted, plain: Plain) -> None:
        before = site.letters()
        opened(plain, survivor.words).type("further", MORE).press("Seal and send").again()
        assert "Your further part was sent" in plain.html
        assert len(site.new_since(before)) == 1
        plain.type("further", MORE).press("Seal and send")
        assert len(site.new_since(before)) == 2

    def test_a_place_that_somebody_else_took_is_given_up(self, site: Site, survivor: Scripted, plain: Plain) -> None:
        opened(plain, survivor.words)
        survivor.send(site.http, survivor.addition("With scripts."))
        before = site.letters()
        plain.type("further", MORE).press("Seal and send")
        assert of_panel(site, before).sequence == 2
        assert "With scripts." in plain.html

    @pytest.mark.parametrize("typed", ["", " \n "])
    def test_nothing_typed_is_not_sent(self, site: Site, survivor: Scripted, plain: Plain, typed: str) -> None:
        before = site.letters()
        opened(plain, survivor.words).choose("consent-research", "later").type("further", typed).press("Seal and send")
        assert plain.status == 422
        assert "A few words are enough" in plain.html
        assert 'href="#opened-further"' in plain.html
        assert plain.value("consent-research") == "later"
        assert site.letters() == before

    def test_too_long_a_part_comes_back_whole(self, site: Site, survivor: Scripted, plain: Plain) -> None:
        before = site.letters()
        text = "Being asked would have helped. " * 40_000
        opened(plain, survivor.words).type("further", text).press("Seal and send")
        assert plain.status == 413
        assert "too long to be sent at once" in plain.html
        assert plain.value("further") == text
        assert site.letters() == before

    def test_a_long_part_of_several_slots_is_read_back(self, survivor: Scripted, plain: Plain) -> None:
        text = "Being asked would have helped. " * 10_000 + "The end."
        opened(plain, survivor.words).type("further", text).press("Seal and send")
        assert "The end." in opened(plain, survivor.words).html

    def test_choices_change_and_the_ones_before_stay_to_be_seen(
        self, site: Site, survivor: Scripted, plain: Plain
    ) -> None:
        before = site.letters()
        assert opened(plain, survivor.words).value("consent-research") == "no"
        plain.choose("consent-research", "yes").press("Send these choices")
        letter = of_panel(site, before)
        assert (letter.kind, letter.sequence) == ("choices", 1)
        assert [(one.id, one.chosen[0].value) for one in letter.consents] == [("research", "yes")]
        assert "Your new choices were sent" in plain.html
        now = plain.html.split("Your choices now")[1]
        assert now.index("<dd>Yes</dd>") < now.index("Your choices before") < now.index("<dd>No</dd>")
        assert plain.value("consent-research") == "yes"

    def test_choices_sent_twice_are_stored_once(self, site: Site, survivor: Scripted, plain: Plain) -> None:
        before = site.letters()
        opened(plain, survivor.words).choose("consent-research", "yes").press("Send these choices").again()
        assert "These are your choices already" in plain.html
        assert len(site.new_since(before)) == 1

    def test_what_was_typed_elsewhere_on_the_page_stays(self, survivor: Scripted, plain: Plain) -> None:
        opened(plain, survivor.words).type("further", MORE).choose("consent-research", "yes")
        plain.press("Send these choices")
        assert plain.value("further") == MORE
        plain.press("Show me new words").press("Back")
        assert plain.value("further") == MORE
        plain.choose("keep", "nothing").press("Next").press("Back")
        assert plain.value("further") == MORE
        assert plain.value("keep") == "nothing"

    def test_a_thread_withdrawn_meanwhile_keeps_what_was_typed(
        self, site: Site, survivor: Scripted, plain: Plain
    ) -> None:
        opened(plain, survivor.words).type("further", MORE)
        survivor.send(site.http, survivor.withdrawal())
        plain.press("Seal and send")
        assert plain.status == 422
        assert "has been taken back" in plain.html
        assert MORE in unescape(plain.html)

    def test_an_option_that_the_form_does_not_offer_comes_back(self, survivor: Scripted, plain: Plain) -> None:
        opened(plain, survivor.words).type("further", MORE)
        next(one for one in plain._page.fields if one.name == "consent-research" and one.checked).value = "made-up"
        plain.press("Send these choices")
        assert plain.status == 422
        assert "not one that this form offers" in plain.html
        assert MORE in unescape(plain.html)
