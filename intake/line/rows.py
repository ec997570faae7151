"""What the line's store takes and gives."""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

Role = Literal["worker", "supervisor"]
Stage = Literal["factor", "enrolling", "open"]
ROLES: Final[tuple[Role, ...]] = ("worker", "supervisor")


@dataclass(frozen=True, repr=False)
class Worker:
    """Somebody who may sign in: see `intake.line.schema`. `passkeys` and `codes` count what they have."""

    id: str
    name: str
    role: Role
    state: str
    password: str | None
    first: bytes | None
    first_until: int | None
    seed: bytes | None
    step: int


@dataclass(frozen=True, repr=False)
class Passkey:
    """One passkey. `id` and `public_key` are the authenticator's own bytes, `uses` its counter, `day` when it was added."""

    id: bytes
    worker: str
    public_key: bytes
    uses: int
    name: str
    day: date


@dataclass(frozen=True, repr=False)
class Session:
    """One session: see `intake.line.schema`. Times are minutes since 1970."""

    digest: bytes
    worker: str
    stage: Stage
    began: int
    proved: int
    tries: int = 0
    pending: bytes | None = None


@dataclass(frozen=True)
class Total:
    """How often a worker did something on a day."""

    day: date
    worker: str
    what: str
    count: int


@dataclass(frozen=True)
class Entry:
    """One link of the audit's chain.

    `moment` is a day, or a day and an hour in UTC ("2026-11-26T09"); `detail` says by whom or how; `mac` has 32 bytes.
    """

    number: int
    moment: str
    worker: str
    what: str
    detail: str
    count: int
    mac: bytes
