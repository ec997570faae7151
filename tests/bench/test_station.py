"""The station's part of the benchmark works: the same code, small, without a threshold."""

import pytest

from tests.bench.station import section


@pytest.mark.timeout(200)
def test_the_section_has_every_figure() -> None:
    text = "\n".join(section(letters=300, records=2_000, imported=40, opened=60))
    for name in (
        "300 letters",
        "list, a page",
        "search, a rare word",
        "search, a word of nearly all letters",
        "open one",
        "unlock",
        "2,000 records of 1 KB",
        "40 letters of 64 KiB",
        "Heard, two processes",
        "age-encryption under Node",
        "gpg, RSA-4096",
        "times gpg",
    ):
        assert name in text, name
