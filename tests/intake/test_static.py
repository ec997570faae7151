"""Scripts and styles as they are served."""

import gzip
import hashlib
import re

import brotli
import pytest

from tests.crypto import samples
from tests.intake.sites import Site

UNPACK = {"gzip": gzip.decompress, "br": brotli.decompress}


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
