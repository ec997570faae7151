// A letter's JSON is byte for byte what Python's encode_letter writes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { draftLetter, encodeLetter, parseLetter } from "../src/letter.js";
import { utf8 } from "../src/octets.js";
import { Refusal } from "../src/refusal.js";
import { read } from "./vectors.js";

const letters = read("letters");
const [{ letter, envelope }] = letters;
const withText = (text) => ({ ...letter, answers: [{ ...letter.answers[0], text }] });
const textIn = (json) => JSON.parse(json).answers[0].text;

test("there are vectors", () => assert.equal(letters.length, 19));

for (const vector of letters) {
  test(`encodes: ${vector.name}`, () => {
    assert.deepEqual(utf8(encodeLetter(vector.letter, vector.envelope)), utf8(vector.encoded));
  });
}

for (const vector of letters) {
  test(`reads: ${vector.name}`, () => {
    const { unsigned, ...read } = parseLetter(`${vector.encoded}   `);
    assert.equal(unsigned, null);
    assert.deepEqual(read, JSON.parse(vector.encoded));
  });
}

const part = letters.find(({ name }) => name === "unfinished, first part");
const { call } = part.envelope;
const badCalls = {
  "no call": undefined, "a null one": null, "an id with capitals": { ...call, id: "A".repeat(32) }, "a short id": { ...call, id: "00" },
  "part 0": { ...call, part: 0 }, "a part that is text": { ...call, part: "1" }, "a part too many": { ...call, part: 2 ** 31 },
  "taken back, and still says something": { ...call, taken_back: true }, "taken back by a number": { ...call, taken_back: 0 },
};
for (const [name, value] of Object.entries(badCalls)) {
  test(`an unfinished call is not sent with: ${name}`, () => {
    assert.throws(() => encodeLetter(part.letter, { ...part.envelope, call: value }), { message: /form of version 1/ });
  });
}

test("an unfinished call stands alone, comes by the line and says something", () => {
  const [{ envelope: { thread } }] = letters.filter(({ name }) => name === "thread, reads back");
  for (const [changes, more] of [[{ channel: "web" }, {}], [{ answers: [] }, {}], [{}, { sequence: 1 }], [{}, { thread }]]) {
    assert.throws(() => encodeLetter({ ...part.letter, ...changes }, { ...part.envelope, ...more }), { message: /form of version 1/ });
  }
});

test("an account ends a call only through the line, and takes none back", () => {
  const ends = (channel, taken_back) => () => encodeLetter({ ...letter, channel }, { ...envelope, call: { ...call, taken_back } });
  assert.doesNotThrow(ends("phone", false));
  assert.throws(ends("web", false), { message: /form of version 1/ });
  assert.throws(ends("phone", true), { message: /form of version 1/ });
});

for (const [name, from, to] of [
  ["a null call", '"taken_back":false}', '"taken_back":false},"call":null'], ["a call with one key more", '"taken_back":false', '"taken_back":false,"more":1'],
  ["a call without part", '"part":1,', ""], ["keys in another order", '"part":1,"taken_back":false', '"taken_back":false,"part":1'],
]) {
  test(`not read: ${name}`, () => {
    assert.ok(part.encoded.includes(from));
    assert.throws(() => parseLetter(part.encoded.replace(from, to)));
  });
}

test("the order in which the page built its objects does not matter", () => {
  const reversed = JSON.parse(JSON.stringify(letter), (_, value) =>
    value && typeof value === "object" && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).reverse()) : value);
  assert.equal(encodeLetter(reversed, envelope), letters[0].encoded);
});

test("lines end with LF alone", () => {
  assert.equal(textIn(encodeLetter(withText("one\r\ntwo\rthree\n"), envelope)), "one\ntwo\nthree\n");
});

for (const [name, half] of [["high", "\ud83d"], ["low", "\ude00"], ["swapped", "\ude00\ud83d"], ["at the end", "text \ud83d"]]) {
  test(`half a character is refused: ${name}`, () => {
    assert.throws(() => encodeLetter(withText(half), envelope), (error) => error instanceof Refusal && error.word === "text");
    const choice = { ...letter.consents[0], chosen: [{ value: "yes", label: half }] };
    assert.throws(() => encodeLetter({ ...letter, consents: [choice] }, envelope), { message: "text" });
  });
}

test("a whole pair is not half a character", () => assert.equal(textIn(encodeLetter(withText("\ud83d\ude00"), envelope)), "😀"));

const wrong = {
  "a channel that is none": { ...letter, channel: "telegram" },
  "a language that is none": { ...letter, language: "English" },
  "no text and nothing chosen": withText(null),
  "text and something chosen": { ...letter, answers: [{ ...letter.answers[0], chosen: [{ value: "a", label: "a" }] }] },
  "an id with capitals": { ...letter, answers: [{ ...letter.answers[0], id: "Account" }] },
  "a version that is text": { ...letter, questions: { ...letter.questions, version: "1" } },
  "a hash that is short": { ...letter, questions: { ...letter.questions, sha256: "00" } },
  "a label that is a number": { ...letter, consents: [{ ...letter.consents[0], chosen: [{ value: "yes", label: 1 }] }] },
};
for (const [name, value] of Object.entries(wrong)) {
  test(`not sent, since the station would set it aside: ${name}`, () => {
    assert.throws(() => encodeLetter(value, envelope), { message: "a field is not in the form of version 1" });
  });
}

test("an envelope that is wrong is not sent either", () => {
  for (const part of [{ epoch: 0 }, { card: "00" }, { locator: "G" }, { sequence: -1 }, { thread: { recipient: "age1", verify_key: "", reads_back: 1 } }]) {
    assert.throws(() => encodeLetter(letter, { ...envelope, ...part }), { message: /form of version 1/ });
  }
});

test("counting what is being typed refuses nothing", () => {
  assert.ok(draftLetter(withText("\ud83d"), envelope).length > 0);
});
