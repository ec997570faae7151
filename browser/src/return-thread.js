// The opened thread: what there is, in the order in which somebody needs it. Warnings first, then answers, then their own.
import { answersOf, warningsOf } from "./return-notices.js";
import { asAnswers, lettersOf, summary } from "./return-letters.js";
import { summarise } from "./form-answers.js";
import { text } from "./form-texts.js";

const byId = (id) => document.getElementById(id);

const toggle = (id, isShown) => { byId(id).hidden = !isShown; };

const FILLED = ["return-warnings", "return-notices", "return-letters", "return-choices", "return-history"];

export class ThreadView {
  constructor() {
    this.section = byId("return-thread");
  }

  /** Fill the page with `view`, as the Worker read it. */
  show(view) {
    const isOpen = view.state === "open";
    toggle("return-withdrawn", !isOpen);
    byId("return-warnings").replaceChildren(...warningsOf(view.notices, view.reads));
    this.showAnswers(view, isOpen);
    this.showDraft(view);
    this.showLetters(view, isOpen);
    this.showChoices(view, isOpen);
    toggle("return-rest", view.more > 0);
    byId("return-rest-text").textContent = text("rest", { n: view.more });
    toggle("return-menu", isOpen);
    for (const action of ["add", "choices", "withdraw"]) this.offer(action, hasSent(view));
    this.section.hidden = false;
  }

  /** Most of what can be done needs something that was sent. */
  offer(action, isShown) {
    byId("return-menu").querySelector(`[data-open="${action}"]`).closest("li").hidden = !isShown;
  }

  hide() {
    this.section.hidden = true;
  }

  focus() {
    byId("return-thread-title").focus();
    byId("return-thread-title").scrollIntoView();
  }

  showAnswers(view, isOpen) {
    const answers = answersOf(view.notices);
    byId("return-notices").replaceChildren(...answers);
    toggle("return-answers", answers.length > 0 || (isOpen && hasSent(view)));
    toggle("return-no-answers", answers.length === 0);
  }

  showDraft({ draft, draftDays }) {
    toggle("return-draft", Boolean(draft) || draftDays > 0);
    const isReadable = Boolean(draft) && draft.status !== "unreadable" && draft.status !== "warning";
    toggle("return-resume", isReadable);
    toggle("return-draft-unreadable", Boolean(draft) && !isReadable);
    byId("return-draft-kept").textContent = draft || draftDays < 1 ? kept(draftDays) : text("draft-far");
  }

  showLetters(view, isOpen) {
    const letters = lettersOf(view.reads);
    byId("return-letters").replaceChildren(...letters);
    toggle("return-sent", isOpen && letters.length > 0);
    toggle("return-arrived", isOpen && hasSent(view));
    const parts = view.reads.length;
    const arrived = view.arrived === "all" && parts === 1 ? "one" : view.arrived;
    byId("return-arrived").textContent = text(`arrived-${arrived}`, { n: parts });
  }

  showChoices(view, isOpen) {
    toggle("return-consents", isOpen && hasSent(view));
    toggle("return-unseen-choices", view.choicesUnseen);
    toggle("return-no-choices", view.choices.length === 0 && !view.choicesUnseen);
    summarise(asAnswers(view.choices), byId("return-choices"));
    const earlier = view.choicesUnseen ? view.choicesHistory : view.choicesHistory.slice(0, -1);
    toggle("return-earlier", earlier.length > 0);
    byId("return-history").replaceChildren(...earlier.map(asAnswers).map(summary));
  }

  /** Take everything that was opened off the page. */
  clear() {
    for (const id of FILLED) byId(id).replaceChildren();
    for (const id of ["return-arrived", "return-draft-kept", "return-rest-text"]) byId(id).textContent = "";
    this.hide();
  }
}

const kept = (days) => (days > 1 ? text("draft-kept", { n: days }) : text("draft-last-day"));

/** Say whether an account, or anything else, was sent with these words. */
export const hasSent = ({ reads, more }) => reads.length > 0 || more > 0;
