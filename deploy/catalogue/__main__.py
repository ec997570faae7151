"""Collect every visible string into the two templates, and bring the translations up to date with them.

`python -m deploy.catalogue` writes; `--check` compares and says what is missing; `--to-read` lists what a human translator
must still read (marked "fuzzy" in the catalogues).
"""

import argparse
import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).parents[2]
LANGUAGES: Final = ("cy", "ar")
_OPTIONS: Final = {"**.html": {"trimmed": "true", "silent": "false"}}


@dataclass(frozen=True)
class Collection:
    """One template: where it lies, and the folders and files (Babel's methods by pattern) that it is collected from."""

    template: Path
    sources: Sequence[tuple[str, Mapping[str, str]]]
    languages: Sequence[str] = LANGUAGES

    def catalogue(self) -> Catalog:
        """Return every string of the sources: the same for the same sources."""
        catalog = Catalog(project="heard", fuzzy=False)
        for folder, methods in self.sources:
            for name, line, message, _, context in extract_from_dir(ROOT / folder, list(methods.items()), _OPTIONS):
                catalog.add(message, None, [(f"{folder}/{name}", line)], context=context)
        return catalog

    def translation(self, language: str) -> Path:
        """Return where the translation into a language lies."""
        return self.template.with_name(f"{language}.po")

    def updated(self, language: str) -> Catalog:
        """Return a translation with the strings that there are now. Those that changed lose what was said before."""
        path = self.translation(language)
        with path.open("rb") if path.exists() else io.BytesIO() as source:
            catalog = read_po(source, locale=language)
        catalog.update(self.catalogue(), no_fuzzy_matching=True)
        catalog.obsolete.clear()
        return catalog


PAGES: Final = Collection(
    ROOT / "intake" / "locale" / "heard.pot",
    (
        ("intake", {"line/**.py": "ignore", "**.py": "python"}),
        ("templates", {"line/**.html": "ignore", "**.html": "jinja2"}),
    ),
)
# The phone line's pages are in English alone so far: those who answer for an inquiry speak its language.
LINE: Final = Collection(
    ROOT / "intake" / "line" / "locale" / "line.pot",
    (("intake/line", {"**.py": "python"}), ("templates/line", {"**.html": "jinja2"})),
    (),
)
CONTENT: Final = Collection(
    ROOT / "intake" / "content" / "locale" / "inquiry.pot",
    (("intake/content", {"**.toml": "deploy.catalogue.content:extract"}),),
)
COLLECTIONS: Final = (PAGES, LINE, CONTENT)


def encode(catalog: Catalog) -> bytes:
    """Return the catalogue's file: no dates, no line numbers, so that only what is said changes it."""
    target = io.BytesIO()
    write_po(target, catalog, width=120, omit_header=True, sort_by_file=True, include_lineno=False)
    return target.getvalue()


def files() -> Iterator[tuple[Path, bytes]]:
    """Yield every catalogue with what it should hold."""
    for collection in COLLECTIONS:
        yield collection.template, encode(collection.catalogue())
        for language in collection.languages:
            yield collection.translation(language), encode(collection.updated(language))


def faults() -> Iterator[str]:
    """Yield a sentence for each catalogue that is not what the sources say, and for each that is not whole."""
    for path, content in files():
        name = path.relative_to(ROOT)
        if not path.exists() or path.read_bytes() != content:
            yield f"{name} is not what the sources say; run: make catalogue"
    for collection in COLLECTIONS:
        for language in collection.languages:
            left = [message for message in collection.updated(language) if message.id and not message.string]
            if left:
                name = collection.translation(language).relative_to(ROOT)
                yield f"{name} lacks {len(left)} of its strings, the first is “{left[0].id}”."


def to_read() -> Iterator[tuple[str, Message]]:
    """Yield (file, message) for each string that a human translator must still read."""
    for collection in COLLECTIONS:
        for language in collection.languages:
            name = str(collection.translation(language).relative_to(ROOT))
            yield from ((name, message) for message in collection.updated(language) if message.id and message.fuzzy)


def main() -> int:
    """Return 0, or 1 when `--check` found a fault."""
    parser = argparse.ArgumentParser(prog="deploy.catalogue", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the committed files and change nothing")
    parser.add_argument("--to-read", action="store_true", help="list what a human translator must still read")
    options = parser.parse_args()
    if options.to_read:
        for name, message in to_read():
            print(f"{name}\n  {message.id}\n  {message.string}")
        return 0
    if options.check:
        found = list(faults())
        for sentence in found:
            print(sentence, file=sys.stderr)
        return 1 if found else 0
    for path, content in files():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
