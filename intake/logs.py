"""What this side may say about itself. Never a message of an exception, an argument, an address or a time of a request."""

import logging
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Final

_OURS: Final = Path(__file__).parents[1]
_PACKAGES: Final = frozenset({"intake", "crypto"})


def describe(error: BaseException) -> str:
    """Return the class of `error` and the last place in our own code that it passed, as `Class at package/file.py:line`."""
    place = ""
    traceback = error.__traceback__
    while traceback is not None:
        place = _place(traceback) or place
        traceback = traceback.tb_next
    return f"{type(error).__name__} at {place or 'a library'}"


def _place(traceback: TracebackType) -> str:
    path = Path(traceback.tb_frame.f_code.co_filename)
    if not path.is_relative_to(_OURS):
        return ""
    inside = path.relative_to(_OURS)
    return f"{inside}:{traceback.tb_lineno}" if inside.parts[0] in _PACKAGES else ""


class BareFormatter(logging.Formatter):
    """Writes our own records as they are, and of anyone else's only who logged and where: their text is not ours to trust."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        said = record.getMessage() if record.name == "heard" else f"{record.name} at {record.filename}:{record.lineno}"
        error = record.exc_info[1] if record.exc_info else None
        return f"{record.levelname} {said}{' ' + describe(error) if error else ''}"


def set_up_logging() -> None:
    """Send warnings and worse to standard error, bare. Uncaught errors go the same way."""
    handler = logging.StreamHandler()
    handler.setFormatter(BareFormatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    sys.excepthook = lambda _kind, error, _traceback: _say_uncaught(error)
    threading.excepthook = lambda arguments: _say_uncaught(arguments.exc_value)
    sys.unraisablehook = lambda unraisable: _say_uncaught(unraisable.exc_value)


def _say_uncaught(error: BaseException | None) -> None:
    if error is not None:
        sys.stderr.write(f"ERROR Uncaught: {describe(error)}\n")
