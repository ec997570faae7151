// Posting sealed bytes. Everything that this service's pages send by script is sent here, and comes from the Worker, but for the
// word by which the phone line counts calls.
import { SealingFailure } from "./form-sealer.js";

const SECONDS = 90;
// A session of the phone line that has ended, or waits to be unlocked. Survivors have none.
const SESSION = new Map([[401, "signed-out"], [423, "locked"]]);

const way = { credentials: "omit", seconds: SECONDS, headers: {} };

/** Send the cookie of a session along, ask for an answer that a script can read, and give up sooner. Only a worker's page has a session. */
export const withSession = (seconds) => Object.assign(way, { credentials: "same-origin", seconds, headers: { Accept: "application/json" } });

/** Why nothing came of a request: `word` is "offline", "busy" or "refused"; with a session, "signed-out" or "locked". */
export class Trouble extends Error {
  constructor(word) {
    super(word);
    this.word = word;
  }
}

/**
 * POST `body` (an ArrayBuffer of at least `least` bytes) to `path`.
 *
 * Resolves to what `read` makes of the answer; undefined means that it is not one of ours. Rejects with Trouble, and
 * with SealingFailure for a body that does not look sealed.
 */
export async function post(path, body, least, read) {
  // What does not look sealed is never sent, whatever went wrong before.
  if (!(body instanceof ArrayBuffer) || body.byteLength < least) throw new SealingFailure("failure");
  return sent(path, body, "application/octet-stream", read);
}

/** Tell the line what is no part of any call, a word and no more, and resolve to its answer (JSON). Rejects with Trouble. */
export const tell = (path, words) =>
  sent(path, JSON.stringify(words), "application/json", async (answer) => (answer.ok ? answer.json() : undefined));

async function sent(path, body, type, read) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), way.seconds * 1000);
  try {
    return await understood(await ask(path, body, type, stop.signal), read);
  } catch (failure) {
    throw failure instanceof Trouble ? failure : new Trouble("offline");
  } finally {
    clearTimeout(timer);
  }
}

const ask = (path, body, type, signal) =>
  fetch(path, {
    method: "POST",
    headers: { "Content-Type": type, ...way.headers },
    body,
    cache: "no-store",
    credentials: way.credentials,
    redirect: "error",
    signal,
  });

async function understood(answer, read) {
  if (answer.status >= 500) throw new Trouble("busy");
  if (SESSION.has(answer.status)) throw new Trouble(SESSION.get(answer.status));
  const content = await read(answer);
  if (content === undefined) throw new Trouble("refused");
  return content;
}
