"""The command `intake`. Nothing large is imported before `serve` has started itself anew in safer memory."""

import sys
from collections.abc import Sequence

from intake.process import renew


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0, or 1 with one sentence on standard error.

    `argv` stands in for the arguments of this process.
    """
    warnings = renew() if argv is None and (sys.argv[1:2] == ["serve"] or sys.argv[1:3] == ["line", "serve"]) else []
    from intake.commands.dispatch import dispatch

    return dispatch(sys.argv[1:] if argv is None else argv, warnings)


if __name__ == "__main__":
    sys.exit(main())
