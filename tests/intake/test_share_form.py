"""The form as a browser without scripts sends it."""

import hashlib
import re
import secrets

import pytest
from sqlalchemy import select

from crypto.errors import NoMatchError
from crypto.opening import Identity
from crypto.thread import derive_thread
from intake import schema
from tests.crypto import samples
from tests.intake.conftest import submission
from tests.intake.installed import Installed, expiring_card, store_of
from tests.intake.sites import BYTES, FORM, Site, account, opened, words_on


class TestShare:
    """`POST /share`, from a browser without scripts."""

    def test_account_alone_suffices(self, site: Site) -> None:
        before = site.letters()
        answer = site.share(account=samples.TEXT)
        assert answer.status_code == 200
        (sealed,) = site.new_since(before)
        letter = opened(sealed)
        assert account(letter) == samples.TEXT
        assert (letter.channel, letter.thread, letter.sequence) == ("web without scripts", None, 0)
        assert letter.card == samples.card().fingerprint.hex()
        assert len(sealed) == 65_536

    def test_what_was_typed_is_what_is_read(self, site: Site) -> None:
        text = "  Line one\nLine two\r\n\0 \x1b[31m \u202e \u0301e\u0301 \U0001f90d  "
        before = site.letters()
        assert site.share(("told", "then"), account=text).status_code == 200
        letter = opened(site.new_since(before)[0])
        assert account(letter) == text.replace("\r\n", "\n")

    def test_words_open_it_when_reading_back_was_wanted(self, site: Site) -> None:
        before = site.letters()
        page = site.share(account=samples.TEXT, words="yes", read_back="yes", seed=secrets.token_hex(32)).text
        (sealed,) = site.new_since(before)
        words = words_on(page)
        for number in words.numbers:
            assert number in page
        keys = derive_thread(words)
        letter = opened(sealed, Identity.from_seed(keys.identity_seed))
        assert account(letter) == samples.TEXT
        assert letter == opened(sealed)
        assert letter.thread is not None
        assert (letter.thread.recipient, letter.thread.verify_key) == (str(keys.recipient), keys.verify_key.hex())
        assert (letter.locator, letter.thread.reads_back) == (keys.locator.hex(), True)
        store = store_of(site.here)
        with store._engine.connect() as connection:
            digest = hashlib.sha256(sealed).digest()
            columns = (schema.threads.c.locator, schema.threads.c.access_hash)
            both = schema.letters.join(schema.threads, schema.letters.c.locator == schema.threads.c.locator)
            wanted = select(*columns).select_from(both).where(schema.letters.c.digest == digest)
            row = connection.execute(wanted).one()
        store.close()
        assert tuple(row) == (keys.locator, keys.access_hash)

    def test_words_without_reading_back_do_not_open_it(self, site: Site) -> None:
        before = site.letters()
        page = site.share(account=samples.TEXT, words="yes").text
        (sealed,) = site.new_since(before)
        keys = derive_thread(words_on(page))
        with pytest.raises(NoMatchError):
            opened(sealed, Identity.from_seed(keys.identity_seed))
        letter = opened(sealed)
        assert letter.thread is not None
        assert letter.thread.reads_back is False

    @pytest.mark.parametrize("words", ["yes", "no"])
    def test_same_page_sent_again_is_stored_once_with_the_same_words(self, site: Site, words: str) -> None:
        before = site.letters()
        seed = secrets.token_hex(32)
        first, second = (site.share(account=samples.TEXT, words=words, seed=seed) for _ in range(2))
        assert len(site.new_since(before)) == 1
        assert "It had arrived before" in second.text
        assert "It had arrived before" not in first.text
        if words == "yes":
            assert words_on(first.text) == words_on(second.text)

    def test_same_page_with_another_text_is_stored_too_with_the_same_words(self, site: Site) -> None:
        before = site.letters()
        seed = secrets.token_hex(32)
        first = site.share(account="One part.", words="yes", seed=seed)
        second = site.share(account="Another part.", words="yes", seed=seed)
        letters = [opened(sealed) for sealed in site.new_since(before)]
        assert {account(letter) for letter in letters} == {"One part.", "Another part."}
        assert len({letter.locator for letter in letters}) == 1
        assert words_on(first.text) == words_on(second.text)

    def test_every_page_has_a_seed_of_its_own(self, site: Site) -> None:
        seeds = {re.search(r'name="seed" value="([0-9a-f]{64})"', site.http.get("/share").text) for _ in range(3)}
        assert len({match.group(1) for match in seeds if match}) == 3

    @pytest.mark.parametrize("seed", ["", "short", "G" * 64, "AB" * 32])
    def test_a_seed_that_is_none_is_replaced(self, site: Site, seed: str) -> None:
        before = site.letters()
        for _ in range(2):
            assert site.share(account=samples.TEXT, seed=seed).status_code == 200
        assert len(site.new_since(before)) == 2

    @pytest.mark.parametrize("typed", ["", " \n\t "])
    def test_an_empty_account_comes_back_with_everything_else(self, site: Site, typed: str) -> None:
        before = site.letters()
        seed = secrets.token_hex(32)
        answer = site.share(account=typed, told="then", seed=seed)
        assert answer.status_code == 422
        assert re.search(r'value="then"[^>]*checked', answer.text)
        assert seed in answer.text
        assert "A few words are enough" in answer.text
        assert site.share().status_code == 422
        assert site.letters() == before

    def test_too_long_a_text_comes_back_whole(self, site: Site) -> None:
        before = site.letters()
        text = "Being asked would have helped. " * 40_000
        answer = site.share(account=text)
        assert answer.status_code == 413
        assert text.strip() in answer.text
        assert "too long to send at once" in answer.text
        assert site.letters() == before

    def test_an_option_that_the_form_does_not_offer_comes_back(self, site: Site) -> None:
        answer = site.share(account=samples.TEXT, told="made-up")
        assert answer.status_code == 400
        assert samples.TEXT in answer.text

    def test_typed_text_is_never_markup(self, site: Site) -> None:
        hostile = "</textarea><script>alert(1)</script><img src=x onerror=alert(1)>"
        page = site.share(account=hostile, told="made-up").text
        assert "<script>alert" not in page
        assert "&lt;/textarea&gt;&lt;script&gt;" in page

    def test_ten_megabytes_get_a_page_that_helps(self, site: Site) -> None:
        answer = site.http.post("/share", content=b"account=" + b"x" * 10_000_000, headers=FORM)
        assert answer.status_code == 413
        assert "send the rest as a further part" in answer.text

    @pytest.mark.parametrize(
        "kind", ["", "multipart/form-data; boundary=x", "text/plain", "application/octet-stream", "application/json"]
    )
    def test_wrong_content_type(self, site: Site, kind: str) -> None:
        before = site.letters()
        answer = site.http.post("/share", content=b"account=x", headers={"content-type": kind})
        assert answer.status_code == 415
        assert site.letters() == before

    @pytest.mark.parametrize("body", [b"account=%ff", b"account=\xff", b"account", b"&&", b"a=1&" * 500])
    def test_what_is_no_form_is_refused(self, site: Site, body: bytes) -> None:
        answer = site.http.post("/share", content=body, headers=FORM)
        assert answer.status_code == 400
        assert "could not be read" in answer.text

    def test_parameters_of_the_content_type_do_not_matter(self, site: Site) -> None:
        headers = {"content-type": "Application/X-WWW-Form-URLEncoded; charset=utf-8"}
        assert site.http.post("/share", content=b"account=x", headers=headers).status_code == 200

    def test_wrong_method(self, site: Site) -> None:
        answer = site.http.delete("/share")
        assert answer.status_code == 405
        assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD", "POST"}


def test_switched_off_it_offers_phone_and_paper(installed: Installed) -> None:
    installed.settings["HEARD_UNSCRIPTED_FORM"] = "no"
    with installed.start() as http:
        site = Site(installed, http)
        answer = site.share(account=samples.TEXT)
        assert answer.status_code == 403
        assert "0800 917 1000" in answer.text
        assert "Freepost" in answer.text
        assert 'name="seed"' not in http.get("/share").text
        assert site.letters() == {}
        assert http.post("/letters", content=submission(), headers=BYTES).status_code == 201


def test_an_expired_card_stops_new_pages_but_not_open_ones(installed: Installed) -> None:
    (installed.data / "panel-card.card").unlink()
    installed.install(expiring_card(-1))
    with installed.start() as http:
        site = Site(installed, http)
        page = http.get("/share")
        assert page.status_code == 200
        assert 'id="journey"' not in page.text
        assert "0800 917 1000" in page.text
        assert http.post("/letters", content=submission(), headers=BYTES).status_code == 201
        assert site.share(account=samples.TEXT).status_code == 200
        # What cannot be taken still comes back in a form.
        back = site.share(account=samples.TEXT, told="made-up")
        assert samples.TEXT in back.text
        assert http.get("/healthz").status_code == 200
