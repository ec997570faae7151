// What a person says about their device: leaving with Escape (leave.js looks at the box), covering the page after a while,
// and the browser's own spell checker. Nothing of it is kept.
import { Veil } from "./form-veil.js";

const COVER_MS = 10 * 60_000;
const COVER_SHARED_MS = 2 * 60_000;

const byId = (id) => document.getElementById(id);

export class Cover extends Veil {
  constructor() {
    const shared = byId("part-shared");
    super(() => (shared.checked ? COVER_SHARED_MS : COVER_MS));
    this.spelling = byId("part-spelling");
    byId("part-device").hidden = false;
    this.spelling.addEventListener("change", () => this.spell());
    shared.addEventListener("change", () => this.wait());
    this.spell();
    this.wait();
  }

  /** Let the browser check the spelling of what people write, or not. */
  spell() {
    for (const field of document.querySelectorAll("main textarea:not([translate=no])")) field.spellcheck = this.spelling.checked;
  }

  end() {
    super.end();
    byId("part-device").hidden = true;
  }
}
