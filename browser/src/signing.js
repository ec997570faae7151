// Who signed: a survivor's words, or the panel. The same as crypto/signing.py and the end of crypto/notice.py.
import { ed25519 } from "@noble/curves/ed25519.js";
import { fromHex, toHex, utf8 } from "./octets.js";

const STRICT = { zip215: false };

const covered = (label, unsigned) => utf8(`${label}\n${unsigned}`);

/** Return the Ed25519 signature (128 hex) of canonical JSON under a label. `seed` has 32 bytes. */
export const sign = (label, unsigned, seed) => toHex(ed25519.sign(covered(label, unsigned), seed));

/** Say whether `signature` (128 hex) over canonical JSON is by the key with that public half (64 hex). */
export function isSigned(label, unsigned, signature, verifyKey) {
  try {
    return ed25519.verify(fromHex(signature), covered(label, unsigned), fromHex(verifyKey), STRICT);
  } catch {
    return false;
  }
}
