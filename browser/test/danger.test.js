// A record of danger is byte for byte what Python's encode_danger writes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCard } from "../src/card.js";
import { encodeDanger } from "../src/danger.js";
import { Refusal } from "../src/refusal.js";
import { read } from "./vectors.js";

const vectors = read("danger");
const [{ record, envelope }] = vectors;

test("there are vectors", () => assert.ok(vectors.length >= 15));

for (const vector of vectors) {
  test(`encodes: ${vector.name}`, () => assert.equal(encodeDanger(vector.record, vector.envelope), vector.encoded));
}

test("lines end with LF alone", () => {
  assert.equal(JSON.parse(encodeDanger({ ...record, done: "one\r\ntwo\rthree" }, envelope)).done, "one\ntwo\nthree");
});

test("half a character is refused", () => {
  for (const changes of [{ said: "\ud83d" }, { called: ["\ude00"] }]) {
    assert.throws(() => encodeDanger({ ...record, ...changes }, envelope), (error) => error instanceof Refusal && error.word === "text");
  }
});

const nothing = { said: "", who: " ", done: "\n", more: "\u0085\u001f", called: [] };
for (const [name, changes] of Object.entries({
  "a channel of survivors": { channel: "web" }, "a language that is none": { language: "English" }, "a time": { day: "2026-11-23T10:00" },
  "no such day": { day: "2026-02-30" }, "nothing at all": nothing, "a number called that is empty": { called: ["999", " "] },
  "a text that is a number": { who: 1 }, "a number called that is a number": { called: [999] },
})) {
  test(`not sent: ${name}`, () => assert.throws(() => encodeDanger({ ...record, ...changes }, envelope), { message: /form of version 1/ }));
}

test("an envelope that is wrong is not sent either", () => {
  for (const part of [{ epoch: 0 }, { card: "00" }, { locator: "G" }, { inquiry: "Not" }]) {
    assert.throws(() => encodeDanger(record, { ...envelope, ...part }), { message: /form of version 1/ });
  }
});

test("each card is taken for its own purpose alone", () => {
  const cards = read("cards");
  const [panel] = cards;
  const lead = cards.find(({ name }) => name === "the safeguarding lead's");
  assert.equal(parseCard(panel.card).epoch, 1);
  assert.equal(parseCard(lead.card, "lead").epoch, 1);
  for (const [text, purpose] of [[panel.card, "lead"], [lead.card, "panel"], [panel.card, "other"]]) {
    assert.throws(() => parseCard(text, purpose), { message: "card" });
  }
});
