// A caller who rings back with words: what survivors find on their own page, done by the worker for them in this call.
import { isHalf, readLetter } from "./form-answers.js";
import { text } from "./form-texts.js";
import { ReturnPage } from "./return-page.js";

const byId = (id) => document.getElementById(id);

export class RingBack extends ReturnPage {
  /** `page`: the line's page, which goes on with a call that broke off. */
  constructor(page) {
    const { sealer, cards, takesAccounts, root: journey } = page;
    super(sealer, cards, { journey, takesAccounts, broken: () => page.broken() });
    this.page = page;
  }

  begin() {
    super.begin();
    this.actions.addition.addEventListener("input", () => this.page.keeping.changed());
    byId("line-returning-back").addEventListener("click", () => this.goBack());
  }

  get isUnsaved() {
    return super.isUnsaved && !this.page.keeping.isCurrent;
  }

  show() {
    super.show();
    byId("line-returning-back").hidden = true;
  }

  /** Ask for words. */
  ask() {
    byId("line-returning").hidden = byId("return-entry").hidden = byId("return-open").hidden = false;
    byId("line-returning-title").focus();
  }

  /** Back to the beginning: the words opened nothing, or were not wanted. */
  goBack() {
    this.entry.clear();
    byId("line-returning").hidden = true;
    this.page.restart();
  }

  /** A further part is kept as the draft of these words while it is typed, unless there is another draft. */
  start(name, options = {}) {
    super.start(name, options);
    if (name === "choices") setApart(this.actions.fields);
    if (name !== "add") return;
    const { draft } = this.actions;
    if (draft.isKept && !draft.isResumed) {
      this.say(text("other-draft"), this.actions.addition);
      return;
    }
    this.actions.draft = { isKept: true, isResumed: true };
    this.page.keeping.read = () => this.reading();
    this.page.keeping.begin();
    this.page.keeping.useWords(null);
  }

  /** What is typed of a further part, or null. */
  reading() {
    const { value } = this.actions.addition;
    if (!value.trim() || isHalf(value)) return null;
    return readLetter(this.page.root, [this.actions.answerOf(value)]);
  }

  back() {
    this.page.keeping.pause();
    super.back();
  }

  /** One thing after another for the same words: what is being saved ends first. */
  async finish(name) {
    const { keeping } = this.page;
    const isTyping = this.panels.shown?.dataset.panel === "add";
    await keeping.pause();
    try {
      await super.finish(name);
    } finally {
      if (isTyping && !this.closed && this.panels.shown?.dataset.panel === "add") keeping.useWords(null);
      else keeping.end();
    }
  }

  /** A call that broke off, before anything of it was sent: all fields as they were. */
  goOn() {
    const { words, view } = this;
    this.clear();
    this.page.resume(words, view.draft);
  }

  close() {
    if (this.closed) return;
    this.page.keeping.end();
    super.close();
    byId("line-returning").hidden = true;
    this.page.ended();
  }
}

/** The same questions stand in the call's own form on this page: give these fields names of their own. */
function setApart(fields) {
  const own = (value) => value.split(" ").map((name) => `return-${name}`).join(" ");
  for (const attribute of ["id", "for", "name", "aria-describedby", "aria-labelledby"]) {
    for (const part of fields.querySelectorAll(`[${attribute}]`)) part.setAttribute(attribute, own(part.getAttribute(attribute)));
  }
}
