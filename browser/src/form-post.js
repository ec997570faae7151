// Posting sealed bytes. Every request that this service's pages make by script is made here, and its body comes from the
// Worker.
import { SealingFailure } from "./form-sealer.js";

const SECONDS = 90;

/** Why nothing came of a request: `word` is "offline", "busy" or "refused". */
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
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), SECONDS * 1000);
  try {
    return await understood(await ask(path, body, stop.signal), read);
  } catch (failure) {
    throw failure instanceof Trouble ? failure : new Trouble("offline");
  } finally {
    clearTimeout(timer);
  }
}

const ask = (path, body, signal) =>
  fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/octet-stream" },
    body,
    cache: "no-store",
    credentials: "omit",
    redirect: "error",
    signal,
  });

async function understood(answer, read) {
  if (answer.status >= 500) throw new Trouble("busy");
  const content = await read(answer);
  if (content === undefined) throw new Trouble("refused");
  return content;
}
