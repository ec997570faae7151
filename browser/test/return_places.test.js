// The page finds the wrong word where the Worker counted it.
import assert from "node:assert/strict";
import test from "node:test";
import { splitEntry } from "../src/entry.js";
import { placeOf } from "../src/return-places.js";
import { WORDS } from "../src/wordlist.js";

const SEVEN = WORDS.slice(40, 47);
const NUMBERS = [1040, 1041, 1042, 8423, 1044, 1045, 1046].map(String);
const ENTRIES = [
  SEVEN.join(" "),
  SEVEN.map((word, index) => `${index + 1}. ${word.toUpperCase()},\n`).join(""),
  NUMBERS.join(" "),
  NUMBERS.join(""),
  NUMBERS.join("").replace(/(...)/g, "$1 "),
  [...SEVEN.slice(0, 3), NUMBERS.slice(3, 5).join(""), ...SEVEN.slice(5)].join("-"),
  SEVEN.map((word) => `${word.slice(0, 2)}\u00ad${word.slice(2)}`).join(" "),
  SEVEN.map((word) => word.normalize("NFD").replace("a", "a\u0301")).join(", "),
  "12345 " + SEVEN.slice(1).join(" "),
];

for (const typed of ENTRIES) {
  test(`each item of ${JSON.stringify(typed.slice(0, 24))}… is found`, () => {
    const items = splitEntry(typed);
    assert.ok(items.length >= 7);
    items.forEach((item, position) => {
      const found = typed.slice(...placeOf(typed, position));
      // Digits may be grouped in another way than by fours.
      assert.deepEqual(/^[0-9 ]+$/.test(found) ? [found.replace(/ /g, "")] : splitEntry(found), [item]);
    });
  });
}

test("what is not there has no place", () => {
  assert.equal(placeOf("", 0), null);
  assert.equal(placeOf("one two", 2), null);
});
