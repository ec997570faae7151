"""The language that a page is shown in: every visible string goes through its `gettext`.

English is the source of the pages; `locale/CODE.po` translates them. What an inquiry's files say is translated by `locale/CODE.po`
in the inquiry's own folder. Babel reads the catalogues, gettext looks up.
"""

import gettext
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final, Self

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from intake.errors import IntakeError

LOCALES: Final = Path(__file__).parent / "locale"
SOURCE: Final = "en"


class LanguageError(IntakeError):
    """A language is unknown, has no catalogue, or its catalogue does not hold every string."""


@dataclass(frozen=True)
class Language:
    """One language: its BCP 47 code, and its catalogue.

    `is_read` is False while a human translator still has to read some of its strings; pages say so.
    """

    code: str
    catalogue: gettext.NullTranslations = field(repr=False, compare=False)
    is_read: bool = True

    @classmethod
    def load(cls, code: str = SOURCE, folders: Iterable[Path] = (LOCALES,), source: str = SOURCE) -> Self:
        """Return the language with the catalogues of `folders`, each in its own language `source` already.

        Raises LanguageError where there is no catalogue, or none that can be read.
        """
        catalogues = [] if code == source else [read_catalogue(folder / f"{code}.po") for folder in folders]
        whole = gettext.NullTranslations()
        for catalogue in catalogues:
            whole = _compiled(catalogue, whole)
        return cls(code, whole, not any(message.fuzzy for catalogue in catalogues for message in catalogue))

    def over(self, other: "Language") -> "Language":
        """Return this language with what it does not say itself said by `other`, of the same code."""
        whole = _Chain(self.catalogue, other.catalogue)
        return Language(self.code, whole, self.is_read and other.is_read)

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        return self._locale.text_direction

    @property
    def own_name(self) -> str:
        """What speakers of the language call it."""
        return str(self._locale.get_display_name()).capitalize()

    @property
    def gettext(self) -> Callable[[str], str]:
        """Return the function that translates one string."""
        return self.catalogue.gettext

    @cached_property
    def _locale(self) -> Locale:
        try:
            return Locale.parse(self.code, sep="-")
        except (UnknownLocaleError, ValueError):
            return Locale(SOURCE)


class _Chain(gettext.NullTranslations):
    """Asks the first catalogue, and the second for what the first does not translate."""

    def __init__(self, first: gettext.NullTranslations, second: gettext.NullTranslations) -> None:
        super().__init__()
        self._first, self._second = first, second

    def gettext(self, message: str) -> str:
        """Return the translation, or `message` itself where neither has one."""
        found = self._first.gettext(message)
        return self._second.gettext(message) if found == message else found


def read_catalogue(path: Path) -> Catalog:
    """Read a catalogue. Raises LanguageError."""
    try:
        with path.open("rb") as source:
            return read_po(source, abort_invalid=True)
    except OSError as error:
        raise LanguageError(f"There is no catalogue {path.name} ({error.strerror}).") from None
    except (PoFileError, ValueError, UnknownLocaleError) as error:
        raise LanguageError(f"The catalogue {path.name} cannot be read: {error}.") from None


def missing(catalogue: Catalog, messages: Iterable[str]) -> list[str]:
    """Return those of `messages` that the catalogue does not translate."""
    return [message for message in messages if not (found := catalogue.get(message)) or not found.string]


def _compiled(catalogue: Catalog, fallback: gettext.NullTranslations) -> gettext.NullTranslations:
    """Return a catalogue as gettext has it. Strings that nobody has read yet are used, and marked in the catalogue."""
    target = io.BytesIO()
    write_mo(target, catalogue, use_fuzzy=True)
    target.seek(0)
    translations = gettext.GNUTranslations(target)
    translations.add_fallback(fallback)
    return translations


ENGLISH: Final = Language(SOURCE, gettext.NullTranslations())
