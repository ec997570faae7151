// A cover over the page after a while in which nobody did anything: what was typed stays, and cannot be seen.
const byId = (id) => document.getElementById(id);

export class Veil {
  /** `most` returns the milliseconds after which the page is covered. */
  constructor(most) {
    this.most = most;
    this.dialog = byId("part-cover");
    this.isCovered = false;
    this.since = Date.now();
    byId("part-uncover").addEventListener("click", () => this.uncover());
    // Whoever comes by must not uncover the page with Escape, or with the Back of a phone, which nobody can refuse twice.
    this.dialog.addEventListener("cancel", (event) => event.preventDefault());
    this.dialog.addEventListener("close", () => { if (this.isCovered) this.dialog.showModal(); });
    const kinds = ["input", "keydown", "pointerdown", "scroll", "focus"];
    for (const kind of kinds) addEventListener(kind, () => this.wait(), { passive: true });
  }

  /** Begin to count again: somebody is there. Unless that is after a sleep of the device, in which no time passed for timers. */
  wait() {
    clearTimeout(this.timer);
    if (this.isCovered || this.ended) return;
    const most = this.most();
    if (Date.now() - this.since > most) this.cover();
    else this.timer = setTimeout(() => this.cover(), most);
    this.since = Date.now();
  }

  /** Cover the page: nothing behind can be seen, read out or used. What was typed stays, in memory. */
  cover() {
    this.isCovered = true;
    this.dialog.showModal();
  }

  /** Go on: the focus is where it was. */
  uncover() {
    this.isCovered = false;
    this.since = Date.now();
    this.dialog.close();
    this.wait();
  }

  end() {
    this.ended = true;
    this.isCovered = false;
    clearTimeout(this.timer);
  }
}
