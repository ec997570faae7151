// Legal holds on a page: what the inquiry signed is shown, what it did not is named.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readHolds } from "../src/holds.js";
import { Refusal } from "../src/refusal.js";
import { ask, start } from "./host.js";
import { read } from "./vectors.js";

await start("worker-return");

const vectors = read("holds");
await start("worker-return");

test("there are vectors of both kinds", () => {
  assert.ok(vectors.filter(({ whole }) => whole).length >= 4);
  assert.ok(vectors.filter(({ whole }) => !whole).length >= 8);
});

for (const { name, believed, whole, ...request } of vectors) {
  test(name, async () => {
    const { holds, isWhole } = readHolds(request);
    assert.deepEqual([holds.length, isWhole], [believed, whole]);
    const signed = request.files.split("\n").map((line) => { try { return JSON.parse(line).text; } catch { return null; } });
    assert.ok(holds.every(({ text, from, to }) => signed.includes(text) && from <= request.today && request.today <= to));
    assert.deepEqual(await ask({ type: "holds", ...request }), { ok: true, holds, isWhole, notices: [] });
  });
}

test("without a chain of cards nothing is believed", async () => {
  const [{ files, cards, today }] = vectors;
  const swapped = cards.split("\n").slice(3, 6).concat(cards.split("\n").slice(0, 3)).join("\n") + "\n";
  for (const wrong of ["", swapped]) {
    assert.throws(() => readHolds({ files, cards: wrong, today }), Refusal);
    assert.equal((await ask({ type: "holds", files, cards: wrong, today })).error, "card");
  }
});
