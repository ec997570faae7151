// The survivors' form where scripts run. There is no <form> element in this document then, so nothing but
// form-sending.js can send anything, and it sends only what the Worker sealed.
import { Journey } from "./form-journey.js";
import { Sealer } from "./form-sealer.js";

const byId = (id) => document.getElementById(id);

const REASONS = ["random", "card", "expired"];

/** Say why nothing can be sealed, with the other ways to tell. What was typed stays where it is. */
function cannotSeal(word) {
  const reason = REASONS.includes(word) ? word : "failure";
  const notice = byId("cannot-seal");
  for (const sentence of notice.querySelectorAll("[data-reason]")) sentence.hidden = sentence.dataset.reason !== reason;
  for (const waiting of document.querySelectorAll("[data-wait]")) waiting.hidden = true;
  byId("can-seal").hidden = true;
  notice.hidden = false;
  notice.focus();
}

function canSeal({ fingerprint }) {
  byId("fingerprint-words").textContent = fingerprint.words.join(" ");
  byId("fingerprint-numbers").textContent = fingerprint.numbers.join(" ");
  for (const waiting of document.querySelectorAll("[data-wait]")) waiting.hidden = true;
  byId("can-seal").hidden = false;
  byId("journey").hidden = false;
  document.documentElement.classList.add("sealing-ready");
}

async function start(root) {
  let died = false;
  try {
    const sealer = new Sealer(root.dataset.worker, () => {
      died = true;
      cannotSeal("failure");
    });
    const prepared = await sealer.prepare(root.dataset.card, root.dataset.today);
    if (died) return;
    const journey = new Journey(root, sealer);
    journey.broken = () => cannotSeal("failure");
    canSeal(prepared);
    journey.begin();
  } catch (failure) {
    cannotSeal(failure.word);
  }
}

const root = byId("journey");
if (root) start(root);
