// The one field for the words. A mistake is named beside it, and nothing that was typed is ever emptied by one.
import { element } from "./form-answers.js";
import { text } from "./form-texts.js";
import { placeOf } from "./return-places.js";

const byId = (id) => document.getElementById(id);

export class WordsEntry {
  /** `go` is called when somebody wants to open, `check` (typed → Promise) asks the Worker about the words alone. */
  constructor(go, check) {
    this.field = byId("words_typed");
    this.problem = byId("return-problem");
    this.check = check;
    byId("return-open").addEventListener("click", go);
    // Enter opens, as it would in a field of one line.
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      go();
    });
    byId("return-problem-text").addEventListener("click", (event) => {
      // Not as a link: the address stays as it is.
      event.preventDefault();
      this.field.focus();
    });
  }

  get typed() {
    return this.field.value;
  }

  /** Empty the field: only for Close, and once it was opened. */
  clear() {
    this.field.value = "";
    this.settle();
  }

  /** Take the message away. */
  settle() {
    this.problem.hidden = true;
    this.mark("");
    byId("return-suggestions").replaceChildren();
  }

  /** Say what is wrong: the Worker's refusal of the words. */
  refuse({ word, detail }) {
    if (word === "unknown") this.unknown(detail);
    else this.say(text(word === "check" ? "check-bits" : "count"));
  }

  unknown({ position, suggestions }) {
    const place = placeOf(this.typed, position);
    const item = place ? this.typed.slice(...place) : "…";
    this.say(text("unknown", { n: position + 1, item }), place ? suggestions : [], (word) => this.replace(place, word));
  }

  /** Say `sentence`, and offer `suggestions` as buttons that call `choose`. */
  say(sentence, suggestions = [], choose = () => {}) {
    byId("return-problem-text").textContent = sentence;
    byId("return-suggest").hidden = suggestions.length === 0;
    byId("return-suggestions").replaceChildren(...suggestions.map((word) => suggestion(word, choose)));
    this.mark(sentence);
    this.problem.hidden = false;
    this.problem.focus();
  }

  mark(sentence) {
    const error = byId("return-error");
    error.hidden = !sentence;
    error.textContent = sentence;
    byId("return-group").classList.toggle("govuk-form-group--error", Boolean(sentence));
  }

  /** Put `word` in the place of a wrong one, and look at once whether another is wrong. */
  async replace([start, end], word) {
    this.field.setRangeText(word, start, end, "end");
    this.settle();
    this.field.focus();
    await this.check(this.typed).catch((failure) => this.refuse(failure));
  }
}

function suggestion(word, choose) {
  const button = element("button", word);
  button.type = "button";
  button.className = "govuk-button govuk-button--secondary";
  button.translate = false;
  button.addEventListener("click", () => choose(word));
  return button;
}
