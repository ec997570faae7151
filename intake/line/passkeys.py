"""Passkeys (WebAuthn): what a browser is asked for, and whether its answer is right."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from intake.line.rows import Passkey, Worker

_CHALLENGE_BYTES: Final = 32
_LONGEST_NAME: Final = 64
# After the password, so a passkey need only show that it is there; it asks for more where it can.
_VERIFICATION: Final = UserVerificationRequirement.PREFERRED


def new_challenge() -> bytes:
    """Return 256 random bits."""
    return secrets.token_bytes(_CHALLENGE_BYTES)


@dataclass(frozen=True)
class Passkeys:
    """Passkeys for one `origin`; they belong to its host name. `service` is what authenticators show."""

    origin: str
    service: str

    @property
    def host(self) -> str:
        """The name that passkeys belong to."""
        return urlsplit(self.origin).hostname or ""

    def offer(self, worker: Worker, held: Sequence[Passkey], challenge: bytes) -> dict[str, Any]:
        """Return what `navigator.credentials.create` is given, as JSON has it."""
        options = generate_registration_options(
            rp_id=self.host,
            rp_name=self.service,
            user_id=worker.id.encode("ascii"),
            user_name=worker.name,
            challenge=challenge,
            exclude_credentials=[PublicKeyCredentialDescriptor(id=one.id) for one in held],
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=_VERIFICATION
            ),
        )
        return _as_json(options_to_json(options))

    def ask(self, held: Sequence[Passkey], challenge: bytes) -> dict[str, Any]:
        """Return what `navigator.credentials.get` is given, as JSON has it."""
        options = generate_authentication_options(
            rp_id=self.host,
            challenge=challenge,
            allow_credentials=[PublicKeyCredentialDescriptor(id=one.id) for one in held],
            user_verification=_VERIFICATION,
        )
        return _as_json(options_to_json(options))

    def made(self, worker: Worker, credential: str, challenge: bytes, name: str, day: date) -> Passkey | None:
        """Return the passkey that a browser made for `challenge`, or None."""
        try:
            made = verify_registration_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self.host,
                expected_origin=self.origin,
            )
        except (WebAuthnException, ValueError, KeyError, TypeError):
            return None
        label = " ".join(name.split())[:_LONGEST_NAME]
        return Passkey(made.credential_id, worker.id, made.credential_public_key, made.sign_count, label, day)

    def shown(self, held: Sequence[Passkey], credential: str, challenge: bytes) -> tuple[Passkey, int] | None:
        """Return the passkey of `held` that signed `challenge`, and its counter; None when none did."""
        try:
            answer = parse_authentication_credential_json(credential)
            passkey = next(one for one in held if one.id == answer.raw_id)
            shown = verify_authentication_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=self.host,
                expected_origin=self.origin,
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.uses,
            )
        except (WebAuthnException, StopIteration, ValueError, KeyError, TypeError):
            return None
        return passkey, shown.new_sign_count


def _as_json(text: str) -> dict[str, Any]:
    options: dict[str, Any] = json.loads(text)
    return options
