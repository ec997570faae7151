// What somebody who comes back, or a worker for them, can ask of the Worker that opens.
import { readHolds } from "./holds.js";
import { contentOf } from "./keeper.js";
import { derived, shown } from "./tasks.js";
import { parseWords } from "./words.js";

/** The tasks of whoever reads what a thread holds. `held`: a `Held` of a `Reader`. */
export function returning(held) {
  async function enter({ typed, cards }, tell) {
    const parsed = parseWords(typed);
    await held.keep(parsed.digits, cards, tell);
    return shown(parsed);
  }

  async function replace({ words, letter }, tell) {
    const { keeper } = held;
    const keys = await derived(parseWords(words.join(" ")).digits, tell);
    return keeper.replace(keys, contentOf("replacement", letter));
  }

  return {
    enter, replace,
    holds: readHolds,
    open: () => held.keeper.open(),
    opened: ({ answers }) => held.keeper.opened(answers),
    read: ({ answers }) => held.keeper.read(answers),
    more: () => held.keeper.more(),
  };
}
