"""The languages of an inquiry: the pages' own catalogue, and over it what translates the inquiry's files."""

import tomllib
from collections.abc import Iterator
from typing import Final

from intake.inquiry.folder import Inquiry
from intake.inquiry.places import InquiryError
from intake.language import ENGLISH, SOURCE, Language, LanguageError, missing, read_catalogue

FOLDER: Final = "locale"
# What names, counts or selects in the files, and is never shown.
HIDDEN: Final = frozenset(
    {
        *(
            "id",
            "value",
            "kind",
            "version",
            "rows",
            "number",
            "languages",
            "question_files",
            "minimum",
            "most",
            "scopes",
        ),
        *("time_zone", "country", "part", "day", "opens", "closes", "on_holidays"),
    }
)
# Hidden below these only: a link's address is no postal address.
_HIDDEN_PLACES: Final = frozenset({("exit", "address")})


def load_languages(inquiry: Inquiry) -> tuple[Language, ...]:
    """Return the languages that the inquiry names, in its order. Raises InquiryError for one that is not whole."""
    own, *others = inquiry.details.languages
    try:
        first = ENGLISH if own == SOURCE else Language.load(own)
        return (first, *(_translated(inquiry, code) for code in others))
    except LanguageError as error:
        raise InquiryError(str(error)) from None


def visible(value: object, key: str = "", parent: str = "") -> Iterator[str]:
    """Yield every string at or below `value`, parsed TOML, that a person sees."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from visible(part, name, key)
    elif isinstance(value, list):
        for part in value:
            yield from visible(part, key, parent)
    elif isinstance(value, str) and value and key not in HIDDEN and (parent, key) not in _HIDDEN_PLACES:
        yield value


def texts_of(inquiry: Inquiry) -> Iterator[str]:
    """Yield every string of the inquiry's files that a person sees."""
    names = ("inquiry.toml", "line.toml", "support.toml", "choices.toml", *inquiry.details.question_files)
    for name in names:
        yield from visible(tomllib.loads((inquiry.folder / name).read_text("utf-8")))


def _translated(inquiry: Inquiry, code: str) -> Language:
    folder = inquiry.folder / FOLDER
    left = missing(read_catalogue(folder / f"{code}.po"), texts_of(inquiry))
    if left:
        raise InquiryError(f"{FOLDER}/{code}.po does not translate “{left[0]}”, and {len(left) - 1} more.")
    own = Language.load(code, [folder], source=inquiry.details.languages[0])
    return own if code == SOURCE else own.over(Language.load(code))
