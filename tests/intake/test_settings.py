"""Settings come from one file and the environment, and what is wrong is named."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from intake.errors import SettingsError
from intake.settings import Settings, environment_name

DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"


def test_defaults_without_any_source() -> None:
    settings = Settings.read({})
    assert settings == Settings()
    assert settings.unscripted_form is True
    assert settings.data == Path("/var/lib/heard")


def test_environment_wins_over_the_file(tmp_path: Path) -> None:
    config = tmp_path / "heard.toml"
    config.write_text('port = 9000\nhost = "::1"\nunscripted_form = false\ndata = "/srv/heard"\n')
    settings = Settings.read({"HEARD_CONFIG": str(config), "HEARD_PORT": "9001", "OTHER": "x"})
    assert (settings.port, settings.host, settings.unscripted_form) == (9001, "::1", False)
    assert settings.data == Path("/srv/heard")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("HEARD_PORT", "http", "HEARD_PORT must be a whole number from 0 to 65535"),
        ("HEARD_PORT", "65536", "HEARD_PORT must be a whole number"),
        ("HEARD_PORT", "-1", "HEARD_PORT must be a whole number"),
        ("HEARD_PORT", "", "HEARD_PORT must be a whole number"),
        ("HEARD_UNSCRIPTED_FORM", "maybe", "HEARD_UNSCRIPTED_FORM must be yes or no"),
        ("HEARD_DATA", "", "HEARD_DATA must be the path of a folder"),
        ("HEARD_DATABASE", "mysql://x", "database must be a URL like"),
        ("HEARD_DATABSE", "sqlite://", "no setting HEARD_DATABSE: did you mean HEARD_DATABASE?"),
        ("HEARD_ZZZ", "1", "docs/settings.md"),
    ],
)
def test_wrong_environment_is_refused_with_what_to_write(name: str, value: str, says: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(says)):
        Settings.read({name: value})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("prot = 1", "no setting prot: did you mean port?"),
        ('port = "8000"', "port must be a whole number from 0 to 65535"),
        ("port = true", "port must be a whole number"),
        ("unscripted_form = 1", "unscripted_form must be yes or no (true or false in the file"),
        ("host = 1", "host must be text in quotes"),
        ("[table]\nx = 1", "no setting table"),
        ("port =", "is not TOML"),
    ],
)
def test_wrong_file_is_refused_with_what_to_write(tmp_path: Path, text: str, says: str) -> None:
    config = tmp_path / "heard.toml"
    config.write_text(text)
    with pytest.raises(SettingsError, match=re.escape(says)):
        Settings.read({"HEARD_CONFIG": str(config)})


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        Settings.read({"HEARD_CONFIG": str(tmp_path / "none.toml")})


def test_a_password_in_a_setting_is_never_shown() -> None:
    settings = Settings.read({"HEARD_DATABASE": "postgresql://heard:planted-word@localhost/heard"})
    assert "planted-word" in settings.database
    assert "planted-word" not in repr(settings)
    with pytest.raises(SettingsError) as refused:
        Settings.read({"HEARD_DATABASE": "mysql://heard:planted-word@localhost/heard"})
    assert "planted-word" not in str(refused.value)


def documented() -> dict[str, tuple[str, str, str]]:
    """Return (variable, default, meaning) by setting, from the document's table."""
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \| (.*?) \| (.*) \|$", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    return {key: (variable, default, meaning) for key, variable, default, meaning in rows}


def test_the_document_lists_exactly_the_settings_there_are() -> None:
    real = {}
    for setting in fields(Settings):
        switch = isinstance(setting.default, bool)
        default = ("yes" if setting.default else "no") if switch else setting.default
        meaning = setting.metadata["meaning"]
        if setting.metadata["most"]:
            meaning += f" From {setting.metadata['least']} to {setting.metadata['most']}."
        real[setting.name] = (environment_name(setting.name), f"`{default}`" if default != "" else "", meaning)
    assert documented() == real
