// Sealing: a plain age v1 file to mlkem768x25519 recipients, of one of three sizes. Nothing here can open one.
import { bech32 } from "@scure/base";
import { MLKEM768X25519 } from "@noble/post-quantum/hybrid.js";
import { Encrypter } from "age-encryption";
import { AGE_CHUNK_BYTES, AGE_RECIPIENT_PREFIX, RECIPIENTS_PER_LETTER, SEALED_SIZES, SEED_BYTES } from "./constants.generated.js";
import { utf8 } from "./octets.js";
import { randomBytes } from "./randomness.js";
import { Refusal } from "./refusal.js";

const PUBLIC_BYTES = 1216;
const SPACE = 0x20;
// age spec, "Header" and "Payload": the lengths that do not depend on what is sealed.
const ENCAPSULATED_CHARACTERS = 1494;
const WRAPPED_CHARACTERS = 43;
const MAC_CHARACTERS = 43;
const NONCE_BYTES = 16;
const TAG_BYTES = 16;

/** Return the age1pq1… recipient whose identity is the 32-byte seed. */
export function recipientOfSeed(seed) {
  // Not `encodeFromBytes`: these are longer than Bech32's usual limit of 90 characters.
  return bech32.encode(AGE_RECIPIENT_PREFIX, bech32.toWords(MLKEM768X25519.getPublicKey(seed)), false);
}

/** Return a recipient whose identity nobody keeps, so that a letter without words looks like one with words. */
export function throwawayRecipient() {
  const seed = randomBytes(SEED_BYTES);
  const recipient = recipientOfSeed(seed);
  seed.fill(0);
  return recipient;
}

/** Throw unless `text` is a recipient that a key can really be wrapped for. */
export function checkRecipient(text) {
  const { prefix, words } = bech32.decode(text, false);
  const key = bech32.fromWords(words);
  if (prefix !== AGE_RECIPIENT_PREFIX || key.length !== PUBLIC_BYTES || text !== text.toLowerCase()) {
    throw new Error("not an age1pq recipient");
  }
  MLKEM768X25519.encapsulate(key);
}

/** Return how many bytes of plaintext make a file of exactly `size` bytes for two recipients. */
export function capacity(size) {
  const stanza = `-> mlkem768x25519 \n\n`.length + ENCAPSULATED_CHARACTERS + WRAPPED_CHARACTERS;
  const header = `age-encryption.org/v1\n--- \n`.length + RECIPIENTS_PER_LETTER * stanza + MAC_CHARACTERS;
  const payload = size - header - NONCE_BYTES;
  return payload - Math.ceil(payload / (AGE_CHUNK_BYTES + TAG_BYTES)) * TAG_BYTES;
}

/** Return the plaintext bytes that each sealed size holds. */
export const capacities = () => SEALED_SIZES.map(capacity);

/** Return `json` padded with spaces and sealed to both recipients, as a file of the smallest size that holds it. */
export async function sealLetter(json, recipients) {
  if (recipients.length !== RECIPIENTS_PER_LETTER) throw new Error("a letter has two recipients");
  const plaintext = padded(utf8(json));
  try {
    const encrypter = new Encrypter();
    recipients.forEach((recipient) => encrypter.addRecipient(recipient));
    const sealed = await encrypter.encrypt(plaintext);
    if (!SEALED_SIZES.includes(sealed.length)) throw new Error("a sealed letter has the wrong size");
    return sealed;
  } finally {
    plaintext.fill(0);
  }
}

function padded(content) {
  const room = capacities().find((bytes) => bytes >= content.length);
  if (room === undefined) throw new Refusal("too-long", { over: content.length - capacity(SEALED_SIZES[SEALED_SIZES.length - 1]) });
  const plaintext = new Uint8Array(room).fill(SPACE);
  plaintext.set(content);
  content.fill(0);
  return plaintext;
}
