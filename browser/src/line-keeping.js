// What of a call is kept while it lasts, and how much of it is not: sealed for the caller's words alone, or for the inquiry
// where the caller agreed to that, or nothing.
import { Saving } from "./form-saving.js";
import { text } from "./form-texts.js";
import { PartSaving } from "./line-parts.js";

// With the time that sealing and storing take, at most 5 seconds of typing are lost.
const EVERY_MS = 2_000;
const LOST_MS = 5_000;
const LOOK_EVERY_MS = 1_000;

const byId = (id) => document.getElementById(id);

const clock = (moment) => new Date(moment).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });

export class Keeping {
  /**
   * `read` returns the letter as it stands in the page, or null when there is nothing to keep, `blank` one without answers;
   * `tell` is given what became of each save.
   */
  constructor(sealer, cards, { read, blank, tell }) {
    Object.assign(this, { read, blank, tell });
    const [reading, done] = [() => this.read(), (status) => this.done(status)];
    this.draft = new Saving(sealer, cards, reading, done, { every: EVERY_MS });
    this.part = new PartSaving(sealer, reading, done, { every: EVERY_MS });
    this.isAgreed = false;
    this.saving = null;
    this.isBegun = false;
    // When what is not saved was typed, and when something was saved last.
    this.changedAt = this.savedAt = null;
  }

  begin() {
    this.isBegun = true;
    this.looking ??= setInterval(() => this.show(), LOOK_EVERY_MS);
    this.show();
  }

  /** The caller has these words: a draft is kept for them from now on. With null, the Worker has their keys already. */
  useWords(words) {
    if (words === null) this.draft.begun = true;
    this.use(this.draft, words);
  }

  /** The caller wants no words after all: what was kept for them is thrown away. */
  async forgetWords() {
    if (this.saving === this.draft) this.use(this.isAgreed ? this.part : null);
    await this.draft.drop().catch(() => {});
    this.draft.begun = false;
  }

  /** The caller said whether what there is may go to the inquiry if the call breaks off. Words come first. */
  async agree(isAgreed) {
    this.isAgreed = isAgreed;
    if (isAgreed && !this.saving) this.use(this.part);
    if (isAgreed) return;
    if (this.saving === this.part) this.use(null);
    await this.dropPart();
  }

  use(saving, words = null) {
    if (this.saving !== saving) this.savedAt = null;
    if (this.saving === this.part) this.part.stop();
    this.saving = saving;
    if (saving) {
      this.changedAt ??= Date.now();
      saving.turnOn(words);
    }
    this.show();
  }

  /** Take back what was sent of the call. Where that fails now, it is tried again with the next save, and at the end. */
  async dropPart() {
    await this.part.drop(this.blank()).catch(() => {});
  }

  /** What the account says of the call that it ends. */
  get call() {
    return this.part.ended;
  }

  changed() {
    this.changedAt ??= Date.now();
    this.saving?.changed();
    this.show();
  }

  /** Save now what is not saved. */
  now() {
    this.saving?.again();
  }

  done(status) {
    if (status === "stored") {
      this.savedAt = Date.now();
      this.changedAt = this.saving?.isCurrent ? null : Date.now();
      if (this.saving !== this.part && this.part.wasStored) this.dropPart();
    }
    this.tell(status);
    this.show();
  }

  /** Say whether all that stands in the page is kept. */
  get isCurrent() {
    return Boolean(this.saving?.isCurrent);
  }

  /** Say how much of the call is kept. */
  show() {
    const sentence = this.sentence();
    byId("line-keeping").dataset.kept = this.saving && this.isBegun && this.changedAt === null ? "all" : "not-all";
    const line = byId("line-kept");
    if (line.textContent === sentence) return;
    line.textContent = byId("line-live").textContent = sentence;
  }

  sentence() {
    if (!this.isBegun) return text("kept-none");
    if (!this.saving) return text("kept-nothing");
    if (this.savedAt === null) return text("kept-not-yet");
    const isLate = this.changedAt !== null && Date.now() - this.changedAt > LOST_MS;
    return isLate ? text("kept-since", { time: clock(this.savedAt) }) : text("kept-all");
  }

  /** Let nothing be saved while something else is put for the same words. */
  async pause() {
    await this.saving?.pause();
  }

  end() {
    clearInterval(this.looking);
    this.looking = null;
    this.isBegun = false;
    this.changedAt = this.savedAt = null;
    this.show();
  }

  /** The call was sent: what was kept of it is thrown away. What cannot be, is named in the account. */
  async discard() {
    this.end();
    await Promise.allSettled([this.draft.discard(), this.part.drop()]);
  }

  /** Throw away what is kept. Rejects when nobody can tell whether it is gone. */
  async drop() {
    this.end();
    await Promise.all([this.draft.drop(), this.part.drop(this.blank())]);
  }

  /** Say whether what the inquiry could read is still kept. */
  get isPartLeft() {
    return this.part.wasStored;
  }
}
