// Where survivors come back, where scripts run. There is no <form> element in this document then; the words go to the
// Worker and nowhere else.
import { canSeal, cannotSeal, start } from "./form-starting.js";
import { ReturnPage } from "./return-page.js";

const byId = (id) => document.getElementById(id);

function begin(sealer, { refused }, cards) {
  // An expired card stops new accounts only.
  new ReturnPage(sealer, cards, { takesAccounts: !refused, broken: cannotSeal }).begin();
  byId("return-entry").hidden = byId("return-open").hidden = false;
  canSeal();
}

const service = byId("service");
if (service) start(service, begin, ["expired"]);
