// A draft: what was typed so far, sealed for the words alone and kept by the service for some days.
import { Trouble } from "./form-post.js";
import { exchange, put } from "./form-thread.js";

const AT_MOST_EVERY_MS = 60_000;

export class Saving {
  /**
   * `read` returns the letter as it stands in the page; `tell` is given the name of a text about a save that nobody asked
   * for. `begun`: the Worker already has the keys of the words.
   */
  constructor(sealer, cards, read, tell, { begun = false, saved = false } = {}) {
    Object.assign(this, { sealer, cards, read, tell, begun });
    this.kept = saved ? this.now() : null;
    this.last = -AT_MOST_EVERY_MS;
    this.timer = null;
    this.running = null;
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

  /** Save now. Resolves to "stored", or why not: a word of the Worker's `done`, "offline", "busy" or "refused". */
  async save(words, progress) {
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
      if (!this.begun) await this.sealer.ask("begin", { words, cards: this.cards }, progress);
      this.begun = true;
      const status = await put(this.sealer, () => this.sealer.ask("put", { kind: "draft", letter: JSON.parse(now) }));
      if (status === "stored") this.kept = now;
      return status;
    } catch (failure) {
      if (failure instanceof Trouble) return failure.word;
      throw failure;
    }
  }

  /** Something was typed: once a draft is kept, save it again by and by. */
  changed() {
    if (!this.isOn || this.timer !== null) return;
    const wait = Math.max(0, this.last + AT_MOST_EVERY_MS - performance.now());
    this.timer = setTimeout(() => this.again(), wait);
  }

  async again() {
    this.timer = null;
    if (this.running || this.isCurrent) return;
    const status = await this.save().catch((failure) => failure.word);
    this.tell(status === "stored" ? "draft-saved" : "draft-not-saved");
    if (status !== "stored") this.changed();
  }

  /** Save nothing more. */
  stop() {
    clearTimeout(this.timer);
    this.kept = null;
  }

  /** The account was sent: throw its draft away. What fails here costs nothing, since a draft expires by itself. */
  async discard() {
    if (!this.begun) return;
    this.stop();
    try {
      await this.running;
      const { requests } = await this.sealer.ask("discard");
      await this.sealer.ask("done", { answers: await exchange(requests) });
    } catch {
      // Nothing is lost, and the account has arrived.
    }
  }
}
