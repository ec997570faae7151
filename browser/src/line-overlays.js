// What is one key away: dialogs over the page. Escape, or a button, leads back to where one was.
const byId = (id) => document.getElementById(id);

export class Overlays {
  constructor() {
    this.all = [...document.querySelectorAll("dialog.heard-panel-over")];
    for (const button of document.querySelectorAll("[data-panel-open]")) {
      button.addEventListener("click", () => this.open(button.dataset.panelOpen));
    }
    for (const button of document.querySelectorAll("[data-panel-close]")) button.addEventListener("click", () => this.close());
    // Whoever was typing goes on typing there: a button that was pressed by its key never had the focus.
    for (const dialog of this.all) {
      dialog.addEventListener("close", () => this.back());
      // Chromium shows no more of a field that has the focus than the line with the caret.
      dialog.addEventListener("focusin", ({ target }) => target.scrollIntoView({ block: "nearest" }));
    }
  }

  get shown() {
    return this.all.find(({ open }) => open);
  }

  open(id) {
    const from = this.shown ? this.from : document.activeElement;
    this.close();
    this.from = from;
    byId(id).showModal();
    byId(`${id}-title`).focus();
  }

  close() {
    this.shown?.close();
  }

  back() {
    if (!this.shown) this.from?.focus();
  }

  /** Close whatever is open, and lead back nowhere. */
  empty() {
    this.from = null;
    this.close();
  }
}
