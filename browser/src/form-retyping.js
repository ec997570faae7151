// Words as they are shown, and two of them typed again: whoever goes on has them.
import { element } from "./form-answers.js";
import { text } from "./form-texts.js";

const ASKED = 2;
const WRONG = "govuk-form-group--error";

/** Fill `lists` with seven words and their numbers. */
export function showWords({ words, numbers }, lists) {
  for (const list of lists) list.replaceChildren(...words.map((word, index) => line(word, numbers[index])));
}

function line(word, number) {
  const item = document.createElement("li");
  const [shownWord, shownNumber] = [element("span", word), element("span", number)];
  shownWord.className = "heard-words__word";
  shownNumber.className = "heard-words__number";
  item.append(shownWord, " ", shownNumber);
  return item;
}

export class Retyping {
  /** `root` holds the fields, each in an element [data-retype]. */
  constructor(root) {
    this.fields = [...root.querySelectorAll("[data-retype]")];
  }

  /** Ask for two of `taken` ({words, numbers}), at places drawn by chance. */
  askFor(taken) {
    this.taken = taken;
    const places = this.places();
    this.fields.forEach((field, index) => this.ask(field, places[index], ""));
  }

  /** Ask for the same as before the page was put in another language, with what was typed. */
  carryOn({ taken, fields }) {
    this.taken = taken;
    this.fields.forEach((field, index) => {
      const { dataset, classList } = fields[index];
      this.ask(field, Number(dataset.place), fields[index].querySelector("input").value);
      this.mark(field, classList.contains(WRONG));
    });
  }

  ask(field, place, typed) {
    field.dataset.place = place;
    field.querySelector("label").textContent = text("retype", { n: place + 1 });
    field.querySelector("input").value = typed;
    this.mark(field, false);
  }

  places() {
    const all = this.taken.words.map((_, index) => index);
    const order = new Map(all.map((index) => [index, crypto.getRandomValues(new Uint32Array(1))[0]]));
    return all.sort((one, other) => order.get(one) - order.get(other)).slice(0, ASKED).sort((one, other) => one - other);
  }

  /** Say whether both are right; mark those that are not and go to the first. */
  check() {
    const wrong = this.fields.filter((field) => !this.isRight(field));
    for (const field of this.fields) this.mark(field, wrong.includes(field));
    if (wrong.length) wrong[0].querySelector("input").focus();
    return wrong.length === 0;
  }

  isRight(field) {
    const typed = field.querySelector("input").value.normalize("NFKC").toLowerCase().replace(/[^a-z0-9]/g, "");
    const place = Number(field.dataset.place);
    return typed === this.taken.words[place] || typed === this.taken.numbers[place];
  }

  mark(field, isWrong) {
    const [input, message] = [field.querySelector("input"), field.querySelector(".govuk-error-message")];
    field.classList.toggle(WRONG, isWrong);
    message.hidden = !isWrong;
    message.textContent = isWrong ? text("retype-wrong", { n: Number(field.dataset.place) + 1 }) : "";
    if (isWrong) input.setAttribute("aria-describedby", message.id);
    else input.removeAttribute("aria-describedby");
  }
}
