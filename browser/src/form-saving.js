// A draft: what was typed so far, sealed for the words alone and kept by the service for some days.
import { Trouble } from "./form-post.js";
import { exchange, put } from "./form-thread.js";

const AT_MOST_EVERY_MS = 60_000;

export class Saving {
  /**
   * `read` returns the letter as it stands in the page, or null when there is nothing to keep; `tell` is given what became of a save that nobody asked for: a
   * word as `save` has them. `begun`: the Worker already has the keys of the words. `every`: milliseconds between two saves.
   */
  constructor(sealer, cards, read, tell, { begun = false, saved = false, every = AT_MOST_EVERY_MS } = {}) {
    Object.assign(this, { sealer, cards, read, tell, begun, every });
    this.kept = saved ? this.now() : null;
    this.last = -every;
    this.timer = null;
    this.running = null;
  }

  /** Go on with the draft that was kept before the page was put in another language. It is saved again in this one. */
  carryOn(before) {
    Object.assign(this, { begun: before.begun, last: before.last, running: before.running });
    const isOn = before.isOn;
    before.stop();
    if (isOn) this.turnOn();
  }

  /** Keep what stands in the page from now on, by itself; with `words`, unless the Worker has their keys already. */
  turnOn(words = null) {
    this.words = words;
    this.kept = "";
    this.changed();
  }

  /** Say whether the service keeps a draft. */
  get isOn() {
    return this.kept !== null;
  }

  /** Say whether the draft that is kept holds all that stands in the page. */
  get isCurrent() {
    return this.isOn && this.kept === this.now();
  }

  now() {
    return JSON.stringify(this.read());
  }

  /** Save now. Resolves to "stored", or why not: a word of the Worker's `done`, or of a Trouble. */
  async save(words = this.words, progress = undefined) {
    await this.running;
    this.running = this.put(words, progress);
    try {
      return await this.running;
    } finally {
      this.running = null;
    }
  }

  async put(words, progress) {
    clearTimeout(this.timer);
    this.timer = null;
    this.last = performance.now();
    const now = this.now();
    try {
      if (!this.begun) await this.begin(words, progress);
      this.begun = true;
      const status = await this.store(JSON.parse(now));
      if (status === "stored") this.kept = now;
      return status;
    } catch (failure) {
      if (failure instanceof Trouble) return failure.word;
      throw failure;
    }
  }

  /** Let the Worker make the keys that are saved with. */
  begin(words, progress) {
    return this.sealer.ask("begin", { words, cards: this.cards }, progress);
  }

  store(letter) {
    return put(this.sealer, () => this.sealer.ask("put", { kind: "draft", letter }));
  }

  /** Something was typed: once a draft is kept, save it again by and by. */
  changed() {
    if (!this.isOn || this.timer !== null) return;
    const wait = Math.max(0, this.last + this.every - performance.now());
    this.timer = setTimeout(() => this.again(), wait);
  }

  async again() {
    this.timer = null;
    // What was typed while a save runs is looked at when that has ended.
    if (this.running || this.read() === null) return;
    if (this.isCurrent) {
      this.tell("stored");
      return;
    }
    const status = await this.save().catch((failure) => failure.word);
    if (!this.isOn) return;
    this.tell(status);
    if (!this.isCurrent) this.changed();
  }

  /** Save nothing for a while: whatever was being saved has ended when this resolves. */
  async pause() {
    this.stop();
    await this.running?.catch(() => {});
    this.stop();
  }

  /** Save nothing more. */
  stop() {
    clearTimeout(this.timer);
    this.timer = null;
    this.kept = null;
  }

  /** The account was sent: throw its draft away. What fails here costs nothing, since a draft expires by itself. */
  async discard() {
    // Nothing is lost where that fails, and the account has arrived.
    await this.drop().catch(() => {});
  }

  /** Save nothing more, and throw away what is kept. Rejects when nobody can tell whether it is gone. */
  async drop() {
    await this.pause();
    if (!this.begun) return;
    const { requests } = await this.sealer.ask("discard");
    await this.sealer.ask("done", { answers: await exchange(requests) });
  }
}
