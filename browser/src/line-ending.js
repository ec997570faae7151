// After a call: what became of it, and the question how it was for the worker. What is counted is only how many, and how many hard.
import { Trouble, tell } from "./form-post.js";
import { showWords } from "./form-retyping.js";
import { text } from "./form-texts.js";

const byId = (id) => document.getElementById(id);

const KINDS = { sent: "sent", destroyed: "destroyed", ended: "visit" };

export class Ending {
  constructor(page) {
    this.page = page;
    this.drop = async () => {};
    this.isCounted = false;
  }

  listen() {
    byId("line-end").addEventListener("click", () => location.reload());
    byId("line-destroy-again").addEventListener("click", () => this.takeBack(this.drop));
    byId("line-hard-yes").addEventListener("change", () => this.wasHard());
  }

  /** Show one ending, "sent", "destroyed" or "ended", with the words that the caller took. */
  show(name, words = null) {
    for (const id of ["line-start", "can-seal", "open-danger", "open-words", "open-destroy"]) byId(id).hidden = true;
    byId("line-sent-words").hidden = words === null;
    if (words) showWords(words, document.querySelectorAll("#line-sent-words [data-words-list]"));
    const section = name === "ended" ? "return-closed" : `line-${name}`;
    byId(section).hidden = byId("line-after").hidden = false;
    byId(`${section}-title`).focus();
    byId(`${section}-title`).scrollIntoView();
    this.count(KINDS[name]);
  }

  /** A hard call is counted once, whatever is pressed. */
  async wasHard() {
    byId("line-debrief").hidden = false;
    if (this.isCounted) return;
    this.isCounted = true;
    await this.count("hard");
  }

  /** Count, and show what there was today. Where that fails, nothing else does. */
  async count(what) {
    try {
      const { load, reached } = await tell("/call/count", { what });
      byId("line-load-now").textContent = load;
      byId("line-load-reached").hidden = !reached;
    } catch (failure) {
      if (!(failure instanceof Trouble)) throw failure;
      byId("line-load-now").textContent = text("not-counted");
    }
  }

  /** Throw away what the service keeps of the call; `drop` does it. The Worker ends when that is done. */
  async takeBack(drop) {
    this.drop = drop;
    const again = byId("line-destroy-again");
    try {
      await drop();
      this.page.sealer.stop();
      again.hidden = true;
      byId("line-destroyed-text").textContent = text("destroyed-all");
    } catch {
      again.hidden = false;
      byId("line-destroyed-text").textContent = text(this.page.keeping.isPartLeft ? "destroyed-part-left" : "destroyed-draft-left");
    }
  }
}
