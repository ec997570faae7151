// Forgiving entry of return words, rule for rule as crypto/words_entry.py: each rule is explained there.
import { DIGIT_ZEROS, INVISIBLE, LONGEST_ENTRY, SOUND_STEPS, WORD_COUNT } from "./constants.generated.js";
import { WORDS } from "./wordlist.js";

const DIGITS_PER_NUMBER = 4;
const ALL_DIGITS = WORD_COUNT * DIGITS_PER_NUMBER;
const MOST_SUGGESTIONS = 3;
const SHORT_WORD = 4;
const VANISHING = new RegExp(`[${INVISIBLE.map((code) => String.fromCharCode(code)).join("")}\\u0300-\\u036f]`, "g");
const DIGITS = new Map(
  DIGIT_ZEROS.flatMap((zero) => [...Array(10).keys()].map((value) => [String.fromCharCode(zero + value), String(value)])),
);
const STEPS = SOUND_STEPS.map(([pattern, replacement]) => [new RegExp(pattern, "g"), replacement]);

const isNumber = (token) => token[0] >= "0" && token[0] <= "9";

const fours = (digits) => digits.match(/[0-9]{4}/g);

/** Return the items of what a person typed: lower-case words and groups of digits, in order. */
export function splitEntry(typed) {
  if ([...typed].length > LONGEST_ENTRY) return [];
  const folded = typed.normalize("NFKD").replace(VANISHING, "").replace(/[^]/g, (unit) => DIGITS.get(unit) || unit);
  const tokens = folded.toLowerCase().match(/[0-9]+|[\p{L}\p{M}]+/gu) || [];
  const joined = tokens.join("");
  if (joined.length === ALL_DIGITS && tokens.every(isNumber)) return fours(joined);
  return tokens.flatMap(itemsOf);
}

function itemsOf(token) {
  if (!isNumber(token)) return [token];
  if (token.length <= 2) return [];
  return token.length % DIGITS_PER_NUMBER === 0 ? fours(token) : [token];
}

/** Return up to three words of the list that a person may have meant by `item`, nearest first. */
export function suggest(item) {
  if (!/^[a-z]{2,20}$/.test(item)) return [];
  const limit = item.length <= SHORT_WORD ? 1 : 2;
  const key = soundKey(item);
  const ranked = [];
  WORDS.forEach((word, index) => {
    const alike = key.length > 2 && soundKey(word) === key;
    const steps = distance(item, word, limit);
    if (alike || steps <= limit) ranked.push([2 * Math.min(steps, 2) - (alike ? 1 : 0), index]);
  });
  ranked.sort(([rank, index], [otherRank, otherIndex]) => rank - otherRank || index - otherIndex);
  return ranked.slice(0, MOST_SUGGESTIONS).map(([, index]) => WORDS[index]);
}

export const soundKey = (word) => STEPS.reduce((key, [pattern, replacement]) => key.replace(pattern, replacement), word);

/** Optimal string alignment distance; anything over `limit` is returned as `limit` + 1. */
export function distance(one, other, limit) {
  if (Math.abs(one.length - other.length) > limit) return limit + 1;
  let before = [];
  let row = [...Array(other.length + 1).keys()];
  for (let i = 1; i <= one.length; i++) {
    const above = before;
    before = row;
    row = [i];
    for (let j = 1; j <= other.length; j++) {
      const changed = one[i - 1] === other[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const cost = Math.min(before[j] + 1, row[j - 1] + 1, before[j - 1] + changed);
      row.push(swapped ? Math.min(cost, above[j - 2] + 1) : cost);
    }
    if (Math.min(...row) > limit) return limit + 1;
  }
  return Math.min(row[row.length - 1], limit + 1);
}
