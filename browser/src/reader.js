// One opened thread on the page where somebody comes back: what was fetched and opened, and how its words are replaced.
import { sha256 } from "@noble/hashes/sha2.js";
import { DIGEST_BYTES, LETTER_KINDS, LOCATOR_BYTES, VISIT_REQUESTS, VISIT_SLOT_BYTES } from "./constants.generated.js";
import { Keeper } from "./keeper.js";
import { concat, fromHex, toHex } from "./octets.js";
import { Identity } from "./opening.js";
import { randomBytes } from "./randomness.js";
import { publicHalf } from "./thread.js";
import { readThread } from "./view.js";
import { makeRequest, openAnswer, parseIndex } from "./visit.js";

const FETCHES = VISIT_REQUESTS - 1;

/** A keeper that opens as well. */
export class Reader extends Keeper {
  use(keys) {
    super.use(keys);
    Object.assign(this, { index: null, slots: new Map(), known: new Map(), waiting: [], inheritance: null });
    this.identity = new Identity({ seed: keys.identitySeed, locator: this.locator, verifyKey: toHex(this.own.verifyKey) });
  }

  open() {
    this.sent = [];
    return { requests: [this.request("open")] };
  }

  /** Take the answer to `open`. Whatever it says, a visit goes on with the same number of requests. */
  opened([answer]) {
    const opened = openAnswer(this.keys, this.sent.shift(), answer);
    this.index = opened && parseIndex(opened.slot);
    Object.assign(this, { slots: new Map(), known: new Map() });
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
    const { index, cards, known } = this;
    const view = await readThread({ index, sealed: (entry) => this.whole(entry), identity: this.identity, cards, known });
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

  stored(request) {
    if (request.then) this.use(request.then);
    else super.stored(request);
  }

  close() {
    super.close();
    this.identity.forget();
  }
}
