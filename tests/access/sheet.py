"""A contact sheet of the main pages: `python -m tests.access.sheet --to FOLDER` (`make sheet`), to be looked at by people.

One image for each width and look, light, dark and from right to left: a row of whole pages, scaled down.
"""

import argparse
import base64
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, ViewportSize

from tests import chromium
from tests.access.site import RIGHT_TO_LEFT, Site, serve
from tests.access.stage import MIDDLE, NARROW, WIDE, Look, stage
from tests.access.walks import SCRIPTED
from tests.access.walks_plain import PLAIN

# Of each walk, the states that are shown.
SHOWN: Final = {
    "information": ("/", "/before", "/sealing", "/easy", "/leaflet"),
    "sharing": ("first part", "account", "people, veiled", "people", "safety", "the words", "check", "offline", "sent"),
    "returning": ("a wrong word", "answers and a warning", "taking back, asked once more"),
    "sharing_plain": ("a child at risk, without scripts",),
}
LOOKS: Final = (("light", "en", "light"), ("dark", "en", "dark"), ("right-to-left", RIGHT_TO_LEFT, "light"))
WIDTHS: Final = (NARROW, MIDDLE, WIDE)
# What is shown of a page, in heights of its window, and how large.
_SCREENS: Final = 4
_SHOWN_WIDTH: Final = 300
_SHEET: Final = "body { display: flex; flex-wrap: wrap; gap: 12px; background: #888; font: 14px sans-serif; margin: 12px } figure { margin: 0 } img { display: block; width: 300px }"


def photographs(browser: Browser, site: Site, code: str, look: Look) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the picture (PNG) of every page that is shown."""
    size: ViewportSize = look.options["viewport"]
    for name, shown in SHOWN.items():
        with stage(browser, site, code, look, scripts=name in SCRIPTED) as made:
            left = set(shown)
            for state in (SCRIPTED | PLAIN)[name](made):
                if state in left:
                    left.discard(state)
                    made.page.evaluate("window.scrollTo(0, 0)")
                    height = min(made.page.evaluate("document.documentElement.scrollHeight"), _SCREENS * size["height"])
                    made.page.set_viewport_size({"width": size["width"], "height": max(height, size["height"])})
                    yield state, made.page.screenshot()
                    made.page.set_viewport_size(size)
                if not left:
                    break


def sheet(browser: Browser, pictures: Sequence[tuple[str, bytes]], to: Path) -> None:
    """Put the pictures side by side into one."""
    page = browser.new_page(viewport={"width": 6 * (_SHOWN_WIDTH + 12) + 24, "height": 600})
    figures = "".join(
        f'<figure><figcaption>{name}</figcaption><img src="data:image/png;base64,{base64.b64encode(png).decode()}"></figure>'
        for name, png in pictures
    )
    page.set_content(f"<style>{_SHEET}</style>{figures}", wait_until="load")
    page.screenshot(path=to, full_page=True)
    page.close()


def main(arguments: Sequence[str]) -> int:
    """Write the sheets and say where they are."""
    parser = argparse.ArgumentParser(prog="python -m tests.access.sheet", description=__doc__)
    parser.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="where the images go")
    parser.add_argument("--width", type=int, action="append", help="only this width; may be given again")
    folder: Path = parser.parse_args(arguments).to
    folder.mkdir(parents=True, exist_ok=True)
    widths = [size for size in WIDTHS if size["width"] in (parser.parse_args(arguments).width or (320, 768, 1280))]
    with tempfile.TemporaryDirectory() as place, serve(Path(place)) as site, chromium.launch() as browser:
        for size in widths:
            for name, code, scheme in LOOKS:
                look = Look(name, {"viewport": size, "color_scheme": scheme, "device_scale_factor": 1})
                to = folder / f"{size['width']}-{name}.png"
                sheet(browser, list(photographs(browser, site, code, look)), to)
                print(to, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
