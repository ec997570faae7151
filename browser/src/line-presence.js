// Whether the worker is there: the service is told so while somebody types, so that a session is locked because of an empty chair
// and not because of a long call; and the page is covered when the chair is empty.
import { tell, Trouble } from "./form-post.js";
import { Veil } from "./form-veil.js";

const MINUTE_MS = 60_000;

export class Presence {
  /** `idle`: minutes without a sign of the worker after which the service locks the session. */
  constructor(page, idle) {
    this.page = page;
    this.isThere = false;
    this.veil = new Veil(() => idle * MINUTE_MS);
    for (const kind of ["input", "keydown", "pointerdown"]) addEventListener(kind, () => { this.isThere = true; }, { passive: true });
  }

  begin() {
    this.veil.wait();
    this.timer ??= setInterval(() => this.say(), MINUTE_MS);
  }

  async say() {
    if (!this.isThere) return;
    this.isThere = false;
    const { connection, keeping } = this.page;
    try {
      await tell("/call/here", {});
      // While something is saved, the saves say how that goes.
      if (!keeping.saving) connection.hide();
    } catch (failure) {
      if (!(failure instanceof Trouble)) throw failure;
      connection.tell(failure.word);
    }
  }

  end() {
    clearInterval(this.timer);
    this.veil.end();
  }
}
