// What was typed and chosen, read from the page with the questions as they are shown.
const CHOICES = "choices";
const CONSENT_PREFIX = "consent-";
// Half of a character: a surrogate without its other half, which UTF-8 cannot hold. With the u flag a pair is one character.
const HALF = /[\uD800-\uDFFF]/u;

const questions = (journey) => [...journey.querySelectorAll("[data-question]")];

const typedIn = (question) => question.querySelector("textarea").value;

function answer(question) {
  const { question: id, topic, kind, text: shown } = question.dataset;
  const name = topic === CHOICES ? id.slice(CONSENT_PREFIX.length) : id;
  if (kind === "text") {
    const text = typedIn(question);
    return text.trim() ? { id: name, topic, question: shown, text, chosen: [] } : null;
  }
  const chosen = [...question.querySelectorAll("input:checked")].map((input) => ({ value: input.value, label: input.dataset.label }));
  return chosen.length ? { id: name, topic, question: shown, text: null, chosen } : null;
}

/** Return what is answered in `root`, with the questions as they are shown. */
export const answered = (root) => questions(root).map(answer).filter(Boolean);

/** Return the letter's part that the page knows: question set, channel, language, answers, consents. */
export function readLetter(journey, all = answered(journey)) {
  const { questions: id, questionsVersion, questionsSha256, language, channel = "web" } = journey.dataset;
  return {
    questions: { id, version: Number(questionsVersion), sha256: questionsSha256 },
    channel,
    language,
    answers: all.filter(({ topic }) => topic !== CHOICES),
    consents: all.filter(({ topic }) => topic === CHOICES),
  };
}

/** Say whether `text` holds half of a character. */
export const isHalf = (text) => HALF.test(text);

/** Return the first question whose text holds half of a character, as {id, text of the question}, or undefined. */
export function halfCharacter(journey) {
  const found = questions(journey).find((question) => question.dataset.kind === "text" && isHalf(typedIn(question)));
  return found && { id: found.dataset.question, question: found.dataset.text };
}

export const hasAccount = (letter) => letter.answers.some(({ id, text }) => id === "account" && text);

/** Say whether anything at all was typed or chosen. */
export function isTouched(journey) {
  const { answers, consents } = readLetter(journey);
  return answers.length + consents.length > 0;
}

/** Empty every field. */
export function clear(journey) {
  for (const field of journey.querySelectorAll("textarea, input[type=text]")) field.value = "";
  for (const field of journey.querySelectorAll("input:checked")) field.checked = false;
}

/** Show `answers` in `list` (a <dl>); `change`, if given, is called with the topic that a person wants to change. */
export function summarise(answers, list, label, change) {
  list.replaceChildren();
  for (const { topic, question, text, chosen } of answers) {
    const term = element("dt", question);
    const definition = element("dd", text === null ? chosen.map((option) => option.label).join("\n") : text);
    term.dir = definition.dir = "auto";
    list.append(term, definition);
    if (change) list.append(changing(question, label, () => change(topic)));
  }
}

function changing(question, label, change) {
  const button = element("button", label);
  button.type = "button";
  button.className = "heard-change";
  const about = element("span", ` ${question}`);
  about.className = "govuk-visually-hidden";
  button.append(about);
  button.addEventListener("click", change);
  const action = document.createElement("dd");
  action.append(button);
  return action;
}

export function element(name, content) {
  const made = document.createElement(name);
  made.textContent = content;
  return made;
}
