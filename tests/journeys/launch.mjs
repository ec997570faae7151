// Starts Debian's Firefox or Chromium over WebDriver BiDi. puppeteer-core is a development dependency of browser/.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const near = createRequire(new URL("../../browser/package.json", import.meta.url));
const { default: puppeteer } = await import(pathToFileURL(near.resolve("puppeteer-core")));

// What Firefox would ask for by itself: things of the outside world, and an icon that the site does not have.
const QUIET = {
  "browser.chrome.site_icons": false,
  "app.update.auto": false,
  "browser.safebrowsing.downloads.enabled": false,
  "browser.safebrowsing.malware.enabled": false,
  "browser.safebrowsing.phishing.enabled": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "toolkit.telemetry.enabled": false,
};

// Starting takes this long where other tests use the machine, whatever a journey's steps may take.
const STARTING = 60_000;

/** Start the browser `name` ("chrome", "firefox") on an empty profile in the folder `profile`, with one page; return both. */
export async function launch({ name, executable, flags, profile, preferences, scripts, seconds }) {
  const isFirefox = name === "firefox";
  const browser = await puppeteer.launch({
    browser: name,
    protocol: "webDriverBiDi",
    executablePath: executable,
    args: flags,
    userDataDir: profile,
    headless: true,
    // The page that the way out leads to is under encryption, with a certificate that nobody signed.
    acceptInsecureCerts: true,
    // Firefox's own switch; in Chromium it belongs to the page.
    extraPrefsFirefox: { ...QUIET, ...preferences, "javascript.enabled": scripts },
    protocolTimeout: Math.max(STARTING, seconds * 1000),
    timeout: STARTING,
  });
  const page = await browser.newPage();
  page.setDefaultTimeout(seconds * 1000);
  if (!isFirefox && !scripts) await page.setJavaScriptEnabled(false);
  return { browser, page };
}
