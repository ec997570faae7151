"""Keeping a process's memory to itself: no core dump, no other program that looks into it, no page on a swap device."""

import ctypes
import os
import resource
from typing import Final

_PR_SET_DUMPABLE: Final = 4
_MCL_CURRENT, _MCL_FUTURE = 1, 2


def forbid_dumps() -> None:
    """Forbid core dumps of this process, and that other programs of the same person trace it or read its memory. prctl(2)."""
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))
    # Where there is no prctl (no Linux), the limit alone has to do.
    if hasattr(_libc(), "prctl"):
        _libc().prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def lock_memory() -> bool:
    """Keep every page of this process in memory, now and later; return whether the system allowed it. mlockall(2).

    Under a limit it is not tried: what is locked first would leave too little for what comes later.
    """
    unlimited = resource.getrlimit(resource.RLIMIT_MEMLOCK)[1] == resource.RLIM_INFINITY
    if os.geteuid() != 0 and not unlimited:
        return False
    if unlimited:
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    return int(_libc().mlockall(_MCL_CURRENT | _MCL_FUTURE)) == 0


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
