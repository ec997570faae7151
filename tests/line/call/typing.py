"""Somebody who types, with a record of what stood in the account when: so that what is missing afterwards can be told in seconds."""

import random
import time
from dataclasses import dataclass, field
from typing import Final

from tests.line.call.calling import CallPage

WORDS: Final = ("corridor", "office", "spring", "letter", "listened", "nobody", "asked", "diary", "wrote", "phone")
# What may be missing.
LOST_SECONDS: Final = 5.0


@dataclass
class Typist:
    """Types numbered words without a pause into the account of `call`."""

    call: CallPage
    luck: random.Random
    text: str = ""
    record: list[tuple[float, str]] = field(default_factory=list)

    def type_for(self, seconds: float) -> "Typist":
        """Type until the time has passed, however fast the machine is."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            chunk = f"{self.luck.choice(WORDS)}{len(self.record)} "
            self.call.type(chunk)
            self.text += chunk
            self.record.append((time.monotonic(), self.text))
        return self

    def missing(self, found: str, at: float) -> str:
        """Return what was typed more than 5 seconds before the moment `at` (of the monotonic clock) and is not in `found`."""
        due = [text for moment, text in self.record if moment <= at - LOST_SECONDS]
        wanted = due[-1] if due else ""
        return "" if found.startswith(wanted) else wanted.removeprefix(found)
