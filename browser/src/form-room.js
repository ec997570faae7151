// How much room is left in a letter, measured by the Worker a moment after somebody typed.
import { text } from "./form-texts.js";

const MEASURE_AFTER_MS = 400;
// The room that is left is shown from this share of the largest letter on.
const SHOW_ROOM_FROM = 0.5;

export class Room {
  /** `read` returns the letter as it stands in the page, or null when it cannot be measured now. */
  constructor(sealer, read) {
    Object.assign(this, { sealer, read });
  }

  measureSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.measure(), MEASURE_AFTER_MS);
  }

  async measure() {
    const letter = this.read();
    if (!letter) return;
    const { used, limits } = await this.sealer.ask("measure", { letter }).catch(() => ({ used: 0, limits: [1] }));
    const most = limits[limits.length - 1];
    const line = document.getElementById("room-left");
    if (!line) return;
    line.hidden = used < most * SHOW_ROOM_FROM;
    if (!line.hidden) line.textContent = used > most ? text("too-long", { n: used - most }) : text("room", { n: most - used });
  }
}
