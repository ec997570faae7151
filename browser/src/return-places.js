// Where in what was typed the Worker's first, second, … word stands: entry.js counts them, in the Worker, without telling
// what they were.
import { INVISIBLE, WORD_COUNT } from "./constants.generated.js";

const DIGITS_PER_NUMBER = 4;
// Numbers this short only count the words ("1. apple 2. …").
const COUNTING_DIGITS = 2;
const UNSEEN = `[${INVISIBLE.map((code) => String.fromCharCode(code)).join("")}\u0300-\u036f]`;
// Copying puts characters that nobody sees into the middle of words.
const TOKEN = new RegExp(`\\p{Nd}(?:\\p{Nd}|${UNSEEN})*|\\p{L}(?:[\\p{L}\\p{M}]|${UNSEEN})*`, "gu");
const DIGIT = /\p{Nd}/gu;

/** Return [start, end] of the item at `position` (from 0) of `typed`, or null when it cannot be told. */
export function placeOf(typed, position) {
  const tokens = [...typed.matchAll(TOKEN)];
  if (areDigitsAlone(tokens)) return four([...typed.matchAll(DIGIT)], position);
  const items = tokens.flatMap(itemsOf);
  return items[position] ?? null;
}

/** Say whether all of it is the 28 digits, however they are grouped. */
const areDigitsAlone = (tokens) =>
  tokens.every(isNumber) && tokens.flatMap(digitsOf).length === WORD_COUNT * DIGITS_PER_NUMBER;

const isNumber = ([token]) => token.search(DIGIT) === 0;

const digitsOf = ({ 0: token, index }) => [...token.matchAll(DIGIT)].map((found) => ({ index: index + found.index }));

function itemsOf(token) {
  const whole = [token.index, token.index + token[0].length];
  if (!isNumber(token)) return [whole];
  const digits = digitsOf(token);
  if (digits.length <= COUNTING_DIGITS) return [];
  if (digits.length % DIGITS_PER_NUMBER) return [whole];
  return Array.from({ length: digits.length / DIGITS_PER_NUMBER }, (_, which) => four(digits, which));
}

function four(digits, which) {
  const [first, last] = [digits[which * DIGITS_PER_NUMBER], digits[(which + 1) * DIGITS_PER_NUMBER - 1]];
  return last ? [first.index, last.index + 1] : null;
}
