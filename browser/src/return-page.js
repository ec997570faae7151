// Coming back: words, then what they open, then what can be done with them. Close takes everything off the page. Whose page it
// is says how one goes on with a draft: return-form.js for survivors, line-ring-back.js for a worker.
import { typedIn } from "./form-filling.js";
import { fillAgain } from "./form-language.js";
import { askBeforeLeaving, onLeaving } from "./form-leaving.js";
import { Trouble } from "./form-post.js";
import { SealingFailure } from "./form-sealer.js";
import { text } from "./form-texts.js";
import { Actions, NotDone } from "./return-actions.js";
import { Panels } from "./return-panels.js";
import { Progress } from "./return-progress.js";
import { ThreadView } from "./return-thread.js";
import { Visit } from "./return-visit.js";
import { WordsEntry } from "./return-words.js";

const WRONG_WORDS = ["count", "unknown", "check"];

const byId = (id) => document.getElementById(id);

export class ReturnPage {
  /** `journey` has the form's questions. `takesAccounts`: a new account may be sent today. `broken` is called when the Worker cannot go on. */
  constructor(sealer, cards, { journey, takesAccounts, broken }) {
    Object.assign(this, { sealer, cards, takesAccounts, broken });
    this.visit = new Visit(sealer, cards);
    this.entry = new WordsEntry(() => this.guarded(() => this.open()), (typed) => sealer.ask("check", { typed }));
    this.progress = new Progress();
    this.thread = new ThreadView();
    this.panels = new Panels();
    this.actions = new Actions(this.visit, this.panels, journey);
    this.working = false;
    this.closed = false;
    // Whether somebody was told what Close would lose.
    this.warned = false;
  }

  begin() {
    byId("return-close").addEventListener("click", () => this.tryToClose());
    byId("return-more").addEventListener("click", () => this.guarded(() => this.rest()));
    byId("return-resume").addEventListener("click", () => this.guarded(() => this.resume()));
    byId("return-discard").addEventListener("click", () => this.guarded(() => this.start("discard")));
    this.listen("data-open", (name) => this.start(name));
    this.listen("data-go", (name) => this.act(name));
    this.listen("data-back", () => this.back());
    askBeforeLeaving(() => this.isUnsaved);
    // So a page that the browser keeps for its Back button does not keep what was opened.
    onLeaving(() => this.close());
    byId("main-content").addEventListener("input", () => { this.warned = false; });
  }

  /** End, without a word: the same page goes on in another language. Returns what `goOnFrom` needs. */
  end() {
    const { visit, view, words, panels, actions, closed } = this;
    this.closed = true;
    return { visit, view, words, actions, panel: panels.shown?.dataset.panel, stage: panels.stageShown, isClosed: closed };
  }

  /** Go on where the page `before` was; `kept` is what was typed there. */
  goOnFrom(before, kept) {
    this.visit = this.actions.visit = before.visit;
    if (before.isClosed) this.close();
    if (!before.view) return;
    Object.assign(this, { view: before.view, words: before.words });
    byId("return-entry").hidden = true;
    byId("return-ending").hidden = false;
    this.showAgain(before, kept);
    if (before.panel) this.reopen(before, kept);
  }

  /** Show what was shown in the other language. */
  showAgain() {
    this.show();
  }

  /** Open the panel that was open in the other language, with what was typed there. */
  reopen({ panel, stage, actions }, kept) {
    this.start(panel, { isResumed: actions.draft.isResumed });
    fillAgain(kept);
    this.actions.carryOn(actions);
    if (stage === "sure") this.actions.ask();
    else if (stage) this.panels.stage(stage);
  }

  /** Call `act` with the value of `attribute` of each button that is pressed. */
  listen(attribute, act) {
    for (const button of document.querySelectorAll(`[${attribute}]`)) {
      button.addEventListener("click", () => this.guarded(() => act(button.getAttribute(attribute))));
    }
  }

  /** Run one action at a time: a double click is one click. Whatever goes wrong, what was typed stays. */
  async guarded(action) {
    if (this.working) return;
    this.working = true;
    try {
      await action();
    } catch (failure) {
      if (!this.closed) this.explain(failure);
    } finally {
      this.working = false;
    }
  }

  explain(failure) {
    if (failure instanceof NotDone) this.say(failure.message, failure.field);
    else if (failure instanceof Trouble) this.say(text(`trouble-${failure.word}`));
    else if (failure.word === "too-long") this.say(text("addition-long", { n: failure.detail.over }));
    else this.broken("failure");
  }

  /** Say something above what is shown, and put the focus there, or on the field that it is about. */
  say(sentence, field = null) {
    const line = byId("return-status");
    line.textContent = sentence;
    line.hidden = false;
    (field || line).focus({ preventScroll: true });
    line.scrollIntoView();
  }

  quiet() {
    byId("return-status").hidden = true;
    byId("return-status").textContent = byId("return-live").textContent = "";
  }

  /** Make the keys of what was typed, and look at what there is for them. */
  async open() {
    this.entry.settle();
    byId("return-entry").hidden = true;
    byId("return-ending").hidden = false;
    this.progress.show();
    try {
      this.words = await this.visit.enter(this.entry.typed, (what, part) => this.progress.tell(what, part));
      await this.look();
      if (this.view) this.entry.clear();
    } catch (failure) {
      this.reenter(failure);
    } finally {
      this.progress.hide();
    }
  }

  /** Show the words again, as they were typed, with what to do. */
  reenter(failure) {
    if (this.closed) return;
    byId("return-entry").hidden = false;
    if (failure instanceof Trouble) this.entry.say(text(`enter-${failure.word}`));
    else if (failure instanceof SealingFailure && WRONG_WORDS.includes(failure.word)) this.entry.refuse(failure);
    else this.broken(failure.word);
  }

  /** Visit, and show what there is now. */
  async look() {
    this.view = await this.visit.open((what) => this.progress.tell(what));
    if (this.closed) return;
    if (this.view) this.show();
    else {
      byId("return-entry").hidden = false;
      this.entry.say(text("not-found"));
    }
  }

  show() {
    byId("can-seal").hidden = true;
    this.panels.hide();
    this.thread.show(this.view);
    this.thread.focus();
  }

  async rest() {
    this.view = { ...this.view, ...(await this.visit.rest()) };
    this.show();
  }

  /** Open the panel of one action. */
  start(name, { isResumed = false } = {}) {
    this.quiet();
    if (name === "add") this.actions.draft = { isKept: this.view.draftDays > 0, isResumed };
    if (name === "choices") this.actions.prepareChoices(this.view.choices);
    this.thread.hide();
    this.panels.show(name);
  }

  back() {
    this.quiet();
    this.actions.forgetChoices();
    this.show();
  }

  /** Do what the button of a panel says; the steps on the way show another part of the panel. */
  async act(name) {
    this.quiet();
    if (name === "ask") this.actions.ask();
    else if (name === "new-words") await this.actions.newWords();
    else await this.finish(name);
  }

  async finish(name) {
    const panel = this.panels.shown;
    for (const button of panel.querySelectorAll("button")) button.disabled = true;
    this.tell("step-sending");
    try {
      const done = await this.actions[name]();
      if (this.closed) return;
      this.quiet();
      if (done === null) return;
      if (name === "replace") this.words = this.actions.fresh;
      await this.after(done);
    } finally {
      for (const button of panel.querySelectorAll("button")) button.disabled = false;
    }
  }

  /** Show the new state. It was done, whatever happens on this way. */
  async after(done) {
    try {
      await this.look();
      if (!this.closed) this.tell(done);
    } catch (failure) {
      if (!(failure instanceof Trouble)) throw failure;
      this.panels.hide();
      this.say(`${text(done)} ${text("done-unseen")}`);
    }
  }

  /** Tell something without moving the focus: to be seen, and to be heard from a live region that was always there. */
  tell(name) {
    const line = byId("return-status");
    line.textContent = byId("return-live").textContent = text(name);
    line.hidden = false;
    line.scrollIntoView();
  }

  /** Go on with the draft: in the form when nothing was sent yet, else as a further part. */
  resume() {
    this.quiet();
    if (this.view.reads.length > 0) {
      this.start("add", { isResumed: true });
      this.actions.addition.value = typedIn(this.view.draft);
    } else if (this.takesAccounts) this.goOn();
    else throw new NotDone(text("draft-expired"));
  }

  /** Say whether something was typed that nobody keeps. */
  get isUnsaved() {
    return !this.closed && this.actions.isUnsaved;
  }

  /** Close at once, or say first what would be lost. */
  tryToClose() {
    if (this.warned || !this.isUnsaved) {
      this.close();
      return;
    }
    this.warned = true;
    this.say(text("close-unsaved"));
  }

  /** End the Worker, and with it every key; take the words and all that they opened off the page. */
  close() {
    if (this.closed) return;
    this.sealer.stop();
    this.clear();
    for (const id of ["can-seal", "cannot-seal"]) byId(id).hidden = true;
    byId("return-closed").hidden = false;
    byId("return-closed-title").focus();
  }

  /** Take the words and all that they opened off the page. */
  clear() {
    this.closed = true;
    this.entry.clear();
    this.progress.hide();
    this.thread.clear();
    this.panels.clear();
    this.quiet();
    this.view = this.words = this.actions.fresh = null;
    for (const id of ["return-entry", "return-ending"]) byId(id).hidden = true;
  }
}
