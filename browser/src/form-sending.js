// Sealing and sending. The only request that this page's scripts make is here, and its body comes from the Worker.
import { SealingFailure } from "./form-sealer.js";

const SECONDS = 90;
const FRAME_AND_SMALLEST = 50 + 65_536;

export class Sending {
  constructor(sealer) {
    this.sealer = sealer;
    this.key = "";
    this.body = null;
  }

  /**
   * Seal `letter` and send it; the same content is sealed once, and the same bytes are sent again.
   *
   * Resolves to "sent", "offline", "busy" or "refused". Rejects with SealingFailure.
   */
  async send(letter, words, readBack, tell) {
    const key = JSON.stringify([letter, words, readBack]);
    if (key !== this.key) {
      const { body } = await this.sealer.ask("seal", { letter, words, readBack }, tell);
      this.body = body;
      this.key = key;
    }
    tell("sending");
    return post(this.body);
  }

  /** Drop what was sealed. */
  forget() {
    this.key = "";
    this.body = null;
  }
}

async function post(body) {
  // What does not look sealed is never sent, whatever went wrong before.
  if (!(body instanceof ArrayBuffer) || body.byteLength < FRAME_AND_SMALLEST) throw new SealingFailure("failure");
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), SECONDS * 1000);
  try {
    const answer = await fetch("/letters", {
      method: "POST",
      headers: { "Content-Type": "application/octet-stream" },
      body,
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      signal: stop.signal,
    });
    if (answer.status === 201 && (await answer.json()).stored === true) return "sent";
    return answer.status >= 500 ? "busy" : "refused";
  } catch {
    return "offline";
  } finally {
    clearTimeout(timer);
  }
}
