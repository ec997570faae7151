// Walking through the form a topic at a time. Nothing leaves the page before "Seal and send".
import { clear, halfCharacter, hasAccount, isTouched, readLetter, summarise } from "./form-answers.js";
import { offerCopy } from "./form-copy.js";
import { Drafting, tellSaved } from "./form-drafting.js";
import { askBeforeLeaving, onLeaving } from "./form-leaving.js";
import { countDown, showUrgent, tooMuch } from "./form-limits.js";
import { Parts, askFirst, offerAfterCheck, reveal } from "./form-parts.js";
import { Room } from "./form-room.js";
import { Saving } from "./form-saving.js";
import { Sending } from "./form-sending.js";
import { text } from "./form-texts.js";
import { WayBack } from "./form-words.js";

// Shown apart from the others: they are no steps of the way.
const ASIDE = ["sent", "saved"];

const byId = (id) => document.getElementById(id);

export class Journey {
  /** `cover` hides the page after a while. `known`: the words that somebody came back with, whose draft stands in `root` already. */
  constructor(root, sealer, cards, cover, known = null) {
    this.root = root;
    this.sealer = sealer;
    this.cover = cover;
    const steps = [...root.querySelectorAll("[data-step]")].filter(({ dataset }) => !ASIDE.includes(dataset.step));
    // The check is the last step of the way; what is asked after it leads back there.
    this.sections = steps.filter(({ dataset }) => !("afterCheck" in dataset));
    this.extras = steps.filter(({ dataset }) => "afterCheck" in dataset);
    this.wayBack = new WayBack(this.section("way-back"), sealer, known);
    this.sending = new Sending(sealer);
    const kept = { begun: known !== null, saved: known !== null };
    this.saving = new Saving(sealer, cards, () => readLetter(root), (status) => this.ended || tellSaved(status === "stored" ? "draft-saved" : "draft-not-saved"), kept);
    this.drafting = new Drafting(this, this.saving);
    this.room = new Room(sealer, () => (this.ended || halfCharacter(root) ? null : readLetter(root)));
    this.current = null;
    this.changing = false;
    this.working = false;
    this.ended = false;
    this.isFinished = false;
  }

  section(name) {
    return this.root.querySelector(`[data-step="${name}"]`);
  }

  /** Show the first topic and listen. `before`: the same form in another language, which `end` ended. */
  begin(before = null) {
    this.parts = new Parts(this.sections, (section) => this.guarded(() => this.goTo(section)));
    askFirst(this.root, () => this.guarded(() => this.next()));
    for (const section of [...this.sections, ...this.extras]) if (this.isAnswered(section)) reveal(section);
    offerAfterCheck(this.extras, (section) => this.guarded(() => this.goTo(section, true)));
    offerCopy(byId("part-copy"), () => this.everything());
    countDown(this.root);
    showUrgent(this.root);
    byId("next").addEventListener("click", () => this.guarded(() => this.next()));
    byId("back").addEventListener("click", () => this.guarded(() => this.back()));
    byId("send").addEventListener("click", () => this.guarded(() => this.send()));
    byId("save").addEventListener("click", () => this.guarded(() => this.save()));
    byId("go-on").addEventListener("click", () => this.guarded(() => this.drafting.goBack()));
    this.root.addEventListener("input", () => this.changed());
    // Radios and check boxes of older browsers tell of a change only so.
    this.root.addEventListener("change", () => this.changed());
    askBeforeLeaving(() => this.isUnsaved);
    onLeaving(() => this.leave());
    if (before) this.goOnFrom(before);
    else this.show(this.sections[0], { moveFocus: this.wayBack.isKnown });
  }

  /** End, without a word: the same form goes on in another language. Returns what `begin` needs. */
  end() {
    this.ended = true;
    this.cover.end();
    return this;
  }

  /** Go on where `before` was. What was typed stands in the fields already. */
  goOnFrom(before) {
    this.wayBack.carryOn(before.wayBack);
    if (before.isFinished) {
      this.showEnd();
      return;
    }
    this.saving.carryOn(before.saving);
    this.drafting.carryOn(before.drafting);
    for (const section of [...this.sections, ...this.extras]) if (!before.isVeiled(section.dataset.step)) reveal(section);
    this.show(this.section(before.current.dataset.step), { changing: before.changing });
    if (!before.section("saved").hidden) this.drafting.tell();
  }

  /** Say whether a note still stands before the questions of a step. */
  isVeiled(step) {
    return Boolean(this.section(step)?.querySelector("[data-note-content]")?.hidden);
  }

  /** Say whether something was typed that nobody keeps. */
  get isUnsaved() {
    return !this.ended && isTouched(this.root) && !this.saving.isCurrent;
  }

  /** Somebody leaves: nothing typed stays, here or in the Worker. */
  leave() {
    this.ended = true;
    this.cover.end();
    this.saving.stop();
    this.clear();
    this.sealer.stop();
  }

  /** Keep nothing of what was typed. */
  clear() {
    clear(this.root);
    this.section("check").querySelector("dl").replaceChildren();
    this.sending.forget();
  }

  changed() {
    this.room.measureSoon();
    countDown(this.root);
    showUrgent(this.root);
    if (!this.ended && this.wayBack.held && !halfCharacter(this.root)) this.saving.changed();
  }

  back() {
    if (this.drafting.isWanted) this.drafting.goBack();
    else this.show(this.isExtra ? this.check : this.sections[this.place - 1]);
  }

  /** Run one action at a time: a double click is one click. Once it was sent, only the language can still be chosen. */
  async guarded(action) {
    if (this.working || (this.ended && !this.isFinished)) return;
    this.working = true;
    try {
      await action();
    } catch (failure) {
      if (this.ended) return;
      if (failure.word === "too-long") this.say("too-long", { n: failure.detail.over });
      else this.failed();
    } finally {
      this.working = false;
    }
  }

  async next() {
    if (this.refused()) return;
    if (this.current.dataset.step === "way-back" && !(await this.wayBack.confirmed())) return;
    if (this.drafting.isWanted) await this.drafting.save();
    else this.show(this.changing ? this.check : this.sections[this.place + 1]);
  }

  /** Go to a part that was chosen from a list. */
  goTo(section, changing = this.changing) {
    if (!this.refused()) this.show(section, { changing });
  }

  /** Say whether something that was typed cannot be sent, and if so lead there. */
  refused() {
    const half = halfCharacter(this.root);
    const much = tooMuch(this.root);
    if (half) this.refuse(half.id, "half-character", half);
    else if (much) this.refuse(much.id, "field-long", much);
    return Boolean(half || much);
  }

  /** Save a draft. */
  async save() {
    if (!this.refused()) await this.drafting.save();
  }

  get check() {
    return this.sections[this.sections.length - 1];
  }

  /** Where on the way the part stands that is shown. */
  get place() {
    return this.sections.indexOf(this.current);
  }

  get isExtra() {
    return this.extras.includes(this.current);
  }

  isAnswered(section) {
    return readLetter(section.parentElement).answers.some(({ topic }) => topic === section.dataset.step);
  }

  hideAll() {
    for (const section of [...this.sections, ...this.extras]) section.hidden = true;
    byId("navigation").hidden = true;
    this.parts.hide();
  }

  /** Show one section. `changing`: it was opened from the check, and Next leads back there. */
  show(current, { moveFocus = true, changing = false } = {}) {
    this.current = current;
    this.changing = changing || this.isExtra;
    this.hideAll();
    current.hidden = byId("navigation").hidden = byId("part-list").hidden = false;
    this.parts.show(current);
    const isLast = current === this.check;
    byId("back").hidden = this.place === 0;
    byId("next").hidden = isLast;
    byId("next").textContent = text(this.drafting.isWanted ? "save-now" : this.changing ? "to-check" : "next");
    byId("send").hidden = !isLast;
    byId("message").hidden = true;
    if (isLast) this.review();
    if (moveFocus) {
      const heading = current.querySelector("h2");
      heading.focus();
      heading.scrollIntoView();
    }
  }

  /** Everything that is sent, in the shape of answers. */
  everything() {
    const letter = readLetter(this.root);
    return [...letter.answers, ...letter.consents, this.wayBack.chosen];
  }

  review() {
    summarise(this.everything(), byId("summary"), text("change"), (topic) =>
      this.guarded(() => this.show(this.section(topic), { changing: true })),
    );
    byId("nothing-written").hidden = hasAccount(readLetter(this.root));
    byId("not-sent").textContent = text("not-sent");
  }

  async send() {
    if (this.refused()) return;
    const letter = readLetter(this.root);
    if (!hasAccount(letter)) this.refuse("account", "empty");
    else if (this.wayBack.wanted && !this.wayBack.held) {
      this.show(this.section("way-back"), { changing: true, moveFocus: false });
      if (this.wayBack.taken) this.say("words-first");
      else await this.wayBack.take();
    } else await this.deliver(letter);
  }

  async deliver(letter) {
    byId("message").hidden = true;
    byId("back").disabled = byId("send").disabled = true;
    try {
      const tell = (what) => { byId("not-sent").textContent = text(what); };
      const outcome = await this.sending.send(letter, this.wayBack.words, this.wayBack.readBack, tell);
      if (this.ended) return;
      if (outcome === "sent") this.finish();
      else this.keep(outcome);
    } finally {
      if (!this.ended) {
        byId("back").disabled = byId("send").disabled = false;
        byId("not-sent").textContent = text("not-sent");
      }
    }
  }

  /** It was not stored: everything stays, and the same bytes can be sent again. */
  keep(outcome) {
    this.say(outcome);
    byId("send").textContent = text("again");
  }

  finish() {
    // Nobody waits for this: the account has arrived.
    this.saving.discard().finally(() => this.sealer.stop());
    this.showEnd();
  }

  /** Show that it was sent, with the words that were taken, and keep nothing else. */
  showEnd() {
    const withWords = this.wayBack.wanted;
    this.ended = this.isFinished = true;
    this.hideAll();
    this.cover.end();
    this.clear();
    this.wayBack.choose(withWords);
    byId("can-seal").hidden = true;
    document.title = text("title-end") + this.parts.ending;
    byId("sent-words").hidden = this.section("sent").querySelector("[data-with-words]").hidden = !withWords;
    byId("sent-without-words").hidden = withWords;
    this.section("sent").hidden = false;
    byId("step-sent").focus();
    byId("step-sent").scrollIntoView();
  }

  /** Go to the question that something is wrong with, and say what. */
  refuse(id, name, values) {
    const question = this.root.querySelector(`[data-question="${id}"]`);
    const changing = this.changing || this.current === this.check;
    const section = question.closest("[data-step]");
    reveal(section);
    this.show(section, { changing });
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
}
