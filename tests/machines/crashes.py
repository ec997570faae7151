"""Ending a process at any moment that matters to the disk: before or after a commit, and whenever a file is waited for."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from sqlalchemy import Engine


class Crash(BaseException):
    """The process ends here. Nothing catches it but the test, which goes on with what was on the disk at that moment."""


class Crashes:
    """Counts the moments and ends the process at one of them.

    What is in `folder` then is copied aside, since the code under test tidies up while an exception passes through it,
    which a process that ends does not. No power is cut: what was written is there (docs/gaps.md).
    """

    def __init__(self) -> None:
        self._folder = Path()
        self._left = 0

    def watch(self, engine: Engine) -> Engine:
        """Count the commits of an engine."""
        commit: Callable[[Any], None] = engine.dialect.do_commit

        def counted(connection: Any) -> None:
            self._step()
            commit(connection)
            self._step()

        engine.dialect.do_commit = counted  # type: ignore[method-assign,assignment]  # this engine's own
        return engine

    @contextmanager
    def at(self, moment: int, folder: Path) -> Iterator[None]:
        """End what runs in this block at its moment number `moment` (0: never), and leave `folder` as it was then."""
        self._folder, self._left = folder, moment
        try:
            with mock.patch.object(os, "fsync", self._wait):
                yield
        finally:
            self._left = 0

    def recover(self, folder: Path) -> None:
        """Put back what the process that ended left; nobody has a file there open."""
        shutil.rmtree(folder)
        _aside(folder).rename(folder)

    def _wait(self, _descriptor: int) -> None:
        # The disk itself is not waited for: no power is cut here, and it would take most of the time.
        self._step()

    def _step(self) -> None:
        if not self._left:
            return
        self._left -= 1
        if not self._left:
            shutil.copytree(self._folder, _aside(self._folder))
            raise Crash


def _aside(folder: Path) -> Path:
    return folder.with_name(folder.name + ".ended")
