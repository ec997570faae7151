from functools import cache

import pytest

import reviewer.cases.readers
import reviewer.custody.share_file
from reviewer.custody.stretching import stretch

# The same answers; only that nobody waits twice for one passphrase while the commands run in this process.
_remembered = cache(stretch)


@pytest.fixture(autouse=True)
def _passphrases_stretched_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (reviewer.cases.readers, reviewer.custody.share_file):
        monkeypatch.setattr(module, "stretch", _remembered)
