// The CCTV vectors of the age format, opened with age-encryption and our own hybrid identity. Runs in Node and, bundled,
// in a browser's Worker.
import * as cctv from "cctv-age";
import { bech32 } from "@scure/base";
import { Decrypter } from "age-encryption";
import { sha256 } from "@noble/hashes/sha2.js";
import { HybridIdentity } from "../src/hybrid.js";
import { concat, toHex } from "../src/octets.js";

const HYBRID = "AGE-SECRET-KEY-PQ-1";
const SLICE_BYTES = 4096;
const CHUNK_BYTES = 65_536;
// age-encryption does not check the length of the MAC by itself, so it names these by the MAC that does not match.
const NAMED_OTHERWISE = { hmac_garbage: "HMAC failure", hmac_missing: "HMAC failure", hmac_truncated: "HMAC failure" };
// The vectors count a last chunk that verified, although more follows it; age-encryption withholds that chunk.
const WITHHELD = [
  "stream_no_final_full", "stream_no_final_two_chunks_full", "stream_trailing_garbage_long",
  "stream_trailing_garbage_short", "stream_two_final_chunks", "stream_two_final_chunks_full",
  "stream_two_final_chunks_second",
];
// A passphrase stanza whose base64 is broken before anything knows that it is one.
const BROKEN_EARLIER = "scrypt_not_canonical_body";

/** Return all vectors: name, header keys (each a list), and the age file. */
export async function loadVectors() {
  return Promise.all(Object.entries(cctv).map(([name, data]) => parseVector(name, data)));
}

/** Armoured files and passphrases: Heard uses neither, so no identity of its kind may open them. */
export const isRefused = (vector) =>
  isArmored(vector) || new TextDecoder("latin1").decode(vector.file).includes("\n-> scrypt ");

const isArmored = ({ keys }) => String(keys.armored) === "yes";

/**
 * Open one vector with its identities only: neither armour nor passphrases are decoded.
 *
 * Returns `outcome` in the words of the vectors, and the SHA-256 and length of all plaintext that was released.
 */
export async function openVector({ keys, file }) {
  const released = [];
  const outcome = await open(keys.identity || [], file, released);
  const whole = concat(...released);
  return { outcome, released: toHex(sha256(whole)), length: whole.length };
}

/** What a vector must come to: its outcome, and the SHA-256 or the length of the plaintext released before it. */
export function expected(vector) {
  const { name, keys } = vector;
  if (isRefused(vector)) return { outcome: isArmored(vector) || name === BROKEN_EARLIER ? "header failure" : "no match", length: 0 };
  const outcome = NAMED_OTHERWISE[name] || keys.expect[0];
  if (WITHHELD.includes(name)) return { outcome, wholeChunks: true };
  return keys.payload ? { outcome, released: keys.payload[0] } : { outcome, length: 0 };
}

/** What a vector came to, told the same way. */
export function observed(expectation, { outcome, released, length }) {
  if ("wholeChunks" in expectation) return { outcome, wholeChunks: length % CHUNK_BYTES === 0 };
  return "released" in expectation ? { outcome, released } : { outcome, length };
}

async function open(identities, file, released) {
  const decrypter = new Decrypter();
  identities.forEach((identity) => decrypter.addIdentity(identity.startsWith(HYBRID) ? hybrid(identity) : identity));
  let plaintext;
  try {
    plaintext = await decrypter.decrypt(streamOf(slices(file)));
  } catch (error) {
    return classify(error.message);
  }
  try {
    await collect(plaintext, released);
    return "success";
  } catch {
    return "payload failure";
  }
}

const hybrid = (text) => new HybridIdentity(bech32.decodeToBytes(text).bytes);

function classify(message) {
  if (message.startsWith("no identity matched")) return "no match";
  if (message === "invalid header HMAC") return "HMAC failure";
  return "header failure";
}

async function collect(stream, chunks) {
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    chunks.push(value);
  }
}

// One slice at a time: a stream that fails drops whatever was released but not yet read.
function* slices(file) {
  for (let start = 0; start < file.length; start += SLICE_BYTES) yield file.subarray(start, start + SLICE_BYTES);
}

const streamOf = (chunks) =>
  new ReadableStream({
    pull(controller) {
      const { done, value } = chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });

async function parseVector(name, data) {
  const split = new TextDecoder("latin1").decode(data).indexOf("\n\n");
  const keys = {};
  for (const line of new TextDecoder().decode(data.subarray(0, split)).split("\n")) {
    const [, key, value] = /^([^:]+): (.*)$/.exec(line);
    (keys[key] = keys[key] || []).push(value);
  }
  const stored = data.slice(split + 2);
  return { name, keys, file: String(keys.compressed) === "zlib" ? await inflated(stored) : stored };
}

async function inflated(data) {
  const chunks = [];
  await collect(streamOf(slices(data)).pipeThrough(new DecompressionStream("deflate")), chunks);
  return concat(...chunks);
}
