"""Headers of every answer of the phone line: those of the survivors' site, and passkeys allowed to its own pages."""

from typing import Final

from intake.middleware.headers import HEADERS

_PASSKEYS: Final = "publickey-credentials-get"
LINE_HEADERS: Final = HEADERS | {
    "permissions-policy": HEADERS["permissions-policy"].replace(
        f"{_PASSKEYS}=()", f"{_PASSKEYS}=(self), publickey-credentials-create=(self)"
    )
}
