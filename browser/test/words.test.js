// Return words: the frozen vectors that Python reads too.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { distance, soundKey } from "../src/entry.js";
import { fromHex } from "../src/octets.js";
import { Refusal } from "../src/refusal.js";
import { WORDS } from "../src/wordlist.js";
import { fingerprintWords, parseWords, randomWords, wordsOfEntropy } from "../src/words.js";
import { read } from "./vectors.js";

const vectors = read("return_words");
const ERRORS = { WordCountError: "count", UnknownWordError: "unknown", CheckBitsError: "check" };

test("the list is the frozen one", () => {
  assert.equal(WORDS.length, vectors.list.length);
  assert.equal(createHash("sha256").update(WORDS.join("\n")).digest("hex"), vectors.list.sha256);
  assert.deepEqual([...WORDS].sort(), WORDS);
});

test("there are vectors of every kind", () => {
  for (const [kind, least] of [["words", 20], ["entry", 30], ["errors", 30], ["fingerprints", 5], ["alike", 10]]) {
    assert.ok(vectors[kind].length >= least, kind);
  }
});

test("entropy becomes words, which parse again as words and as numbers", () => {
  for (const { entropy, ...expected } of vectors.words) {
    assert.deepEqual(wordsOfEntropy(BigInt("0x" + entropy)), expected);
    assert.deepEqual(parseWords(expected.words.join(" ")), expected);
    assert.deepEqual(parseWords(expected.digits), expected);
  }
});

for (const { name, typed, digits } of vectors.entry) {
  test(`is read forgivingly: ${name}`, () => assert.equal(parseWords(typed).digits, digits));
}

for (const { name, typed, error, position, suggestions } of vectors.errors) {
  test(`is refused: ${name}`, () => {
    const detail = error === "UnknownWordError" ? { position, suggestions } : {};
    assert.throws(() => parseWords(typed), (thrown) => {
      assert.ok(thrown instanceof Refusal);
      assert.deepEqual([thrown.word, thrown.detail], [ERRORS[error], detail]);
      return true;
    });
  });
}

test("fingerprints become six words and numbers", () => {
  for (const { digest, words, numbers } of vectors.fingerprints) {
    assert.deepEqual(fingerprintWords(fromHex(digest)), { words, numbers });
  }
});

test("words are as near, and sound as much alike, as in Python", () => {
  for (const { one, other, limit, distance: steps, keys } of vectors.alike) {
    assert.equal(distance(one, other, limit), steps);
    assert.deepEqual([soundKey(one), soundKey(other)], keys);
  }
});

test("fresh words use all 82 bits", () => {
  const firsts = new Set(Array.from({ length: 64 }, () => randomWords().numbers[0]));
  const lasts = new Set(Array.from({ length: 64 }, () => randomWords().numbers[6]));
  assert.ok(firsts.size > 50 && lasts.size > 50);
});
