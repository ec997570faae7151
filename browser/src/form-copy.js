// The writer's own copy, on paper or in a file: only when it is asked for, after the risk was said.
import { text } from "./form-texts.js";

const FETCHED_MS = 60_000;

/** Listen to the buttons of `root`; `read` returns the answers to put into the copy. */
export function offerCopy(root, read) {
  root.querySelector('[data-copy="print"]').addEventListener("click", () => print());
  root.querySelector('[data-copy="save"]').addEventListener("click", () => save(read()));
}

const written = ({ question, text: typed, chosen }) =>
  `${question}\n${typed === null ? chosen.map(({ label }) => label).join("\n") : typed}\n`;

function save(answers) {
  const address = URL.createObjectURL(new Blob([answers.map(written).join("\n")], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = address;
  // Neither the name nor the content says what this is about more than the answers do.
  link.download = text("copy-name");
  link.click();
  // Some browsers fetch it a moment later.
  setTimeout(() => URL.revokeObjectURL(address), FETCHED_MS);
}
