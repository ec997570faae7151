// Taking return words: made, shown, and two of them typed again before anything is sealed.
import { Retyping, showWords } from "./form-retyping.js";

export class WayBack {
  /** `known`: the words that somebody came back with, {words, numbers}; then none are offered. */
  constructor(section, sealer, known = null) {
    this.section = section;
    this.sealer = sealer;
    this.panel = section.querySelector("#words-panel");
    this.retyping = new Retyping(section);
    this.taken = known;
    this.isKnown = known !== null;
    this.isHeld = this.isKnown;
    if (this.isKnown) this.keep();
    section.addEventListener("change", () => {
      if (!this.isKnown && this.panel.hidden === this.wanted && this.taken) this.panel.hidden = !this.wanted;
    });
  }

  /** Somebody came back with words: what is sent belongs to them, and the question falls away. */
  keep() {
    this.choose(true);
    for (const part of this.section.querySelectorAll("[data-offer]")) part.hidden = true;
    this.section.querySelector("[data-known]").hidden = false;
    this.show();
  }

  /** Go on with what was taken before the page was put in another language. */
  carryOn({ taken, isHeld, isKnown, panel, retyping }) {
    if (!taken) return;
    Object.assign(this, { taken, isHeld });
    if (isKnown) {
      this.isKnown = true;
      this.keep();
      return;
    }
    this.show();
    this.retyping.carryOn(retyping);
    this.panel.hidden = panel.hidden;
  }

  field(name, value) {
    return this.section.querySelector(`input[name=${name}][value=${value}]`);
  }

  /** Say whether words are wanted. */
  choose(wanted) {
    this.field("words", wanted ? "yes" : "no").checked = true;
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

  /** Say whether there are words that somebody showed to have. */
  get held() {
    return this.wanted && this.isHeld;
  }

  /** Resolve to true when one can go on: no words wanted, or words shown and two of them typed again. */
  async confirmed() {
    if (!this.wanted) return true;
    if (this.isKnown) return true;
    if (this.taken && !this.panel.hidden) return (this.isHeld = this.retyping.check());
    await this.offer();
    return false;
  }

  /** Choose words and show them, as somebody does who wants to save a draft. */
  async take() {
    this.choose(true);
    await this.offer();
  }

  async offer() {
    if (!this.taken) {
      this.taken = await this.sealer.ask("words");
      this.show();
      this.retyping.askFor(this.taken);
    }
    this.panel.hidden = false;
    this.section.querySelector("#words-heading").focus();
  }

  show() {
    showWords(this.taken, document.querySelectorAll("[data-words-list]"));
  }
}
