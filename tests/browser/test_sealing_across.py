"""The browser and Python open what the other sealed."""

import base64
import hashlib
import json
from typing import Any

import pytest

from crypto.bech32 import encode
from crypto.card import parse_card
from crypto.frame import parse_submission
from crypto.letter import Letter, encode_letter
from crypto.opening import Identity, open_letter, open_sealed
from crypto.panel import PanelRoot
from crypto.recipients import throwaway_recipient
from crypto.sealing import capacity, seal, seal_letter
from crypto.thread import ThreadKeys, derive_thread
from crypto.words import ReturnWords
from tests.browser.node import ROOT, across
from tests.vectors.build import TEXTS, seed

VECTORS = ROOT / "tests" / "vectors"
CARD = json.loads((VECTORS / "cards.json").read_text())[0]
LETTER = json.loads((VECTORS / "letters.json").read_text())[0]["letter"]
PANEL = PanelRoot.from_bytes(seed("panel 1"))
WORDS = ReturnWords.from_entropy(1)


@pytest.fixture(scope="module")
def keys() -> ThreadKeys:
    return derive_thread(WORDS)


def sealed_by_browser(text: str, *, words: tuple[str, ...] | None = None, read_back: bool = False) -> tuple[bytes, str]:
    letter = {**LETTER, "answers": [{**LETTER["answers"][0], "text": text}]}
    request = {"letter": letter, "words": words, "readBack": read_back, "card": CARD["card"], "today": CARD["today"]}
    answer = across({"seal": request})
    return base64.b64decode(answer["body"]), answer["digest"]


def opened_by_browser(sealed: bytes, identity: Identity) -> Any:
    request = {"file": base64.b64encode(sealed).decode(), "identity": identity.encode()}
    return across({"open": request})


def only_text(letter: Letter) -> str | None:
    return letter.answers[0].text


@pytest.mark.parametrize("name", TEXTS)
def test_python_opens_what_the_browser_sealed(name: str) -> None:
    body, digest = sealed_by_browser(TEXTS[name])
    frame, sealed = parse_submission(body)
    letter = open_letter(sealed, PANEL.identity)
    assert only_text(letter) == TEXTS[name]
    assert hashlib.sha256(sealed).hexdigest() == digest
    assert (letter.locator, letter.thread) == (frame.locator.hex(), None)
    assert letter.card == parse_card(CARD["card"].encode()).fingerprint.hex()


@pytest.mark.parametrize(("length", "size"), [(20_000, 65_536), (120_000, 262_144), (900_000, 1_048_576)])
def test_longer_letters_take_the_next_size(length: int, size: int) -> None:
    body, _ = sealed_by_browser("a" * length)
    assert len(body) == 50 + size
    assert only_text(open_letter(parse_submission(body)[1], PANEL.identity)) == "a" * length


def test_words_open_what_was_to_be_read_back(keys: ThreadKeys) -> None:
    body, _ = sealed_by_browser("Being asked would have helped.", words=WORDS.words, read_back=True)
    frame, sealed = parse_submission(body)
    assert (frame.locator, frame.access_hash) == (keys.locator, keys.access_hash)
    own, panel = (
        open_letter(sealed, identity) for identity in (Identity.from_seed(keys.identity_seed), PANEL.identity)
    )
    assert own == panel
    assert own.thread is not None
    assert (own.thread.recipient, own.thread.verify_key) == (str(keys.recipient), keys.verify_key.hex())


@pytest.mark.parametrize(
    ("length", "size"), [(0, 65_536), (capacity(65_536, 2), 65_536), (capacity(1_048_576, 2), 1_048_576)]
)
def test_the_browser_opens_what_python_sealed(length: int, size: int) -> None:
    sealed = seal(b"a" * length, [PANEL.identity.recipient, throwaway_recipient()])
    assert length == 0 or len(sealed) == size
    assert opened_by_browser(sealed, PANEL.identity) == {"text": "a" * length}


def test_the_browser_opens_a_letter_that_python_sealed() -> None:
    body, _ = sealed_by_browser(TEXTS["emoji"])
    letter = open_letter(parse_submission(body)[1], PANEL.identity)
    sealed = seal_letter(letter, [PANEL.identity.recipient, throwaway_recipient()])
    assert opened_by_browser(sealed, PANEL.identity)["text"].rstrip(" ").encode() == encode_letter(letter)


def test_neither_opens_what_was_altered_or_is_for_someone_else() -> None:
    sealed = seal(b"I told a teacher.", [PANEL.identity.recipient])
    altered = sealed[:-1] + bytes([sealed[-1] ^ 1])
    assert "error" in opened_by_browser(altered, PANEL.identity)
    stranger = Identity.from_seed(seed("stranger"))
    assert "no identity matched" in opened_by_browser(sealed, stranger)["error"]


def test_keys_are_written_the_same_way() -> None:
    sealed = seal(b"I told a teacher.", [PANEL.identity.recipient])
    assert PANEL.identity.encode() == encode("age-secret-key-pq-", PANEL.identity.seed).upper()
    assert opened_by_browser(sealed, PANEL.identity) == {"text": "I told a teacher."}
    assert open_sealed(sealed, [PANEL.identity]) == b"I told a teacher."
