// "Save and come back later": words first, since nothing else opens a draft, then the draft, then back to where one was.
import { text } from "./form-texts.js";

const byId = (id) => document.getElementById(id);

// What can be said about a draft that was not saved; anything else is a refusal.
const TROUBLE = ["offline", "busy", "closed", "full"];

export class Drafting {
  /** `journey` walks through the form; `saving` keeps what stands in it. */
  constructor(journey, saving) {
    Object.assign(this, { journey, saving });
    // Where somebody was when they wanted to save, while they are on the way to it.
    this.left = null;
  }

  get isWanted() {
    return this.left !== null;
  }

  async save() {
    const { journey } = this;
    if (!this.isWanted) this.left = { section: journey.current, changing: journey.changing };
    if (journey.wayBack.held) await this.keep();
    else if (journey.current !== journey.section("way-back") || !journey.wayBack.taken) await this.takeWords();
    else journey.say("save-retype");
  }

  async takeWords() {
    this.journey.show(this.journey.section("way-back"), { moveFocus: false });
    await this.journey.wayBack.take();
  }

  async keep() {
    const { journey } = this;
    journey.say("saving");
    const tell = (what) => journey.say(what === "deriving" ? "draft-deriving" : "saving");
    const status = await this.saving.save(journey.wayBack.words, tell);
    if (journey.ended) return;
    if (status !== "stored") {
      this.goBack({ moveFocus: false });
      journey.say(TROUBLE.includes(status) ? `draft-${status}` : "draft-refused");
      return;
    }
    this.tell();
  }

  /** Say that the draft is saved. */
  tell() {
    this.journey.hideAll();
    byId("message").hidden = true;
    this.journey.section("saved").hidden = false;
    byId("step-saved").focus();
    byId("step-saved").scrollIntoView();
  }

  /** Go on where somebody was before the page was put in another language. */
  carryOn({ left }) {
    if (left) this.left = { section: this.journey.section(left.section.dataset.step), changing: left.changing };
  }

  /** Go back to where somebody was when they wanted to save. */
  goBack({ moveFocus = true } = {}) {
    const { section, changing } = this.left;
    this.left = null;
    this.journey.section("saved").hidden = true;
    this.journey.show(section, { changing, moveFocus });
  }
}

/** A draft was saved, or not, without being asked for: a quiet line, no focus. */
export function tellSaved(name) {
  const line = byId("save-status");
  line.hidden = false;
  line.textContent = text(name);
}
