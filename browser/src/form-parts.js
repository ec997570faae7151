// The parts of the form: a list to go to any of them, notes before some, and a title that says where one is.
import { text } from "./form-texts.js";

const byId = (id) => document.getElementById(id);

export class Parts {
  /** `sections` are the steps of the way; `go` is called with the one to show. */
  constructor(sections, go) {
    this.ending = document.title.slice(document.title.lastIndexOf(" - "));
    this.buttons = new Map(sections.map((section) => [section, button(section, () => go(section))]));
    const list = document.querySelector("[data-part-list]");
    list.replaceChildren(...[...this.buttons.values()].map(inItem));
    byId("part-list").hidden = false;
  }

  /** Say which part is shown. One that is not on the way has no place in the list. */
  show(current) {
    const places = [...this.buttons.keys()];
    for (const [section, made] of this.buttons) {
      if (section === current) made.setAttribute("aria-current", "step");
      else made.removeAttribute("aria-current");
    }
    const place = places.indexOf(current);
    const named = place < 0 ? text("title-aside") : text("title-step", { n: place + 1, count: places.length });
    document.title = named + this.ending;
    byId("part-list").querySelector("details").open = false;
  }

  hide() {
    byId("part-list").hidden = true;
  }
}

/** Put a note before the questions of each section that has one, with a choice; `pass` is called to go on without them. */
export function askFirst(root, pass) {
  for (const note of root.querySelectorAll("[data-note]")) {
    const content = note.parentElement.querySelector("[data-note-content]");
    const choice = note.querySelector("[data-note-choice]");
    content.hidden = true;
    choice.hidden = false;
    note.querySelector("[data-note-show]").addEventListener("click", () => {
      reveal(note.parentElement);
      content.querySelector("textarea, input").focus();
    });
    note.querySelector("[data-note-skip]").addEventListener("click", pass);
  }
}

/** Show the questions of a section that has a note. */
export function reveal(section) {
  const note = section.querySelector("[data-note]");
  if (!note) return;
  section.querySelector("[data-note-content]").hidden = false;
  note.querySelector("[data-note-choice]").hidden = true;
}

/** Offer the sections that are asked only after the check. */
export function offerAfterCheck(sections, go) {
  byId("part-after-check").hidden = sections.length === 0;
  document.querySelector("[data-after-check-list]").replaceChildren(
    ...sections.map((section) => inItem(button(section, () => go(section)))),
  );
}

function button(section, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "heard-change";
  made.textContent = section.querySelector("h2").textContent;
  made.addEventListener("click", act);
  return made;
}

function inItem(made) {
  const item = document.createElement("li");
  item.append(made);
  return item;
}
