// Putting a draft back into the form.
const CONSENT_PREFIX = "consent-";

const question = (root, id) => root.querySelector(`[data-question="${CSS.escape(id)}"]`);

/**
 * Fill the fields of `root` with the answers and consents of a draft.
 *
 * What the form no longer asks is put at the end of the account, with its question, so that nothing is lost.
 */
export function fill(root, { answers, consents }) {
  const rest = answers.filter((answer) => !fillOne(question(root, answer.id), answer));
  for (const consent of consents) fillOne(question(root, CONSENT_PREFIX + consent.id), consent);
  if (rest.length === 0) return;
  const account = question(root, "account").querySelector("textarea");
  account.value = [account.value, ...rest.map(written)].filter(Boolean).join("\n\n");
}

function fillOne(field, { text, chosen }) {
  if (!field || (field.dataset.kind === "text") !== (text !== null)) return false;
  if (text !== null) field.querySelector("textarea").value = text;
  const inputs = chosen.map(({ value }) => field.querySelector(`input[value="${CSS.escape(value)}"]`));
  for (const input of inputs) if (input) input.checked = true;
  return inputs.every(Boolean);
}

const written = ({ question: asked, text, chosen }) => `${asked}\n${text === null ? chosen.map(({ label }) => label).join(", ") : text}`;

/** Return all that was typed in a draft as one text. */
export const typedIn = ({ answers }) => answers.filter(({ text }) => text !== null).map(({ text }) => text).join("\n\n");
