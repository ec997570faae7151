"""Keys that sign for everybody are refused, though OpenSSL takes them; every other key works as RFC 8032 says."""

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from crypto.ed25519 import is_signed

# RFC 8032, section 5.1.
PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, PRIME) % PRIME
NEUTRAL = (0, 1)

Point = tuple[int, int]


def added(one: Point, other: Point) -> Point:
    (x1, y1), (x2, y2) = one, other
    product = D * x1 * x2 * y1 * y2
    return (
        (x1 * y2 + x2 * y1) * pow(1 + product, -1, PRIME) % PRIME,
        (y1 * y2 + x1 * x2) * pow(1 - product, -1, PRIME) % PRIME,
    )


def times(factor: int, point: Point) -> Point:
    total = NEUTRAL
    while factor:
        if factor & 1:
            total = added(total, point)
        point, factor = added(point, point), factor >> 1
    return total


def with_y(y: int) -> Point | None:
    """Return a point with this y (RFC 8032, section 5.1.3), or None where the curve has none."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, PRIME) % PRIME
    for x in (root := pow(square, (PRIME + 3) // 8, PRIME), root * pow(2, (PRIME - 1) // 4, PRIME) % PRIME):
        if x * x % PRIME == square:
            return x, y
    return None


def small_order() -> set[Point]:
    """Return the eight points whose order divides eight: any point, times the order of the large subgroup."""
    points = [point for y in range(2, 80) if (point := with_y(y)) is not None]
    return {times(ORDER, point) for point in points}


def encodings() -> list[str]:
    """Return every 32 bytes that a lenient reader may take for one of them: with either sign, and not reduced."""
    ys = {y + extra for _, y in small_order() for extra in (0, PRIME) if y + extra < 2**255}
    return [(y | sign << 255).to_bytes(32, "little").hex() for y in sorted(ys) for sign in (0, 1)]


def test_there_are_eight_such_points_and_each_of_their_encodings_is_known() -> None:
    assert len(small_order()) == 8
    assert all(times(8, point) == NEUTRAL for point in small_order())
    assert len(encodings()) == 14  # five y and two that are not reduced, with either sign


@pytest.mark.parametrize("key", encodings())
def test_a_key_that_signs_for_everybody_is_refused(key: str) -> None:
    forged = "00" * 64, "01" + "00" * 63
    assert not any(is_signed(bytes([n]), signature, key) for n in range(100) for signature in forged)


def test_openssl_alone_would_take_such_a_key() -> None:
    """The refusal above is ours: without it, a signature of zeros fits one message in four."""

    def accepts(message: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(bytes(32)).verify(bytes(64), message)
        except InvalidSignature:
            return False
        return True

    assert any(accepts(bytes([n])) for n in range(100))


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.binary(max_size=200))
def test_a_key_signs_its_message_and_no_other(seed: bytes, message: bytes, other: bytes) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw().hex(), key.sign(message).hex()
    assert is_signed(message, signature, public)
    assert is_signed(other, signature, public) is (other == message)


@given(st.text(alphabet="0123456789abcdefg ", max_size=130), st.text(alphabet="0123456789abcdefg ", max_size=66))
def test_what_is_no_signature_or_no_key_is_refused(signature: str, key: str) -> None:
    assert not is_signed(b"", signature, key)
