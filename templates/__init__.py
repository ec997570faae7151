"""Jinja2 templates: `survivor/` for the survivors' site, `shared/` for both sides."""

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
