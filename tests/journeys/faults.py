"""What no visit may do: ask others, leave something in the browser, complain, or put a secret where addresses are kept."""

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from tests.journeys.driver import Visit
from tests.leaks import leaks, spellings

# Where each browser keeps which addresses were seen: a file of the profile, and what to ask it.
_HISTORIES: Final = (
    ("Default/History", "SELECT url, title FROM urls"),
    ("places.sqlite", "SELECT url, coalesce(title, '') FROM moz_places"),
)


# Where Chromium notes what a form sent, so that it can open the page again: docs/gaps.md. No page can stop that.
_REOPENED: Final = "Default/Sessions/"


def faults(visit: Visit, profile: Path, site: str, secrets: Iterable[str], *, posts: bool) -> dict[str, list[str]]:
    """Return what was wrong with a visit to `site`, by kind; nothing, where all was well. `secrets` must be nowhere.

    `profile` is the folder that the browser left behind; `posts` says that forms were sent as forms, without scripts.
    """
    secrets = list(secrets)
    # Where scripts are off, Firefox tells of its content policy in the console alone.
    stopped = [line for line in visit.console if "Content-Security-Policy" in line]
    left = [str(path.relative_to(profile)) for path, _ in leaks([profile], secrets)]
    found = {
        "external": [request.url for request in visit.requests if not request.url.startswith(f"{site}/")],
        "cookie": list(visit.cookies),
        "storage": list(visit.stored),
        "console": [line for line in visit.console if line not in stopped],
        "policy": [*visit.policy, *stopped],
        "address": [request.url for request in visit.requests if _holds(request.url, secrets)],
        "referer": [request.referer for request in visit.requests if not _is_plain(request.referer, site)],
        "history": [address for address in history(profile) if _holds(address, secrets)],
        "profile": [name for name in left if not (posts and name.startswith(_REOPENED))],
    }
    return {kind: told for kind, told in found.items() if told}


def history(profile: Path) -> Iterator[str]:
    """Yield every address that the browser remembers, with its title."""
    for name, query in _HISTORIES:
        if (profile / name).exists():
            with closing(sqlite3.connect(profile / name)) as connection:
                yield from (f"{url} {title}" for url, title in connection.execute(query))


def _holds(address: str, secrets: Iterable[str]) -> bool:
    return any(spelling in address.encode() for secret in secrets for spelling in spellings(secret))


def _is_plain(referer: str, site: str) -> bool:
    """Say whether a Referer names nothing but a page of the site. What another site was really told, that site says."""
    return (
        referer == ""
        or re.fullmatch(rf"{re.escape(site)}(/(share|return|blank|static/[\w.-]+)?)?", referer) is not None
    )
