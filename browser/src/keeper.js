// The keys of one thread, and what is written for it. Keys never leave the Worker. Nothing here opens a letter: reader.js does.
import { LABEL_THREAD_LETTER, LETTER_KINDS } from "./constants.generated.js";
import { sealLetter, throwawayRecipient } from "./age.js";
import { encodeSigned } from "./letter.js";
import { toHex } from "./octets.js";
import { Refusal } from "./refusal.js";
import { sign } from "./signing.js";
import { forget, publicHalf } from "./thread.js";
import { makeRequest, openAnswer } from "./visit.js";

const OWN_ONLY = ["draft", "inheritance"];

export class Keeper {
  constructor(keys, cards) {
    this.cards = cards;
    this.use(keys);
  }

  /** Go on with other keys: nothing is known of what they open. */
  use(keys) {
    if (this.keys && this.keys !== keys) this.close();
    Object.assign(this, { keys, own: publicHalf(keys), sent: [], sealed: null, sequence: 0 });
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

  /** What `request` put is kept by the service now. */
  stored({ keys }) {
    if (!keys) this.sealed = null;
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
