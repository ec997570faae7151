// Starts Debian's Firefox over WebDriver BiDi. puppeteer-core is a development dependency of browser/.
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

export function launch({ executable, preferences, seconds }) {
  return puppeteer.launch({
    browser: "firefox",
    executablePath: executable,
    headless: true,
    extraPrefsFirefox: { ...QUIET, ...preferences },
    protocolTimeout: Math.max(STARTING, seconds * 1000),
    timeout: STARTING,
  });
}
