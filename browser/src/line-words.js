// The caller's words: made, read out one by one, and repeated by the caller. Who has repeated all seven has them.
import { showWords } from "./form-retyping.js";
import { text } from "./form-texts.js";

const byId = (id) => document.getElementById(id);

const lists = () => document.querySelectorAll("[data-words-list]");

export class WordsPanel {
  /** `page` is told when the caller has repeated all seven, and when they want none after all. */
  constructor(sealer, page) {
    this.sealer = sealer;
    this.page = page;
    this.dropping = null;
    this.alphabet = document.querySelector("[data-alphabet]").dataset.alphabet.split(" ");
    this.taken = null;
    this.held = false;
    this.place = 0;
    byId("line-words-take").addEventListener("click", () => this.take());
    byId("line-repeated").addEventListener("click", () => this.read(this.place + 1));
    byId("line-repeat-before").addEventListener("click", () => this.read(Math.max(0, this.place - 1)));
    byId("line-repeat-again").addEventListener("click", () => this.read(0));
    byId("line-words-drop").addEventListener("click", () => this.drop());
  }

  /** Say whether words were made that the caller may not have yet. */
  get isBegun() {
    return this.taken !== null;
  }

  /** A letter on paper has nobody to give words to. */
  setNobody(isNobody) {
    byId("line-words-nobody").hidden = !isNobody;
    byId("line-words-take").hidden = isNobody;
  }

  /** Somebody came with words. */
  known(taken) {
    this.taken = taken;
    this.held = true;
    this.show();
    this.finished();
  }

  async take() {
    await this.dropping;
    if (this.taken) return;
    this.taken = await this.sealer.ask("words");
    this.show();
    this.read(0);
  }

  show() {
    showWords(this.taken, lists());
    byId("line-words-offer").hidden = true;
    byId("line-words-given").hidden = false;
  }

  /** Show the word at `place`, large and spelled; after the last the caller has them all. */
  read(place) {
    this.place = place;
    if (place === this.taken.words.length) {
      this.repeated();
      return;
    }
    const [word, number] = [this.taken.words[place], this.taken.numbers[place]];
    const spelled = [...word].map((letter) => this.alphabet[letter.charCodeAt(0) - "a".charCodeAt(0)]).join(", ");
    byId("line-repeat").hidden = false;
    byId("line-repeat-done").hidden = true;
    byId("line-repeat-place").textContent = text("repeat-place", { n: place + 1, count: this.taken.words.length });
    byId("line-repeat-word").textContent = word;
    byId("line-repeat-number").textContent = [...number].join(" ");
    byId("line-repeat-spelled").textContent = spelled;
    byId("line-repeat-live").textContent = text("repeat-said", { word, number: [...number].join(" "), spelled });
    byId("line-repeat-before").disabled = place === 0;
    byId("line-repeated").focus();
  }

  repeated() {
    this.finished();
    if (!this.held) {
      this.held = true;
      this.page.wordsHeld(this.taken.words);
    }
    byId("line-repeat-done").focus();
  }

  finished() {
    byId("line-repeat").hidden = true;
    byId("line-repeat-done").hidden = false;
  }

  /** The caller wants no words after all, or others. */
  drop() {
    this.empty();
    this.dropping = this.page.wordsDropped();
    byId("line-words-take").focus();
  }

  empty() {
    this.taken = null;
    this.held = false;
    for (const list of lists()) list.replaceChildren();
    for (const part of ["word", "number", "spelled", "place", "live"]) byId(`line-repeat-${part}`).textContent = "";
    byId("line-words-offer").hidden = false;
    byId("line-words-given").hidden = true;
  }
}
