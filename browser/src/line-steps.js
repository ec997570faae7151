// The steps of a call and the list that leads to any of them, at any time.
import { element } from "./form-answers.js";
import { text } from "./form-texts.js";

const LETTERS = "acdefghijklopqrstuvwxyz";

const byId = (id) => document.getElementById(id);

export class Steps {
  /** `left` and `shown` are called with a step (its element) when it is left and when it is shown. */
  constructor(root, isAnswered, shown) {
    Object.assign(this, { root, isAnswered, shown });
    this.sections = [...root.querySelectorAll("[data-step]")];
    this.items = new Map(this.sections.map((section, at) => [section, this.item(section, at)]));
    byId("line-part-list").replaceChildren(...[...this.items.values()].map(({ line }) => line));
    this.current = null;
    this.parts = byId("line-parts");
    // Beside the call where there is room; folded away where there is none.
    const wide = matchMedia("(min-width: 60em)");
    const unfold = () => { this.parts.open = wide.matches; };
    wide.addEventListener("change", unfold);
    unfold();
  }

  item(section, at) {
    const line = document.createElement("li");
    const button = element("button", section.querySelector("h2").textContent);
    button.type = "button";
    button.className = "heard-change";
    // More steps than letters have none.
    if (LETTERS[at]) button.dataset.shortcut = LETTERS[at];
    button.addEventListener("click", () => this.show(section));
    const mark = element("span", text("answered"));
    mark.className = "heard-call__mark";
    mark.hidden = true;
    line.append(button, " ", mark);
    return { line, button, mark };
  }

  section(name) {
    return this.sections.find(({ dataset }) => dataset.step === name);
  }

  /** Show one step. Where it begins with a text, that has the focus, so that whoever listens types on; else its heading, or `field`. */
  show(section, field = section.querySelector("[data-question]:first-of-type textarea") ?? section.querySelector("h2")) {
    for (const one of this.sections) one.hidden = one !== section;
    this.current = section;
    this.mark();
    byId("line-next").hidden = section === this.sections[this.sections.length - 1];
    byId("line-back").hidden = section === this.sections[0];
    byId("line-message").hidden = true;
    this.shown(section);
    field.focus();
    section.querySelector("h2").scrollIntoView({ block: "nearest" });
  }

  /** Say where one is, and what has an answer. */
  mark() {
    for (const [section, { button, mark }] of this.items) {
      if (section === this.current) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
      mark.hidden = !this.isAnswered(section);
    }
  }

  move(by) {
    const next = this.sections[this.sections.indexOf(this.current) + by];
    if (next) this.show(next);
  }

  /** Show the step of a question and put the focus on its field. */
  showQuestion(id) {
    const question = this.root.querySelector(`[data-question="${CSS.escape(id)}"]`);
    this.show(question.closest("[data-step]"), question.querySelector("textarea, input"));
  }
}
