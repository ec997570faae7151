// Taking return words: made, shown, and two of them typed again before anything is sealed.
import { element } from "./form-answers.js";
import { text } from "./form-texts.js";

const ASKED = 2;

/** Fill every list of words on the page. */
export function showWords({ words, numbers }) {
  for (const list of document.querySelectorAll("[data-words-list]")) {
    list.replaceChildren(...words.map((word, index) => line(word, numbers[index])));
  }
}

function line(word, number) {
  const item = document.createElement("li");
  const [shownWord, shownNumber] = [element("span", word), element("span", number)];
  shownWord.className = "heard-words__word";
  shownNumber.className = "heard-words__number";
  item.append(shownWord, " ", shownNumber);
  return item;
}

export class WayBack {
  constructor(section, sealer) {
    this.section = section;
    this.sealer = sealer;
    this.panel = section.querySelector("#words-panel");
    this.fields = [...section.querySelectorAll("[data-retype]")];
    this.taken = null;
    section.addEventListener("change", () => {
      if (this.panel.hidden === this.wanted && this.taken) this.panel.hidden = !this.wanted;
    });
  }

  field(name, value) {
    return this.section.querySelector(`input[name=${name}][value=${value}]`);
  }

  get wanted() {
    return this.field("words", "yes").checked;
  }

  get readBack() {
    return this.wanted && this.field("read_back", "yes").checked;
  }

  /** What will happen, in the shape of an answer, for the check. Choosing nothing is choosing no words. */
  get chosen() {
    const inputs = [this.field("words", this.wanted ? "yes" : "no")];
    if (this.readBack) inputs.push(this.field("read_back", "yes"));
    const question = this.section.querySelector("legend").textContent.trim();
    const chosen = inputs.map(({ labels }) => ({ label: labels[0].textContent.trim() }));
    return { topic: this.section.dataset.step, question, text: null, chosen };
  }

  /** The seven words to seal with, or null when none are wanted. */
  get words() {
    return this.wanted ? this.taken.words : null;
  }

  /** Resolve to true when one can go on: no words wanted, or words shown and two of them typed again. */
  async confirmed() {
    if (!this.wanted) return true;
    if (this.taken && !this.panel.hidden) return this.check();
    await this.offer();
    return false;
  }

  async offer() {
    if (!this.taken) {
      this.taken = await this.sealer.ask("words");
      showWords(this.taken);
      this.askFor(this.places());
    }
    this.panel.hidden = false;
    this.section.querySelector("#words-heading").focus();
  }

  places() {
    const all = this.taken.words.map((_, index) => index);
    const order = new Map(all.map((index) => [index, crypto.getRandomValues(new Uint32Array(1))[0]]));
    return all.sort((one, other) => order.get(one) - order.get(other)).slice(0, ASKED).sort((one, other) => one - other);
  }

  askFor(places) {
    this.fields.forEach((field, index) => {
      field.dataset.place = places[index];
      field.querySelector("label").textContent = text("retype", { n: places[index] + 1 });
    });
  }

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
    field.classList.toggle("govuk-form-group--error", isWrong);
    message.hidden = !isWrong;
    message.textContent = isWrong ? text("retype-wrong", { n: Number(field.dataset.place) + 1 }) : "";
    if (isWrong) input.setAttribute("aria-describedby", message.id);
    else input.removeAttribute("aria-describedby");
  }
}
