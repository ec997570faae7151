"""SLIP-39: 32 bytes into n lists of 33 words, any m of which give them back. docs/decisions/0006-station.md.

The library's own messages may repeat words of a share, so none of them is ever passed on.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import Final

import shamir_mnemonic as slip39

from reviewer.errors import CustodyError

WORDS_PER_SHARE: Final = 33
# SLIP-39's own passphrase is left empty: a wrong one would silently give another secret. Argon2id guards each share
# instead, so the least number of its PBKDF2 rounds is enough.
_NO_PASSPHRASE: Final = b""
_ITERATION_EXPONENT: Final = 0


def split(secret: bytes, threshold: int, custodians: int) -> list[str]:
    """Return one list of words a custodian. Raises ValueError for a threshold of 1 with several custodians."""
    groups = slip39.generate_mnemonics(
        1, [(threshold, custodians)], secret, _NO_PASSPHRASE, iteration_exponent=_ITERATION_EXPONENT
    )
    return groups[0]


def combine(shares: Sequence[str]) -> bytes:
    """Return the secret of exactly as many shares as the threshold says. Raises CustodyError."""
    return _recover(shares).decrypt(_NO_PASSPHRASE)


def agree(shares: Sequence[str], threshold: int) -> bytes:
    """Return the secret after every set of `threshold` shares gave the same one. Raises CustodyError."""
    found = {_recover(chosen) for chosen in combinations(shares, threshold)}
    if len(found) != 1:
        raise CustodyError("The shares do not fit together; hold the ceremony again.")
    return found.pop().decrypt(_NO_PASSPHRASE)


def _recover(shares: Sequence[str]) -> slip39.EncryptedMasterSecret:
    try:
        return slip39.recover_ems(slip39.decode_mnemonics(shares))
    except slip39.MnemonicError:
        raise CustodyError("These shares do not fit together; bring shares of one ceremony.") from None
