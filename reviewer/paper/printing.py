"""From a template to something that a printer takes. Nothing is fetched: pages hold all they need."""

import io
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined

import templates
from reviewer.display import safe_line, safe_text

WHOSE: Final = {"panel": "panel", "lead": "safeguarding lead"}
_FOLDER: Final = "station"


@dataclass(frozen=True)
class Paper:
    """A file to print: its suffix (".pdf" or ".html") and content."""

    suffix: str
    content: bytes


def printed(template: str, **fields: Any) -> Paper:
    """Return a page of `templates/station/` with these fields, as PDF, or as HTML where there is no libpango."""
    page = _environment().get_template(f"{_FOLDER}/{template}").render(**fields)
    try:
        # Slow to load, and a command that prints nothing must run without the library.
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except OSError:
        return Paper(".html", page.encode("utf-8"))
    target = io.BytesIO()
    HTML(string=page, url_fetcher=URLFetcher(allowed_protocols=())).write_pdf(target, pdf_variant="pdf/ua-1")
    return Paper(".pdf", target.getvalue())


def code_of(text: str) -> str:
    """Return a QR code of `text` as SVG for a page; in capitals it is smaller, and scanners type capitals."""
    return segno.make(text.upper(), error="m", micro=False).svg_inline(scale=4, border=4, svgclass=None, lineclass=None)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(templates.FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters |= {"safe_text": safe_text, "safe_line": safe_line}
    return environment
