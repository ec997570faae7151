// The index of a thread, as a server lists it. Sizes and the whole exchange are tried across languages in tests/browser.
import assert from "node:assert/strict";
import test from "node:test";
import { LETTER_KINDS, THREAD_STATES, VISIT_SLOT_BYTES } from "../src/constants.generated.js";
import { parseIndex } from "../src/visit.js";

const slotOf = (digests) => {
  const slot = new Uint8Array(VISIT_SLOT_BYTES);
  slot[0] = THREAD_STATES.open;
  slot[8] = digests.length;
  digests.forEach((digest, at) => slot.set([LETTER_KINDS.addition, 1, ...Array(16).fill(7), ...Array(32).fill(digest)], 9 + at * 50));
  return slot;
};

test("an index lists each letter once", () => {
  assert.equal(parseIndex(slotOf([1, 2])).entries.length, 2);
  assert.throws(() => parseIndex(slotOf([1, 1])), /not an index/);
});
