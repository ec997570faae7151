// One opened thread: its keys, what was fetched, and what is written for it. Keys never leave the Worker.
import { sha256 } from "@noble/hashes/sha2.js";
import {
  DIGEST_BYTES, LABEL_THREAD_LETTER, LETTER_KINDS, LOCATOR_BYTES, VISIT_REQUESTS, VISIT_SLOT_BYTES,
} from "./constants.generated.js";
import { sealLetter, throwawayRecipient } from "./age.js";
import { encodeSigned } from "./letter.js";
import { concat, fromHex, toHex } from "./octets.js";
import { Identity } from "./opening.js";
import { randomBytes } from "./randomness.js";
import { Refusal } from "./refusal.js";
import { sign } from "./signing.js";
import { forget, publicHalf } from "./thread.js";
import { readThread } from "./view.js";
import { makeRequest, openAnswer, parseIndex } from "./visit.js";

const FETCHES = VISIT_REQUESTS - 1;
const OWN_ONLY = ["draft", "inheritance"];

export class Keeper {
  constructor(keys, cards) {
    this.cards = cards;
    this.use(keys);
  }

  /** Go on with other keys: nothing is known of what they open. */
  use(keys) {
    if (this.keys && this.keys !== keys) forget(this.keys);
    Object.assign(this, { keys, own: publicHalf(keys), index: null, slots: new Map(), waiting: [], sent: [], sealed: null });
    this.sequence = 0;
  }

  get locator() {
    return toHex(this.keys.locator);
  }

  request(operation, options) {
    const made = makeRequest(this.keys, operation, options);
    this.sent.push(made);
    // A copy is handed over, so that the same bytes can be sent again.
    return made.body.slice(0);
  }

  // Reading

  open() {
    this.sent = [];
    return { requests: [this.request("open")] };
  }

  /** Take the answer to `open`. Whatever it says, a visit goes on with the same number of requests. */
  opened([answer]) {
    const opened = openAnswer(this.keys, this.sent.shift(), answer);
    this.index = opened && parseIndex(opened.slot);
    this.slots = new Map();
    this.waiting = (this.index?.entries ?? []).flatMap(({ digest, parts }) => Array.from({ length: parts }, (_, part) => ({ digest, part })));
    const now = this.waiting.splice(0, FETCHES);
    const requests = [...now.map((one) => this.askFor(one)), ...Array.from({ length: FETCHES - now.length }, () => this.askForNothing())];
    if (!this.index) return { found: false, requests };
    this.sequence = this.index.sequence;
    return { found: true, state: this.index.state, draftDays: this.index.draftDays, requests };
  }

  more() {
    return { requests: this.waiting.splice(0).map((one) => this.askFor(one)) };
  }

  askFor({ digest, part }) {
    return this.request("fetch", { target: fromHex(digest), part });
  }

  askForNothing() {
    return this.request("fetch", { target: randomBytes(DIGEST_BYTES) });
  }

  /** Take the answers to what was fetched, in the order of the requests, and return what the thread is now. */
  async read(answers) {
    for (const answer of answers) {
      const request = this.sent.shift();
      const opened = openAnswer(this.keys, request, answer);
      if (opened?.status === "letter") this.slots.set(`${toHex(request.target)}/${request.part}`, opened.slot);
    }
    if (!this.index) throw new Error("nothing was opened");
    const identity = new Identity({ seed: this.keys.identitySeed, locator: this.locator, verifyKey: toHex(this.own.verifyKey) });
    const view = await readThread({ index: this.index, sealed: (entry) => this.whole(entry), identity, cards: this.cards });
    this.sequence = Math.max(this.sequence, view.sequence);
    return { view: { ...view, sequence: this.sequence }, more: this.waiting.length };
  }

  /** Return a letter's sealed bytes when every part is here and they are the ones that its name says, else null. */
  whole({ digest, parts }) {
    const slots = Array.from({ length: parts }, (_, part) => this.slots.get(`${digest}/${part}`));
    if (parts === 0 || slots.includes(undefined)) return null;
    const sealed = parts === 1 ? slots[0] : concat(...slots);
    return sealed.length === parts * VISIT_SLOT_BYTES && toHex(sha256(sealed)) === digest ? sealed : null;
  }

  // Writing

  /** Seal a letter and return its request. The same content for the same place is sealed once: sending it again is harmless. */
  async put(kind, letter, change = null) {
    const slot = await this.sealOnce(kind, letter, change);
    this.sent = [];
    return { requests: [this.request("put", { kind: LETTER_KINDS[kind], sequence: this.sequence, slot })] };
  }

  async sealOnce(kind, letter, change) {
    const name = JSON.stringify([kind, letter, change, this.sequence]);
    if (this.sealed?.name !== name) this.sealed = { name, bytes: await this.seal(this.keys, this.own, kind, letter, change, this.sequence) };
    return this.sealed.bytes;
  }

  /** Return the two requests that replace the words: the first makes the new thread, the second closes this one. */
  async replace(keys, letter) {
    const own = publicHalf(keys);
    const name = JSON.stringify(["replace", toHex(keys.locator)]);
    if (this.inheritance?.name !== name) {
      const before = { locator: this.locator, verify_key: toHex(this.own.verifyKey), identity: toHex(this.keys.identitySeed) };
      this.inheritance = { name, bytes: await this.seal(keys, own, "inheritance", letter, before, 0) };
    }
    const after = { locator: toHex(own.locator), access_hash: toHex(own.accessHash), recipient: own.recipient, verify_key: toHex(own.verifyKey) };
    const closing = await this.sealOnce("replacement", letter, after);
    const target = concat(own.locator, new Uint8Array(DIGEST_BYTES - LOCATOR_BYTES));
    const first = makeRequest(keys, "put", { kind: LETTER_KINDS.inheritance, slot: this.inheritance.bytes });
    const second = makeRequest(this.keys, "put", { kind: LETTER_KINDS.replacement, sequence: this.sequence, target, slot: closing });
    this.sent = [{ ...first, keys }, { ...second, then: keys }];
    return { requests: this.sent.map(({ body }) => body.slice(0)) };
  }

  discard() {
    this.sent = [];
    return { requests: [this.request("discard")] };
  }

  /** Take the answer to what was put and say what became of it: a status, or "none" when the words open nothing any more. */
  done([answer]) {
    const request = this.sent.shift();
    const opened = openAnswer(request.keys ?? this.keys, request, answer);
    if (!opened) return { status: "none" };
    if (opened.status === "order") Object.assign(this, { sequence: opened.sequence, sealed: null });
    if (opened.status === "stored") this.stored(request);
    return { status: opened.status };
  }

  stored({ then, keys }) {
    if (then) this.use(then);
    else if (!keys) this.sealed = null;
  }

  async seal(keys, own, kind, letter, change, sequence) {
    const card = this.cards[this.cards.length - 1];
    const thread = { recipient: own.recipient, verify_key: toHex(own.verifyKey), reads_back: true };
    const envelope = {
      kind, inquiry: card.inquiry, epoch: card.epoch, card: toHex(card.fingerprint), locator: toHex(own.locator), sequence, thread,
    };
    const json = encodeSigned(letter, envelope, change, (unsigned) => sign(LABEL_THREAD_LETTER, unsigned, keys.signingSeed));
    return sealLetter(json, OWN_ONLY.includes(kind) ? [own.recipient, throwawayRecipient()] : [card.recipient, own.recipient]);
  }

  /** Overwrite the keys. */
  close() {
    forget(this.keys);
  }
}

/** The content of a letter that says something by its kind alone. */
export function contentOf(kind, letter) {
  if (!letter) throw new Refusal("failure");
  const parts = { addition: ["answers"], choices: ["consents"], draft: ["answers", "consents"] }[kind] ?? [];
  return {
    ...letter,
    answers: parts.includes("answers") ? letter.answers : [],
    consents: parts.includes("consents") ? letter.consents : [],
  };
}
