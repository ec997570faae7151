// All 143 CCTV vectors are accounted for: 86 end as they say, 57 are of kinds that Heard refuses on purpose.
import assert from "node:assert/strict";
import { test } from "node:test";
import { expected, isRefused, loadVectors, observed, openVector } from "./age_vectors.js";

const EXPECTATIONS = ["HMAC failure", "header failure", "no match", "payload failure", "success"];

const vectors = await loadVectors();
const opened = vectors.filter((vector) => !isRefused(vector));

test("every vector is accounted for", () => {
  assert.deepEqual([vectors.length, vectors.length - opened.length, opened.length], [143, 57, 86]);
  assert.deepEqual([...new Set(opened.map(({ keys }) => keys.expect[0]))].sort(), EXPECTATIONS);
  assert.ok(opened.filter(({ keys }) => String(keys.identity).includes("AGE-SECRET-KEY-PQ-")).length > 10);
});

for (const vector of vectors) {
  test(`${isRefused(vector) ? "refused on purpose" : "ends as it says"}: ${vector.name}`, async () => {
    const expectation = expected(vector);
    assert.deepEqual(observed(expectation, await openVector(vector)), expectation);
  });
}
