"""Reads the root pyproject.toml and says what goes into each side's wheel.

Everything that the two wheels have in common (version, licence, Python, shared dependencies) is written once, in the root
file; only what may not travel with a side is written here.
"""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class WheelError(Exception):
    """The tree does not fit the plan for the wheels; the message says what to decide."""


@dataclass(frozen=True)
class Side:
    """One side's wheel.

    `templates` are the folders of `templates/` that the side renders. `left_out` are modules of `crypto` that the side must
    not be able to import: the server holds no panel key, so it does not even carry that code. It does carry
    `crypto.opening`: with a person's own words, intake/unscripted opens that person's own letters for one request.
    """

    name: str
    templates: frozenset[str]
    left_out: frozenset[str] = frozenset()


SIDES = (
    Side("intake", frozenset({"survivor", "line", "shared"}), frozenset({"crypto/panel.py"})),
    Side("reviewer", frozenset({"station", "shared"})),
)


def root_project(root: Path = ROOT) -> dict[str, Any]:
    """Return the whole root pyproject.toml."""
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))


def side_project(side: Side, root: Path = ROOT) -> str:
    """Return the text of the pyproject.toml that makes this side's wheel.

    The name gets the side's, the side's extra becomes ordinary dependencies, and only the side's own command stays.
    """
    whole = root_project(root)
    project = dict(whole["project"])
    extras = project.pop("optional-dependencies")
    project["name"] = f"{project['name']}-{side.name}"
    project["dependencies"] = [*project["dependencies"], *extras[side.name]]
    project["scripts"] = {side.name: project["scripts"][side.name]}
    packages = sorted({path.parts[0] for path in side_files(side, root)})
    wheel = {"packages": packages}
    tables = (("build-system", whole["build-system"]), ("project", project), ("tool.hatch.build.targets.wheel", wheel))
    return "\n".join(line for name, table in tables for line in _table(name, table))


def licence_files(root: Path = ROOT) -> list[Path]:
    """Return the licence and the notices that go into every wheel, relative to the root."""
    return [Path(name) for name in root_project(root)["project"]["license-files"]]


def side_files(side: Side, root: Path = ROOT) -> list[Path]:
    """Return the files of this side's wheel, relative to the root, sorted.

    Raises WheelError for a folder of templates that no side claims.
    """
    claimed = frozenset().union(*(each.templates for each in SIDES))
    chosen = []
    for path in _source_files(root, ("crypto", side.name, "templates")):
        if path.parts[0] == "templates" and len(path.parts) > 2:
            if path.parts[1] not in claimed:
                raise WheelError(f"no wheel claims templates/{path.parts[1]}: say in {Path(__file__).name} whose it is")
            if path.parts[1] not in side.templates:
                continue
        if path.as_posix() not in side.left_out:
            chosen.append(path)
    return sorted(chosen)


def _source_files(root: Path, packages: tuple[str, ...]) -> Iterator[Path]:
    for package in packages:
        for path in (root / package).rglob("*"):
            relative = path.relative_to(root)
            hidden = any(part.startswith((".", "__pycache__")) for part in relative.parts)
            if path.is_file() and not hidden:
                yield relative


def _table(name: str, table: dict[str, Any]) -> Iterator[str]:
    # A string, list or dict of strings in JSON is also TOML, but for the colon of a dict.
    yield f"[{name}]"
    for key, value in table.items():
        if isinstance(value, dict):
            inner = ", ".join(f"{json.dumps(k)} = {json.dumps(v)}" for k, v in value.items())
            yield f"{key} = {{ {inner} }}"
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            rows = (", ".join(f"{json.dumps(k)} = {json.dumps(v)}" for k, v in row.items()) for row in value)
            yield f"{key} = [{', '.join(f'{{ {row} }}' for row in rows)}]"
        else:
            yield f"{key} = {json.dumps(value)}"
    yield ""
