"""What workers are called when they sign in: small letters, digits, dots and hyphens, so that no two names look the same."""

import re
from typing import Final

_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9.-]{0,62}[a-z0-9])?")


def is_name(text: str) -> bool:
    """Say whether a worker can have this name."""
    return _NAME.fullmatch(text) is not None


def written(text: str) -> str:
    """Return a name as it is kept, whatever capitals and spaces it was typed with."""
    return text.strip().lower()
