// The private half of mlkem768x25519 for age-encryption, whose own makes the key anew from its seed for every stanza.
// C2SP age, "The hybrid recipient type"; its KEM is X-Wing, its wrapping RFC 9180, base mode.
import { base64nopad } from "@scure/base";
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { expand, extract } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { sha3_256, shake256 } from "@noble/hashes/sha3.js";
import { ml_kem768 } from "@noble/post-quantum/ml-kem.js";
import { concat, fromInteger, utf8 } from "./octets.js";

const STANZA = "mlkem768x25519";
const INFO = utf8("age-encryption.org/mlkem768x25519");
const LATTICE_SEED_BYTES = 64;
const SCALAR_BYTES = 32;
const LATTICE_BYTES = 1088;
const ENCAPSULATED_BYTES = 1120;
const WRAPPED_BYTES = 32;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const COMBINER = utf8("\\.//^\\");
const VERSION = utf8("HPKE-v1");
// KEM 0x647a, HKDF-SHA256, ChaCha20-Poly1305.
const SUITE = concat(utf8("HPKE"), Uint8Array.of(0x64, 0x7a, 0, 1, 0, 3));
const NONE = new Uint8Array(0);

/** An age identity: what age-encryption's `Decrypter` asks for a file key. */
export class HybridIdentity {
  /** `seed` has 32 bytes. */
  constructor(seed) {
    const expanded = shake256(seed, { dkLen: LATTICE_SEED_BYTES + SCALAR_BYTES });
    this.lattice = ml_kem768.keygen(expanded.subarray(0, LATTICE_SEED_BYTES)).secretKey;
    this.scalar = expanded.slice(LATTICE_SEED_BYTES);
    this.point = x25519.getPublicKey(this.scalar);
    expanded.fill(0);
  }

  /** Return the file key that one of the stanzas wraps for this identity, or null. Throws for a stanza of another form. */
  unwrapFileKey(stanzas) {
    for (const { args: [type, share, ...more], body } of stanzas) {
      if (type !== STANZA) continue;
      const encapsulated = share === undefined || more.length > 0 ? NONE : base64nopad.decode(share);
      if (encapsulated.length !== ENCAPSULATED_BYTES || body.length !== WRAPPED_BYTES) throw new Error("invalid stanza");
      const { key, nonce } = schedule(this.decapsulate(encapsulated));
      try {
        return chacha20poly1305(key, nonce).decrypt(body);
      } catch {
        // It is for somebody else.
      }
    }
    return null;
  }

  /** Overwrite the key. */
  forget() {
    this.lattice.fill(0);
    this.scalar.fill(0);
  }

  decapsulate(encapsulated) {
    const [lattice, point] = [encapsulated.subarray(0, LATTICE_BYTES), encapsulated.subarray(LATTICE_BYTES)];
    const secrets = concat(ml_kem768.decapsulate(lattice, this.lattice), x25519.getSharedSecret(this.scalar, point));
    return sha3_256(concat(secrets, point, this.point, COMBINER));
  }
}

/** RFC 9180, "Creating the Encryption Context", for one secret and one message. */
function schedule(secret) {
  const extracted = labeledExtract(secret, "secret", NONE);
  return { key: labeledExpand(extracted, "key", KEY_BYTES), nonce: labeledExpand(extracted, "base_nonce", NONCE_BYTES) };
}

function labeledExtract(salt, label, material) {
  return extract(sha256, concat(VERSION, SUITE, utf8(label), material), salt);
}

const labeledExpand = (extracted, label, length) =>
  expand(sha256, extracted, concat(fromInteger(length, 2), VERSION, SUITE, utf8(label), CONTEXT), length);

// Base mode: no key is shared beforehand. The same for every stanza.
const CONTEXT = concat(Uint8Array.of(0), labeledExtract(NONE, "psk_id_hash", NONE), labeledExtract(NONE, "info_hash", INFO));
