"""The survivors' site as a browser meets it: one real server, real requests, and what is then in the store."""

import hashlib
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.middleware.headers import HEADERS
from tests.crypto import samples
from tests.intake.conftest import submission
from tests.intake.installed import Installed
from tests.intake.sites import BYTES, FORM, Site, account, opened


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
