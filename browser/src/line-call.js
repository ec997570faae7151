// One call: its steps, what is said and asked in them, and sending. Everything may be done in any order.
import { answered, clear, halfCharacter, hasAccount, readLetter, summarise } from "./form-answers.js";
import { countDown, showUrgent, tooMuch } from "./form-limits.js";
import { Room } from "./form-room.js";
import { Sending } from "./form-sending.js";
import { text } from "./form-texts.js";
import { Steps } from "./line-steps.js";

// Measured, by the time of a keystroke: reading all questions is done when somebody pauses.
const TYPED_AFTER_MS = 300;

const byId = (id) => document.getElementById(id);

export class Call {
  constructor(page) {
    this.page = page;
    this.root = page.root;
    this.sending = new Sending(page.sealer);
    this.steps = new Steps(this.root, (section) => answered(section).length > 0, (section) => this.shown(section));
    this.room = new Room(page.sealer, () => (page.isEnded || halfCharacter(this.root) ? null : readLetter(this.root)));
    this.isWorking = false;
    this.listen();
  }

  listen() {
    byId("line-next").addEventListener("click", () => this.steps.move(1));
    byId("line-back").addEventListener("click", () => this.steps.move(-1));
    byId("line-send").addEventListener("click", () => this.send());
    byId("line-move").addEventListener("click", () => this.move());
    for (const kind of ["input", "change"]) this.root.addEventListener(kind, (event) => this.changed(event));
  }

  /** Show the first step, or the one with that name. */
  begin(step = "safe") {
    byId("line-call").hidden = false;
    this.showWords();
    showUrgent(this.root);
    this.steps.show(this.steps.section(step));
  }

  changed({ target }) {
    if (target.name === "line-agreed") this.page.keeping.agree(target.value === "yes");
    if (!target.closest("[data-question]")) return;
    this.page.keeping.changed();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.settled(), TYPED_AFTER_MS);
  }

  settled() {
    if (this.page.isEnded) return;
    this.room.measureSoon();
    countDown(this.root);
    showUrgent(this.root);
    this.steps.mark();
  }

  shown({ dataset }) {
    if (dataset.step === "read-back") this.review();
    this.showWords();
  }

  /** Show what depends on whether the caller has words. */
  showWords() {
    const { held } = this.page.words;
    for (const part of this.root.querySelectorAll("[data-with-words]")) part.hidden = !held;
    for (const part of this.root.querySelectorAll("[data-without-words]")) part.hidden = held;
  }

  review() {
    const letter = readLetter(this.root);
    summarise([...letter.answers, ...letter.consents], byId("summary"), text("change"), (topic) => this.steps.show(this.steps.section(topic)));
    byId("line-nothing-written").hidden = hasAccount(letter);
  }

  /** Move the text that is marked in the account to the question that was chosen. */
  move() {
    const from = byId("account");
    const { selectionStart: start, selectionEnd: end, value } = from;
    const marked = value.slice(start, end).trim();
    const to = this.root.querySelector(`[data-question="${CSS.escape(byId("line-move-to").value)}"]`);
    if (marked) {
      const field = to.querySelector("textarea");
      field.value = [field.value, marked].filter(Boolean).join("\n");
      from.setRangeText("", start, end, "start");
      this.changed({ target: field });
    }
    byId("line-moved").textContent = marked ? text("moved", { question: to.dataset.text }) : text("move-nothing");
    from.focus();
  }

  /** Say what is in the way of sending, and lead there; null when nothing is. */
  fault(letter) {
    const half = halfCharacter(this.root);
    const much = tooMuch(this.root);
    if (half) return { id: half.id, name: "line-half", values: half };
    if (much) return { id: much.id, name: "field-long", values: much };
    if (!hasAccount(letter)) return { id: "account", name: "line-empty" };
    return null;
  }

  async send() {
    const { page } = this;
    if (this.isWorking || page.isEnded) return;
    const letter = readLetter(this.root);
    const fault = this.fault(letter);
    if (fault) {
      this.steps.showQuestion(fault.id);
      page.tell(fault.name, fault.values);
    } else if (page.words.isBegun && !page.words.held) {
      page.overlays.open("line-words");
      page.say("line-words-first");
    } else await this.deliver(letter);
  }

  async deliver(letter) {
    const { page } = this;
    const { words } = page;
    this.isWorking = byId("line-send").disabled = true;
    try {
      const readBack = words.held && byId("line-read-back").checked;
      const tell = (what) => { byId("line-sending").textContent = text(what); };
      const outcome = await this.sending.send(letter, words.held ? words.taken.words : null, readBack, tell, page.keeping.call);
      if (page.isEnded) return;
      if (outcome === "sent") page.finish();
      else page.connection.tell(outcome);
    } catch (failure) {
      if (page.isEnded) return;
      if (failure.word === "too-long") page.say("too-long", { n: failure.detail.over });
      else page.broken();
    } finally {
      this.isWorking = byId("line-send").disabled = false;
      byId("line-sending").textContent = text("not-sent");
    }
  }

  /** Keep nothing of what was typed. */
  empty() {
    clearTimeout(this.timer);
    clear(this.root);
    byId("summary").replaceChildren();
    byId("line-moved").textContent = byId("line-message").textContent = "";
    this.sending.forget();
    byId("line-call").hidden = true;
  }
}
