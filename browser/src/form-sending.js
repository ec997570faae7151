// Sealing an account and sending it.
import { post, Trouble } from "./form-post.js";

const FRAME_AND_SMALLEST = 50 + 65_536;

export class Sending {
  constructor(sealer) {
    this.sealer = sealer;
    this.key = "";
    this.body = null;
  }

  /**
   * Seal `letter` and send it; the same content is sealed once, and the same bytes are sent again. `call`: the part of a call that
   * it is, if it ends one.
   *
   * Resolves to "sent", or to the word of a Trouble. Rejects with SealingFailure.
   */
  async send(letter, words, readBack, tell, call = undefined) {
    const key = JSON.stringify([letter, words, readBack, call]);
    if (key !== this.key) {
      const { body } = await this.sealer.ask("seal", { letter, words, readBack, call }, tell);
      this.body = body;
      this.key = key;
    }
    tell("sending");
    return this.post();
  }

  async post() {
    try {
      return await deliver(this.body);
    } catch (failure) {
      if (failure instanceof Trouble) return failure.word;
      throw failure;
    }
  }

  /** Drop what was sealed. */
  forget() {
    this.key = "";
    this.body = null;
  }
}

/** Post a submission. Resolves to "sent"; rejects with Trouble. */
export const deliver = (body) => post("/letters", body, FRAME_AND_SMALLEST, acknowledged);

async function acknowledged(answer) {
  return answer.status === 201 && (await answer.json()).stored === true ? "sent" : undefined;
}
