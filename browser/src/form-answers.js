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

/** Return the letter's part that the page knows: question set, channel, language, answers, consents. */
export function readLetter(journey) {
  const { questions: id, questionsVersion, questionsSha256, language } = journey.dataset;
  const answered = questions(journey).map(answer).filter(Boolean);
  return {
    questions: { id, version: Number(questionsVersion), sha256: questionsSha256 },
    channel: "web",
    language,
    answers: answered.filter(({ topic }) => topic !== CHOICES),
    consents: answered.filter(({ topic }) => topic === CHOICES),
  };
}

/** Return the first question whose text holds half of a character, as {id, text of the question}, or undefined. */
export function halfCharacter(journey) {
  const found = questions(journey).find((question) => question.dataset.kind === "text" && HALF.test(typedIn(question)));
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

/** Show `answers` in `list` (a <dl>); `change` is called with the topic that a person wants to change. */
export function summarise(answers, list, label, change) {
  list.replaceChildren();
  for (const { topic, question, text, chosen } of answers) {
    const term = element("dt", question);
    const definition = element("dd", text === null ? chosen.map((option) => option.label).join("\n") : text);
    definition.dir = "auto";
    const button = element("button", label);
    button.type = "button";
    button.className = "heard-change";
    const about = element("span", ` ${question}`);
    about.className = "govuk-visually-hidden";
    button.append(about);
    button.addEventListener("click", () => change(topic));
    const action = document.createElement("dd");
    action.append(button);
    list.append(term, definition, action);
  }
}

export function element(name, content) {
  const made = document.createElement(name);
  made.textContent = content;
  return made;
}
