// What is inside a sealed letter: one canonical JSON object. The same bytes as `crypto.letter.encode_letter`.
import { CHANNELS, LETTER_VERSION } from "./constants.generated.js";
import { Refusal } from "./refusal.js";

const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;
const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$/;
const HEX32 = /^[0-9a-f]{64}$/;
const LOCATOR = /^[0-9a-f]{32}$/;
const RECIPIENT = /^age1pq1[02-9ac-hj-np-z]{1952}$/;
const MAX_NUMBER = 2 ** 31 - 1;
// With the u flag a whole pair is one character, so this finds only halves.
const LONE_SURROGATE = /[\ud800-\udfff]/u;

/**
 * Return the canonical JSON of one letter. Lines end with LF, as a text area gives them.
 *
 * `letter` is what the page knows (questions, channel, language, answers, consents); `envelope` what the Worker adds:
 * kind, inquiry, epoch, card and locator (hexadecimal), sequence, thread (or null).
 * Refuses with "text" when half a character (a lone surrogate) is anywhere in it. Throws when a field is not what
 * version 1 allows, because the station would set such a letter aside.
 */
export function encodeLetter(letter, envelope) {
  const composed = compose(letter, envelope);
  checkLetter(composed);
  return JSON.stringify(composed);
}

/** Return the canonical JSON, without any check, to count what a letter being typed will take. */
export const draftLetter = (letter, envelope) => JSON.stringify(compose(letter, envelope));

// The order of the keys is the canonical order: see docs/sealing.md, "Letter".
function compose(letter, { kind, inquiry, epoch, card, locator, sequence, thread }) {
  const { questions, channel, language, answers, consents } = letter;
  return {
    version: LETTER_VERSION, kind, inquiry, epoch, card,
    questions: { id: questions.id, version: questions.version, sha256: questions.sha256 },
    channel, language, locator, sequence,
    thread: thread && { recipient: thread.recipient, verify_key: thread.verify_key, reads_back: thread.reads_back },
    answers: answers.map(composeAnswer),
    consents: consents.map(composeAnswer),
  };
}

const composeAnswer = ({ id, topic, question, text, chosen }) => ({
  id, topic, question,
  text: typeof text === "string" ? text.replace(/\r\n?/g, "\n") : text,
  chosen: chosen.map(({ value, label }) => ({ value, label })),
});

function checkLetter(letter) {
  const all = [...letter.answers, ...letter.consents];
  const strings = all.flatMap((answer) => [
    answer.question, answer.text, ...answer.chosen.flatMap(({ value, label }) => [value, label]),
  ]);
  if (strings.some((value) => typeof value === "string" && LONE_SURROGATE.test(value))) throw new Refusal("text");
  if (!holdsRules(letter) || !all.every(isAnswer)) throw new Error("a field is not in the form of version 1");
}

const holdsRules = ({ inquiry, epoch, card, questions, channel, language, locator, sequence, thread }) =>
  is(NAME, inquiry) && isNumber(epoch, 1) && is(HEX32, card) &&
  is(NAME, questions.id) && isNumber(questions.version, 1) && is(HEX32, questions.sha256) &&
  CHANNELS.includes(channel) && is(LANGUAGE, language) && is(LOCATOR, locator) && isNumber(sequence, 0) &&
  (thread === null || isThread(thread));

const isThread = (thread) =>
  is(RECIPIENT, thread.recipient) && is(HEX32, thread.verify_key) && typeof thread.reads_back === "boolean";

function isAnswer({ id, topic, question, text, chosen }) {
  const shown = [question, ...chosen.flatMap(({ value, label }) => [value, label])];
  const typed = typeof text === "string" && chosen.length === 0;
  const picked = text === null && chosen.length > 0;
  return is(NAME, id) && is(NAME, topic) && shown.every((part) => typeof part === "string") && (typed || picked);
}

const is = (pattern, value) => typeof value === "string" && pattern.test(value);

const isNumber = (value, least) => Number.isInteger(value) && value >= least && value <= MAX_NUMBER;
