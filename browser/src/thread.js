// A survivor's own keys, derived from the return words and never stored. docs/sealing.md, "Return words".
import { argon2id as argon2Wasm } from "hash-wasm";
import { ed25519 } from "@noble/curves/ed25519.js";
import { argon2id as argon2Script } from "@noble/hashes/argon2.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import {
  ACCESS_BYTES, ARGON2_BYTES, ARGON2_LANES, ARGON2_MEMORY_KIB, ARGON2_PASSES, ARGON2_SALT_BYTES,
  LABEL_THREAD_ACCESS, LABEL_THREAD_IDENTITY, LABEL_THREAD_LOCATOR, LABEL_THREAD_SIGNING, LABEL_WORDS_SALT,
  LOCATOR_BYTES, SEED_BYTES,
} from "./constants.generated.js";
import { recipientOfSeed } from "./age.js";
import { utf8 } from "./octets.js";

// The eight bytes of an empty WebAssembly module.
const EMPTY_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** Say whether WebAssembly may be compiled here: a hardened browser or a content policy may forbid it. */
export async function wasmUsable() {
  try {
    await WebAssembly.compile(EMPTY_MODULE);
    return true;
  } catch {
    return false;
  }
}

/** Argon2id by WebAssembly: about 0.1 s. Throws where WebAssembly is off. */
export function stretchFast(digits) {
  return argon2Wasm({
    password: digits, salt: salt(), parallelism: ARGON2_LANES, iterations: ARGON2_PASSES,
    memorySize: ARGON2_MEMORY_KIB, hashLength: ARGON2_BYTES, outputType: "binary",
  });
}

/** The same in plain script: 0.3 s, or up to half a minute where the browser's compiler is off. */
export function stretchSlow(digits, onProgress) {
  return argon2Script(digits, salt(), {
    p: ARGON2_LANES, t: ARGON2_PASSES, m: ARGON2_MEMORY_KIB, dkLen: ARGON2_BYTES, onProgress: onProgress && byPercent(onProgress),
  });
}

/** Tell `tell` of a part done only when it is a hundredth more: each one is a message to the page. */
function byPercent(tell) {
  let told = 0;
  return (part) => {
    if (part < told + 0.01 && part < 1) return;
    told = part;
    tell(part);
  };
}

const salt = () => sha256(utf8(LABEL_WORDS_SALT)).slice(0, ARGON2_SALT_BYTES);

async function stretch(digits, onProgress) {
  try {
    return await stretchFast(digits);
  } catch {
    return stretchSlow(digits, onProgress);
  }
}

/**
 * Return the keys of 28 canonical digits: `locator`, `access`, `identitySeed`, `signingSeed` (bytes). They never leave the
 * Worker. `onProgress` is told the part done, 0 to 1, when plain script does the work.
 */
export async function deriveKeys(digits, onProgress) {
  const secret = await stretch(utf8(digits), onProgress);
  try {
    return {
      locator: derive(secret, LABEL_THREAD_LOCATOR, LOCATOR_BYTES),
      access: derive(secret, LABEL_THREAD_ACCESS, ACCESS_BYTES),
      identitySeed: derive(secret, LABEL_THREAD_IDENTITY, SEED_BYTES),
      signingSeed: derive(secret, LABEL_THREAD_SIGNING, SEED_BYTES),
    };
  } finally {
    secret.fill(0);
  }
}

/** Return the public half of keys: `locator` and `accessHash` (bytes), `recipient` (age1pq1…) and `verifyKey` (bytes). */
export const publicHalf = ({ locator, access, identitySeed, signingSeed }) => ({
  locator,
  accessHash: sha256(access),
  recipient: recipientOfSeed(identitySeed),
  verifyKey: ed25519.getPublicKey(signingSeed),
});

/** Overwrite the secret half of keys. */
export const forget = ({ access, identitySeed, signingSeed }) => [access, identitySeed, signingSeed].forEach((bytes) => bytes.fill(0));

/** Return only the public half of the keys of 28 canonical digits. */
export async function deriveThread(digits, onProgress) {
  const keys = await deriveKeys(digits, onProgress);
  try {
    return publicHalf(keys);
  } finally {
    forget(keys);
  }
}

const derive = (secret, label, length) => hkdf(sha256, secret, undefined, utf8(label), length);
