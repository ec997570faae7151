"""Settings: one frozen object, read once from a TOML file (`HEARD_CONFIG`) and the environment (`HEARD_…` wins).

Every name, its meaning and its default are in `docs/settings.md`; a test holds the two together.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final, Self

from intake.errors import SettingsError

CONFIG_VARIABLE: Final = "HEARD_CONFIG"
PREFIX: Final = "HEARD_"
# Read by the Makefile and the station, which may share an environment with this side.
_OTHERS: Final = frozenset({CONFIG_VARIABLE, "HEARD_PYTHON", "HEARD_STATION"})
_YES_NO: Final = {"yes": True, "no": False}
_ORIGIN: Final = re.compile(r"https://[a-z0-9.-]+(:\d{1,5})?|http://localhost(:\d{1,5})?")
_ENGINES: Final = ("sqlite:", "postgresql+psycopg:", "postgresql:")


def _about(meaning: str, least: int = 0, most: int = 0) -> dict[str, Any]:
    """Return what `docs/settings.md` says about a setting; `least` and `most` bound a number, ends included."""
    return {"meaning": meaning, "least": least, "most": most}


@dataclass(frozen=True, repr=False)
class Settings:
    """Everything that an operator can set. It is never shown: a database URL may hold a password."""

    data: Path = field(
        default=Path("/var/lib/heard"),
        metadata=_about("Folder for everything that this side writes; only its owner may read it."),
    )
    database: str = field(
        default="",
        metadata=_about(
            "Database URL, `sqlite:////…` or `postgresql://…`. When left out: `letters.sqlite` in the data folder."
        ),
    )
    closings: str = field(
        default="",
        metadata=_about(
            "File that logs what was taken back and which words were replaced, for a restore to do again; best on another "
            "disk. When left out: `closings.log` in the data folder."
        ),
    )
    host: str = field(default="127.0.0.1", metadata=_about("Address that the survivors' site listens on."))
    port: int = field(
        default=8000, metadata=_about("Port that the survivors' site listens on; 0 takes any free one.", 0, 65_535)
    )
    inquiry: str = field(
        default="",
        metadata=_about(
            "Folder with the inquiry's name, words, hours and questions (docs/inquiry.md). When left out: the one that is shipped."
        ),
    )
    unscripted_form: bool = field(
        default=True,
        metadata=_about(
            "Whether a browser without scripts may send text for this server to seal in memory; otherwise the page "
            "offers phone and paper."
        ),
    )
    waiting_letters: int = field(
        default=512,
        metadata=_about("Letters that may wait for the database before others are asked to try again.", 1, 4_096),
    )
    waiting_mebibytes: int = field(
        default=128, metadata=_about("Memory for bodies that are arriving or being stored, in MiB.", 8, 4_096)
    )
    reserve_mebibytes: int = field(
        default=64, metadata=_about("Free disk space below which no letter is taken, in MiB.", 0, 1_048_576)
    )
    unscripted_at_once: int = field(
        default=2, metadata=_about("Texts sealed here at the same time; return words take 19 MiB each.", 1, 64)
    )
    database_seconds: int = field(
        default=10,
        metadata=_about("How long a letter waits for the database before it is refused, in seconds.", 1, 300),
    )
    draft_days: int = field(
        default=30, metadata=_about("How long a draft is kept after it was last saved, in days.", 1, 365)
    )
    letter_days: int = field(
        default=0,
        metadata=_about(
            "How long a sealed letter is kept here after the station has confirmed it, in days; 0 keeps it. Choose more than "
            "lies between two copies of the station.",
            0,
            36_500,
        ),
    )
    answer_days: int = field(
        default=0,
        metadata=_about(
            'How long replies and "a reviewer has read it" wait for a person, in days after they came; 0 keeps them.',
            0,
            36_500,
        ),
    )
    receipt_days: int = field(
        default=365,
        metadata=_about(
            "How long the receipt of a destruction can be read with the same words, in days after it came; 0 keeps it.",
            0,
            36_500,
        ),
    )
    danger_days: int = field(
        default=0,
        metadata=_about(
            "How long a record for the safeguarding lead is kept here, sealed, after the lead acknowledged it, in days; 0 keeps it.",
            0,
            36_500,
        ),
    )
    danger_overdue_days: int = field(
        default=2,
        metadata=_about(
            "After how many days a record for the safeguarding lead that nobody acknowledged counts as overdue.", 0, 365
        ),
    )
    remnant_days: int = field(
        default=90,
        metadata=_about(
            "How long backups may still hold, sealed, what was taken back, in days; pages say it, so delete older ones.",
            1,
            3_650,
        ),
    )
    answer_grid_milliseconds: int = field(
        default=250,
        metadata=_about(
            "Answers to people who come back leave on this grid of time, so that their time tells nothing; 0 is off.",
            0,
            5_000,
        ),
    )
    connections: int = field(
        default=1_024, metadata=_about("Connections and requests served at the same time.", 8, 65_535)
    )

    line_database: str = field(
        default="",
        metadata=_about(
            "Database URL of the phone line's workers, sessions and audit; never on the letters' PostgreSQL server. When left "
            "out: `line.sqlite` in the data folder."
        ),
    )
    line_data: str = field(
        default="",
        metadata=_about(
            "Folder of the phone line's own database and key, so that the survivors' site need not reach them. When left out: the "
            "data folder."
        ),
    )
    line_practice: bool = field(
        default=False,
        metadata=_about(
            "Whether the phone line is for practice: it then starts only on a demonstration's card and is marked so on every page. "
            "Otherwise it starts only on a real one."
        ),
    )
    line_host: str = field(default="127.0.0.1", metadata=_about("Address that the phone line listens on."))
    line_port: int = field(
        default=8001, metadata=_about("Port that the phone line listens on; 0 takes any free one.", 0, 65_535)
    )
    line_origin: str = field(
        default="",
        metadata=_about(
            "Address that workers open, like `https://line.example.org`; passkeys belong to its name, and nothing else is "
            "answered. When left out: `http://localhost` with the line's port."
        ),
    )
    line_idle_minutes: int = field(
        default=15, metadata=_about("Minutes without a sign of the worker after which their session is locked.", 1, 60)
    )
    line_session_hours: int = field(
        default=12, metadata=_about("Hours after which a worker has to sign in again, whatever they do.", 1, 12)
    )
    line_calls_a_day: int = field(
        default=8,
        metadata=_about(
            "Calls after which a worker is asked to stop for the day; a supervisor can lift it for one day. 0 is no limit.",
            0,
            1_000,
        ),
    )
    line_hard_calls_a_day: int = field(
        default=3, metadata=_about("The same for calls that the worker called hard.", 0, 1_000)
    )
    line_hashing_at_once: int = field(
        default=2, metadata=_about("Passwords checked at the same time; each takes 64 MiB.", 1, 16)
    )

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Return the settings of this process.

        `environment` stands in for `os.environ`. Raises SettingsError with one sentence about the first thing wrong.
        """
        environment = os.environ if environment is None else environment
        config = environment.get(CONFIG_VARIABLE, "")
        values = _read_file(Path(config)) if config else {}
        values |= _read_environment(environment)
        settings = cls(**values)
        _check_databases(settings)
        if settings.line_origin and not _ORIGIN.fullmatch(settings.line_origin):
            raise SettingsError(
                "The setting line_origin must be like https://line.example.org, without a path; without encryption only "
                "http://localhost works."
            )
        return settings


def _check_databases(settings: Settings) -> None:
    for name, url in (("database", settings.database), ("line_database", settings.line_database)):
        if url and not url.startswith(_ENGINES):
            raise SettingsError(
                f"The setting {name} must be a URL like sqlite:////var/lib/heard/{name}.sqlite or "
                "postgresql://heard@localhost/heard."
            )
    if settings.database and settings.database == settings.line_database:
        raise SettingsError("The setting line_database must name another database than the setting database.")


def environment_name(key: str) -> str:
    """Return the environment variable that overrides the setting `key`."""
    return PREFIX + key.upper()


def _read_file(path: Path) -> dict[str, Any]:
    import tomllib  # only with a file: every start reads this module twice

    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"The file that {CONFIG_VARIABLE} names cannot be read ({error.strerror}).") from None
    except ValueError as error:
        raise SettingsError(f"The file that {CONFIG_VARIABLE} names is not TOML: {error}.") from None
    return {key: _read_value(key, key, value) for key, value in document.items()}


def _read_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    values = {}
    for name, text in environment.items():
        if name.startswith(PREFIX) and name not in _OTHERS:
            key = name.removeprefix(PREFIX).lower()
            values[key] = _read_value(name, key, _from_text(name, key, text))
    return values


def _from_text(name: str, key: str, text: str) -> object:
    """Return what a TOML file would hold for the environment's `text`."""
    wanted = _type_of(name, key)
    if wanted is bool:
        return _YES_NO.get(text.strip().lower(), text)
    if wanted is int and text.strip().isascii() and text.strip().isdigit():
        return int(text)
    return text


def _read_value(name: str, key: str, value: object) -> object:
    wanted = _type_of(name, key)
    if wanted is bool:
        return _check(name, type(value) is bool, value, "yes or no (true or false in the file, without quotes)")
    if wanted is int:
        bounds = Settings.__dataclass_fields__[key].metadata
        fits = type(value) is int and bounds["least"] <= value <= bounds["most"]
        return _check(name, fits, value, f"a whole number from {bounds['least']} to {bounds['most']}")
    _check(name, isinstance(value, str), value, "text in quotes")
    if wanted is Path:
        return Path(str(_check(name, value != "", value, "the path of a folder"))).absolute()
    return value


def _check(name: str, holds: bool, value: object, wanted: str) -> object:
    if not holds:
        raise SettingsError(f"The setting {name} must be {wanted}.")
    return value


def _type_of(name: str, key: str) -> object:
    known = {setting.name: setting.type for setting in fields(Settings)}
    if key not in known:
        from difflib import get_close_matches

        close = get_close_matches(key, known, 1)
        shown = close[0] if close and name == key else environment_name(close[0]) if close else ""
        hint = f"did you mean {shown}?" if shown else "docs/settings.md lists those there are."
        raise SettingsError(f"There is no setting {name}: {hint}")
    return known[key]
