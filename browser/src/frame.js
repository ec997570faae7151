// What stands before the sealed letter in one submission. docs/sealing.md, "Submission".
import { ACCESS_BYTES, FRAME_VERSION, LOCATOR_BYTES } from "./constants.generated.js";
import { concat } from "./octets.js";

/** Return the 50 bytes: version | kind | locator (16) | SHA-256 of access (32). */
export function encodeFrame(kind, locator, accessHash) {
  if (locator.length !== LOCATOR_BYTES || accessHash.length !== ACCESS_BYTES) {
    throw new Error("the frame's fields have the wrong size");
  }
  return concat(Uint8Array.of(FRAME_VERSION, kind), locator, accessHash);
}
