// What is inside a sealed letter: one canonical JSON object. The same bytes as `crypto.letter.encode_letter`.
import { CHANNELS, LETTER_KINDS, LETTER_VERSION, LINE_CHANNELS, WITHDRAWAL_KEEPS } from "./constants.generated.js";
import { Refusal } from "./refusal.js";

const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;
const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$/;
const HEX32 = /^[0-9a-f]{64}$/;
const HEX64 = /^[0-9a-f]{128}$/;
const LOCATOR = /^[0-9a-f]{32}$/;
const UNFINISHED = "unfinished";
// Nobody's words sign these: crypto/letter.py.
const UNSIGNED = ["account", UNFINISHED];
const RECIPIENT = /^age1pq1[02-9ac-hj-np-z]{1952}$/;
const MAX_NUMBER = 2 ** 31 - 1;
// What each kind may change, field by field, and whether it has answers and consents: crypto/change.py, crypto/letter.py.
const CHANGES = {
  withdrawal: { keep: new RegExp(`^(${WITHDRAWAL_KEEPS.join("|")})$`) },
  replacement: { locator: LOCATOR, access_hash: HEX32, recipient: RECIPIENT, verify_key: HEX32 },
  inheritance: { locator: LOCATOR, verify_key: HEX32, identity: HEX32 },
};
const PARTS = {
  addition: [true, false], choices: [false, true], withdrawal: [false, false], replacement: [false, false], inheritance: [false, false],
};
// With the u flag a whole pair is one character, so this finds only halves.
const LONE_SURROGATE = /[\ud800-\udfff]/u;

/**
 * Return the canonical JSON of one letter. Lines end with LF, as a text area gives them.
 *
 * `letter` is what the page knows (questions, channel, language, answers, consents); `envelope` what the Worker adds:
 * kind, inquiry, epoch, card and locator (hexadecimal), sequence, thread (or null), and call where the letter is of one.
 * Refuses with "text" when half a character (a lone surrogate) is anywhere in it. Throws when a field is not what
 * version 1 allows, because the station would set such a letter aside.
 */
export function encodeLetter(letter, envelope) {
  const composed = compose(letter, envelope);
  checkLetter(composed);
  return JSON.stringify(composed);
}

/**
 * Return the letter in `text` (canonical JSON, which spaces may follow), and `unsigned`: the text that its signature covers.
 *
 * Throws for anything that `encodeLetter` or `signLetter` would not have written.
 */
export function parseLetter(text) {
  const content = text.replace(/ +$/, "");
  const parsed = JSON.parse(content);
  if (parsed.version !== LETTER_VERSION || !Object.hasOwn(LETTER_KINDS, parsed.kind)) throw new Error("not a letter of version 1");
  const letter = compose(parsed, parsed);
  const isSigned = !UNSIGNED.includes(letter.kind);
  if (isSigned) Object.assign(letter, { change: composeChange(letter.kind, parsed.change), signature: parsed.signature });
  if (JSON.stringify(letter) !== content) throw new Error("not in canonical form");
  checkLetter(letter);
  if (isSigned) checkSigned(letter);
  return { ...letter, unsigned: isSigned ? unsignedOf(letter) : null };
}

/** Return the canonical JSON of a letter of a thread, without its signature, and with one once `sign` has made it. */
export function encodeSigned(letter, envelope, change, sign) {
  const composed = { ...compose(letter, envelope), change: composeChange(envelope.kind, change) };
  checkLetter(composed);
  const unsigned = JSON.stringify(composed);
  const signed = { ...composed, signature: sign(unsigned) };
  checkSigned(signed);
  return JSON.stringify(signed);
}

function unsignedOf(letter) {
  const { signature, ...unsigned } = letter;
  return signature && JSON.stringify(unsigned);
}

function composeChange(kind, change) {
  const fields = CHANGES[kind];
  return fields ? Object.fromEntries(Object.keys(fields).map((name) => [name, change[name]])) : change;
}

/** The rules of signed letters, as crypto/letter.py has them. */
function checkSigned({ kind, sequence, thread, answers, consents, change, signature }) {
  const fields = CHANGES[kind];
  const fits = fields ? Object.entries(fields).every(([name, pattern]) => is(pattern, change[name])) : change === null;
  const placed = kind === "inheritance" ? sequence === 0 : kind === "draft" || sequence > 0;
  const [wantsAnswers, wantsConsents] = PARTS[kind] || [];
  const parts = kind === "draft" || (answers.length > 0 === wantsAnswers && consents.length > 0 === wantsConsents);
  if (!fits || !placed || !parts || thread === null || !is(HEX64, signature)) throw new Error("not in the form of version 1");
}

/** Return the canonical JSON, without any check, to count what a letter being typed will take. */
export const draftLetter = (letter, envelope) => JSON.stringify(compose(letter, envelope));

// The order of the keys is the canonical order: see docs/sealing.md, "Letter".
function compose(letter, { kind, inquiry, epoch, card, locator, sequence, thread, call }) {
  const { questions, channel, language, answers, consents } = letter;
  return {
    version: LETTER_VERSION, kind, inquiry, epoch, card,
    questions: { id: questions.id, version: questions.version, sha256: questions.sha256 },
    channel, language, locator, sequence,
    thread: thread && { recipient: thread.recipient, verify_key: thread.verify_key, reads_back: thread.reads_back },
    answers: answers.map(composeAnswer),
    consents: consents.map(composeAnswer),
    ...(UNSIGNED.includes(kind) && call ? { call: { id: call.id, part: call.part, taken_back: call.taken_back } } : {}),
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
  if (!holdsRules(letter) || !callFits(letter) || !all.every(isAnswer)) throw new Error("a field is not in the form of version 1");
}

const holdsRules = ({ inquiry, epoch, card, questions, channel, language, locator, sequence, thread }) =>
  is(NAME, inquiry) && isNumber(epoch, 1) && is(HEX32, card) &&
  is(NAME, questions.id) && isNumber(questions.version, 1) && is(HEX32, questions.sha256) &&
  CHANNELS.includes(channel) && is(LANGUAGE, language) && is(LOCATOR, locator) && isNumber(sequence, 0) &&
  (thread === null || isThread(thread));

/** The rules of calls, as crypto/letter.py has them. */
function callFits({ kind, channel, sequence, thread, answers, consents, call }) {
  if (!call) return kind !== UNFINISHED;
  const holds = is(LOCATOR, call.id) && isNumber(call.part, 1) && typeof call.taken_back === "boolean" && LINE_CHANNELS.includes(channel);
  if (kind !== UNFINISHED) return holds && !call.taken_back;
  const says = call.taken_back ? answers.length + consents.length === 0 : answers.length > 0;
  return holds && thread === null && sequence === 0 && says;
}

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
