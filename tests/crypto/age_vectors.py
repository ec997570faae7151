"""The CCTV vectors of the age format, read where npm put them: one copy for Python and for the browser."""

import base64
import re
import zlib
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "browser" / "node_modules" / "cctv-age" / "index.js"
_VECTOR = re.compile(r'// \.\./testdata/(\S+)\nvar \w+ = __toBinary\("([^"]*)"\);')


@dataclass(frozen=True)
class Vector:
    """One vector: its header keys, and the age file in it."""

    name: str
    keys: dict[str, list[str]]
    file: bytes

    @property
    def expect(self) -> str:
        return self.keys["expect"][0]

    @property
    def is_armored(self) -> bool:
        return self.keys.get("armored") == ["yes"]

    @property
    def identities(self) -> list[str]:
        return self.keys.get("identity", [])

    @property
    def is_for_passphrases(self) -> bool:
        return b"\n-> scrypt " in self.file


def load() -> list[Vector]:
    """Return all vectors by name."""
    return [_parse(name, base64.b64decode(text)) for name, text in _VECTOR.findall(PACKAGE.read_text())]


def _parse(name: str, data: bytes) -> Vector:
    head, _, file = data.partition(b"\n\n")
    keys: dict[str, list[str]] = {}
    for line in head.decode().splitlines():
        key, _, value = line.partition(": ")
        keys.setdefault(key, []).append(value)
    if keys.get("compressed") == ["zlib"]:
        file = zlib.decompress(file)
    return Vector(name, keys, file)
