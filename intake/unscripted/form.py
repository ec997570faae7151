"""Reading a form that a browser posted, in memory and strictly."""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import parse_qsl

from intake.errors import FormError

MAX_FIELDS: Final = 400
Fields = Mapping[str, Sequence[str]]
_UNREADABLE: Final = "What arrived is not a form that this page can read."


def read_fields(body: bytes) -> Fields:
    """Return the fields of an `application/x-www-form-urlencoded` body: name to values, in order, with LF line ends.

    Raises FormError for anything that is not UTF-8, has more than 400 fields, or is not a form.
    """
    try:
        pairs = parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            encoding="utf-8",
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError:
        # The error would carry what was typed: it must not be the cause of what is raised.
        pairs = None
    if pairs is None:
        raise FormError(_UNREADABLE)
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value.replace("\r\n", "\n").replace("\r", "\n"))
    return fields
