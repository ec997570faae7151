// One request at /thread and its answer: always the same sizes. The same as crypto/visit.py.
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import {
  DIGEST_BYTES, LABEL_THREAD_ANSWER, LETTER_KINDS, LOCATOR_BYTES, NOTICE_KINDS, THREAD_STATES, VISIT_ANSWER_BYTES, VISIT_MOST_LETTERS,
  VISIT_OPERATIONS, VISIT_REQUEST_BYTES, VISIT_SLOT_BYTES, VISIT_STATUSES, VISIT_VERSION,
} from "./constants.generated.js";
import { concat, fromInteger, toHex, toInteger, utf8 } from "./octets.js";
import { randomBytes } from "./randomness.js";

const NONCE_BYTES = 12;
const HEADER_BYTES = 36;
const INDEX_BYTES = 9;
const ENTRY_BYTES = 2 + LOCATOR_BYTES + DIGEST_BYTES;
const NO_TARGET = new Uint8Array(DIGEST_BYTES);
// getRandomValues gives at most this many bytes at once.
const MOST_RANDOM = 65_536;

const nameOf = (codes, code) => Object.keys(codes).find((name) => codes[name] === code);

/** Return a request: `header` (88 bytes), which its answer is bound to, and `body` (an ArrayBuffer) to send. */
export function makeRequest(keys, operation, { kind = 0, part = 0, sequence = 0, target = NO_TARGET, slot = filler() } = {}) {
  const codes = Uint8Array.of(VISIT_VERSION, VISIT_OPERATIONS[operation], kind, part);
  const header = concat(codes, fromInteger(sequence, 4), keys.locator, keys.access, target);
  if (header.length !== VISIT_REQUEST_BYTES) throw new Error("the request's fields have the wrong size");
  return { header, target, part, body: concat(header, slot).buffer };
}

/** What stands in the slot of a request that puts nothing. */
export const filler = () => randomBytes(Math.min(VISIT_SLOT_BYTES, MOST_RANDOM));

/**
 * Return what an answer (ArrayBuffer) to `request` says: `status` (a word), `parts`, `sequence`, `slot` (65,536 bytes).
 *
 * Returns null when it holds nothing for these words. Throws for another form.
 */
export function openAnswer(keys, request, answer) {
  const data = new Uint8Array(answer);
  if (data.length !== VISIT_ANSWER_BYTES) throw new Error("an answer has another size");
  const key = hkdf(sha256, keys.access, undefined, utf8(LABEL_THREAD_ANSWER), 32);
  let plain;
  try {
    plain = chacha20poly1305(key, data.subarray(0, NONCE_BYTES), request.header).decrypt(data.subarray(NONCE_BYTES));
  } catch {
    return null;
  } finally {
    key.fill(0);
  }
  const status = nameOf(VISIT_STATUSES, plain[0]);
  if (!status || plain[2] || plain[3] || plain.subarray(8, HEADER_BYTES).some(Boolean)) throw new Error("an answer of another form");
  return { status, parts: plain[1], sequence: Number(toInteger(plain.subarray(4, 8))), slot: plain.slice(HEADER_BYTES) };
}

/** Return the index in a slot: `state` (a word), `draftDays`, `sequence`, `entries` [{kind, parts, locator, digest}] (hex). Throws for another form. */
export function parseIndex(slot) {
  const view = new DataView(slot.buffer, slot.byteOffset, slot.length);
  const [state, count] = [nameOf(THREAD_STATES, view.getUint8(0)), view.getUint16(7)];
  const end = INDEX_BYTES + count * ENTRY_BYTES;
  if (!state || count > VISIT_MOST_LETTERS || slot.subarray(end).some(Boolean)) throw new Error("not an index");
  const entries = Array.from({ length: count }, (_, at) => entryAt(slot, INDEX_BYTES + at * ENTRY_BYTES));
  // A letter that were listed twice would be shown twice: an answer that was given once.
  if (new Set(entries.map(({ digest }) => digest)).size < count) throw new Error("not an index");
  return { state, draftDays: view.getUint16(1), sequence: view.getUint32(3), entries };
}

function entryAt(slot, at) {
  const kind = nameOf(LETTER_KINDS, slot[at]) || nameOf(NOTICE_KINDS, slot[at]);
  if (!kind) throw new Error("not an index");
  const split = at + 2 + LOCATOR_BYTES;
  return { kind, parts: slot[at + 1], locator: toHex(slot.subarray(at + 2, split)), digest: toHex(slot.subarray(split, split + DIGEST_BYTES)) };
}
