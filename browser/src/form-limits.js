// Fields that hold so many characters and no more, and what is shown because of an answer.
import { text } from "./form-texts.js";

const length = (typed) => [...typed].length;

const limited = (root) => [...root.querySelectorAll("[data-most]")];

const over = ({ dataset, field }) => length(field.value) - Number(dataset.most);

/** Return the first field that holds too much, as {id, question, n}, or undefined. */
export function tooMuch(root) {
  const found = limited(root).map((question) => ({ dataset: question.dataset, field: question.querySelector("textarea") }))
    .find((one) => over(one) > 0);
  return found && { id: found.dataset.question, question: found.dataset.text, n: over(found) };
}

/** Say how much is left in each field that has a limit. */
export function countDown(root) {
  for (const question of limited(root)) {
    const field = question.querySelector("textarea");
    const line = question.querySelector("[id$=-left]");
    const left = -over({ dataset: question.dataset, field });
    line.hidden = field.value === "";
    line.textContent = left < 0 ? text("field-over", { n: -left }) : text("field-left", { n: left });
  }
}

/** Show where help is to be had now to whoever gave an answer that leads there, and to nobody else. */
export function showUrgent(root) {
  for (const urgent of root.querySelectorAll("[data-urgent]")) {
    const values = urgent.dataset.urgent.split(" ");
    const chosen = [...urgent.parentElement.querySelectorAll("input:checked")];
    urgent.hidden = !chosen.some(({ value }) => values.includes(value));
  }
}
