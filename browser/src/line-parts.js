// What there is of a call, sealed for the inquiry by the caller's agreement: one letter, which each save replaces. The worker
// cannot open it.
import { Saving } from "./form-saving.js";
import { deliver } from "./form-sending.js";
import { exchange } from "./form-thread.js";

const PART = 1;

export class PartSaving extends Saving {
  /** `read` gives null while nothing is said that could be a part: a call without an answer is none. */
  constructor(sealer, read, tell, options) {
    const said = () => {
      const letter = read();
      return letter?.answers.length ? letter : null;
    };
    super(sealer, null, said, tell, options);
    this.id = null;
    this.wasStored = false;
  }

  async begin() {
    this.id = (await this.sealer.ask("call")).call;
  }

  /** The part that comes after what is kept: what ends the call, or takes it back. */
  after(takenBack) {
    return { id: this.id, part: PART + 1, taken_back: takenBack };
  }

  /** What the account says of the call that it ends, if anything of it was sent. */
  get ended() {
    return this.wasStored ? this.after(false) : undefined;
  }

  async store(letter) {
    const { body } = await this.sealer.ask("unfinished", { letter, call: { id: this.id, part: PART, taken_back: false } });
    // What is sent may have arrived, whatever the answer is.
    this.wasStored = true;
    await deliver(body);
    return "stored";
  }

  /**
   * Erase what was sent. What a bundle carries already is taken back by a letter, for which the station destroys it: `blank` is
   * one without answers, null where the account that follows takes its place.
   */
  async drop(blank = null) {
    await this.pause();
    if (!this.wasStored) return;
    const { requests } = await this.sealer.ask("erase", { call: { id: this.id, part: PART } });
    const { status } = await this.sealer.ask("erased", { answers: await exchange(requests) });
    if (status === "gone" && blank) {
      const { body } = await this.sealer.ask("unfinished", { letter: blank, call: this.after(true) });
      await deliver(body);
    }
    this.wasStored = false;
  }
}
