// Sealed letters: exact sizes, two recipients, opened again by age-encryption alone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bech32 } from "@scure/base";
import { Decrypter } from "age-encryption";
import { capacities, checkRecipient, recipientOfSeed, sealLetter, throwawayRecipient } from "../src/age.js";
import { SEALED_SIZES } from "../src/constants.generated.js";
import { encodeFrame } from "../src/frame.js";
import { fromHex, toHex } from "../src/octets.js";
import { read } from "./vectors.js";

const seed = new Uint8Array(32).fill(7);
const identity = bech32.encodeFromBytes("AGE-SECRET-KEY-PQ-", seed).toUpperCase();
const recipients = [recipientOfSeed(seed), throwawayRecipient()];

async function opened(sealed) {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return decrypter.decrypt(sealed, "text");
}

const fills = capacities().flatMap((room, i) => [[room, SEALED_SIZES[i]], [room + 1, SEALED_SIZES[i + 1]]]).filter(([, size]) => size);
for (const [length, size] of [[2, SEALED_SIZES[0]], ...fills]) {
  test(`${length} bytes are sealed to ${size}, padded with spaces`, async () => {
    const json = "{" + "x".repeat(length - 2) + "}";
    const sealed = await sealLetter(json, recipients);
    assert.equal(sealed.length, size);
    const text = await opened(sealed);
    assert.equal(text.trimEnd(), json);
    assert.equal(text, json.padEnd(capacities()[SEALED_SIZES.indexOf(size)]));
  });
}

test("one byte more than the largest holds is refused, with the number", async () => {
  const over = capacities()[2] + 1;
  await assert.rejects(sealLetter("x".repeat(over), recipients), { word: "too-long", detail: { over: 1 } });
  await assert.rejects(sealLetter("é".repeat(over), recipients), { word: "too-long", detail: { over: over + 1 } });
});

test("a letter has two recipients, no more and no fewer", async () => {
  await assert.rejects(sealLetter("{}", recipients.slice(1)));
  await assert.rejects(sealLetter("{}", [...recipients, recipients[0]]));
  const header = new TextDecoder("latin1").decode(await sealLetter("{}", recipients)).split("\n--- ")[0];
  assert.deepEqual(header.match(/^-> .{18}/gm).map((line) => line.slice(0, 18)), Array(2).fill("-> mlkem768x25519 "));
});

test("the same letter sealed twice has nothing in common after its first line", async () => {
  const [one, other] = await Promise.all([sealLetter("{}", recipients), sealLetter("{}", recipients)]);
  assert.notDeepEqual(one.slice(60, 200), other.slice(60, 200));
  assert.notDeepEqual(one.slice(-64), other.slice(-64));
});

test("recipients are checked before anybody types", () => {
  checkRecipient(recipients[0]);
  const last = recipients[0].slice(-1) === "q" ? "p" : "q";
  for (const bad of ["", "age1pq1", recipients[0].slice(0, -1) + last, recipients[0].toUpperCase(), identity]) {
    assert.throws(() => checkRecipient(bad));
  }
});

test("no two throwaway recipients are the same", () => assert.notEqual(throwawayRecipient(), throwawayRecipient()));

for (const { kind, locator, access_hash, encoded } of read("frames")) {
  test(`frame ${locator}`, () => assert.equal(toHex(encodeFrame(kind, fromHex(locator), fromHex(access_hash))), encoded));
}

test("a frame of other sizes is refused", () => {
  assert.throws(() => encodeFrame(1, new Uint8Array(15), new Uint8Array(32)));
  assert.throws(() => encodeFrame(1, new Uint8Array(16), new Uint8Array(33)));
});
