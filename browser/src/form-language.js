// The form in another language, with everything that was typed. The page is fetched and put in the place of this one;
// nothing that was typed leaves the page for it.
import { text } from "./form-texts.js";

// A slow line gets half a minute; then everything is as it was.
const SECONDS = 30;

/**
 * Fetch the page at `address` and put it in the place of this one, what was typed into its fields included.
 *
 * Resolves to what was typed, for `fillAgain` once more fields are there, or to null, with everything as it was, when the page
 * cannot be fetched.
 */
async function translatePage(address) {
  const page = await fetchPage(address);
  // Another page, or that of another release, may lack what this script needs: then what was typed would be nowhere.
  if (page === null || scriptOf(page) !== scriptOf(document)) return null;
  // A parser of its own runs no scripts, so it reads what stands in <noscript>: the form that must not be here.
  for (const element of page.querySelectorAll("noscript, script, form")) element.remove();
  const kept = typed(document);
  const unfolded = folds().map(({ open }) => open);
  for (const name of ["lang", "dir"]) document.documentElement.setAttribute(name, page.documentElement.getAttribute(name));
  document.title = page.title;
  document.body.replaceChildren(...page.body.childNodes);
  fillAgain(kept);
  folds().forEach((fold, index) => { fold.open = unfolded[index]; });
  history.replaceState(null, "", address);
  dispatchEvent(new Event("heard-page"));
  return kept;
}

function say(sentence) {
  const line = document.getElementById("language-message");
  line.textContent = sentence;
  line.hidden = !sentence;
}

/** Return the page at `address` as a document, or null. */
async function fetchPage(address) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), SECONDS * 1000);
  try {
    const answer = await fetch(address, { credentials: "omit", cache: "no-store", redirect: "error", signal: stop.signal });
    return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

const scriptOf = (page) => page.querySelector("script[src]")?.getAttribute("src");

const nameOf = (field) => [field.type, field.name || field.id, ["radio", "checkbox"].includes(field.type) ? field.value : ""].join("\n");

const folds = () => [...document.querySelectorAll("body details")];

const fields = (root) => [...root.querySelectorAll("textarea, input")].filter(({ type }) => type !== "hidden");

function typed(root) {
  return new Map(fields(root).map((field) => [nameOf(field), { value: field.value, checked: field.checked }]));
}

/** Fill the fields of the page with what was typed before. */
export function fillAgain(kept) {
  for (const field of fields(document)) {
    const { value, checked } = kept.get(nameOf(field)) || {};
    if (value === undefined) continue;
    if (["radio", "checkbox"].includes(field.type)) field.checked = checked;
    else field.value = value;
  }
}

/**
 * Show the choice of languages that keeps what was typed. `page` runs one action at a time (`guarded`); `goOn` is called with
 * what was typed when the page is there in the other language.
 */
export function offerLanguages(page, goOn) {
  for (const button of document.querySelectorAll("[data-language-to]")) {
    button.hidden = false;
    button.addEventListener("click", () => page.guarded(async () => {
      say("");
      const kept = await translatePage(button.dataset.languageTo);
      if (kept) goOn(kept);
      else say(text("language-offline"));
    }));
  }
}
