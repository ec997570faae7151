"""The search for leaks finds what is planted, in each spelling; otherwise finding nothing would say nothing."""

import base64
import json
from pathlib import Path
from urllib.parse import quote_plus

import pytest

from tests.leaks import leaks

SECRET = "I told a teacher; nobody wrote it down."


@pytest.mark.parametrize(
    "planted",
    [
        SECRET.encode(),
        SECRET.encode("utf-16-le"),
        b"account=" + quote_plus(SECRET).encode(),
        json.dumps({"account": SECRET}).encode(),
        base64.b64encode(b"x" + SECRET.encode()),
        base64.b64encode(b"xy" + SECRET.encode() + b"z"),
        base64.b64encode(SECRET.encode()),
        SECRET.encode().hex().encode(),
    ],
)
def test_a_planted_leak_is_found(tmp_path: Path, planted: bytes) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file").write_bytes(b"\0" * 5_000 + planted + b"\0" * 5_000)
    assert leaks([tmp_path], [SECRET]) == [(tmp_path / "deep" / "file", SECRET)]


def test_nothing_is_found_where_nothing_is(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(SECRET.encode()[:20])
    assert leaks([tmp_path], [SECRET]) == []


def test_a_name_is_searched_too(tmp_path: Path) -> None:
    (tmp_path / "abandoned-teacher").touch()
    assert leaks([tmp_path], ["abandoned-teacher"])
