// The only source of randomness: crypto.getRandomValues. A browser without it cannot seal, and the form says so.
import { Refusal } from "./refusal.js";

const PROBE_BYTES = 32;

/** Return `length` random bytes, or refuse with "random". */
export function randomBytes(length) {
  try {
    return globalThis.crypto.getRandomValues(new Uint8Array(length));
  } catch {
    throw new Refusal("random");
  }
}

/** Refuse with "random" unless two draws are full, not blank, and differ. */
export function checkRandomness() {
  const [first, second] = [randomBytes(PROBE_BYTES), randomBytes(PROBE_BYTES)];
  const drawn = first instanceof Uint8Array && first.length === PROBE_BYTES;
  if (!drawn || first.every((byte) => byte === first[0]) || first.every((byte, i) => byte === second[i])) {
    throw new Refusal("random");
  }
}
