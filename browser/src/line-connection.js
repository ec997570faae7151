// What stands between the page and the service: said at once, with what to do. Typing goes on meanwhile.
import { text } from "./form-texts.js";

// Where somebody signs in again, or unlocks: in another tab, so that this page stays as it is.
const DOORS = { "signed-out": "/sign-in", locked: "/unlock" };
const OURS = ["offline", "busy", "signed-out", "locked", "refused", "too-long", "closed", "full", "none"];

const byId = (id) => document.getElementById(id);

export class Connection {
  /** `goOn` tries again what was not saved. */
  constructor(goOn) {
    this.box = byId("line-trouble");
    byId("line-go-on").addEventListener("click", goOn);
  }

  /** Say what became of a save: a word as Saving has them. */
  tell(status) {
    if (status === "stored") {
      this.hide();
      return;
    }
    const sentence = text(`line-${OURS.includes(status) ? status : "refused"}`);
    const line = byId("line-trouble-text");
    // What is said already is not said again every few seconds.
    if (line.textContent !== sentence) line.textContent = sentence;
    const door = byId("line-sign-in");
    door.hidden = !(status in DOORS);
    if (status in DOORS) {
      door.href = DOORS[status];
      door.textContent = text(`door-${status}`);
    }
    this.box.hidden = false;
  }

  hide() {
    this.box.hidden = true;
    byId("line-trouble-text").textContent = "";
  }
}
