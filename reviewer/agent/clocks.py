"""The two clocks that no custodian can set: with the time that the machine slept, and without."""

import time


def boottime() -> float:
    """Return the seconds since the machine started, those that it slept included."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def monotonic() -> float:
    """Return the seconds since the machine started in which it was awake."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)
