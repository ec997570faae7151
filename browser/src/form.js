// The survivors' form where scripts run. There is no <form> element in this document then, so nothing but form-post.js
// can send anything, and it sends only what the Worker sealed.
import "./in-sight.js";
import "./leave.js";
import { Cover } from "./form-device.js";
import { Journey } from "./form-journey.js";
import { offerLanguages } from "./form-language.js";
import { canSeal, cannotSeal, start } from "./form-starting.js";

const byId = (id) => document.getElementById(id);

function begin(sealer, { fingerprint }, cards, before = null) {
  const journey = new Journey(byId("journey"), sealer, cards, new Cover());
  journey.broken = () => cannotSeal("failure");
  byId("fingerprint-words").textContent = fingerprint.words.join(" ");
  byId("fingerprint-numbers").textContent = fingerprint.numbers.join(" ");
  byId("journey").hidden = false;
  canSeal();
  journey.begin(before);
  offerLanguages(journey, () => begin(sealer, { fingerprint }, cards, journey.end()));
}

const service = byId("service");
if (service) start(service, begin);
