"""Two invented workers of the demonstration's phone line, who are signed in without an authenticator app: `make line-code`.

In earnest an operator adds a name, and the worker chooses a password and shows a second factor that only they have. Here all of it
lies in one file beside the data: whoever has the folder can sign in, which is what "demonstration" means.
"""

import json
import secrets
import time
from dataclasses import asdict, dataclass
from typing import Final

import pyotp
from argon2 import PasswordHasher
from argon2.profiles import RFC_9106_LOW_MEMORY

from crypto.wordlist import WORDS
from deploy.demonstration.place import DemonstrationError, Place
from intake.errors import IntakeError
from intake.folder import write_file
from intake.line.accounts import Accounts
from intake.line.audit import Book
from intake.line.codes import new_seed
from intake.line.installation import line_folder, open_line_store
from intake.line.key import load_line_key
from intake.line.rows import Role
from intake.settings import Settings

NAMES: Final[dict[str, Role]] = {"jo.b": "worker", "sam": "supervisor"}
_PERIOD: Final = 30
# A code that ends sooner is not worth typing (seconds).
_LEAST: Final = 8
_WORDS: Final = 4


@dataclass(frozen=True)
class SignIn:
    """What one of them signs in with; `seed` is the TOTP seed in base32."""

    name: str
    password: str
    seed: str


def sign_ins(place: Place) -> list[SignIn]:
    """Return what the workers sign in with; raises DemonstrationError where nothing was set up."""
    try:
        return [SignIn(**one) for one in json.loads(place.workers.read_text("utf-8"))]
    except (OSError, ValueError, TypeError):
        raise DemonstrationError("There is no demonstration yet; start it with `make run` first.") from None


def set_up_workers(place: Place) -> None:
    """Let both be able to sign in; those who are keep what they have."""
    is_new = not place.workers.exists()
    if is_new:
        made = [SignIn(name, " ".join(secrets.choice(WORDS) for _ in range(_WORDS)), new_seed()) for name in NAMES]
        write_file(place.workers, json.dumps([asdict(one) for one in made]).encode("ascii"))
    settings = Settings.read({"HEARD_DATA": str(place.intake)})
    store, key = open_line_store(settings), load_line_key(line_folder(settings).line_key)
    hasher, book = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY), Book(store, time.time)
    try:
        for one in sign_ins(place):
            if store.worker_named(one.name) is None:
                Accounts(store).add(one.name, NAMES[one.name])
            elif is_new:
                Accounts(store).reset(one.name)
            worker = store.worker_named(one.name)
            if worker is not None and worker.state == "invited":
                note = book.change(worker, "enrolled", "for the demonstration")
                store.set_seed(worker, key.seal(one.seed.encode("ascii"), worker.id), 0, b"", note)
                store.activate(worker, hasher.hash(one.password), b"", note)
    except IntakeError as error:
        raise DemonstrationError(str(error)) from None
    finally:
        store.close()


def show_codes(place: Place) -> None:
    """Print the present code of both, and how long it holds. Raises DemonstrationError."""
    workers = sign_ins(place)
    left = _PERIOD - time.time() % _PERIOD
    if left < _LEAST:
        time.sleep(left)
        left = _PERIOD
    for one in workers:
        print(f"{one.name}: {pyotp.TOTP(one.seed).now()}")
    print(f"Each works once, for {int(left)} seconds; run this again for the next.")
