"""The survivors' site as a browser meets it: one real server, real requests, and what is then in the store."""

import gzip
import hashlib
import re
import secrets
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlencode

import brotli
import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from crypto.errors import NoMatchError
from crypto.letter import Letter
from crypto.opening import Identity, open_letter
from crypto.thread import derive_thread
from crypto.words import ReturnWords
from intake import schema
from intake.middleware.headers import HEADERS
from tests.crypto import samples
from tests.intake.conftest import submission
from tests.intake.installed import Installed, expiring_card
from tests.intake.test_transfer import store_of

UNPACK = {"gzip": gzip.decompress, "br": brotli.decompress}
BYTES = {"content-type": "application/octet-stream"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
PANEL = samples.ROOT.identity


@dataclass
class Site:
    """A running site: `here` is its installation, `http` a client for it."""

    here: Installed
    http: httpx.Client

    def letters(self) -> dict[bytes, bytes]:
        """Return every sealed letter by its digest."""
        store = store_of(self.here)
        with store._engine.connect() as connection:
            joined = schema.letters.join(schema.envelopes, schema.letters.c.place == schema.envelopes.c.place)
            columns = (schema.letters.c.digest, schema.envelopes.c.sealed)
            rows = connection.execute(select(*columns).select_from(joined)).all()
        store.close()
        return dict(rows)

    def new_since(self, before: dict[bytes, bytes]) -> list[bytes]:
        return [sealed for digest, sealed in self.letters().items() if digest not in before]

    def share(self, *pairs: tuple[str, str], **fields: str) -> httpx.Response:
        """Post the form as a browser without scripts does."""
        return self.http.post("/share", content=urlencode([*fields.items(), *pairs]), headers=FORM)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One site for the whole module, with a card that is valid today."""
    here = Installed(tmp_path_factory.mktemp("site") / "data")
    here.run("init")
    here.install(samples.card())
    with here.start() as http:
        yield Site(here, http)
        assert here.stop() == 0
    assert here.errors.read_text() == ""


def opened(sealed: bytes, identity: Identity = PANEL) -> Letter:
    return open_letter(sealed, identity)


def account(letter: Letter) -> str | None:
    return next(answer.text for answer in letter.answers if answer.id == "account")


def words_on(page: str) -> ReturnWords:
    return ReturnWords.parse(" ".join(re.findall(r'heard-words__word">([a-z]+)<', page)))


class TestEveryAnswer:
    """What every answer has in common."""

    def answers(self, site: Site) -> list[httpx.Response]:
        http = site.http
        script = re.search(r"/static/form\.[0-9a-f]{16}\.js", http.get("/share").text)
        assert script
        return [
            *(http.get(path) for path in ("/", "/share", "/healthz", script.group(), "/none", "/letters", "/share/")),
            *(http.head(path) for path in ("/", "/share", "/healthz", script.group())),
            http.post("/letters", content=submission(), headers=BYTES),
            http.post("/letters", content=b"", headers=BYTES),
            http.post("/letters", content=bytes(2_000_000), headers=BYTES),
            site.share(account=samples.TEXT, words="yes"),
            site.share(account=""),
            http.post("/share", content=b"x", headers={"origin": "null"}),
            http.delete("/share"),
            http.request("OPTIONS", "/letters"),
            http.get("/static/none.js"),
        ]

    def test_carries_the_same_headers_and_nothing_that_identifies(self, site: Site) -> None:
        for answer in self.answers(site):
            for name, value in HEADERS.items():
                assert answer.headers.get_list(name) == [value], (answer.request.url, name)
            assert not {"set-cookie", "server", "date", "etag", "last-modified"} & set(answer.headers)
            assert "127.0.0.1" not in answer.text or answer.request.url.path == "/none"

    def test_policy_lets_nothing_in_from_elsewhere(self) -> None:
        policy = dict(part.strip().partition(" ")[::2] for part in HEADERS["content-security-policy"].split(";"))
        assert policy.pop("default-src") == "'none'"
        assert policy.pop("script-src") == "'self' 'wasm-unsafe-eval'"
        assert {policy.pop(name) for name in ("base-uri", "frame-ancestors")} == {"'none'"}
        assert policy.pop("img-src") == "'self' data:"
        assert set(policy.values()) == {"'self'"}

    def test_is_html_in_plain_words_or_json_never_an_empty_error(self, site: Site) -> None:
        for answer in self.answers(site):
            if answer.status_code >= 400:
                if answer.request.url.path == "/letters":
                    assert set(answer.json()) == {"error", "message"}
                else:
                    assert "0800 917 1000" in answer.text


class TestLetters:
    """`POST /letters`."""

    def test_is_stored_as_it_came_and_acknowledged_with_its_digest(self, site: Site) -> None:
        body = submission()
        before = site.letters()
        answer = site.http.post("/letters", content=body, headers=BYTES)
        digest = hashlib.sha256(body[50:]).hexdigest()
        assert (answer.status_code, answer.json()) == (201, {"stored": True, "digest": digest})
        assert site.new_since(before) == [body[50:]]
        assert account(opened(body[50:])) == samples.TEXT

    def test_same_bytes_again_are_stored_once_and_acknowledged_again(self, site: Site) -> None:
        body = submission()
        before = site.letters()
        first, second = (site.http.post("/letters", content=body, headers=BYTES) for _ in range(2))
        assert (second.status_code, second.json()) == (first.status_code, first.json())
        assert len(site.new_since(before)) == 1

    def test_many_at_once_are_all_stored(self, site: Site) -> None:
        bodies = [submission() for _ in range(40)]
        before = site.letters()
        with ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda body: site.http.post("/letters", content=body, headers=BYTES), bodies * 2))
        assert {answer.status_code for answer in answers} == {201}
        assert sorted(site.new_since(before)) == sorted(body[50:] for body in bodies)

    @pytest.mark.parametrize("size", [262_144, 1_048_576])
    def test_larger_sizes(self, site: Site, size: int) -> None:
        body = submission("A sentence about what would have helped. " * (size // 60))
        assert len(body) == 50 + size
        assert site.http.post("/letters", content=body, headers=BYTES).status_code == 201

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda body: body[:0],
            lambda body: body[:49],
            lambda body: body[:-1],
            lambda body: body + b"\0",
            lambda body: b"\2" + body[1:],
            lambda body: body[:1] + b"\7" + body[2:],
            # What only the phone line takes: an unfinished call, and a record for the safeguarding lead.
            lambda body: body[:1] + bytes([13]) + body[2:],
            lambda body: body[:1] + bytes([14]) + body[2:],
            lambda body: body[:50] + b"X" + body[51:],
            lambda body: body[:50] + body[50:].replace(b"mlkem768x25519", b"mlkem768x25518", 1),
            lambda body: b"account=" + body,
        ],
    )
    def test_anything_else_is_refused_and_not_stored(self, site: Site, spoil: "type[bytes]") -> None:
        before = site.letters()
        answer = site.http.post("/letters", content=spoil(submission()), headers=BYTES)
        assert (answer.status_code, answer.json()["error"]) == (400, "letter")
        assert site.letters() == before

    @pytest.mark.parametrize(
        "kind",
        ["", "text/plain", "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"],
    )
    def test_wrong_content_type(self, site: Site, kind: str) -> None:
        answer = site.http.post("/letters", content=submission(), headers={"content-type": kind})
        assert (answer.status_code, answer.json()["error"]) == (415, "type")

    def test_wrong_method(self, site: Site) -> None:
        for method in ("GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"):
            answer = site.http.request(method, "/letters")
            assert (answer.status_code, answer.headers["allow"]) == (405, "POST")

    def test_too_large_is_said_even_to_a_sender_that_only_then_listens(self, site: Site) -> None:
        for size in (1_048_577 + 50, 10_000_000):
            answer = site.http.post("/letters", content=bytes(size), headers=BYTES)
            assert (answer.status_code, answer.json()["error"]) == (413, "size")

            def parts(left: int = size) -> Iterator[bytes]:
                while left > 0:
                    yield bytes(min(left, 65_536))
                    left -= 65_536

            answer = site.http.post("/letters", content=parts(), headers=BYTES)
            assert answer.status_code == 413


class TestOrigin:
    """Only this site's own pages, and browsers that do not say, may send."""

    def own(self, site: Site) -> str:
        return site.here.url

    @pytest.mark.parametrize(
        "headers",
        [
            {"origin": "https://elsewhere.example"},
            {"origin": "null"},
            {"origin": ""},
            {"origin": "http://127.0.0.1"},
            {"origin": "http://127.0.0.1:1"},
            {"origin": "http://["},
            {"origin": "file://"},
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
            {"sec-fetch-site": "none"},
            {"sec-fetch-site": ""},
        ],
    )
    def test_refuses_what_says_that_it_is_from_elsewhere(self, site: Site, headers: dict[str, str]) -> None:
        before = site.letters()
        answer = site.http.post("/letters", content=submission(), headers=BYTES | headers)
        assert (answer.status_code, answer.json()["error"]) == (403, "origin")
        answer = site.http.post("/share", content=b"account=x", headers=FORM | headers)
        assert answer.status_code == 403
        assert site.letters() == before

    def test_takes_its_own(self, site: Site) -> None:
        own = self.own(site)
        for headers in ({}, {"origin": own}, {"origin": own, "sec-fetch-site": "same-origin"}):
            assert site.http.post("/letters", content=submission(), headers=BYTES | headers).status_code == 201

    def test_takes_its_own_behind_a_proxy_that_ends_tls(self, site: Site) -> None:
        headers = {"host": "heard.example", "origin": "https://heard.example"}
        assert site.http.post("/letters", content=submission(), headers=BYTES | headers).status_code == 201

    def test_links_from_elsewhere_may_be_followed(self, site: Site) -> None:
        assert site.http.get("/", headers={"sec-fetch-site": "cross-site"}).status_code == 200


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


class TestStatic:
    """Scripts and style sheets."""

    def test_are_served_under_their_hash_and_compressed_when_asked(self, site: Site) -> None:
        page = site.http.get("/share").text
        names = re.findall(r"/static/[\w.]+", page)
        assert len(names) >= 3
        for name in names:
            plain = site.http.get(name, headers={"accept-encoding": "identity"})
            assert hashlib.sha256(plain.content).hexdigest().startswith(name.split(".")[1])
            for accepted, coding in (("br;q=0.5, gzip", "gzip"), ("br, gzip;q=0.5", "br")):
                with site.http.stream("GET", name, headers={"accept-encoding": accepted}) as packed:
                    content = b"".join(packed.iter_raw())
                    assert packed.headers["content-encoding"] == coding
                assert UNPACK[coding](content) == plain.content
            assert plain.headers["content-type"].split(";")[0] in {"text/css", "text/javascript", "image/svg+xml"}

    @pytest.mark.parametrize("accepted", ["gzip;q=0", "br;q=0, *;q=0", "identity", "", "x-gzip", "gzip;q=0.000"])
    def test_are_not_compressed_for_those_who_cannot(self, site: Site, accepted: str) -> None:
        name = re.findall(r"/static/[\w.]+", site.http.get("/share").text)[0]
        answer = site.http.get(name, headers={"accept-encoding": accepted})
        assert "content-encoding" not in answer.headers

    def test_pages_are_compressed_when_nothing_was_typed(self, site: Site) -> None:
        for path in ("/", "/support", "/none"):
            plain = site.http.get(path, headers={"accept-encoding": "identity"})
            assert "content-encoding" not in plain.headers
            for accepted in ("gzip", "br, gzip"):
                packed = site.http.get(path, headers={"accept-encoding": accepted})
                assert packed.headers["content-encoding"] == accepted.split(",")[0]
                assert packed.headers["vary"] == "accept-encoding"
                assert int(packed.headers["content-length"]) < len(plain.content)
                assert (packed.status_code, packed.text) == (plain.status_code, plain.text)
        assert site.http.get("/share", headers={"accept-encoding": "br"}).headers["content-encoding"] == "br"

    def test_no_answer_to_what_was_typed_is_compressed(self, site: Site) -> None:
        sent = {
            "/share": [{"account": samples.TEXT, "words": "yes"}, {"account": ""}],
            "/return": [{"words_typed": samples.TEXT}, {"action": "none"}],
            "/none": [{"a": samples.TEXT}],
        }
        for path, forms in sent.items():
            for form in forms:
                answer = site.http.post(path, data=form, headers={"accept-encoding": "gzip, br"})
                assert "content-encoding" not in answer.headers
                assert "</html>" in answer.text

    @pytest.mark.parametrize(
        "name", ["form.js", "manifest.json", "licences.txt", "..%2Fpages.py", "../pages.py", "%00"]
    )
    def test_nothing_else_is(self, site: Site, name: str) -> None:
        assert site.http.get(f"/static/{name}").status_code == 404


class TestHostileBodies:
    """Whatever is posted: never a failure of ours, never stored unless it is a letter."""

    @settings(max_examples=60)
    @given(st.data())
    def test_letters(self, site: Site, data: st.DataObject) -> None:
        body = bytearray(submission())
        for _ in range(data.draw(st.integers(0, 3))):
            body[data.draw(st.integers(0, 3_400))] = data.draw(st.integers(0, 255))
        changed = bytes(body[: data.draw(st.sampled_from([len(body), 0, 49, 50, 51, 3_000, 65_536]))])
        before = len(site.letters())
        answer = site.http.post("/letters", content=changed, headers=BYTES)
        assert answer.status_code in {201, 400}
        assert len(site.letters()) - before == (answer.status_code == 201)

    @settings(max_examples=60)
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["account", "told", "seed", "words", "read_back", "consent-research", "other", ""]),
                st.text(max_size=40),
            ),
            max_size=8,
        ),
        st.binary(max_size=20),
    )
    def test_forms(self, site: Site, pairs: list[tuple[str, str]], tail: bytes) -> None:
        before = len(site.letters())
        content = urlencode(pairs, errors="surrogatepass").encode() + tail
        answer = site.http.post("/share", content=content, headers=FORM)
        assert answer.status_code in {200, 400, 422}
        stored = len(site.letters()) - before
        assert stored == (answer.status_code == 200 and "had arrived before" not in answer.text)

    @settings(max_examples=40)
    @given(st.binary(max_size=300))
    def test_anything(self, site: Site, body: bytes) -> None:
        before = len(site.letters())
        for path, headers in (("/share", FORM), ("/letters", BYTES)):
            assert site.http.post(path, content=body, headers=headers).status_code in {200, 400, 422}
        assert len(site.letters()) - before <= 1


@pytest.mark.alone
def test_answers_on_a_kept_connection_do_not_wait_for_each_other(site: Site) -> None:
    """Small answers leave at once: 100 of them took 4 seconds while the operating system waited for more to send."""
    start = time.monotonic()
    for _ in range(100):
        answer = site.http.get("/healthz")
        assert (answer.status_code, answer.text) == (200, "ok\n")
    assert time.monotonic() - start < 2


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


def test_bodies_of_all_requests_together_are_bounded(installed: Installed) -> None:
    installed.settings["HEARD_WAITING_MEBIBYTES"] = "8"
    with installed.start() as http:

        def slow() -> Iterator[bytes]:
            for _ in range(8):
                yield b"x" * 400_000
                time.sleep(0.1)

        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(lambda _: http.post("/share", content=slow(), headers=FORM), range(6)))
        assert 503 in {answer.status_code for answer in answers}
        # All of it was given back.
        for _ in range(4):
            assert http.post("/share", content=b"account=" + b"x" * 3_000_000, headers=FORM).status_code == 413
            assert http.post("/letters", content=submission(), headers=BYTES).status_code == 201
