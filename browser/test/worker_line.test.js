// What the phone line's Worker adds: parts of calls.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { FRAME_BYTES, LETTER_KINDS, RECORD_KINDS, SEALED_SIZES, VISIT_ANSWER_BYTES } from "../src/constants.generated.js";
import { ask, start } from "./host.js";
import { opened } from "./panel.js";
import { read } from "./vectors.js";

await start("worker-line");

const [card] = read("cards");
const [, thread] = read("threads");
const { letter } = read("letters").find(({ name }) => name === "unfinished, first part");
const prepare = () => ask({ type: "prepare", card: card.card, today: card.today });
const part = (call, change) => ask({ type: "unfinished", letter: { ...letter, ...change }, call });
const locatorOf = (body) => Buffer.from(body).subarray(2, 18).toString("hex");

test("before a card was accepted no part is sealed", async () => {
  assert.equal((await part({ id: "00".repeat(16), part: 1, taken_back: false })).error, "not-prepared");
  assert.equal((await prepare()).ok, true);
});

test("the name of a call is random", async () => {
  const [one, other] = [await ask({ type: "call" }), await ask({ type: "call" })];
  assert.match(one.call, /^[0-9a-f]{32}$/);
  assert.notEqual(one.call, other.call);
});

test("two parts of one call say so inside, and have nothing in common outside", async () => {
  const { call: id } = await ask({ type: "call" });
  const bodies = [];
  for (const number of [1, 2]) {
    const { ok, body } = await part({ id, part: number, taken_back: false });
    assert.ok(ok);
    assert.equal(body.byteLength, FRAME_BYTES + SEALED_SIZES[0]);
    assert.equal(new Uint8Array(body)[1], LETTER_KINDS.unfinished);
    const inside = await opened(body);
    assert.deepEqual(inside.call, { id, part: number, taken_back: false });
    assert.deepEqual([inside.kind, inside.sequence, inside.thread, inside.locator], ["unfinished", 0, null, locatorOf(body)]);
    assert.ok(!Buffer.from(body).includes(Buffer.from(id, "hex")) && !Buffer.from(body).includes(id));
    bodies.push(body);
  }
  const frames = bodies.map((body) => Buffer.from(body).subarray(2, FRAME_BYTES));
  assert.notDeepEqual(frames[0].subarray(0, 16), frames[1].subarray(0, 16));
  assert.notDeepEqual(frames[0].subarray(16), frames[1].subarray(16));
});

test("what takes a call back holds nothing of it", async () => {
  const { body } = await part({ id: "ab".repeat(16), part: 2, taken_back: true });
  const inside = await opened(body);
  assert.deepEqual([inside.answers, inside.consents, inside.call.taken_back], [[], [], true]);
});

test("the account that ends the call names it, with words and without", async () => {
  const call = { id: "cd".repeat(16), part: 3, taken_back: false };
  for (const words of [null, thread.words]) {
    const { body } = await ask({ type: "seal", letter, words, readBack: false, call });
    const inside = await opened(body);
    assert.deepEqual([inside.kind, inside.call], ["account", call]);
  }
});

test("a part that the station would set aside is not sealed", async () => {
  const call = { id: "cd".repeat(16), part: 1, taken_back: false };
  for (const answer of [await part(call, { channel: "web" }), await part(call, { answers: [] }), await part({ ...call, part: 0 })]) {
    assert.deepEqual(answer, { ok: false, error: "failure", notices: answer.notices });
  }
});

const lead = read("cards").find(({ name }) => name === "the safeguarding lead's");
const [{ record }] = read("danger");
const prepareLead = (change) => ask({ type: "prepare-lead", card: lead.card, today: lead.today, ...change });
const danger = (change) => ask({ type: "danger", record: { ...record, ...change } });

test("a record of danger is sealed to the lead's card alone", async () => {
  assert.equal((await danger()).error, "not-prepared");
  assert.equal((await prepareLead({ card: card.card })).error, "card");
  assert.equal((await danger()).error, "not-prepared");
  assert.equal((await ask({ type: "prepare", card: lead.card, today: lead.today })).error, "card");
  assert.equal((await prepareLead({ today: "2027-01-01" })).error, "expired");
  assert.equal((await prepareLead()).ok, true);
  const { ok, body } = await danger();
  assert.ok(ok);
  assert.equal(body.byteLength, FRAME_BYTES + SEALED_SIZES[0]);
  assert.equal(new Uint8Array(body)[1], RECORD_KINDS.danger);
  await assert.rejects(opened(body), /no identity matched/);
  const inside = await opened(body, "lead");
  assert.deepEqual([inside.kind, inside.said, inside.called, inside.locator], ["danger", record.said, record.called, locatorOf(body)]);
});

test("what takes the lead's card leaves the panel's as it was", async () => {
  assert.equal((await prepare()).ok, true);
  await prepareLead();
  const { body } = await part({ id: "ab".repeat(16), part: 1, taken_back: false });
  assert.equal((await opened(body)).kind, "unfinished");
});

test("a record that the lead's station would set aside is not sealed", async () => {
  for (const change of [{ channel: "web" }, { day: "today" }, { said: "", who: "", done: "", more: "" }]) {
    assert.equal((await danger(change)).error, "failure");
  }
  assert.equal((await danger({ said: "\ud83d" })).error, "text");
});

test("the same part again takes the place of the first, and its access erases it", async () => {
  const { call: id } = await ask({ type: "call" });
  const call = { id, part: 1, taken_back: false };
  const [one, other] = [(await part(call)).body, (await part(call)).body];
  const frame = (body) => Buffer.from(body).subarray(2, FRAME_BYTES);
  assert.deepEqual(frame(one), frame(other));
  assert.notDeepEqual(Buffer.from(one), Buffer.from(other));
  const { requests: [request] } = await ask({ type: "erase", call });
  const access = Buffer.from(request).subarray(24, 56);
  assert.deepEqual(Buffer.from(request).subarray(8, 24), frame(one).subarray(0, 16));
  assert.equal(createHash("sha256").update(access).digest("hex"), frame(one).subarray(16).toString("hex"));
  // An answer of chance, as for words that open nothing.
  assert.equal((await ask({ type: "erased", answers: [new ArrayBuffer(VISIT_ANSWER_BYTES)] })).status, "none");
});
