"""Opens and seals per second in Python, at 4 KB, on one core."""

import time
from collections.abc import Callable

from crypto.opening import Identity, open_sealed
from crypto.sealing import seal

PLAINTEXT = b"a" * 4_096


def per_second(work: Callable[[], object], seconds: float) -> float:
    """Return how often `work` runs in a second, over at least `seconds`."""
    work()
    count, start = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - start) < seconds:
        for _ in range(20):
            work()
        count += 20
    return count / elapsed


def figures(seconds: float) -> dict[str, float]:
    """Return opens and seals a second."""
    identity = Identity.from_seed(bytes(32))
    recipient = identity.recipient
    sealed = seal(PLAINTEXT, [recipient])
    return {
        "opens": per_second(lambda: open_sealed(sealed, [identity]), seconds),
        "seals": per_second(lambda: seal(PLAINTEXT, [recipient]), seconds),
    }
