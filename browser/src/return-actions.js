// What somebody can do with their words. Each returns what to say when it is done, and throws NotDone when it is not:
// then everything that was typed stays where it is.
import { answered, isHalf, readLetter } from "./form-answers.js";
import { Retyping, showWords } from "./form-retyping.js";
import { text } from "./form-texts.js";
import { fill } from "./form-filling.js";

const ADDITION = "addition";

const byId = (id) => document.getElementById(id);

/** Something is missing or was not stored: `sentence` says what to do. */
export class NotDone extends Error {
  constructor(sentence, field = null) {
    super(sentence);
    this.field = field;
  }
}

const stored = (status) => {
  if (status !== "stored") throw new NotDone(text(`trouble-${status}`));
};

export class Actions {
  /** `journey` has the form's questions and choices. */
  constructor(visit, panels, journey) {
    Object.assign(this, { visit, panels, journey });
    this.addition = byId("return-add-text");
    this.fields = byId("return-change-fields");
    this.retyping = new Retyping(panels.panel("replace"));
    this.fresh = null;
    // Whether there is a draft, and whether it is what stands in the field.
    this.draft = { isKept: false, isResumed: false };
  }

  /** Say whether something stands in a field that nobody has yet. */
  get isUnsaved() {
    return this.addition.value.trim() !== "" || (this.fields.childElementCount > 0 && this.choicesNow !== this.choicesBefore);
  }

  /** Put the choices as they are now into the same questions as the form's. */
  prepareChoices(choices) {
    const questions = this.journey.querySelectorAll('[data-step="choices"] [data-question]');
    this.fields.replaceChildren(...[...questions].map((question) => question.cloneNode(true)));
    const consents = choices.map(({ id, value }) => ({ id, text: null, chosen: [{ value }] }));
    fill(this.fields, { answers: [], consents });
    this.choicesBefore = this.choicesNow;
  }

  get choicesNow() {
    return JSON.stringify(answered(this.fields));
  }

  forgetChoices() {
    this.fields.replaceChildren();
  }

  letter(answers) {
    return readLetter(this.journey, answers);
  }

  /** The further part as a letter. */
  further() {
    const content = this.addition.value;
    if (!content.trim()) throw new NotDone(text("addition-empty"), this.addition);
    if (isHalf(content)) throw new NotDone(text("half-character-here"), this.addition);
    return this.letter([this.answerOf(content)]);
  }

  answerOf(content) {
    return { id: ADDITION, topic: ADDITION, question: text("addition-question"), text: content, chosen: [] };
  }

  async add() {
    stored(await this.visit.put("addition", this.further()));
    this.addition.value = "";
    // What was a draft has been sent. Where this fails, the draft is still there and can be thrown away.
    if (this.draft.isResumed) await this.visit.discard().catch(() => {});
    return "done-add";
  }

  /** There is one draft: another would take its place unseen. */
  async keep() {
    const further = this.further();
    if (this.draft.isKept && !this.draft.isResumed) throw new NotDone(text("draft-other"));
    stored(await this.visit.put("draft", further));
    this.addition.value = "";
    return "done-keep";
  }

  async choices() {
    if (this.choicesNow === this.choicesBefore) throw new NotDone(text("same-choices"));
    stored(await this.visit.put("choices", this.letter(answered(this.fields))));
    this.forgetChoices();
    return "done-choices";
  }

  async discard() {
    stored(await this.visit.discard());
    return "done-discard";
  }

  /** Show new words; the old ones stay until `replace`. */
  async newWords() {
    this.fresh = await this.visit.sealer.ask("words");
    showWords(this.fresh, document.querySelectorAll("[data-new-words]"));
    this.retyping.askFor(this.fresh);
    this.panels.stage("words");
  }

  /** Go on with new words that were shown before the page was put in another language. */
  carryOn({ fresh, retyping }) {
    if (!fresh) return;
    this.fresh = fresh;
    showWords(fresh, document.querySelectorAll("[data-new-words]"));
    this.retyping.carryOn(retyping);
  }

  async replace() {
    if (!this.retyping.check()) return null;
    stored(await this.visit.replace(this.fresh.words, this.letter([])));
    return "done-replace";
  }

  get keeping() {
    return document.querySelector("input[name=return-keep]:checked")?.value ?? null;
  }

  /** The first step of taking back: say what exactly would happen. */
  ask() {
    const missing = byId("return-keep-missing");
    missing.hidden = this.keeping !== null;
    if (this.keeping === null) {
      missing.focus();
      return;
    }
    byId("return-keeping").textContent = text(`keeping-${this.keeping}`);
    this.panels.stage("sure");
  }

  async withdraw() {
    stored(await this.visit.put("withdrawal", this.letter([]), this.keeping));
    return "done-withdraw";
  }
}
