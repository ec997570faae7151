"""Which content coding a browser gets, by RFC 9110: its own examples, the headers of real browsers, and any text at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.codings import BROTLI, GZIP, IDENTITY, choose_coding, compress, is_compressed_from


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        # RFC 9110, 12.5.3, but for compress, which nobody speaks any more.
        ("compress, gzip", GZIP),
        ("", IDENTITY),
        ("*", BROTLI),
        ("compress;q=0.5, gzip;q=1.0", GZIP),
        ("gzip;q=1.0, identity; q=0.5, *;q=0", GZIP),
        # Chromium and Firefox, WebKitGTK, lynx, w3m, wget.
        ("gzip, deflate, br, zstd", BROTLI),
        ("gzip, deflate, br", BROTLI),
        ("gzip, compress, bzip2, br", BROTLI),
        ("gzip, compress, bzip, bzip2, deflate", GZIP),
        ("identity", IDENTITY),
        ("GZip ; Q=0.001", GZIP),
        ("br;q=0, gzip", GZIP),
        ("br;q=0.000, *", GZIP),
        ("gzip;q=0, br;q=0", IDENTITY),
        ("br;q=0.2, gzip;q=0.3", GZIP),
        ("br;q=0.2, gzip;q=0.2", BROTLI),
        ("identity, gzip;q=0.5", IDENTITY),
        # Not of the form: no weight is guessed.
        ("br;q=2", IDENTITY),
        ("br;q=0.1234, gzip", GZIP),
        ("br;level=11", IDENTITY),
        ("brotli, x-gzip", IDENTITY),
        (",, ,gzip", GZIP),
    ],
)
def test_the_browsers_wish(accepted: str, coding: str) -> None:
    assert choose_coding(accepted) == coding


WEIGHTS = st.sampled_from(["", ";q=0", ";q=0.0", ";q=0.5", "; q=0.25", ";q=1", ";q=x"])
ITEMS = st.builds("{}{}".format, st.sampled_from(["br", "gzip", "identity", "*", "deflate"]), WEIGHTS)


@given(st.lists(ITEMS, max_size=6).map(", ".join) | st.text(max_size=40))
def test_nothing_that_was_not_asked_for(accepted: str) -> None:
    coding = choose_coding(accepted)
    assert coding in {BROTLI, GZIP, IDENTITY}
    if coding != IDENTITY:
        assert coding in accepted.lower() or "*" in accepted
        assert f"{coding};q=0," not in f"{accepted},".lower()[accepted.lower().rfind(coding) :]


@given(st.binary(max_size=4000))
def test_what_was_compressed_comes_back(content: bytes) -> None:
    assert is_compressed_from(compress(content, BROTLI), content)
    assert not is_compressed_from(compress(content, BROTLI), content + b"\0")
    assert compress(content, GZIP) == compress(content, GZIP)
    assert compress(content, IDENTITY) == content
