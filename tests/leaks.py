"""Searching files for something that must not be in them, in every spelling that a leak may have."""

import base64
import json
import urllib.parse
from collections.abc import Iterable, Iterator
from pathlib import Path


def spellings(secret: str) -> set[bytes]:
    """Return the ways in which `secret` may stand in a file: encodings, escapes, base64 at any offset, hex."""
    text = secret.encode()
    found = {
        text,
        secret.encode("utf-16-le"),
        secret.encode("utf-16-be"),
        text.hex().encode(),
        text.hex().upper().encode(),
    }
    found |= {urllib.parse.quote(secret).encode(), urllib.parse.quote_plus(secret).encode()}
    found |= {json.dumps(secret)[1:-1].encode(), text.lower(), text.upper()}
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + text)
        # The first and last characters of base64 also depend on what stands beside the secret.
        found.add(encoded[4 if offset else 0 : len(encoded) // 4 * 4 - 4])
    return {spelling for spelling in found if len(spelling) > 5}


def leaks(places: Iterable[Path], secrets: Iterable[str]) -> list[tuple[Path, str]]:
    """Return (file, secret) for every file at or below `places` that holds a secret in its content or its name."""
    wanted = [(secret, spellings(secret)) for secret in secrets]
    found = []
    for path in files(places):
        content = path.read_bytes() + b"\n" + str(path).encode()
        found += [(path, secret) for secret, forms in wanted if any(form in content for form in forms)]
    return found


def files(places: Iterable[Path]) -> Iterator[Path]:
    """Yield every regular file at or below `places`."""
    for place in places:
        candidates = place.rglob("*") if place.is_dir() else [place]
        yield from (path for path in candidates if path.is_file() and not path.is_symlink())
