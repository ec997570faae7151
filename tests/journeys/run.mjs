// Walks through a site in one browser as told on standard input, and prints what was seen as one JSON object.
//
//   {"name": "firefox", "executable": path, "profile": folder, "scripts": true, "seconds": 30, "steps": [[action, ...arguments], ...], ...}
//
// Answers {"ok": true, "seen": {name: value}, "console": [...], "requests": [...], ...} or the same with "ok": false, the number
// of the step and its error.
import { text } from "node:stream/consumers";

import { actions } from "./actions.mjs";
import { launch } from "./launch.mjs";
import { noteLeft, noteStopped, watch } from "./watching.mjs";

const journey = JSON.parse(await text(process.stdin));
const told = { seen: {}, console: [], requests: [], policy: [], cookies: [], stored: [] };
const { browser, page } = await launch(journey);

async function take([action, ...given]) {
  if (!Object.hasOwn(actions, action)) throw new Error(`there is no action ${action}`);
  await actions[action](page, told.seen, ...given);
  await noteStopped(page, told);
}

let at = 0;
try {
  await watch(page, told);
  for (; at < journey.steps.length; at += 1) await take(journey.steps[at]);
  await noteLeft(page, told, journey.scripts);
  console.log(JSON.stringify({ ok: true, ...told }));
} catch (error) {
  console.log(JSON.stringify({ ok: false, step: at, error: String(error.message ?? error), place: await page.url(), ...told }));
} finally {
  await browser.close();
}
