// Where survivors come back, where scripts run. There is no <form> element in this document then; the words go to the
// Worker and nowhere else.
import "./in-sight.js";
import "./leave.js";
import { offerLanguages } from "./form-language.js";
import { canSeal, cannotSeal, start } from "./form-starting.js";
import { showHolds } from "./return-holds.js";
import { ReturnForm } from "./return-form.js";

const byId = (id) => document.getElementById(id);

function begin(sealer, { refused }, cards, before = null, kept = null) {
  // An expired card stops new accounts only.
  const page = new ReturnForm(sealer, cards, byId("return-journey"), { takesAccounts: !refused, broken: cannotSeal });
  page.begin();
  byId("return-entry").hidden = byId("return-open").hidden = false;
  showHolds(sealer, service.dataset);
  canSeal();
  if (before) page.goOnFrom(before, kept);
  offerLanguages(page, (typed) => begin(sealer, { refused }, cards, page.end(), typed));
}

const service = byId("service");
if (service) start(service, begin, ["expired"]);
