"""Drafts without scripts."""

from dataclasses import replace

import pytest

from crypto.errors import NoMatchError
from crypto.letter import Answer, Choice
from crypto.opening import open_letter
from crypto.recipients import throwaway_recipient
from crypto.sealing import seal_letter
from tests.crypto import samples
from tests.intake.plain import Plain
from tests.intake.sites import Site
from tests.intake.unscripted.people import FIRST, MORE, PANEL, Scripted, of_panel, opened
from tests.threads.survivor import account_answer, consent


class TestDrafts:
    """Saving, going on, throwing away."""

    def test_a_draft_is_for_the_words_alone(self, site: Site, survivor: Scripted, plain: Plain) -> None:
        before = site.letters()
        opened(plain, survivor.words).type("further", MORE).press("Save as a draft")
        assert "Your draft was saved" in plain.html
        assert "It is kept for 30 more days" in plain.html
        assert plain.value("further") == MORE
        (sealed,) = site.new_since(before)
        with pytest.raises(NoMatchError):
            open_letter(sealed, PANEL)
        draft = next(letter for letter in survivor.letters(site.http) if letter.kind == "draft")
        assert [answer.text for answer in draft.answers] == [MORE]

    def test_a_draft_of_a_further_part_is_gone_on_with_and_sent(
        self, site: Site, survivor: Scripted, plain: Plain
    ) -> None:
        survivor.send(site.http, survivor.draft("Half a sen"))
        assert opened(plain, survivor.words).value("further") == "Half a sen"
        before = site.letters()
        plain.type("further", "Half a sentence, and the rest.").press("Seal and send")
        assert of_panel(site, before).kind == "addition"
        assert [letter.kind for letter in survivor.letters(site.http)] == ["account", "addition"]
        assert plain.value("further") == ""
        plain.again()
        assert "Your further part was sent" in plain.html
        assert len(site.new_since(before)) == 1

    def test_saving_the_same_page_twice_keeps_one(self, site: Site, survivor: Scripted, plain: Plain) -> None:
        opened(plain, survivor.words).type("further", MORE).press("Save as a draft").again()
        assert "Your draft was saved" in plain.html
        plain.type("further", MORE + " And more.").press("Save as a draft")
        assert [letter.kind for letter in survivor.letters(site.http)] == ["draft", "account"]
        assert plain.value("further") == MORE + " And more."

    def test_another_draft_is_never_overwritten_unseen(self, site: Site, survivor: Scripted, plain: Plain) -> None:
        opened(plain, survivor.words).type("further", MORE)
        survivor.send(site.http, survivor.draft("Written on the other device."))
        plain.press("Save as a draft")
        assert plain.status == 422
        assert "only one is kept" in plain.html
        assert "Written on the other device." in plain.html
        assert plain.value("further") == MORE
        plain.press("Seal and send")
        assert [letter.kind for letter in survivor.letters(site.http)] == ["draft", "account", "addition"]
        assert plain.value("further") == "Written on the other device."

    def test_throwing_away_asks_first(self, site: Site, survivor: Scripted, plain: Plain) -> None:
        survivor.send(site.http, survivor.draft(MORE))
        opened(plain, survivor.words).press("Throw the draft away")
        assert "Throw the draft away?" in plain.html
        assert len(survivor.letters(site.http)) == 2
        plain.press("Throw it away")
        assert "The draft was thrown away" in plain.html
        assert plain.value("further") == ""
        assert [letter.kind for letter in survivor.letters(site.http)] == ["account"]
        plain.again()
        assert "The draft was thrown away" in plain.html

    def test_a_draft_that_is_newer_than_the_page_is_not_thrown_away(
        self, site: Site, survivor: Scripted, plain: Plain
    ) -> None:
        survivor.send(site.http, survivor.draft("The first."))
        opened(plain, survivor.words).press("Throw the draft away")
        survivor.send(site.http, survivor.draft("The second."))
        plain.press("Throw it away")
        assert "saved again meanwhile" in plain.html
        assert [letter.kind for letter in survivor.letters(site.http)] == ["draft", "account"]

    def test_a_draft_that_cannot_be_opened_can_be_thrown_away(
        self, site: Site, survivor: Scripted, plain: Plain
    ) -> None:
        strange = seal_letter(survivor.draft("X"), [throwaway_recipient(), throwaway_recipient()])
        survivor.send(site.http, survivor.draft("X"), strange)
        assert "This draft cannot be opened" in opened(plain, survivor.words).html
        plain.type("further", MORE).press("Save as a draft")
        assert "only one is kept" in plain.html
        plain.press("Throw the draft away").press("Throw it away")
        assert plain.value("further") == MORE
        assert [letter.kind for letter in survivor.letters(site.http)] == ["account"]


class TestDraftOfAnAccount:
    """Words that have only a draft so far."""

    @pytest.fixture
    def survivor(self, site: Site) -> Scripted:
        new = Scripted(samples.card())
        told = Answer("told", "telling", "Did anyone know?", None, (Choice("then", "Yes, then"),))
        new.send(site.http, new.letter("draft", answers=(account_answer(FIRST)[0], told), consents=consent("no")))
        return new

    def test_it_is_shown_in_the_whole_form_and_saved_again(self, site: Site, survivor: Scripted, plain: Plain) -> None:
        opened(plain, survivor.words)
        assert plain.value("account") == FIRST
        assert plain.value("consent-research") == "no"
        assert not plain.has("Send these choices")
        plain.type("account", FIRST + " Yet.").choose("consent-research", "later").press("Save as a draft")
        assert "Your draft was saved" in plain.html
        (draft,) = survivor.letters(site.http)
        assert draft.answers[0].text == FIRST + " Yet."
        assert draft.consents[0].chosen[0].value == "later"
        assert plain.value("account") == FIRST + " Yet."

    @pytest.mark.parametrize("reads_back", [True, False])
    def test_it_is_sent_as_the_account_of_these_words(
        self, site: Site, survivor: Scripted, plain: Plain, reads_back: bool
    ) -> None:
        before = site.letters()
        opened(plain, survivor.words)
        if reads_back:
            plain.choose("read_back", "yes")
        plain.press("Seal and send")
        assert "Your account was sent" in plain.html
        account = of_panel(site, before)
        assert (account.kind, account.sequence, account.answers[0].text) == ("account", 0, FIRST)
        assert account.thread is not None
        assert account.thread.verify_key == survivor.keys.verify_key.hex()
        assert account.thread.reads_back is reads_back
        assert (FIRST in plain.html) is reads_back
        assert plain.has("Send these choices")
        plain.type("further", MORE).press("Seal and send")
        assert "Your further part was sent" in plain.html

    def test_the_same_page_sent_twice_is_one_account(self, site: Site, survivor: Scripted, plain: Plain) -> None:
        before = site.letters()
        opened(plain, survivor.words).choose("read_back", "yes").press("Seal and send").again()
        assert "Your account was sent" in plain.html
        assert len(site.new_since(before)) == 1

    def test_another_account_for_the_same_words_becomes_a_further_part(
        self, site: Site, survivor: Scripted, plain: Plain
    ) -> None:
        opened(plain, survivor.words)
        survivor.send_account(site.http)
        plain.type("account", "Something else.").press("Seal and send")
        assert plain.status == 422
        assert "an account was sent with these words already" in plain.html
        assert "Something else." in plain.value("further")
        plain.press("Seal and send")
        assert "Your further part was sent" in plain.html

    def test_an_empty_account_comes_back(self, survivor: Scripted, plain: Plain) -> None:
        opened(plain, survivor.words).type("account", " ").press("Seal and send")
        assert plain.status == 422
        assert "Write something in your account" in plain.html
        assert plain.value("consent-research") == "no"

    def test_what_the_form_no_longer_asks_stands_at_the_end_of_the_account(self, site: Site, plain: Plain) -> None:
        old = Scripted(samples.card())
        gone = replace(account_answer("Nobody asked.")[0], id="gone", question="Who asked?")
        told = Answer("told", "telling", "Did anyone know?", None, (Choice("old", "A"), Choice("then", "B")))
        old.send(site.http, old.letter("draft", answers=(*account_answer(FIRST), gone, told)))
        rest = "Who asked?\nNobody asked.\n\nDid anyone know?\nA, B"
        assert opened(plain, old.words).value("account") == f"{FIRST}\n\n{rest}"

    def test_there_is_no_way_to_add_to_what_was_not_sent(self, site: Site, survivor: Scripted, plain: Plain) -> None:
        opened(plain, survivor.words)
        for action in ("add", "choices"):
            data = {"digits": survivor.words.digits, "action": action, "further": MORE, "consent-research": "yes"}
            answer = site.http.post("/return", data=data)
            assert answer.status_code == 422
            assert "nothing was sent with these words yet" in answer.text
