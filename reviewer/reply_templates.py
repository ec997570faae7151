"""Replies to begin from: those that are shipped, and the inquiry's own in the station's folder. A fault is named with its file and line."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from reviewer.display import safe_line, safe_text
from reviewer.errors import TemplateError
from reviewer.files import read_small
from reviewer.station import Station

SHIPPED: Final = Path(__file__).parent / "content" / "replies.toml"
_TABLE: Final = "template"
_MOST_BYTES: Final = 262_144
_MOST: Final = {"name": 40, "title": 80, "language": 32, "text": 4_000}
_NAME: Final = re.compile(r"[a-z][a-z0-9-]*")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}")
_BLANK: Final = re.compile(r"\[\[([^\[\]\n]{1,80})\]\]")
_HEADER: Final = re.compile(r"\s*\[\[\s*template\s*\]\]\s*(#.*)?")
_KEY: Final = re.compile(r"\s*\"?([A-Za-z0-9_-]+)\"?\s*=")


@dataclass(frozen=True)
class Template:
    """One reply to begin from. `text` may have blanks, [[like this]], that a person fills; `language` is a tag such as "en"."""

    name: str
    title: str
    language: str
    text: str

    @property
    def blanks(self) -> list[str]:
        """What a person must put in, in its order."""
        return blanks_in(self.text)

    def filled(self, words: Sequence[str]) -> str:
        """Return the text with `words` in its blanks. Raises TemplateError unless there is one for each."""
        if len(words) != len(self.blanks):
            raise TemplateError(
                f"The template {self.name} has {len(self.blanks)} blank(s), and words for {len(words)} were given."
            )
        given = iter(words)
        return _BLANK.sub(lambda _: next(given), self.text)


def is_language(tag: str) -> bool:
    """Say whether this is a tag of a language, such as "en" or "zh-Hant"."""
    return _LANGUAGE.fullmatch(tag) is not None


def blanks_in(text: str) -> list[str]:
    """Return the blanks that nobody has filled yet."""
    return _BLANK.findall(text)


def load_templates(station: Station) -> dict[str, Template]:
    """Return every template by its name, the shipped ones first. Raises TemplateError, which names the file and the line, FolderError."""
    found = _read(SHIPPED)
    return found | _read(station.replies) if station.replies.exists() else found


def chosen(templates: Mapping[str, Template], name: str) -> Template:
    """Return the template of that name. Raises TemplateError."""
    if name not in templates:
        raise TemplateError(f"There is no template {safe_line(name)}; see `reviewer templates`.")
    return templates[name]


def _read(path: Path) -> dict[str, Template]:
    source = read_small(path, _MOST_BYTES).decode("utf-8", "replace")
    try:
        document = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise TemplateError(f"{path.name} is not TOML: {error}.") from None
    lines = _Lines(path.name, source)
    tables = document.get(_TABLE)
    if set(document) != {_TABLE} or not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        raise TemplateError(f"{path.name} holds [[template]] tables, and nothing else.")
    found: dict[str, Template] = {}
    for number, table in enumerate(tables):
        template = _template(table, number, lines)
        if template.name in found:
            raise lines.fault(number, "name", f"there are two templates {template.name}")
        found[template.name] = template
    return found


def _template(table: dict[str, Any], number: int, lines: "_Lines") -> Template:
    for key, value in table.items():
        if key not in _MOST:
            raise lines.fault(number, key, f"a template has no {safe_line(key)}; it has {', '.join(_MOST)}")
        if fault := _fault_of(key, value):
            raise lines.fault(number, key, fault)
    for key in _MOST:
        if key not in table:
            raise lines.fault(number, "", f"this template lacks {key}")
    return Template(table["name"], table["title"], table["language"], table["text"].strip())


def _fault_of(key: str, value: object) -> str | None:
    """Return what is wrong with one value, or None."""
    if not isinstance(value, str) or not value.strip():
        return f"{key} must be text, and not empty"
    if len(value) > _MOST[key]:
        return f"{key} is longer than {_MOST[key]} characters"
    if (safe_text(value) if key == "text" else safe_line(value)) != value:
        return f"{key} holds characters that nobody would see"
    if key == "name" and not _NAME.fullmatch(value):
        return "name has small letters, digits and hyphens, a letter first"
    if key == "language" and not is_language(value):
        return "language is a tag like en or cy"
    if key == "text" and _BLANK.sub("", value).count("[[") + _BLANK.sub("", value).count("]]"):
        return "a blank is written [[like this]], on one line"
    return None


class _Lines:
    """Where what stands in one file."""

    def __init__(self, name: str, source: str) -> None:
        self._name = name
        self._places = list(_places(source))

    def fault(self, number: int, key: str, sentence: str) -> TemplateError:
        """Return the error about a key of a template, or about the template itself."""
        headers = [line for line, found in self._places if found == ""]
        begin = headers[number] if number < len(headers) else 1
        end = headers[number + 1] if number + 1 < len(headers) else None
        within = [line for line, found in self._places if found == key and begin <= line and (not end or line < end)]
        return TemplateError(f"{self._name}, line {within[0] if within else begin}: {sentence}.")


def _places(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line of each header of a template (as "") and of each key. Text in three quotes is passed over."""
    quoted = False
    for number, line in enumerate(source.splitlines(), 1):
        begins_quoted = quoted
        quoted ^= (line.count('"""') + line.count("'''")) % 2 == 1
        if begins_quoted:
            continue
        if _HEADER.fullmatch(line):
            yield number, ""
        elif key := _KEY.match(line):
            yield number, key[1]
