"""Logs say which class of error happened where in our own code, and nothing that anyone typed."""

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from intake.errors import FormError
from intake.folder import Folder
from intake.logs import BareFormatter, describe
from intake.unscripted.form import read_fields

PLANTED = "planted words"


def record(name: str, message: str, *arguments: object, error: BaseException | None = None) -> logging.LogRecord:
    return logging.LogRecord(
        name,
        logging.ERROR,
        "/somewhere/module.py",
        7,
        message,
        arguments,
        (type(error), error, None) if error else None,
    )


def failed() -> ValueError:
    try:
        int(PLANTED)
    except ValueError as error:
        return error
    raise AssertionError


def test_an_error_is_its_class_and_place() -> None:
    assert PLANTED in str(failed())  # the control: Python's own message would show it
    assert describe(failed()) == "ValueError at a library"
    with pytest.raises(Exception, match="data folder") as caught:
        Folder(Path("/nowhere")).require()
    assert describe(caught.value).startswith("FolderError at intake/folder.py:")


def test_records_of_libraries_lose_their_text() -> None:
    line = BareFormatter().format(record("uvicorn.error", "about %s", PLANTED, error=failed()))
    assert line == "ERROR uvicorn.error at module.py:7 ValueError at a library"
    assert BareFormatter().format(record("heard", "A request failed: %s", "X")) == "ERROR A request failed: X"


UNCAUGHT = f"""
import logging, threading
from intake.logs import set_up_logging
set_up_logging()
def fail(): int("{PLANTED}")
thread = threading.Thread(target=fail); thread.start(); thread.join()
class Bad:
    def __del__(self): fail()
Bad()
try: fail()
except ValueError: logging.getLogger("asyncio").exception("about %s", "{PLANTED}")
fail()
"""


def test_uncaught_errors_say_no_more_wherever_they_happen() -> None:
    done = subprocess.run([sys.executable, "-c", UNCAUGHT], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert PLANTED not in done.stderr
    assert done.stderr.count("ValueError at") == 4
    assert len(done.stderr.splitlines()) == 4


def test_a_form_that_cannot_be_read_does_not_come_along_with_the_error() -> None:
    with pytest.raises(FormError) as caught:
        read_fields(b"account=%ff" + PLANTED.encode())
    assert caught.value.__context__ is None
    assert PLANTED not in str(caught.value)
