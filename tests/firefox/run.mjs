// Walks through a site in Firefox as told on standard input, and prints what was seen as one JSON object.
//
//   {"executable": path, "preferences": {...}, "seconds": 30, "steps": [[action, ...arguments], ...]}
//
// Answers {"ok": true, "seen": {name: value}, "console": [...], "requests": [...]} or the same with "ok": false, the number of
// the step and its error. Every run has a profile of its own, in the folder TMPDIR, that ends with it.
import { text } from "node:stream/consumers";

import { launch } from "./launch.mjs";
import { actions } from "./actions.mjs";

const journey = JSON.parse(await text(process.stdin));
const told = { console: [], requests: [] };
const browser = await launch(journey);
let page;
const seen = {};

function watch(opened) {
  opened.setDefaultTimeout(journey.seconds * 1000);
  opened.on("console", (message) => told.console.push(`${message.type()}: ${message.text()}`));
  opened.on("pageerror", (error) => told.console.push(`error: ${error.message}`));
  opened.on("request", (request) => {
    if (!request.url().startsWith("data:")) told.requests.push(`${request.method()} ${request.url()}`);
  });
  return opened;
}

async function take([action, ...given]) {
  if (!Object.hasOwn(actions, action)) throw new Error(`there is no action ${action}`);
  return actions[action](page, seen, ...given);
}

let at = 0;
try {
  page = watch(await browser.newPage());
  for (; at < journey.steps.length; at += 1) await take(journey.steps[at]);
  console.log(JSON.stringify({ ok: true, seen, ...told }));
} catch (error) {
  const place = page ? await page.url() : "";
  console.log(JSON.stringify({ ok: false, step: at, error: String(error.message ?? error), place, seen, ...told }));
} finally {
  await browser.close();
}
