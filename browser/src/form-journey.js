// Walking through the form a topic at a time. Nothing leaves the page before "Seal and send".
import { clear, halfCharacter, hasAccount, isTouched, readLetter, summarise } from "./form-answers.js";
import { askBeforeLeaving } from "./form-leaving.js";
import { Saving } from "./form-saving.js";
import { Sending } from "./form-sending.js";
import { text } from "./form-texts.js";
import { WayBack } from "./form-words.js";

const MEASURE_AFTER_MS = 400;
// The room that is left is shown from this share of the largest letter on.
const SHOW_ROOM_FROM = 0.5;

// Shown apart from the others: they are no steps of the way.
const ASIDE = ["sent", "saved"];

const byId = (id) => document.getElementById(id);

// What can be said about a draft that was not saved; anything else is a refusal.
const SAVE_TROUBLE = ["offline", "busy", "closed", "full"];

export class Journey {
  /** `known`: the words that somebody came back with, whose draft stands in `root` already. */
  constructor(root, sealer, cards, known = null) {
    this.root = root;
    this.sealer = sealer;
    this.sections = [...root.querySelectorAll("[data-step]")].filter(({ dataset }) => !ASIDE.includes(dataset.step));
    this.wayBack = new WayBack(this.section("way-back"), sealer, known);
    this.sending = new Sending(sealer);
    const kept = { begun: known !== null, saved: known !== null };
    this.saving = new Saving(sealer, cards, () => readLetter(root), (name) => this.tellSaved(name), kept);
    this.place = 0;
    this.changing = false;
    this.working = false;
    this.wantsToSave = false;
    this.ended = false;
  }

  section(name) {
    return this.root.querySelector(`[data-step="${name}"]`);
  }

  /** Show the first topic and listen. */
  begin() {
    byId("navigation").hidden = false;
    byId("next").addEventListener("click", () => this.guarded(() => this.next()));
    byId("back").addEventListener("click", () => this.guarded(() => this.back()));
    byId("send").addEventListener("click", () => this.guarded(() => this.send()));
    byId("save").addEventListener("click", () => this.guarded(() => this.save()));
    byId("go-on").addEventListener("click", () => this.guarded(() => this.goOn()));
    this.root.addEventListener("input", () => this.changed());
    // Radios and check boxes of older browsers tell of a change only so.
    this.root.addEventListener("change", () => this.changed());
    askBeforeLeaving(() => this.isUnsaved);
    this.show(0, { moveFocus: this.wayBack.isKnown });
  }

  /** Say whether something was typed that nobody keeps. */
  get isUnsaved() {
    return !this.ended && isTouched(this.root) && !this.saving.isCurrent;
  }

  changed() {
    this.measureSoon();
    if (!this.ended && this.wayBack.held && !halfCharacter(this.root)) this.saving.changed();
  }

  back() {
    if (this.wantsToSave) this.goOn();
    else this.show(this.place - 1);
  }

  /** Run one action at a time: a double click is one click. */
  async guarded(action) {
    if (this.working || this.ended) return;
    this.working = true;
    try {
      await action();
    } catch (failure) {
      if (failure.word === "too-long") this.say("too-long", { n: failure.detail.over });
      else this.failed();
    } finally {
      this.working = false;
    }
  }

  async next() {
    const half = halfCharacter(this.root);
    if (half) {
      this.refuse(half.id, "half-character", half);
      return;
    }
    if (this.sections[this.place].dataset.step === "way-back" && !(await this.wayBack.confirmed())) return;
    if (this.wantsToSave) await this.save();
    else this.show(this.changing ? this.last : this.place + 1);
  }

  /** Save a draft. Words come first, since nothing else opens it. */
  async save() {
    const half = halfCharacter(this.root);
    if (half) {
      this.refuse(half.id, "half-character", half);
      return;
    }
    if (!this.wantsToSave) this.left = { place: this.place, changing: this.changing };
    this.wantsToSave = true;
    if (this.wayBack.held) await this.keepDraft();
    else if (this.sections[this.place].dataset.step !== "way-back" || !this.wayBack.taken) await this.takeWords();
    else this.say("save-retype");
  }

  async takeWords() {
    this.show(this.sections.indexOf(this.section("way-back")), { moveFocus: false });
    await this.wayBack.take();
  }

  async keepDraft() {
    this.say("saving");
    const tell = (what) => this.say(what === "deriving" ? "draft-deriving" : "saving");
    const status = await this.saving.save(this.wayBack.words, tell);
    this.wantsToSave = false;
    if (status !== "stored") {
      this.show(this.left.place, { changing: this.left.changing, moveFocus: false });
      this.say(SAVE_TROUBLE.includes(status) ? `draft-${status}` : "draft-refused");
      return;
    }
    for (const section of this.sections) section.hidden = true;
    byId("navigation").hidden = true;
    byId("message").hidden = true;
    this.section("saved").hidden = false;
    byId("step-saved").focus();
    byId("step-saved").scrollIntoView();
  }

  /** Go back to where somebody was when they wanted to save. */
  goOn() {
    this.wantsToSave = false;
    this.section("saved").hidden = true;
    byId("navigation").hidden = false;
    this.show(this.left.place, { changing: this.left.changing });
  }

  /** A draft was saved, or not, without being asked for: a quiet line, no focus. */
  tellSaved(name) {
    const line = byId("save-status");
    line.hidden = false;
    line.textContent = text(name);
  }

  get last() {
    return this.sections.length - 1;
  }

  /** Show one section. `changing`: it was opened from the check, and Next leads back there. */
  show(place, { moveFocus = true, changing = false } = {}) {
    this.place = place;
    this.changing = changing;
    const current = this.sections[place];
    for (const section of this.sections) section.hidden = section !== current;
    const isLast = place === this.last;
    byId("back").hidden = place === 0;
    byId("next").hidden = isLast;
    byId("next").textContent = text(this.wantsToSave ? "save-now" : changing ? "to-check" : "next");
    byId("send").hidden = !isLast;
    byId("message").hidden = true;
    if (isLast) this.review();
    if (moveFocus) {
      const heading = current.querySelector("h2");
      heading.focus();
      heading.scrollIntoView();
    }
  }

  review() {
    const letter = readLetter(this.root);
    const shown = [...letter.answers, ...letter.consents, this.wayBack.chosen];
    summarise(shown, byId("summary"), text("change"), (topic) =>
      this.guarded(() => this.show(this.sections.indexOf(this.section(topic)), { changing: true })),
    );
    byId("nothing-written").hidden = hasAccount(letter);
    byId("not-sent").textContent = text("not-sent");
  }

  async send() {
    const letter = readLetter(this.root);
    const half = halfCharacter(this.root);
    if (half) this.refuse(half.id, "half-character", half);
    else if (!hasAccount(letter)) this.refuse("account", "empty");
    else await this.deliver(letter);
  }

  async deliver(letter) {
    byId("message").hidden = true;
    byId("back").disabled = byId("send").disabled = true;
    try {
      const tell = (what) => { byId("not-sent").textContent = text(what); };
      const outcome = await this.sending.send(letter, this.wayBack.words, this.wayBack.readBack, tell);
      if (outcome === "sent") this.end();
      else this.keep(outcome);
    } finally {
      byId("back").disabled = byId("send").disabled = false;
      if (!this.ended) byId("not-sent").textContent = text("not-sent");
    }
  }

  /** It was not stored: everything stays, and the same bytes can be sent again. */
  keep(outcome) {
    this.say(outcome);
    byId("send").textContent = text("again");
  }

  end() {
    this.ended = true;
    byId("sent-words").hidden = !this.wayBack.wanted;
    byId("sent-without-words").hidden = this.wayBack.wanted;
    for (const section of this.sections) section.hidden = true;
    byId("navigation").hidden = true;
    byId("can-seal").hidden = true;
    byId("summary").replaceChildren();
    this.sending.forget();
    clear(this.root);
    // Nobody waits for this: the account has arrived.
    this.saving.discard().finally(() => this.sealer.stop());
    this.section("sent").querySelector("[data-with-words]").hidden = !this.wayBack.wanted;
    this.section("sent").hidden = false;
    byId("step-sent").focus();
    byId("step-sent").scrollIntoView();
  }

  /** Go to the question that something is wrong with, and say what. */
  refuse(id, name, values) {
    const question = this.root.querySelector(`[data-question="${id}"]`);
    const changing = this.changing || this.place === this.last;
    this.show(this.sections.indexOf(question.closest("[data-step]")), { changing });
    this.say(name, values);
    question.querySelector("textarea").focus();
  }

  say(name, values) {
    const message = byId("message");
    message.hidden = false;
    message.textContent = text(name, values);
    message.focus();
  }

  /** The Worker refused or died: nothing is sent, nothing typed is lost. */
  failed() {
    this.broken();
    byId("send").disabled = true;
  }

  measureSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.measure(), MEASURE_AFTER_MS);
  }

  async measure() {
    if (this.ended || halfCharacter(this.root)) return;
    const { used, limits } = await this.sealer.ask("measure", { letter: readLetter(this.root) }).catch(() => ({ used: 0, limits: [1] }));
    const most = limits[limits.length - 1];
    const line = byId("room-left");
    line.hidden = used < most * SHOW_ROOM_FROM;
    if (!line.hidden) line.textContent = used > most ? text("too-long", { n: used - most }) : text("room", { n: most - used });
  }
}
