// What a visit must not do: told as it happens, and looked for where it would have been left.
import { ask, SANDBOX, until } from "./looking.mjs";

/** Note from now on what the page asks for, what is said in its console, and what its content policy stopped. */
export async function watch(page, told) {
  page.on("console", (message) => told.console.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => told.console.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (request.url().startsWith("data:")) return;
    told.requests.push({ method: request.method(), url: request.url(), referer: request.headers().referer ?? "" });
  });
  // Where scripts are off the page itself cannot tell; this listener is in a sandbox of ours.
  await page.browser().connection.send("script.addPreloadScript", {
    functionDeclaration: `() => {
      globalThis.stopped = [];
      document.addEventListener("securitypolicyviolation", (event) => stopped.push(event.effectiveDirective + " " + event.blockedURI));
    }`,
    contexts: [page.mainFrame()._id],
    sandbox: SANDBOX,
  });
}

/** Note what the content policy stopped on the page that is shown: to be asked before the next one takes its place. */
export async function noteStopped(page, told) {
  const { stopped } = await until(page, "the page to say what was stopped", () => ({ stopped: globalThis.stopped?.splice(0) ?? [] }));
  told.policy.push(...stopped);
}

/** Note what the site left in the browser. Without scripts a page can leave nothing but cookies and these two. */
export async function noteLeft(page, told, scripts) {
  told.cookies = (await page.browser().cookies()).map(({ name }) => name);
  const stores = await ask(page, () => ({ localStorage: localStorage.length, sessionStorage: sessionStorage.length }));
  if (scripts) Object.assign(stores, await until(page, "the browser to say what is stored", storedElsewhere));
  told.stored = Object.keys(stores).filter((name) => stores[name] > 0);
}

// Nobody can wait for promises here: the answer is there when it is asked for again.
function storedElsewhere() {
  if (!globalThis.looked) {
    globalThis.looked = true;
    const workers = navigator.serviceWorker?.getRegistrations() ?? [];
    Promise.all([indexedDB.databases(), globalThis.caches?.keys() ?? [], workers]).then(([databases, caches, registered]) => {
      globalThis.elsewhere = { indexedDB: databases.length, caches: caches.length, serviceWorker: registered.length };
    });
  }
  return globalThis.elsewhere;
}
