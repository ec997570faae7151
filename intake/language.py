"""The language that a page is shown in: every visible string goes through its `gettext`.

English is the source; a catalogue `locale/CODE/LC_MESSAGES/heard.mo` adds a language.
"""

import gettext
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

LOCALES: Final = Path(__file__).parent / "locale"
SOURCE: Final = "en"
_DOMAIN: Final = "heard"
_RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ur"})


@dataclass(frozen=True)
class Language:
    """One language: its BCP 47 code, and its catalogue."""

    code: str
    catalogue: gettext.NullTranslations = field(repr=False, compare=False)

    @classmethod
    def load(cls, code: str = SOURCE) -> Self:
        """Return the language. Raises FileNotFoundError where there is no catalogue for it."""
        found = gettext.translation(_DOMAIN, LOCALES, [code], fallback=code == SOURCE)
        return cls(code, found)

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        return "rtl" if self.code.partition("-")[0] in _RIGHT_TO_LEFT else "ltr"

    @property
    def gettext(self) -> Callable[[str], str]:
        """Return the function that translates one string."""
        return self.catalogue.gettext


ENGLISH: Final = Language.load()
