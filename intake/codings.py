"""How an answer is compressed: the content codings that this side knows, and which of them a browser wants (RFC 9110, 12.5.3)."""

import gzip
import re
from typing import Final

import brotli

BROTLI: Final = "br"
GZIP: Final = "gzip"
IDENTITY: Final = "identity"
_ITEM: Final = re.compile(
    r"[ \t]*([!#$%&'*+.^_`|~0-9a-z-]+)[ \t]*(?:;[ \t]*q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)[ \t]*)?"
)
# A page of 150 KB takes 2 ms so; the best, for what is compressed once, a whole second.
_QUALITY: Final = 4


def choose_coding(accepted: str) -> str:
    """Return the coding to use for a browser that sent `accepted` in Accept-Encoding: "br", "gzip" or "identity".

    An item that is not of the form the standard gives counts for nothing.
    """
    weights: dict[str, float] = {}
    for item in accepted.lower().split(","):
        found = _ITEM.fullmatch(item)
        if found:
            weights[found[1]] = float(found[2] or 1)
    others = weights.get("*", 0.0)
    best = max((BROTLI, GZIP), key=lambda coding: weights.get(coding, others))
    weight = weights.get(best, others)
    # Sending it as it is needs no permission, so it is left only for something that is wanted at least as much.
    return best if weight > 0 and weight >= weights.get(IDENTITY, 0.0) else IDENTITY


def compress(content: bytes, coding: str) -> bytes:
    """Return `content` in one of the codings, the same bytes every time."""
    if coding == BROTLI:
        packed: bytes = brotli.compress(content, mode=brotli.MODE_TEXT, quality=_QUALITY)
        return packed
    return gzip.compress(content, compresslevel=6, mtime=0) if coding == GZIP else content


def is_compressed_from(packed: bytes, content: bytes) -> bool:
    """Say whether `packed` is brotli and holds exactly `content`."""
    try:
        return bool(brotli.decompress(packed) == content)
    except brotli.error:
        return False
