"""Coming back without scripts: one real server, real forms, and what then stands in the store."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from html import unescape

import httpx
import pytest

from crypto.constants import LETTER_KINDS, VISIT_SLOT_BYTES, VISIT_STATUSES
from crypto.errors import NoMatchError
from crypto.letter import Answer, Choice, Letter
from crypto.opening import Identity, open_letter
from crypto.panel import PanelRoot
from crypto.recipients import Recipient, throwaway_recipient
from crypto.sealing import seal_letter
from crypto.signing import verify_letter
from crypto.thread import derive_thread
from crypto.visit import VisitAnswer, VisitRequest, open_answer, parse_index
from crypto.words import ReturnWords
from tests.crypto import samples
from tests.intake.browser.threads import REPLY, Station
from tests.intake.installed import Installed
from tests.intake.plain import FORM, Plain
from tests.intake.test_site import BYTES, Site, words_on
from tests.threads.survivor import Survivor, account_answer, consent

PANEL = samples.ROOT.identity
FIRST = "I told a teacher. Nobody wrote it down."
MORE = "A nurse listened.\n  She wrote it down. \U0001f33f"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    here = Installed(tmp_path_factory.mktemp("site") / "data")
    here.run("init")
    here.install(samples.card())
    with here.start() as http:
        yield Site(here, http)
        assert here.stop() == 0
    assert here.errors.read_text() == ""


@dataclass
class Scripted(Survivor):
    """Somebody whose browser runs scripts: letters go to /letters, everything else to /thread."""

    words: ReturnWords = field(default_factory=ReturnWords.random)

    def __post_init__(self) -> None:
        self.keys = derive_thread(self.words)

    def send_account(self, http: httpx.Client, text: str = FIRST, choice: str = "no") -> "Scripted":
        frame, sealed = self.account(text, choice)
        assert http.post("/letters", content=frame.encode() + sealed, headers=BYTES).status_code == 201
        self.sequence = 1
        return self

    def ask_for(self, http: httpx.Client, request: VisitRequest, slot: bytes = bytes(VISIT_SLOT_BYTES)) -> VisitAnswer:
        return open_answer(http.post("/thread", content=request.encode() + slot, headers=BYTES).content, request)

    def send(self, http: httpx.Client, letter: Letter, sealed: bytes | None = None) -> "Scripted":
        answer = self.ask_for(http, *self.put(letter, sealed))
        assert answer.status == VISIT_STATUSES["stored"]
        self.sequence += letter.kind != "draft"
        return self

    def letters(self, http: httpx.Client) -> list[Letter]:
        """Return everything that the words open, as another browser would fetch it."""
        index = parse_index(self.ask_for(http, self.ask("open")).slot)
        found = []
        for entry in index.entries:
            sealed = b"".join(
                self.ask_for(http, self.ask("fetch", part=part, target=entry.digest)).slot
                for part in range(entry.parts)
            )
            found.append(self.open_letter(sealed))
        return found


@pytest.fixture
def survivor(site: Site) -> Scripted:
    return Scripted(samples.card()).send_account(site.http)


@pytest.fixture
def plain(site: Site) -> Plain:
    return Plain(site.http)


def opened(plain: Plain, words: ReturnWords) -> Plain:
    """Come back."""
    plain.enter(" ".join(words.words))
    assert plain.status == 200, plain.html
    return plain


def station(site: Site, survivor: Survivor, root: PanelRoot = samples.ROOT) -> Station:
    return Station(site.here, survivor.keys, root)


@contextmanager
def locked(installed: Installed) -> Iterator[None]:
    """Hold the database so that nothing can be written."""
    connection = sqlite3.connect(installed.data / "letters.sqlite", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    yield
    connection.execute("ROLLBACK")
    connection.close()


def warnings(html: str) -> list[str]:
    return re.findall(r'(?s)<div class="heard-warning">(.*?)</div>', html)


def of_panel(site: Site, before: dict[bytes, bytes]) -> Letter:
    """Return the one new letter, as the panel opens it."""
    (sealed,) = site.new_since(before)
    return open_letter(sealed, PANEL)


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


class TestAnswers:
    """Notices: shown when genuine, warned of otherwise."""

    def test_reply_heard_and_arrival_are_shown(self, site: Site, survivor: Scripted, plain: Plain) -> None:
        here = station(site, survivor)
        here.place(here.notice("reply", text="Thank you. <b>We</b> have read it."))
        here.place(here.notice("heard", sequence=2))
        here.place(here.notice("arrival", sequence=3, digests=here.digests()))
        html = opened(plain, survivor.words).html
        assert "Thank you. &lt;b&gt;We&lt;/b&gt; have read it." in html
        assert "A reviewer has read your account" in html
        assert "What you sent has arrived at the inquiry." in html
        assert html.count('<article class="heard-answer">') == 2
        assert warnings(html) == []
        plain.type("further", MORE).press("Seal and send")
        assert "Some of what you sent has arrived" in plain.html
        assert html.count('dir="auto"') >= 3

    @pytest.mark.parametrize(
        ("changes", "root", "said"),
        [
            ({}, samples.NEXT_ROOT, "not signed as it should be"),
            ({"locator": "0f" * 16}, samples.ROOT, "somebody else's words"),
            ({"recipient": str(throwaway_recipient())}, samples.ROOT, "somebody else's key"),
            ({"inquiry": "another"}, samples.ROOT, "another inquiry"),
            ({"epoch": 9}, samples.ROOT, "cannot be linked"),
        ],
    )
    def test_what_is_not_genuine_is_a_warning_and_its_text_is_not_shown(
        self, site: Site, survivor: Scripted, plain: Plain, changes: dict[str, object], root: PanelRoot, said: str
    ) -> None:
        here = station(site, survivor, root)
        here.place(here.notice("reply", **changes))
        html = opened(plain, survivor.words).html
        (warning,) = warnings(html)
        assert said in unescape(warning)
        assert REPLY not in html
        assert "There is no answer yet" in html

    def test_a_notice_altered_after_signing_is_a_warning(self, site: Site, survivor: Scripted, plain: Plain) -> None:
        here = station(site, survivor)
        here.place(replace(here.notice("reply"), text="Altered."))
        (warning,) = warnings(opened(plain, survivor.words).html)
        assert "not signed as it should be" in warning
        assert "Altered." not in plain.html

    def test_a_forged_letter_is_a_warning_and_changes_nothing(
        self, site: Site, survivor: Scripted, plain: Plain
    ) -> None:
        stranger = Scripted(samples.card(), sequence=1)
        forged = replace(stranger.choices("yes"), locator=survivor.keys.locator.hex())
        sealed = seal_letter(forged, [Recipient.parse(samples.card().recipient), survivor.keys.recipient])
        request, _ = survivor.put(survivor.choices("no"), sealed)
        assert survivor.ask_for(site.http, request, sealed).status == VISIT_STATUSES["stored"]
        (warning,) = warnings(opened(plain, survivor.words).html)
        assert "You changed your choices" in warning
        assert plain.value("consent-research") == "no"

    def test_an_account_that_the_words_do_not_open_is_named(self, site: Site, plain: Plain) -> None:
        words = words_on(site.share(account=FIRST, words="yes").text)
        assert "You chose that the words do not open it." in opened(plain, words).html


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
