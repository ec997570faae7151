// What is going on while keys are made and things are fetched: a line that is read out, and a bar. All the work is in the
// Worker, so the page answers meanwhile.
import { text } from "./form-texts.js";

const PERCENT = 100;
// Read out in steps that leave time to hear them.
const STEP = 10;

const byId = (id) => document.getElementById(id);

export class Progress {
  constructor() {
    this.section = byId("return-progress");
    this.bar = byId("return-bar");
  }

  /** Show it, and put the focus on it. */
  show() {
    this.tell("deriving");
    this.section.hidden = false;
    byId("return-progress-title").focus();
  }

  hide() {
    this.section.hidden = true;
  }

  /** Tell what is being done; `part`, 0 to 1, how much of it. */
  tell(what, part) {
    const percent = Math.floor((part * PERCENT) / STEP) * STEP;
    const sentence = percent > 0 ? text("step-deriving-part", { n: percent }) : text(`step-${what}`);
    const line = byId("return-step");
    if (line.textContent !== sentence) line.textContent = sentence;
    if (part > 0) this.bar.value = part * PERCENT;
    else this.bar.removeAttribute("value");
  }
}
