"""Bech32 as age uses it: BIP 173's encoding without its limit of 90 characters.

age spec, "Recipients and identities". The two Bech32 packages on PyPI enforce the limit or have not been kept up.
"""

from typing import Final

from crypto.errors import RecipientError

_ALPHABET: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_VALUES: Final = {character: value for value, character in enumerate(_ALPHABET)}
_GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM_CHARACTERS: Final = 6


def encode(prefix: str, data: bytes) -> str:
    """Return `data` as lower-case Bech32 under the lower-case `prefix`."""
    words = _regroup(data, 8, 5, pad=True)
    polymod = _polymod([*_expand(prefix), *words, 0, 0, 0, 0, 0, 0]) ^ 1
    checksum = [(polymod >> 5 * (5 - i)) & 31 for i in range(_CHECKSUM_CHARACTERS)]
    return prefix + "1" + "".join(_ALPHABET[word] for word in [*words, *checksum])


def decode(text: str) -> tuple[str, bytes]:
    """Return the lower-case prefix and the bytes of `text`, which is all lower or all upper case.

    Raises RecipientError for anything that `encode` would not have written.
    """
    if text != text.lower() and text != text.upper():
        raise RecipientError("The key mixes upper and lower case; copy it again.")
    prefix, separator, rest = text.lower().rpartition("1")
    if not separator or not prefix or len(rest) < _CHECKSUM_CHARACTERS or not text.isascii():
        raise RecipientError("The key is not complete; copy it again.")
    try:
        words = [_VALUES[character] for character in rest]
    except KeyError:
        raise RecipientError("The key has a character that keys never have; copy it again.") from None
    if _polymod([*_expand(prefix), *words]) != 1:
        raise RecipientError("The key's checksum does not match; copy it again.")
    return prefix, bytes(_regroup(words[:-_CHECKSUM_CHARACTERS], 5, 8, pad=False))


def _polymod(values: list[int]) -> int:
    checksum = 1
    for value in values:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for i, generator in enumerate(_GENERATOR):
            checksum ^= generator if top >> i & 1 else 0
    return checksum


def _expand(prefix: str) -> list[int]:
    return [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]


def _regroup(values: bytes | list[int], from_bits: int, to_bits: int, *, pad: bool) -> list[int]:
    accumulator = bits = 0
    groups = []
    for value in values:
        accumulator = (accumulator << from_bits | value) & 0xFFF
        bits += from_bits
        while bits >= to_bits:
            bits -= to_bits
            groups.append(accumulator >> bits & (1 << to_bits) - 1)
    remainder = accumulator & (1 << bits) - 1
    if pad and bits:
        groups.append(remainder << to_bits - bits)
    elif not pad and (bits >= from_bits or remainder):
        raise RecipientError("The key has stray bits at its end; copy it again.")
    return groups
