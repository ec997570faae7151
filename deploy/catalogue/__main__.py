"""Write or check intake/locale/heard.pot."""

import argparse
import io
import sys
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

ROOT: Final = Path(__file__).parents[2]
TARGET: Final = ROOT / "intake" / "locale" / "heard.pot"
_METHODS: Final = [
    ("templates/**.html", "jinja2"),
    ("intake/**.py", "python"),
    ("intake/content/**.toml", "deploy.catalogue.content:extract"),
]
_OPTIONS: Final = {"templates/**.html": {"trimmed": "true", "silent": "false"}}


def build() -> bytes:
    """Return the catalogue's template: the same bytes for the same sources."""
    catalog = Catalog(project="heard", fuzzy=False)
    for folder in ("intake", "templates"):
        found = extract_from_dir(
            ROOT / folder,
            [
                (pattern.removeprefix(folder + "/"), method)
                for pattern, method in _METHODS
                if pattern.startswith(folder)
            ],
            {pattern.removeprefix(folder + "/"): options for pattern, options in _OPTIONS.items()},
        )
        for name, line, message, _, context in found:
            catalog.add(message, None, [(f"{folder}/{name}", line)], context=context)
    target = io.BytesIO()
    write_po(target, catalog, width=120, omit_header=True, sort_by_file=True, include_lineno=False)
    return target.getvalue()


def main() -> int:
    """Return 0, or 1 when `--check` found a difference."""
    parser = argparse.ArgumentParser(prog="deploy.catalogue", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the committed file and change nothing")
    if parser.parse_args().check:
        same = TARGET.exists() and TARGET.read_bytes() == build()
        if not same:
            print("intake/locale/heard.pot is not what the sources say; run: make catalogue", file=sys.stderr)
        return 0 if same else 1
    TARGET.write_bytes(build())
    return 0


if __name__ == "__main__":
    sys.exit(main())
