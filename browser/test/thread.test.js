// The keys of return words: WebAssembly and plain script give what Python gives.
import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex, utf8 } from "../src/octets.js";
import { deriveThread, stretchFast, stretchSlow, wasmUsable } from "../src/thread.js";
import { read } from "./vectors.js";

const threads = read("threads");
const hex = ({ locator, accessHash, recipient, verifyKey }) => ({
  locator: toHex(locator), access_hash: toHex(accessHash), recipient, verify_key: toHex(verifyKey),
});
const keysOf = ({ locator, access_hash, recipient, verify_key }) => ({ locator, access_hash, recipient, verify_key });

test("there are vectors", () => assert.ok(threads.length >= 5));

for (const vector of threads) {
  test(`derives the keys of ${vector.numbers[6]}`, async () => {
    assert.deepEqual(hex(await deriveThread(vector.digits)), keysOf(vector));
  });
}

test("WebAssembly and plain script stretch to the same bytes", async () => {
  for (const { digits } of threads.slice(0, 2)) {
    assert.deepEqual(toHex(await stretchFast(utf8(digits))), toHex(stretchSlow(utf8(digits))));
  }
  assert.notEqual(toHex(stretchSlow(utf8(threads[0].digits))), toHex(stretchSlow(utf8(threads[1].digits))));
});

test("without WebAssembly the keys are the same, and progress is told", async (context) => {
  const kept = globalThis.WebAssembly;
  context.after(() => { globalThis.WebAssembly = kept; });
  for (const replacement of [undefined, { compile: () => { throw new EvalError("blocked by the content policy"); } }]) {
    globalThis.WebAssembly = replacement;
    assert.equal(await wasmUsable(), false);
    const parts = [];
    assert.deepEqual(hex(await deriveThread(threads[0].digits, (part) => parts.push(part))), keysOf(threads[0]));
    assert.ok(parts.length > 10 && parts.length <= 101 && parts.every((part, i) => part > (parts[i - 1] || 0)));
    assert.ok(parts[parts.length - 1] > 0.99);
  }
});

test("with WebAssembly it says so", async () => assert.equal(await wasmUsable(), true));
