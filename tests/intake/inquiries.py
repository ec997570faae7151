"""Inquiries for tests: the shipped one, changed where a test needs it."""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from intake.inquiry.folder import SHIPPED, load_inquiry
from intake.inquiry.translation import texts_of

# What every text of the inquiry begins with in a language that is made for tests.
MARKS: Final = {"cy": "Cy: ", "ar": "ع "}


def changed(folder: Path, *, languages: Sequence[str] = ("en",), leads_to: str = "") -> Path:
    """Copy the shipped inquiry to `folder`, with other `languages` and another way out; return the folder.

    Texts in the languages of MARKS are the English ones with a mark.
    """
    shutil.copytree(SHIPPED, folder)
    file = folder / "inquiry.toml"
    text = file.read_text("utf-8")
    text = _replaced(r"(?m)^languages = .*$", f"languages = {list(languages)}".replace("'", '"'), text)
    if leads_to:
        text = _replaced(r"(?m)(?<=^\[exit\]\n)address = .*$", f'address = "{leads_to}"', text)
    file.write_text(text, "utf-8")
    for code in languages[1:]:
        _write_catalogue(folder, code)
    return folder


def _write_catalogue(folder: Path, code: str) -> None:
    catalogue = Catalog(locale=code)
    for text in texts_of(load_inquiry(folder)):
        catalogue.add(text, MARKS[code] + text)
    with (folder / "locale" / f"{code}.po").open("wb") as target:
        write_po(target, catalogue)


def _replaced(pattern: str, new: str, text: str) -> str:
    changed, count = re.subn(pattern, lambda _: new, text)
    assert count == 1, pattern
    return changed
