"""Signed by the return words of one thread, for one place of it; anything else is refused."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.constants import LABEL_NOTICE, LABEL_THREAD_LETTER
from crypto.errors import LetterError, LetterSignatureError
from crypto.letter import Letter, Thread, encode_letter, encode_unsigned, parse_letter
from crypto.signing import sign_letter, verify_letter
from tests.crypto import samples
from tests.crypto.test_letter_kinds import OTHER, WRITER, signed
from tests.crypto.writing import KEYS, OTHER_KEYS, SIGNED_KINDS, damaged, differing, letters
from tests.threads.survivor import account_answer, consent

KEY = KEYS.verify_key.hex()
OWN = Thread(str(KEYS.recipient), KEY, reads_back=True)


def written_by_us(kind: str) -> st.SearchStrategy[Letter]:
    return letters(kind).map(lambda letter: sign_letter(replace(letter, thread=OWN), KEYS.signing_seed))


@pytest.mark.parametrize("kind", SIGNED_KINDS)
@given(st.data())
def test_a_signature_holds_for_one_letter_alone(kind: str, data: st.DataObject) -> None:
    letter = data.draw(written_by_us(kind))
    verify_letter(parse_letter(encode_letter(letter)), KEY)
    other = replace(data.draw(written_by_us(kind)), signature=letter.signature)
    if differing(letter, other):
        with pytest.raises(LetterSignatureError):
            verify_letter(other, KEY)


@pytest.mark.parametrize("kind", SIGNED_KINDS)
@given(st.data())
def test_no_damaged_letter_is_accepted(kind: str, data: st.DataObject) -> None:
    letter = signed(kind)
    assert letter.thread is not None
    key = letter.thread.verify_key
    written = encode_letter(letter)
    changed = damaged(data, written)
    try:
        verify_letter(parse_letter(changed), key)
    except LetterError:
        return
    assert changed.rstrip(b" ") == written


ELSEWHERE: list[dict[str, Any]] = [
    {"inquiry": "another-inquiry"},
    {"epoch": 2},
    {"card": "ef" * 32},
    {"questions": replace(samples.letter().questions, version=2)},
    {"channel": "phone"},
    {"language": "cy"},
    {"locator": OTHER.keys.locator.hex()},
    {"sequence": 7},
    {"answers": account_answer("I told nobody.")},
    {"consents": consent("yes")},
    {"change": WRITER.withdrawal("nothing").change},
    {"kind": "addition"},
    {"kind": "draft"},
]


@pytest.mark.parametrize("kind", SIGNED_KINDS)
@pytest.mark.parametrize("changes", ELSEWHERE, ids="+".join)
def test_another_inquiry_place_or_content_is_refused(kind: str, changes: dict[str, Any]) -> None:
    letter = signed(kind)
    assert letter.thread is not None
    verify_letter(letter, letter.thread.verify_key)
    moved = replace(letter, **changes)
    if moved == letter:
        return
    with pytest.raises(LetterSignatureError):
        verify_letter(moved, letter.thread.verify_key)


@pytest.mark.parametrize("kind", SIGNED_KINDS)
def test_another_thread_is_refused(kind: str) -> None:
    letter = signed(kind)
    assert letter.thread is not None
    theirs = OTHER_KEYS.verify_key.hex()
    with pytest.raises(LetterSignatureError):
        verify_letter(letter, theirs)
    # Named in the letter as well, but signed with the first words.
    renamed = replace(letter, thread=replace(letter.thread, verify_key=theirs))
    with pytest.raises(LetterSignatureError):
        verify_letter(renamed, theirs)
    # Signed by the key that is asked for, while the letter names another: it cannot be moved under our name.
    borrowed = sign_letter(renamed, KEYS.signing_seed)
    with pytest.raises(LetterSignatureError):
        verify_letter(borrowed, KEY)
    # Another recipient would let somebody else read what is answered.
    redirected = replace(letter, thread=replace(letter.thread, recipient=str(OTHER_KEYS.recipient)))
    with pytest.raises(LetterSignatureError):
        verify_letter(redirected, letter.thread.verify_key)


def test_accounts_are_never_signed() -> None:
    with pytest.raises(LetterError):
        sign_letter(samples.letter(), KEYS.signing_seed)
    account = replace(samples.letter(), thread=OWN)
    with pytest.raises(LetterSignatureError):
        verify_letter(account, KEY)
    # Not even one that carries a signature which is right for its bytes.
    forged = replace(sign_letter(replace(account, kind="addition"), KEYS.signing_seed), kind="account")
    with pytest.raises(LetterSignatureError):
        verify_letter(forged, KEY)


@pytest.mark.parametrize("key", ["", "00" * 32, "ff" * 32, "ab" * 31, "no hexadecimal"])
@pytest.mark.parametrize("signature", ["", "00" * 64, "no hexadecimal"])
def test_what_is_no_key_or_no_signature_is_refused(key: str, signature: str) -> None:
    letter = signed("addition")
    assert letter.thread is not None
    wrong = replace(letter, thread=replace(letter.thread, verify_key=key), signature=signature)
    with pytest.raises(LetterSignatureError):
        verify_letter(wrong, key)
    with pytest.raises(LetterSignatureError):
        verify_letter(replace(letter, signature=signature), letter.thread.verify_key)


def test_a_signature_is_bound_to_its_label() -> None:
    """What the key signed for another purpose is no letter's signature: the label stands before the bytes."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    letter = replace(signed("addition"), thread=OWN)
    key = Ed25519PrivateKey.from_private_bytes(KEYS.signing_seed)
    content = encode_unsigned(letter)
    right = f"{LABEL_THREAD_LETTER}\n".encode() + content
    verify_letter(replace(letter, signature=key.sign(right).hex()), KEY)
    for wrong in (content, f"{LABEL_NOTICE}\n".encode() + content, LABEL_THREAD_LETTER.encode() + content):
        with pytest.raises(LetterSignatureError):
            verify_letter(replace(letter, signature=key.sign(wrong).hex()), KEY)
