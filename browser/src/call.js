// The page of a worker of the phone line, while somebody is on the phone. No field of it is in a <form>: nothing but form-post.js
// sends anything, and that only what the Worker sealed.
import "./in-sight.js";
import { withSession } from "./form-post.js";
import { canSeal, start } from "./form-starting.js";
import { LinePage } from "./line-page.js";

// Typing must not wait long for an answer that does not come: it is saved again every few seconds.
const SECONDS = 15;

const service = document.getElementById("service");

function begin(sealer, { refused, fingerprint }, cards) {
  // An expired card stops new calls only.
  new LinePage(sealer, cards, { takesAccounts: !refused, fingerprint }).begin();
  canSeal();
}

if (service) {
  withSession(SECONDS);
  start(service, begin, ["expired"]);
}
