// One visit: always the same number of requests of the same size, whatever the words open.
import { exchange, put } from "./form-thread.js";

export class Visit {
  constructor(sealer, cards) {
    this.sealer = sealer;
    this.cards = cards;
  }

  /** Make the keys of the words that were typed. Resolves to {words, numbers}; rejects with what is wrong with them. */
  enter(typed, progress) {
    return this.sealer.ask("enter", { typed, cards: this.cards }, progress);
  }

  /** Look at what there is. Resolves to the view, or null when the words open nothing. Rejects with Trouble. */
  async open(tell) {
    tell("opening");
    const { requests } = await this.sealer.ask("open");
    const { requests: further, found, draftDays } = await this.sealer.ask("opened", { answers: await exchange(requests) });
    const answers = await exchange(further ?? []);
    if (!found) return null;
    tell("reading");
    return { draftDays, ...(await this.read(answers)) };
  }

  /** Fetch all the rest: how many requests that takes shows how much there is. */
  async rest() {
    const { requests } = await this.sealer.ask("more");
    return this.read(await exchange(requests));
  }

  async read(answers) {
    const { view, more } = await this.sealer.ask("read", { answers });
    return { ...view, more };
  }

  /** Seal a letter of that kind and put it. Resolves to what became of it. */
  put(kind, letter, keep) {
    return put(this.sealer, () => this.sealer.ask("put", { kind, letter, keep }));
  }

  replace(words, letter) {
    return put(this.sealer, () => this.sealer.ask("replace", { words, letter }));
  }

  discard() {
    return put(this.sealer, () => this.sealer.ask("discard"));
  }
}
