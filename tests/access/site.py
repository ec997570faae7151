"""The site that the checks of access look at, in every language that the shipped inquiry has."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crypto.card import PanelCard
from intake.assets import Assets
from intake.inquiry import load_inquiry
from intake.inquiry.translation import load_languages
from intake.language import Language
from intake.pages import Pages
from tests.crypto import samples
from tests.intake.installed import Installed

INQUIRY: Final = load_inquiry()
LANGUAGES: Final = load_languages(INQUIRY)
OTHERS: Final = tuple(language.code for language in LANGUAGES[1:])
RIGHT_TO_LEFT: Final = next(language.code for language in LANGUAGES if language.direction == "rtl")


@dataclass(frozen=True)
class Site:
    """A running site: `languages` in its order, the first without a prefix in its addresses."""

    served: Installed
    languages: tuple[Language, ...]
    card: PanelCard

    def url(self, code: str) -> str:
        """Return where the site is in the language with that code, without a slash at the end."""
        return self.served.url + ("" if code == self.languages[0].code else f"/{code}")

    def pages(self, code: str) -> Pages:
        """Return what renders pages in that language, for states that a running site seldom has."""
        (language,) = (language for language in self.languages if language.code == code)
        return Pages(INQUIRY, Assets(), language, languages=self.languages)


@contextlib.contextmanager
def serve(folder: Path) -> Iterator[Site]:
    """Serve the shipped inquiry, with all that the service writes in `folder`."""
    here = Installed(folder / "data", {"HEARD_ANSWER_GRID_MILLISECONDS": "50"})
    here.run("init")
    card = samples.card()
    here.install(card)
    with here.start():
        yield Site(here, LANGUAGES, card)
