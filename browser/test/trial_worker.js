// A Worker for tests in a real browser: the age vectors, and the keys of the return words it is given.
import { expected, isRefused, loadVectors, observed, openVector } from "./age_vectors.js";
import { toHex } from "../src/octets.js";
import { deriveThread, wasmUsable } from "../src/thread.js";

async function runVectors() {
  const results = [];
  for (const vector of await loadVectors()) {
    const expectation = expected(vector);
    const result = observed(expectation, await openVector(vector));
    results.push({ name: vector.name, refused: isRefused(vector), expected: expectation, observed: result });
  }
  return results;
}

async function runThread(digits) {
  const { locator, accessHash, recipient, verifyKey } = await deriveThread(digits, () => {});
  return { digits, locator: toHex(locator), access_hash: toHex(accessHash), recipient, verify_key: toHex(verifyKey) };
}

self.onmessage = async ({ data: digits }) => {
  const threads = [];
  for (const each of digits) threads.push(await runThread(each));
  self.postMessage({ fast: await wasmUsable(), vectors: await runVectors(), threads });
};
