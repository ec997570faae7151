"""HPKE vectors of the IETF draft, from `cryptography-vectors`, through the suite that stanzas use."""

import json
from typing import Any

import cryptography_vectors
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.bindings._rust import openssl

from crypto.derivation import hpke_suite, hybrid_private_key, hybrid_public_bytes

KEM, KDF, AEAD = 0x647A, 0x0001, 0x0003


def vectors() -> list[dict[str, Any]]:
    with cryptography_vectors.open_vector_file("HPKE/hpke-pq-test-vectors.json", "r") as file:
        loaded = json.load(file)
    return [v for v in loaded if (v["mode"], v["kem_id"], v["kdf_id"], v["aead_id"]) == (0, KEM, KDF, AEAD)]


def opened(vector: dict[str, Any]) -> bytes:
    first = vector["encryptions"][0]
    # The public API has no associated data, which every published vector uses; cryptography's own tests call the same.
    return openssl.hpke._decrypt_with_aad(
        hpke_suite(),
        bytes.fromhex(vector["enc"] + first["ct"]),
        hybrid_private_key(bytes.fromhex(vector["skRm"])),
        bytes.fromhex(vector["info"]),
        bytes.fromhex(first["aad"]),
    )


def test_the_suite_has_a_vector() -> None:
    assert len(vectors()) == 1


def test_public_key_of_the_seed() -> None:
    for vector in vectors():
        assert hybrid_public_bytes(bytes.fromhex(vector["skRm"])).hex() == vector["pkRm"]


def test_vector_opens() -> None:
    for vector in vectors():
        assert opened(vector).hex() == vector["encryptions"][0]["pt"]


def test_altered_vector_does_not_open() -> None:
    for vector in vectors():
        with pytest.raises(InvalidTag):
            opened({**vector, "info": vector["info"] + "00"})
