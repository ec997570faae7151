// Answers from the inquiry, and warnings about what only looks like one. A text that did not verify is never shown.
import { element } from "./form-answers.js";
import { text } from "./form-texts.js";

const OK = "ok";
// An arrival receipt is told in the sentence about what has arrived.
const SILENT = "arrival";

const SENTENCES = {
  heard: () => text("notice-heard-text"),
  destruction: ({ days }) => text("notice-destruction-text", { n: days }),
};

/** Return one article for each genuine answer. */
export const answersOf = (notices) => notices.filter(({ kind, status }) => status === OK && kind !== SILENT).map(article);

function article(notice) {
  const made = document.createElement("article");
  made.className = "heard-answer";
  made.append(element("h4", text(`notice-${notice.kind}`)));
  made.firstChild.className = "govuk-heading-s";
  const sentence = SENTENCES[notice.kind];
  if (sentence) made.append(paragraph(sentence(notice)));
  if (notice.text) made.append(written(notice));
  return made;
}

function paragraph(content) {
  const made = element("p", content);
  made.className = "govuk-body";
  return made;
}

function written({ text: content, language }) {
  const made = paragraph(content);
  made.classList.add("heard-written");
  made.dir = "auto";
  made.lang = language;
  return made;
}

/** Return a warning for everything among `notices` and `reads` that is not what it says it is. */
export const warningsOf = (notices, reads) => [
  ...notices.filter(({ status }) => status !== OK).map(({ kind, reason }) => warning(text(`notice-${kind}`), reason)),
  ...reads.filter(({ status }) => status === "warning").map(({ kind, reason }) => warning(text(`part-${kind}`), reason)),
];

function warning(what, reason) {
  const box = document.createElement("div");
  box.className = "heard-warning";
  const line = element("h3", `${text("warned")}: “${what}”`);
  line.className = "govuk-heading-s";
  box.append(line, paragraph(text(`why-${reason}`)), paragraph(text("warning-advice")));
  return box;
}
