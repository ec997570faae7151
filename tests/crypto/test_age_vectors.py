"""All 143 CCTV vectors of the age format, each with the failure that it names."""

import hashlib
import io
from collections import Counter

import pytest

from crypto.errors import AgeError, HeaderError, HeaderMacError, NoMatchError, PayloadError, UnsupportedError
from crypto.header import encode_covered, parse_header
from crypto.opening import Identity, Unwrapper, open_stream
from tests.crypto.age_vectors import Vector, load
from tests.crypto.x25519_identity import X25519Identity

VECTORS = load()
REFUSED = [vector for vector in VECTORS if vector.is_armored or vector.is_for_passphrases]
OPENED = [vector for vector in VECTORS if vector not in REFUSED]
FAILURES: dict[str, type[AgeError]] = {
    "header failure": HeaderError,
    "HMAC failure": HeaderMacError,
    "no match": NoMatchError,
    "payload failure": PayloadError,
}


def identity_of(text: str) -> Unwrapper:
    return Identity.parse(text) if text.startswith("AGE-SECRET-KEY-PQ-") else X25519Identity(text)


def opened(vector: Vector) -> tuple[bytes, AgeError | None]:
    """Return all plaintext that was released, and the error that ended it."""
    released = b""
    try:
        for chunk in open_stream(io.BytesIO(vector.file), [identity_of(text) for text in vector.identities]):
            released += chunk
    except AgeError as error:
        return released, error
    return released, None


def test_every_vector_is_accounted_for() -> None:
    assert (len(VECTORS), len(REFUSED), len(OPENED)) == (143, 57, 86)
    assert Counter(vector.expect for vector in OPENED).keys() == {"success", *FAILURES}
    assert sum(any(text.startswith("AGE-SECRET-KEY-PQ-") for text in v.identities) for v in OPENED) > 0


@pytest.mark.parametrize("vector", OPENED, ids=lambda v: v.name)
def test_vector(vector: Vector) -> None:
    released, error = opened(vector)
    expected = FAILURES.get(vector.expect)
    assert type(error) is (expected or type(None))
    if "payload" in vector.keys:
        assert hashlib.sha256(released).hexdigest() == vector.keys["payload"][0]


# Text that no longer looks like armour, and a header that is broken before its passphrase stanza ends.
BROKEN_EARLIER = {"armor_garbage_leading", "armor_lowercase", "armor_whitespace_begin", "scrypt_not_canonical_body"}


@pytest.mark.parametrize("vector", REFUSED, ids=lambda v: v.name)
def test_armor_and_passphrases_are_refused(vector: Vector) -> None:
    released, error = opened(vector)
    assert released == b""
    assert type(error) is (HeaderError if vector.name in BROKEN_EARLIER else UnsupportedError)


@pytest.mark.parametrize("vector", [v for v in OPENED if v.expect != "header failure"], ids=lambda v: v.name)
def test_headers_that_parse_are_canonical(vector: Vector) -> None:
    source = io.BytesIO(vector.file)
    header = parse_header(source)
    assert encode_covered(header.stanzas) == header.covered
    assert header.encode() == vector.file[: source.tell()]
