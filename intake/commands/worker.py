"""`intake worker`: who may sign in at the phone line."""

import argparse
from collections.abc import Callable

from intake.commands.result import Result
from intake.line.accounts import FIRST_HOURS, Accounts
from intake.line.installation import open_line_store
from intake.line.names import written
from intake.settings import Settings


def run(arguments: argparse.Namespace, settings: Settings) -> Result:
    """Do what the command's second word says."""
    acts: dict[str, Callable[[Accounts, argparse.Namespace], Result]] = {
        "add": _add,
        "reset": _reset,
        "disable": _disable,
        "sign-out": _sign_out,
        "list": _list,
    }
    arguments.name = written(getattr(arguments, "name", None) or "")
    store = open_line_store(settings)
    try:
        store.check_schema()
        return acts[arguments.act](Accounts(store), arguments)
    finally:
        store.close()


def _add(accounts: Accounts, arguments: argparse.Namespace) -> Result:
    first = accounts.add(arguments.name, arguments.role)
    return _first_password(f"{arguments.name} may sign in as a {arguments.role}", arguments.name, first)


def _reset(accounts: Accounts, arguments: argparse.Namespace) -> Result:
    first = accounts.reset(arguments.name)
    return _first_password(f"{arguments.name} begins anew, and was signed out everywhere", arguments.name, first)


def _first_password(done: str, name: str, first: str) -> Result:
    return Result(
        [
            f"{done}. First password, shown only now:",
            f"  {first}",
            f"Hand it over in person, on paper, after making sure who it is. It ends after {FIRST_HOURS} hours, or when they have "
            "chosen their own password and second factor.",
        ],
        {"name": name, "first_password": first, "hours": FIRST_HOURS},
    )


def _disable(accounts: Accounts, arguments: argparse.Namespace) -> Result:
    accounts.disable(arguments.name)
    return Result(
        [f"{arguments.name} can no longer sign in, and was signed out everywhere."],
        {"name": arguments.name, "state": "disabled"},
    )


def _sign_out(accounts: Accounts, arguments: argparse.Namespace) -> Result:
    ended = accounts.sign_out(None if arguments.all else arguments.name)
    return Result([f"Sessions ended: {ended}."], {"ended": ended})


def _list(accounts: Accounts, _arguments: argparse.Namespace) -> Result:
    workers = [{"name": one.name, "role": one.role, "state": one.state} for one in accounts.store.workers()]
    lines = [f"{one['name']}: {one['role']}, {one['state']}" for one in workers]
    return Result(lines or ["There is no worker yet; `intake worker add NAME` makes one."], {"workers": workers})
