// Begins an enrolment in Firefox on http://localhost and reads the headings: reads {executable, profile, url, name, first,
// password} as JSON, writes {started, second, elsewhere}.
import { text } from "node:stream/consumers";
import { launch } from "../journeys/launch.mjs";

const { executable, profile, url, name, first, password } = JSON.parse(await text(process.stdin));
const { browser, page } = await launch({ name: "firefox", executable, flags: [], profile, preferences: {}, scripts: true, seconds: 60 });

const heading = () => page.$eval("h1", (found) => found.textContent.trim());

/** Fill the form of the page by the ids of its fields, send it, and return the heading of what comes. */
async function send(fields, action) {
  for (const [id, value] of Object.entries(fields)) await page.type(`#${id}`, value);
  const next = page.waitForNavigation();
  await page.click(`form[action="${action}"] button`);
  await next;
  return heading();
}

try {
  await page.goto(`${url}/sign-in`);
  const started = await send({ "line-name": name, "line-password": first }, "/sign-in");
  const second = await send({ "line-password": password, "line-again-password": password }, "/enrol/password");
  await page.goto(`${url.replace("localhost", "127.0.0.1")}/sign-in`);
  const elsewhere = await send({ "line-name": name, "line-password": password }, "/sign-in");
  process.stdout.write(JSON.stringify({ started, second, elsewhere }));
} finally {
  await browser.close();
}
