"""The header of an age file, without any key. age-encryption.org/v1, "Header".

Canonical or rejected: for every header that parses, encoding the stanzas again gives the same bytes.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

from crypto.errors import HeaderError, UnsupportedError

_VERSION: Final = b"age-encryption.org/v1"
_ARMOR: Final = b"-----BEGIN AGE"
_COLUMNS: Final = 64
_MAC_BYTES: Final = 32
_ARGUMENT: Final = re.compile(rb"[\x21-\x7e]+")
# A header of ours is about 3.3 KB. 64 KiB leaves room for any sensible file and bounds what a hostile one costs.
_MAX_HEADER_BYTES: Final = 65_536


@dataclass(frozen=True)
class Stanza:
    """One recipient's part of a header: its type, further arguments, and the wrapped file key."""

    kind: str
    arguments: tuple[str, ...]
    body: bytes


@dataclass(frozen=True)
class Header:
    """A parsed header: the stanzas, the bytes that the MAC covers (up to and with `---`), and the MAC (32 bytes)."""

    stanzas: tuple[Stanza, ...]
    covered: bytes
    mac: bytes

    def encode(self) -> bytes:
        """Return the header as it stands in a file, final newline included."""
        return self.covered + b" " + encode_base64(self.mac) + b"\n"


def encode_base64(data: bytes) -> bytes:
    """Return standard base64 without padding. age spec, "Conventions"."""
    return base64.b64encode(data).rstrip(b"=")


def decode_base64(text: bytes) -> bytes:
    """Return the bytes of canonical unpadded base64; raise HeaderError for any other spelling of them."""
    if b"=" in text:
        raise HeaderError("The file's header is damaged (padded base64).")
    try:
        data = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        raise HeaderError("The file's header is damaged (base64).") from None
    if encode_base64(data) != text:
        raise HeaderError("The file's header is damaged (base64 is not canonical).")
    return data


def encode_covered(stanzas: Sequence[Stanza]) -> bytes:
    """Return the part of a header that its MAC covers. age spec, "Header MAC"."""
    lines = [_VERSION]
    for stanza in stanzas:
        lines.append(b" ".join([b"->", *(part.encode("ascii") for part in (stanza.kind, *stanza.arguments))]))
        body = encode_base64(stanza.body)
        lines += [body[i : i + _COLUMNS] for i in range(0, len(body) + 1, _COLUMNS)]
    return b"\n".join([*lines, b"---"])


def parse_header(source: BinaryIO) -> Header:
    """Read one header from `source` and leave it at the first byte of the payload.

    Raises HeaderError when it is not canonical, UnsupportedError for an armoured file.
    """
    lines = _Lines(source)
    version = lines.next()
    if version != _VERSION:
        # Armour may stand behind blank lines; saying so tells a person what to do next.
        while not version.strip():
            version = lines.next()
        if version.strip().startswith(_ARMOR):
            raise UnsupportedError("The file is armoured text; Heard reads binary age files only.")
        raise HeaderError("This is not an age file, or one of another version.")
    stanzas = []
    line = lines.next()
    while not line.startswith(b"--- "):
        stanzas.append(_parse_stanza(line, lines))
        line = lines.next()
    mac = decode_base64(line.removeprefix(b"--- "))
    if len(mac) != _MAC_BYTES or not stanzas:
        raise HeaderError("The file's header is damaged (final line).")
    return Header(tuple(stanzas), encode_covered(stanzas), mac)


def _parse_stanza(line: bytes, lines: "_Lines") -> Stanza:
    marker, *arguments = line.split(b" ")
    if marker != b"->" or not arguments or not all(_ARGUMENT.fullmatch(a) for a in arguments):
        raise HeaderError("The file's header is damaged (recipient line).")
    body = b""
    while True:
        part = lines.next()
        if len(part) > _COLUMNS:
            raise HeaderError("The file's header is damaged (line too long).")
        body += part
        if len(part) < _COLUMNS:
            break
    kind, *rest = (argument.decode("ascii") for argument in arguments)
    return Stanza(kind, tuple(rest), decode_base64(body))


class _Lines:
    """Lines of a header, ended by LF alone, within the bound for the whole header."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._left = _MAX_HEADER_BYTES

    def next(self) -> bytes:
        line = self._source.readline(self._left)
        self._left -= len(line)
        if not line.endswith(b"\n"):
            raise HeaderError("The file's header is incomplete or too long.")
        return line[:-1]
