// Looks into a page, and points at things in it, where its own scripts may be off.
//
// puppeteer's own ways of looking wait for promises, which never settle in Firefox when scripts are off. What is asked here is
// asked at once and again until it holds, in a sandbox that the page's scripts cannot see.
import { setTimeout as pause } from "node:timers/promises";

export const SANDBOX = "heard-tests";
const EVERY = 25;

// Return what `look`, a function that stands alone, says inside the page; arguments and answer are JSON.
export async function ask(page, look, ...given) {
  const told = await page.browser().connection.send("script.callFunction", {
    functionDeclaration: `(given) => JSON.stringify((${look})(...JSON.parse(given)) ?? null)`,
    arguments: [{ type: "string", value: JSON.stringify(given) }],
    target: { context: page.mainFrame()._id, sandbox: SANDBOX },
    awaitPromise: false,
  });
  const { type, result, exceptionDetails } = told.result;
  if (type !== "success") throw new Error(exceptionDetails.text);
  return JSON.parse(result.value);
}

// Ask until the answer is true-like, and return it. While a page changes to the next there is nobody to ask.
export async function until(page, what, look, ...given) {
  const end = Date.now() + page.getDefaultTimeout();
  let trouble = "";
  while (Date.now() < end) {
    try {
      const answer = await ask(page, look, ...given);
      if (answer) return answer;
    } catch (error) {
      trouble = `; ${String(error.message).slice(0, 200)}`;
    }
    await pause(EVERY);
  }
  throw new Error(`waited too long for ${what}${trouble}`);
}

// Say whether a person can see the first that matches, or any other.
export function isShown(selector) {
  return [...document.querySelectorAll(selector)].some((found) => found.checkVisibility({ visibilityProperty: true }));
}

// Return the middle of the first shown match, scrolled into view, once nothing else lies over it there.
function middleOf(selector) {
  const found = [...document.querySelectorAll(selector)].find((one) => one.checkVisibility({ visibilityProperty: true }));
  if (!found || found.disabled) return null;
  found.scrollIntoView({ block: "center", behavior: "instant" });
  const { x, y, width, height } = found.getBoundingClientRect();
  const place = { x: x + width / 2, y: y + height / 2 };
  const there = document.elementFromPoint(place.x, place.y);
  const hit = there && (found.contains(there) || there.contains(found) || there.closest("label")?.control === found);
  return hit ? place : null;
}

export function shown(page, selector) {
  return until(page, `${selector} to be shown`, isShown, selector);
}

export async function click(page, selector) {
  const { x, y } = await atRest(page, selector);
  await page.mouse.click(x, y);
}

// Return where something is once it stays there: Firefox paints what was scrolled a moment after it says that it did.
async function atRest(page, selector) {
  let before = {};
  for (;;) {
    const place = await until(page, `${selector} to be there to click`, middleOf, selector);
    if (place.x === before.x && place.y === before.y) return place;
    before = place;
    await pause(2 * EVERY);
  }
}

export async function type(page, selector, text) {
  await click(page, selector);
  await until(page, `${selector} to take what is typed`, (wanted) => document.activeElement?.matches(wanted), selector);
  await page.keyboard.type(text);
}
