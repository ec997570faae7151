// What somebody sent, as it was shown when they wrote it.
import { element, summarise } from "./form-answers.js";
import { text } from "./form-texts.js";

/** Return one list item for each own letter that is what it says it is. */
export const lettersOf = (reads) => reads.filter(({ status }) => status !== "warning").map(item);

function item(read) {
  const made = document.createElement("li");
  made.className = "heard-letter";
  made.append(element("h4", text(`part-${read.kind}`)));
  made.firstChild.className = "govuk-heading-s";
  made.append(...contentOf(read));
  return made;
}

function contentOf({ kind, status, answers = [], consents = [] }) {
  if (status === "erased") return [note("erased")];
  if (status === "unreadable") return [note(kind === "account" ? "sealed-away" : "unreadable")];
  const all = [...answers, ...consents];
  return all.length ? [summary(all)] : [];
}

function note(name) {
  const made = element("p", text(name));
  made.className = "govuk-hint";
  return made;
}

export function summary(answers) {
  const list = document.createElement("dl");
  list.className = "heard-summary";
  summarise(answers, list);
  return list;
}

/** Return effective choices ({id, question, value, label}) in the shape of answers. */
export const asAnswers = (choices) => choices.map(({ question, label }) => ({ question, text: null, chosen: [{ label }] }));
