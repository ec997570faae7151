// Panel cards: canonical, signed and in force, or refused.
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkInForce, parseCard } from "../src/card.js";
import { toHex } from "../src/octets.js";
import { Refusal } from "../src/refusal.js";
import { fingerprintWords } from "../src/words.js";
import { read } from "./vectors.js";

const cards = read("cards");

function outcome({ card, today }) {
  try {
    checkInForce(parseCard(card), today);
    return "ok";
  } catch (error) {
    assert.ok(error instanceof Refusal);
    return error.word;
  }
}

test("there are vectors of every outcome", () => {
  assert.deepEqual([...new Set(cards.map(({ expect }) => expect))].sort(), ["card", "expired", "ok"]);
  assert.ok(cards.filter(({ expect }) => expect === "card").length >= 20);
});

for (const vector of cards) {
  test(`${vector.expect}: ${vector.name}`, () => {
    assert.equal(outcome(vector), vector.expect);
    if (vector.expect === "card") return;
    const card = parseCard(vector.card);
    assert.deepEqual([card.epoch, card.inquiry, toHex(card.fingerprint)], [vector.epoch, vector.inquiry, vector.sha256]);
    assert.deepEqual(fingerprintWords(card.fingerprint), vector.fingerprint);
  });
}

test("every bit of a card counts", () => {
  const { card } = cards[0];
  const marked = [...card].map((_, place) => place).filter((place) => place % 37 === 0 || place > card.length - 90);
  for (const place of marked) {
    const changed = card.slice(0, place) + String.fromCharCode(card.charCodeAt(place) ^ 1) + card.slice(place + 1);
    // The other signature is for the next card's sake; this one does not depend on it.
    const inPrevious = place > card.indexOf("previous") && parsesAsPrevious(changed);
    assert.ok(inPrevious || outcome({ card: changed, today: cards[0].today }) === "card", `place ${place}`);
  }
});

const parsesAsPrevious = (card) => /previous ([0-9a-f]{128}|-)\n$/.test(card);
