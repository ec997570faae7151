// What a step of a journey may do. Each takes the page, what was seen so far, and the arguments of the step; what a person
// could not do (press a hidden button, type into a hidden field) fails. `{name}` in what is typed is what was seen by that name.
import { setTimeout as pause } from "node:timers/promises";

import { ask, click, isShown, shown, type, until } from "./looking.mjs";

function filled(seen, value) {
  return value.replace(/\{(\w+)\}/g, (whole, name) => (name in seen ? [seen[name]].flat().join(" ") : whole));
}

const innerTexts = (selector) => [...document.querySelectorAll(selector)].map((found) => found.innerText);
// Another page has been there for a while: in the first moment the browser may still exchange the process behind it.
const isAnother = (left) => location.href !== left && document.readyState === "complete" && performance.now() > 300;
const nothingShown = (selector) => ![...document.querySelectorAll(selector)].some((found) => found.checkVisibility());

export const actions = {
  // Load an address.
  go: (page, seen, url) => page.goto(url, { waitUntil: "load" }),

  // Wait until something is shown, or nothing of it is.
  wait: (page, seen, selector) => shown(page, selector),
  gone: (page, seen, selector) => until(page, `${selector} to go`, nothingShown, selector),

  // Wait until something that is shown says a sentence.
  says: (page, seen, selector, sentence) => {
    const said = (wanted, part) => document.querySelector(wanted)?.checkVisibility() && document.querySelector(wanted).innerText.includes(part);
    return until(page, `${selector} to say "${sentence}"`, said, selector, sentence);
  },

  // Click what is shown; submit waits for the page after it.
  click: (page, seen, selector) => click(page, selector),
  submit: (page, seen, selector) => Promise.all([page.waitForNavigation({ waitUntil: "load" }), click(page, selector)]),

  // Press a key so often, and wait for the page after it; go back to the page before.
  press: async (page, seen, key, times) => {
    const next = page.waitForNavigation({ waitUntil: "load" });
    for (let count = 0; count < times; count += 1) await page.keyboard.press(key);
    await next;
  },
  back: async (page) => {
    // puppeteer's own way waits for ever in Chromium where scripts are off.
    const from = await until(page, "an address", () => location.href);
    // The page may be gone before it answers.
    await ask(page, () => history.back()).catch(() => {});
    await until(page, "the page before", isAnother, from);
  },

  // Do nothing for some milliseconds: what a browser keeps, it keeps by and by.
  rest: (page, seen, milliseconds) => pause(milliseconds),

  // Put the pointer into a field and type, a key at a time.
  type: (page, seen, selector, value) => type(page, selector, filled(seen, value)),

  // Click one thing until another is shown: a form that asks a topic at a time.
  until: async (page, seen, button, wanted, most = 15) => {
    for (let count = 0; count < most && !(await ask(page, isShown, wanted)); count += 1) await click(page, button);
    await shown(page, wanted);
  },

  // Click something while it is offered: what is long is shown in parts.
  all: async (page, seen, button) => {
    while (await ask(page, isShown, button)) {
      await click(page, button);
      await until(page, `${button} to go`, nothingShown, button);
    }
  },

  // Remember the text of the first that matches once it is shown, of all that match, an attribute of all, or how many.
  text: async (page, seen, name, selector) => {
    await shown(page, selector);
    [seen[name]] = await ask(page, innerTexts, selector);
  },
  texts: async (page, seen, name, selector) => { seen[name] = await ask(page, innerTexts, selector); },
  attribute: async (page, seen, name, selector, attribute) => {
    const all = (wanted, key) => [...document.querySelectorAll(wanted)].map((found) => found.getAttribute(key));
    seen[name] = await ask(page, all, selector, attribute);
  },
  count: async (page, seen, name, selector) => {
    seen[name] = await ask(page, (wanted) => document.querySelectorAll(wanted).length, selector);
  },
  value: async (page, seen, name, selector) => {
    seen[name] = await ask(page, (wanted) => document.querySelector(wanted).value, selector);
  },

  // Remember how many milliseconds the page took to answer a click on one thing by showing another.
  answers: async (page, seen, name, selector, wanted) => {
    const start = performance.now();
    await click(page, selector);
    await shown(page, wanted);
    seen[name] = Math.round(performance.now() - start);
  },

  // Type back the words that a form asks for: each field says in data-place which one it wants.
  retype: async (page, seen, fields, name) => {
    const places = await ask(page, (wanted) => [...document.querySelectorAll(wanted)].map((one) => one.dataset.place), fields);
    for (const number of places) {
      await type(page, `${fields}[data-place="${number}"] input`, ` ${seen[name][number].toUpperCase()} `);
    }
  },
};
