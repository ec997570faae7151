// The Worker's protocol, request by request.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { FRAME_BYTES, SEALED_SIZES } from "../src/constants.generated.js";
import { capacities } from "../src/age.js";
import { ask, start } from "./host.js";
import { opened } from "./panel.js";
import { read } from "./vectors.js";

await start("worker");

const [card] = read("cards");
const [, thread] = read("threads");
const [{ letter }] = read("letters");
const TEXT = letter.answers[0].text;
const seal = (change) => ask({ type: "seal", letter, words: null, readBack: false, ...change });
const prepare = (change) => ask({ type: "prepare", card: card.card, today: card.today, ...change });
const withText = (text) => ({ ...letter, answers: [{ ...letter.answers[0], text }] });
const refused = (answer) => assert.equal(answer.ok, false) || answer;
const hex = (bytes) => Buffer.from(bytes).toString("hex");

test("before a card was accepted nothing is sealed or measured", async () => {
  assert.equal(refused(await seal()).error, "not-prepared");
  assert.equal(refused(await ask({ type: "measure", letter })).error, "not-prepared");
});

test("a card that does not verify, or is not in force, is refused", async () => {
  assert.deepEqual(await prepare({ card: card.card.replace('"epoch":1', '"epoch":2') }), { ok: false, error: "card", notices: [] });
  assert.deepEqual(await prepare({ today: "2027-01-01" }), { ok: false, error: "expired", notices: [] });
  assert.equal((await prepare()).ok, true);
  assert.equal((await prepare({ card: "" })).error, "card");
  assert.equal(refused(await seal()).error, "not-prepared");
});

test("no secure random source, no sealing", async (context) => {
  const kept = Object.getOwnPropertyDescriptor(globalThis, "crypto");
  context.after(() => Object.defineProperty(globalThis, "crypto", kept));
  const broken = [undefined, {}, { getRandomValues: (array) => array }, { getRandomValues: () => new Uint8Array(0) },
    { getRandomValues: (array) => array.map((_, i) => i) }, { getRandomValues: () => { throw new Error("no entropy"); } }];
  for (const value of broken) {
    Object.defineProperty(globalThis, "crypto", { value, configurable: true });
    assert.equal((await prepare()).error, "random");
  }
});

test("a browser that cannot seal says so before anybody types", async (context) => {
  const kept = globalThis.TransformStream;
  context.after(() => { globalThis.TransformStream = kept; });
  delete globalThis.TransformStream;
  assert.deepEqual(await prepare(), { ok: false, error: "failure", notices: [] });
  assert.equal((await seal()).error, "not-prepared");
});

test("a card in force is accepted and its fingerprint told", async () => {
  const { notices, ...answer } = await prepare();
  assert.deepEqual(answer, { ok: true, fingerprint: card.fingerprint, epoch: card.epoch, inquiry: card.inquiry, fast: true });
  assert.deepEqual(notices, []);
});

test("fresh words are accepted when typed again, and are never the same", async () => {
  const { words, numbers } = await ask({ type: "words" });
  const other = await ask({ type: "words" });
  assert.notDeepEqual(words, other.words);
  const typed = `  ${words.slice(0, 3).join(", ").toUpperCase()} - ${numbers.slice(3).join(" ")} `;
  const checked = await ask({ type: "check", typed });
  assert.deepEqual(checked, { ok: true, words, numbers, notices: [] });
});

test("words that are wrong are refused, each in its own way", async () => {
  const { words } = thread;
  const check = async (list) => refused(await ask({ type: "check", typed: list.join(" ") }));
  assert.equal((await check(words.slice(1))).error, "count");
  const unknown = await check([...words.slice(0, 2), words[2] + "x", ...words.slice(3)]);
  assert.deepEqual([unknown.error, unknown.position, unknown.suggestions[0]], ["unknown", 2, words[2]]);
  const swapped = [words[6], ...words.slice(1, 6), words[0]];
  assert.deepEqual(await check(swapped), { ok: false, error: "check", notices: [] });
});

test("without words: a random locator, no thread, and bytes the panel opens", async () => {
  await prepare();
  const { body, digest, notices } = await seal();
  assert.equal(body.byteLength, FRAME_BYTES + SEALED_SIZES[0]);
  assert.equal(digest, createHash("sha256").update(new Uint8Array(body, FRAME_BYTES)).digest("hex"));
  const inside = await opened(body);
  assert.equal(inside.answers[0].text, TEXT);
  assert.equal(inside.thread, null);
  assert.equal(inside.card, card.sha256);
  assert.equal(hex(body.slice(2, 18)), inside.locator);
  assert.deepEqual(notices, [{ progress: "sealing" }]);
  assert.notDeepEqual(hex((await seal()).body.slice(2, 50)), hex(body.slice(2, 50)));
});

for (const readBack of [true, false]) {
  test(`with words, reading back ${readBack}: the thread's locator and keys`, async () => {
    const { body, notices } = await seal({ words: thread.words, readBack });
    assert.equal(hex(body.slice(0, 2)), "0101");
    assert.equal(hex(body.slice(2, 18)), thread.locator);
    assert.equal(hex(body.slice(18, 50)), thread.access_hash);
    const expected = { recipient: thread.recipient, verify_key: thread.verify_key, reads_back: readBack };
    assert.deepEqual((await opened(body)).thread, expected);
    assert.deepEqual(notices, [{ progress: "deriving" }, { progress: "sealing" }]);
  });
}

test("words that were never given out seal nothing", async () => {
  assert.equal((await seal({ words: Array(7).fill(thread.words[0]) })).error, "check");
});

test("half a character is refused, and what is too long, with the number of bytes", async () => {
  assert.deepEqual(await seal({ letter: withText("\ud800") }), { ok: false, error: "text", notices: [{ progress: "sealing" }] });
  const long = await seal({ letter: withText("a".repeat(1_100_000)) });
  assert.equal(long.error, "too-long");
  assert.ok(long.over > 1_100_000 - capacities()[2] && long.over < 60_000);
});

test("what is measured is never less than what is sealed, and close", async () => {
  const [room] = capacities();
  for (const text of ["", "é😀\u0000\n\"", "a".repeat(1000)]) {
    const { used, limits } = await ask({ type: "measure", letter: withText(text) });
    assert.deepEqual(limits, capacities());
    const exact = withText(text + "a".repeat(room - used));
    assert.equal((await seal({ letter: exact, words: thread.words, readBack: false })).body.byteLength, FRAME_BYTES + SEALED_SIZES[0]);
    const longer = withText(text + "a".repeat(room - used + 1));
    assert.equal((await seal({ letter: longer, words: thread.words, readBack: false })).body.byteLength, FRAME_BYTES + SEALED_SIZES[1]);
  }
});

test("anything else is a failure that tells nothing", async () => {
  const failure = { ok: false, error: "failure", notices: [] };
  assert.deepEqual(await ask({ type: "unseal" }), failure);
  assert.deepEqual(await ask({ type: "__proto__" }), failure);
  assert.deepEqual(await ask({ type: "check", typed: 7 }), failure);
  assert.deepEqual(await seal({ words: "seven" }), failure);
  assert.deepEqual((await seal({ letter: { ...letter, channel: TEXT } })).error, "failure");
});
