// The Worker that seals and opens. It gets what was typed, returns bytes, and sends nothing anywhere: the page does that.
//
// One message {id, type, ...} gets exactly one answer {id, ok: true, ...} or {id, ok: false, error, ...}, after any
// number of {id, progress: "deriving" | "sealing", part?}. No answer ever holds what was typed, other than words asked for.
import { sha256 } from "@noble/hashes/sha2.js";
import { ACCESS_BYTES, LETTER_KINDS, LOCATOR_BYTES } from "./constants.generated.js";
import { capacities, sealLetter, throwawayRecipient } from "./age.js";
import { checkInForce, parseCard } from "./card.js";
import { parseChain } from "./chain.js";
import { encodeFrame } from "./frame.js";
import { contentOf, Keeper } from "./keeper.js";
import { draftLetter, encodeLetter } from "./letter.js";
import { concat, toHex, utf8 } from "./octets.js";
import { checkRandomness, randomBytes } from "./randomness.js";
import { Refusal } from "./refusal.js";
import { deriveKeys, deriveThread, wasmUsable } from "./thread.js";
import { fingerprintWords, parseWords, randomWords } from "./words.js";

const KIND = "account";
// As long as the longest real ones, so that the count shown while typing never turns out too low.
const LONGEST_THREAD = { recipient: "age1pq1".padEnd(1959, "q"), verify_key: "0".repeat(64), reads_back: false };
const ANY_LOCATOR = "0".repeat(LOCATOR_BYTES * 2);

let prepared = null;

async function prepare({ card: text, today }) {
  prepared = null;
  checkRandomness();
  const card = parseCard(text);
  checkInForce(card, today);
  // A trial: a browser that cannot seal must say so before anybody types.
  await sealLetter("{}", [card.recipient, throwawayRecipient()]);
  prepared = card;
  const fingerprint = fingerprintWords(card.fingerprint);
  return { fingerprint, epoch: card.epoch, inquiry: card.inquiry, fast: await wasmUsable() };
}

const words = () => shown(randomWords());

const check = ({ typed }) => shown(parseWords(typed));

const shown = ({ words, numbers }) => ({ words, numbers });

function measure({ letter }) {
  const json = draftLetter(letter, envelope(needed(), ANY_LOCATOR, LONGEST_THREAD));
  return { used: utf8(json).length, limits: capacities() };
}

async function seal({ letter, words, readBack }, tell) {
  const card = needed();
  const own = words === null ? unnamed() : await named(words, readBack, tell);
  tell({ progress: "sealing" });
  const json = encodeLetter(letter, envelope(card, toHex(own.locator), own.thread));
  const sealed = await sealLetter(json, [card.recipient, own.recipient]);
  const body = concat(encodeFrame(LETTER_KINDS[KIND], own.locator, own.accessHash), sealed);
  return { body: body.buffer, digest: toHex(sha256(sealed)) };
}

function needed() {
  if (prepared === null) throw new Refusal("not-prepared");
  return prepared;
}

const envelope = (card, locator, thread) => ({
  kind: KIND, inquiry: card.inquiry, epoch: card.epoch, card: toHex(card.fingerprint), locator, sequence: 0, thread,
});

/** Without words: random locator and hash and a throwaway recipient, so that all accounts look alike to the server. */
const unnamed = () => ({
  locator: randomBytes(LOCATOR_BYTES), accessHash: randomBytes(ACCESS_BYTES), recipient: throwawayRecipient(), thread: null,
});

async function named(words, readBack, tell) {
  const { digits } = parseWords(words.join(" "));
  tell({ progress: "deriving" });
  const keys = await deriveThread(digits, (part) => tell({ progress: "deriving", part }));
  const thread = { recipient: keys.recipient, verify_key: toHex(keys.verifyKey), reads_back: readBack };
  return { ...keys, recipient: readBack ? keys.recipient : throwawayRecipient(), thread };
}

// One person's thread, from their words until the Worker ends with the page.
let keeper = null;

async function keep(digits, cards, tell) {
  const chain = parseChain(cards);
  tell({ progress: "deriving" });
  const keys = await deriveKeys(digits, (part) => tell({ progress: "deriving", part }));
  keeper?.close();
  keeper = new Keeper(keys, chain);
}

async function enter({ typed, cards }, tell) {
  const parsed = parseWords(typed);
  await keep(parsed.digits, cards, tell);
  return shown(parsed);
}

/** Fresh words, for which there is nothing yet. */
async function begin({ words, cards }, tell) {
  await keep(parseWords(words.join(" ")).digits, cards, tell);
  return {};
}

function opened() {
  if (keeper === null) throw new Refusal("not-entered");
  return keeper;
}

async function replace({ words, letter }, tell) {
  const thread = opened();
  const { digits } = parseWords(words.join(" "));
  tell({ progress: "deriving" });
  const keys = await deriveKeys(digits, (part) => tell({ progress: "deriving", part }));
  return thread.replace(keys, contentOf("replacement", letter));
}

const put = ({ kind, letter, keep: kept }) =>
  opened().put(kind, contentOf(kind, letter), kind === "withdrawal" ? { keep: kept } : null);

const THREAD_TASKS = {
  enter, begin, replace, put,
  open: () => opened().open(),
  opened: ({ answers }) => opened().opened(answers),
  read: ({ answers }) => opened().read(answers),
  more: () => opened().more(),
  discard: () => opened().discard(),
  done: ({ answers }) => opened().done(answers),
};

const TASKS = new Map(Object.entries({ prepare, words, check, measure, seal, ...THREAD_TASKS }));

async function answer({ id, type, ...request }) {
  try {
    const result = await TASKS.get(type)(request, (notice) => self.postMessage({ id, ...notice }));
    self.postMessage({ id, ok: true, ...result }, result.requests ?? (result.body ? [result.body] : []));
  } catch (error) {
    const refusal = error instanceof Refusal ? { error: error.word, ...error.detail } : { error: "failure" };
    self.postMessage({ id, ok: false, ...refusal });
  }
}

self.addEventListener("message", ({ data }) => answer(data));
