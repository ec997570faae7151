// Starting the Worker, and saying so when this browser cannot seal: nothing is typed before that is known.
import { Sealer } from "./form-sealer.js";

const REASONS = ["random", "card", "expired"];

const byId = (id) => document.getElementById(id);

function stopWaiting() {
  for (const waiting of document.querySelectorAll("[data-wait]")) waiting.hidden = true;
}

/** Say why nothing can be sealed, with the other ways to tell. What was typed stays where it is. */
export function cannotSeal(word) {
  const reason = REASONS.includes(word) ? word : "failure";
  const notice = byId("cannot-seal");
  for (const sentence of notice.querySelectorAll("[data-reason]")) sentence.hidden = sentence.dataset.reason !== reason;
  stopWaiting();
  byId("can-seal").hidden = true;
  notice.hidden = false;
  notice.focus();
}

/** Show what waited for a browser that can seal. */
export function canSeal() {
  stopWaiting();
  byId("can-seal").hidden = false;
  document.documentElement.classList.add("sealing-ready");
}

/** Return the newest of `cards`, which stand one after another with three lines each. */
export const newest = (cards) => cards.split("\n").slice(-4).join("\n");

/**
 * Start the Worker that `service` (the page's element of that id) names, let it try the newest card, and go on with
 * `begin`, which is given the Worker's side, what the trial said, and the cards. `pardon`: words of a failed trial to go on after.
 */
export async function start(service, begin, pardon = []) {
  let died = false;
  try {
    const { worker, cards, today } = service.dataset;
    const sealer = new Sealer(worker, () => {
      died = true;
      cannotSeal("failure");
    });
    const prepared = await sealer.prepare(newest(cards), today).catch((failure) => {
      if (pardon.includes(failure.word)) return { refused: failure.word };
      throw failure;
    });
    if (!died) begin(sealer, prepared, cards);
  } catch (failure) {
    cannotSeal(failure.word);
  }
}
