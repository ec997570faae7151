// Records of danger: sealed to the safeguarding lead's card, never to the panel's. docs/sealing.md, "Records of danger".
import { RECORD_KINDS } from "./constants.generated.js";
import { sealLetter } from "./age.js";
import { checkInForce, parseCard } from "./card.js";
import { encodeDanger } from "./danger.js";
import { toHex } from "./octets.js";
import { Refusal } from "./refusal.js";
import { framed, unnamed } from "./tasks.js";
import { fingerprintWords } from "./words.js";

let lead = null;

/** Take the lead's card. Refuses with "card" every other one, the panel's too. */
function prepareLead({ card: text, today }) {
  lead = null;
  const card = parseCard(text, "lead");
  checkInForce(card, today);
  lead = card;
  return { fingerprint: fingerprintWords(card.fingerprint), epoch: card.epoch, inquiry: card.inquiry };
}

/** Seal what is in `record`, and return its submission. */
async function danger({ record }, tell) {
  if (lead === null) throw new Refusal("not-prepared");
  tell({ progress: "sealing" });
  const own = unnamed();
  const envelope = { inquiry: lead.inquiry, epoch: lead.epoch, card: toHex(lead.fingerprint), locator: toHex(own.locator) };
  return framed(RECORD_KINDS.danger, own, await sealLetter(encodeDanger(record, envelope), [lead.recipient, own.recipient]));
}

export const ALARMS = { "prepare-lead": prepareLead, danger };
