"""What commands and the agent say to each other: a length of four bytes, big-endian, and one JSON object.

Canonical or refused: for every message that parses, encoding it again gives the same bytes. Bytes are written in hex. The
agent never sends a key of its own: it opens the header of one file, or signs.
"""

import json
import re
import struct
from dataclasses import dataclass, field
from typing import Any, Final

from crypto.errors import HeaderError
from crypto.header import Stanza, decode_base64, encode_base64
from reviewer.errors import AgentError

# A signed answer may be as long as a letter, and hex doubles it.
MOST_BYTES: Final = 4 << 20
LENGTH: Final = struct.Struct(">I")
FILE_KEY_BYTES: Final = 16
DIGEST_BYTES: Final = 64
_MOST_COMMENT: Final = 8_000
_MOST_EPOCH: Final = 9_999
_MOST_CUSTODIANS: Final = 16
_HEX: Final = re.compile("(?:[0-9a-f]{2})*")
_PRINTABLE: Final = re.compile("[ -~]*")
REFUSALS: Final = ("header", "epoch", "label", "request")


@dataclass(frozen=True)
class AskState:
    """Say what is unlocked, and for how long."""


@dataclass(frozen=True)
class Lock:
    """Forget the keys and end."""


@dataclass(frozen=True)
class Unwrap:
    """Open the header of a file that is sealed to the panel of `epoch`."""

    epoch: int
    stanzas: tuple[Stanza, ...] = field(repr=False)


@dataclass(frozen=True)
class Sign:
    """Sign `message`, which starts with the label of something that this station signs."""

    epoch: int
    message: bytes = field(repr=False)


@dataclass(frozen=True)
class SignBundle:
    """Sign a return bundle with this digest (64 bytes) and trusted comment."""

    epoch: int
    digest: bytes
    comment: str


@dataclass(frozen=True)
class UnlockedEpoch:
    """An epoch that the agent holds, and the numbers of the custodians who unlocked it."""

    epoch: int
    custodians: tuple[int, ...]


@dataclass(frozen=True)
class State:
    """What is unlocked; `seconds` until it locks itself without use; whether its memory is kept from swap devices."""

    epochs: tuple[UnlockedEpoch, ...]
    seconds: int
    memory_locked: bool


@dataclass(frozen=True)
class FileKey:
    """The key of the file (16 bytes), or None when it is not sealed to this panel."""

    key: bytes | None = field(repr=False)


@dataclass(frozen=True)
class Signature:
    """What was signed: an Ed25519 signature (64 bytes) or a `.minisig` file."""

    signature: bytes


@dataclass(frozen=True)
class Locked:
    """The keys are gone."""


@dataclass(frozen=True)
class Refusal:
    """The request was not granted; `reason` is one of REFUSALS."""

    reason: str


Request = AskState | Lock | Unwrap | Sign | SignBundle
Answer = State | FileKey | Signature | Locked | Refusal
Message = Request | Answer
_CLASSES: Final[dict[str, type[Message]]] = {
    "state?": AskState,
    "lock": Lock,
    "unwrap": Unwrap,
    "sign": Sign,
    "sign bundle": SignBundle,
    "state": State,
    "file key": FileKey,
    "signature": Signature,
    "locked": Locked,
    "refusal": Refusal,
}
_NAMES: Final = {kind: name for name, kind in _CLASSES.items()}


def encode(message: Message) -> bytes:
    """Return the JSON of a message, without its length. Raises AgentError when it is too long."""
    fields = {name: _written(value) for name, value in vars(message).items()}
    data = json.dumps({"say": _NAMES[type(message)], **fields}, separators=(",", ":")).encode("ascii")
    if len(data) > MOST_BYTES:
        raise AgentError("This is too long for the agent; unlock with shares for this one command (--share).")
    return data


def parse(data: bytes) -> Message:
    """Return the message in `data`. Raises AgentError for anything else."""
    try:
        document: dict[str, Any] = json.loads(data.decode("ascii")) if len(data) <= MOST_BYTES else {}
        kind = _CLASSES[document.pop("say")]
        message = kind(**{name: _READERS[name](value) for name, value in document.items()})
        if encode(message) == data:
            return message
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, HeaderError):
        pass
    raise AgentError("What came from the agent's socket is no message; lock the station and unlock it again.")


def framed(message: Message) -> bytes:
    """Return a message with its length, as it is sent."""
    data = encode(message)
    return LENGTH.pack(len(data)) + data


def _written(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, tuple):
        return [_written(one) for one in value]
    if isinstance(value, Stanza):
        return [value.kind, *value.arguments, encode_base64(value.body).decode("ascii")]
    if isinstance(value, UnlockedEpoch):
        return [value.epoch, *value.custodians]
    return value


def _number(most: int) -> Any:
    def read(value: Any) -> int:
        if type(value) is not int or not 0 <= value <= most:
            raise ValueError("a number out of range")
        return value

    return read


def _bytes(value: Any) -> bytes:
    if not _HEX.fullmatch(value):
        raise ValueError("not hex")
    return bytes.fromhex(value)


def _digest(value: Any) -> bytes:
    digest = _bytes(value)
    if len(digest) != DIGEST_BYTES:
        raise ValueError("a digest has 64 bytes")
    return digest


def _file_key(value: Any) -> bytes | None:
    key = None if value is None else _bytes(value)
    if key is not None and len(key) != FILE_KEY_BYTES:
        raise ValueError("a file key has 16 bytes")
    return key


def _comment(value: Any) -> str:
    if len(value) > _MOST_COMMENT or not _PRINTABLE.fullmatch(value):
        raise ValueError("not a comment")
    return str(value)


def _reason(value: Any) -> str:
    if value not in REFUSALS:
        raise ValueError("not a reason")
    return str(value)


def _switch(value: Any) -> bool:
    if type(value) is not bool:
        raise ValueError("neither true nor false")
    return value


def _stanzas(value: Any) -> tuple[Stanza, ...]:
    return tuple(_stanza(_list(one)) for one in _list(value))


def _stanza(parts: list[Any]) -> Stanza:
    kind, *arguments, body = parts
    if not all(type(part) is str and _PRINTABLE.fullmatch(part) for part in parts):
        raise ValueError("not a stanza")
    return Stanza(kind, tuple(arguments), decode_base64(body.encode("ascii")))


def _epochs(value: Any) -> tuple[UnlockedEpoch, ...]:
    one = _number(_MOST_CUSTODIANS)
    return tuple(
        UnlockedEpoch(_number(_MOST_EPOCH)(epoch), tuple(one(number) for number in numbers))
        for epoch, *numbers in map(_list, _list(value))
    )


def _list(value: Any) -> list[Any]:
    if type(value) is not list:
        raise ValueError("not a list")
    return value


_READERS: Final[dict[str, Any]] = {
    "epoch": _number(_MOST_EPOCH),
    "stanzas": _stanzas,
    "message": _bytes,
    "digest": _digest,
    "comment": _comment,
    "epochs": _epochs,
    "seconds": _number(10**6),
    "memory_locked": _switch,
    "key": _file_key,
    "signature": _bytes,
    "reason": _reason,
}
