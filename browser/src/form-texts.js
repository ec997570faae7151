// What the script says comes from the page, where it was translated.
const named = (name) => document.querySelector(`[data-texts] [data-name="${name}"]`).textContent.trim();

/** Return the page's text of that name, with {placeholders} filled in. */
export const text = (name, values = {}) =>
  Object.entries(values).reduce((filled, [key, value]) => filled.split(`{${key}}`).join(String(value)), named(name));
