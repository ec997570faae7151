"""Entering words without scripts: slips, what is shown then, and where this way ends."""

import re
from html import unescape

import pytest

from crypto.opening import open_letter
from crypto.words import ReturnWords
from tests.crypto import samples
from tests.intake.installed import Installed
from tests.intake.plain import FORM, Plain
from tests.intake.sites import Site, words_on
from tests.intake.unscripted.people import FIRST, MORE, Scripted, locked, opened, station, warnings


class TestWords:
    """Entering words."""

    def test_written_without_scripts_is_read_back_without_scripts(self, site: Site, plain: Plain) -> None:
        words = words_on(site.share(account=FIRST, words="yes", read_back="yes", told="then").text)
        opened(plain, words)
        assert FIRST in plain.html
        assert "Your account" in plain.html
        assert "nothing of it is kept" in plain.html
        assert "our server opened these for you" in plain.html
        assert "has not confirmed yet" in plain.html

    def test_written_with_scripts_opens_without(self, survivor: Scripted, plain: Plain) -> None:
        assert FIRST in opened(plain, survivor.words).html

    @pytest.mark.parametrize("separator", [" ", ", ", "\r\n", "-"])
    def test_words_and_numbers_open_the_same(self, survivor: Scripted, plain: Plain, separator: str) -> None:
        mixed = [*survivor.words.words[:3], *survivor.words.numbers[3:]]
        assert FIRST in plain.enter(separator.join(mixed).upper()).html
        assert FIRST in plain.enter(survivor.words.digits).html

    def test_a_mistake_keeps_what_was_typed_and_suggests_for_every_word(self, survivor: Scripted, plain: Plain) -> None:
        words = list(survivor.words.words)
        typed = " ".join([words[0][:-1] + "qq", *words[1:6], "zzzzzz"])
        plain.enter(typed)
        assert plain.status == 422
        assert plain.value("words_typed") == typed
        assert re.search(r"Word 1 is not on our list\. (Did you mean “[a-z]+”|Please look)", unescape(plain.html))
        assert "Word 7 is not on our list. Please look at it again." in plain.html
        assert "Word 2 is not" not in plain.html

    def test_a_near_miss_is_suggested(self, plain: Plain) -> None:
        words = ReturnWords.from_entropy(5).words
        near = words[0] + words[0][-1]
        plain.enter(" ".join([near, *words[1:]]))
        assert f"“{words[0]}”" in unescape(plain.html)

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("one two three", "That is not seven words"),
            ("", "That is not seven words"),
            ("0001 " * 7, "Word 1 is not on our list. Please look at it again."),
            (" ".join(reversed(ReturnWords.from_entropy(5).words)), "two are swapped"),
            (" ".join(ReturnWords.from_entropy(5).words), "These words open nothing here"),
            ("</textarea><script>alert(1)</script>", "That is not seven words"),
        ],
    )
    def test_what_opens_nothing_comes_back(self, plain: Plain, typed: str, said: str) -> None:
        plain.enter(typed)
        assert plain.status == 422
        assert said in plain.html
        assert plain.value("words_typed") == typed
        assert "<script>alert" not in plain.html

    def test_no_words_stand_in_an_address_or_a_header(self, site: Site, survivor: Scripted) -> None:
        answer = site.http.post("/return", content=f"words_typed={survivor.words.digits}", headers=FORM)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        assert "set-cookie" not in answer.headers
        assert all(survivor.words.digits not in value for value in answer.headers.values())
        assert re.findall(r'<script[^>]* src="/static/(\w+)', answer.text) == ["leave"]


class TestBoundaries:
    """What is refused, and switched off."""

    @pytest.mark.parametrize("body", [b"words_typed=%ff", b"action", b"action=steal&digits=1", b"a=1&" * 500])
    def test_what_is_no_form_is_refused(self, site: Site, body: bytes) -> None:
        answer = site.http.post("/return", content=body, headers=FORM)
        assert answer.status_code == 400
        assert "could not be read" in answer.text

    def test_another_content_type_is_refused(self, site: Site) -> None:
        answer = site.http.post("/return", content=b"words_typed=x", headers={"content-type": "text/plain"})
        assert answer.status_code == 415

    def test_another_method_names_both(self, site: Site) -> None:
        answer = site.http.delete("/return")
        assert (answer.status_code, set(answer.headers["allow"].split(", "))) == (405, {"GET", "HEAD", "POST"})

    def test_from_elsewhere_it_is_refused(self, site: Site) -> None:
        headers = FORM | {"origin": "https://elsewhere.example"}
        assert site.http.post("/return", content=b"words_typed=x", headers=headers).status_code == 403


def test_switched_off_it_offers_phone_and_paper(installed: Installed) -> None:
    installed.settings["HEARD_UNSCRIPTED_FORM"] = "no"
    with installed.start() as http:
        someone = Scripted(samples.card()).send_account(http)
        answer = http.post("/return", data={"words_typed": someone.words.digits})
        assert answer.status_code == 403
        assert "0800 917 1000" in answer.text
        assert FIRST not in answer.text
        assert 'name="seed"' not in http.get("/return").text


def test_a_new_card_is_what_later_letters_are_sealed_to_and_both_are_answered_under(installed: Installed) -> None:
    with installed.start() as http:
        someone = Scripted(samples.card()).send_account(http)
    installed.install(samples.card(samples.NEXT_ROOT, epoch=2, previous=samples.ROOT))
    with installed.start() as http:
        site, plain = Site(installed, http), Plain(http)
        for root, epoch in ((samples.ROOT, 1), (samples.NEXT_ROOT, 2)):
            here = station(site, someone, root)
            here.place(here.notice("reply", sequence=epoch, epoch=epoch, text=f"From epoch {epoch}."))
        opened(plain, someone.words)
        assert "From epoch 1." in plain.html
        assert "From epoch 2." in plain.html
        assert warnings(plain.html) == []
        before = site.letters()
        plain.type("further", MORE).press("Seal and send")
        (sealed,) = site.new_since(before)
        letter = open_letter(sealed, samples.NEXT_ROOT.identity)
        assert (letter.epoch, [answer.text for answer in letter.answers]) == (2, [MORE])


def test_while_nothing_can_be_stored_what_was_typed_is_sent_again_later(installed: Installed) -> None:
    installed.settings["HEARD_DATABASE_SECONDS"] = "1"
    with installed.start() as http:
        someone = Scripted(samples.card()).send_account(http)
        plain = opened(Plain(http), someone.words).type("further", MORE)
        with locked(installed):
            plain.press("Seal and send")
        assert plain.status == 503
        assert "cannot store anything just now" in plain.html
        assert MORE in unescape(plain.html)
        plain.press("Try again")
        assert plain.status == 200
        assert MORE in unescape(plain.html)
        assert "Your further part was sent" in plain.html
