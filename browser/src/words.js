// Return words: 82 random bits and 8 check bits as seven words or seven numbers. The same as crypto/words.py.
import { sha256 } from "@noble/hashes/sha2.js";
import {
  CHECK_BITS, FINGERPRINT_BITS, FINGERPRINT_WORDS, LABEL_WORDS_CHECK, RANDOM_BITS, WORD_COUNT, WORD_LIST_LENGTH,
  WORD_NUMBER_OFFSET,
} from "./constants.generated.js";
import { splitEntry, suggest } from "./entry.js";
import { concat, fromInteger, toInteger, utf8 } from "./octets.js";
import { randomBytes } from "./randomness.js";
import { Refusal } from "./refusal.js";
import { INDEX_BY_WORD, WORDS } from "./wordlist.js";

const ENTROPY_BYTES = 11;
const BASE = BigInt(WORD_LIST_LENGTH);
const CHECK = BigInt(CHECK_BITS);

/** Return fresh words from the first 82 bits of 11 random bytes. All the functions here return {digits, words, numbers}. */
export const randomWords = () => wordsOfEntropy(toInteger(randomBytes(ENTROPY_BYTES)) >> BigInt(ENTROPY_BYTES * 8 - RANDOM_BITS));

/** Return the words of 82 bits. */
export const wordsOfEntropy = (entropy) => named(baseDigits((entropy << CHECK) | checkByte(entropy), WORD_COUNT));

/**
 * Return the words that a person typed, read forgivingly.
 *
 * Refuses with "count", "unknown" (`position` from 0, `suggestions`) or "check".
 */
export function parseWords(typed) {
  const items = splitEntry(typed);
  if (items.length !== WORD_COUNT) throw new Refusal("count");
  const indices = items.map(indexOf);
  verify(indices);
  return named(indices);
}

/** Return six words and six numbers for the first 77 bits of a 32-byte digest. */
export function fingerprintWords(digest) {
  const { words, numbers } = named(baseDigits(toInteger(digest) >> BigInt(digest.length * 8 - FINGERPRINT_BITS), FINGERPRINT_WORDS));
  return { words, numbers };
}

function named(indices) {
  const numbers = indices.map((index) => String(index + WORD_NUMBER_OFFSET));
  return { digits: numbers.join(""), words: indices.map((index) => WORDS[index]), numbers };
}

function baseDigits(value, count) {
  const digits = [];
  for (let rest = value; digits.length < count; rest /= BASE) digits.unshift(Number(rest % BASE));
  return digits;
}

function indexOf(item, position) {
  const isDigits = /^[0-9]+$/.test(item);
  const index = isDigits ? Number(item) - WORD_NUMBER_OFFSET : INDEX_BY_WORD.get(item);
  if (index >= 0 && index < WORD_LIST_LENGTH) return index;
  throw new Refusal("unknown", { position, suggestions: isDigits ? [] : suggest(item) });
}

function verify(indices) {
  const value = indices.reduce((sum, index) => sum * BASE + BigInt(index), 0n);
  const entropy = value >> CHECK;
  if (entropy >> BigInt(RANDOM_BITS) || (value & ((1n << CHECK) - 1n)) !== checkByte(entropy)) throw new Refusal("check");
}

const checkByte = (entropy) => BigInt(sha256(concat(utf8(LABEL_WORDS_CHECK), fromInteger(entropy, ENTROPY_BYTES)))[0]);
