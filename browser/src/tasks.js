// What a Worker of ours can be asked, and how it answers. It gets what was typed, returns bytes, and sends nothing anywhere: the
// page does that.
//
// One message {id, type, ...} gets exactly one answer {id, ok: true, ...} or {id, ok: false, error, ...}, after any
// number of {id, progress: "deriving" | "sealing", part?}. No answer ever holds what was typed, other than words asked for.
import { sha256 } from "@noble/hashes/sha2.js";
import { ACCESS_BYTES, LETTER_KINDS, LOCATOR_BYTES } from "./constants.generated.js";
import { capacities, sealLetter, throwawayRecipient } from "./age.js";
import { checkInForce, parseCard } from "./card.js";
import { parseChain } from "./chain.js";
import { encodeFrame } from "./frame.js";
import { contentOf } from "./keeper.js";
import { draftLetter, encodeLetter } from "./letter.js";
import { concat, toHex, utf8 } from "./octets.js";
import { checkRandomness, randomBytes } from "./randomness.js";
import { Refusal } from "./refusal.js";
import { deriveKeys, deriveThread, wasmUsable } from "./thread.js";
import { fingerprintWords, parseWords, randomWords } from "./words.js";

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

export const shown = ({ words, numbers }) => ({ words, numbers });

function measure({ letter }) {
  const json = draftLetter(letter, envelope(needed(), ANY_LOCATOR, LONGEST_THREAD));
  return { used: utf8(json).length, limits: capacities() };
}

async function seal({ letter, words, readBack, call }, tell) {
  needed();
  return submission("account", letter, words === null ? unnamed() : await named(words, readBack, tell), call, tell);
}

/** Seal a letter of `kind` and return its submission. `own`: whom it is sealed to beside the card; `call`: the part of one that it is, if any. */
export async function submission(kind, letter, own, call, tell) {
  const card = needed();
  tell({ progress: "sealing" });
  const json = encodeLetter(letter, { ...envelope(card, toHex(own.locator), own.thread), kind, call });
  return framed(LETTER_KINDS[kind], own, await sealLetter(json, [card.recipient, own.recipient]));
}

/** Return the body of a submission and the digest of its letter. */
export function framed(code, { locator, accessHash }, sealed) {
  const body = concat(encodeFrame(code, locator, accessHash), sealed);
  return { body: body.buffer, digest: toHex(sha256(sealed)) };
}

function needed() {
  if (prepared === null) throw new Refusal("not-prepared");
  return prepared;
}

const envelope = (card, locator, thread) => ({
  kind: "account", inquiry: card.inquiry, epoch: card.epoch, card: toHex(card.fingerprint), locator, sequence: 0, thread,
});

/** Without words: random locator and hash and a throwaway recipient, so that all accounts look alike to the server. */
export const unnamed = () => ({
  locator: randomBytes(LOCATOR_BYTES), accessHash: randomBytes(ACCESS_BYTES), recipient: throwawayRecipient(), thread: null,
});

async function named(words, readBack, tell) {
  const { digits } = parseWords(words.join(" "));
  tell({ progress: "deriving" });
  const keys = await deriveThread(digits, (part) => tell({ progress: "deriving", part }));
  const thread = { recipient: keys.recipient, verify_key: toHex(keys.verifyKey), reads_back: readBack };
  return { ...keys, recipient: readBack ? keys.recipient : throwawayRecipient(), thread };
}

/** What seals an account. */
export const SEALING = { prepare, words, check, measure, seal };

/** One person's thread, from their words until the Worker ends with the page, and what is written for it. */
export class Held {
  /** `Keeper`: the class that holds a thread's keys. */
  constructor(Keeper) {
    this.Keeper = Keeper;
    this.kept = null;
  }

  get keeper() {
    if (this.kept === null) throw new Refusal("not-entered");
    return this.kept;
  }

  async keep(digits, cards, tell) {
    const chain = parseChain(cards);
    const keys = await derived(digits, tell);
    this.kept?.close();
    this.kept = new this.Keeper(keys, chain);
  }

  /** The tasks of whoever has words. */
  get writing() {
    return {
      // Fresh words, for which there is nothing yet.
      begin: async ({ words, cards }, tell) => {
        await this.keep(parseWords(words.join(" ")).digits, cards, tell);
        return {};
      },
      put: ({ kind, letter, keep }) => this.keeper.put(kind, contentOf(kind, letter), kind === "withdrawal" ? { keep } : null),
      discard: () => this.keeper.discard(),
      done: ({ answers }) => this.keeper.done(answers),
    };
  }
}

/** Make the keys of 28 canonical digits, saying so. */
export function derived(digits, tell) {
  tell({ progress: "deriving" });
  return deriveKeys(digits, (part) => tell({ progress: "deriving", part }));
}

/** Answer what this Worker is asked. `tasks`: functions by the type of request. */
export function serve(tasks) {
  const known = new Map(Object.entries(tasks));
  self.addEventListener("message", ({ data }) => answer(known, data));
}

async function answer(known, { id, type, ...request }) {
  try {
    const result = await known.get(type)(request, (notice) => self.postMessage({ id, ...notice }));
    self.postMessage({ id, ok: true, ...result }, result.requests ?? (result.body ? [result.body] : []));
  } catch (error) {
    const refusal = error instanceof Refusal ? { error: error.word, ...error.detail } : { error: "failure" };
    self.postMessage({ id, ok: false, ...refusal });
  }
}
