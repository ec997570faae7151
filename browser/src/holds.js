// Legal holds that the page shows, held against the inquiry's cards. docs/sealing.md, "Holds".
import { LABEL_NOTICE } from "./constants.generated.js";
import { parseChain } from "./chain.js";
import { parseHold } from "./notice.js";
import { isSigned } from "./signing.js";

/**
 * Return {text, from, to} of each hold in `files` (JSON, a line each) that the inquiry signed and that is in force, and
 * whether that was all of them. `cards` is the chain, `today` YYYY-MM-DD. Refuses with "card" when the chain does not hold.
 */
export function readHolds({ files, cards, today }) {
  const chain = parseChain(cards);
  const lines = files.split("\n");
  const holds = lines.map((line) => genuine(line, chain)).filter((hold) => hold !== null && isInForce(hold, today));
  return {
    holds: holds.map(({ text, valid_from: from, valid_to: to }) => ({ text, from, to })),
    isWhole: holds.length === lines.length,
  };
}

function genuine(line, chain) {
  try {
    const hold = parseHold(line);
    const card = chain.find(({ epoch }) => epoch === hold.epoch);
    const isOurs = Boolean(card) && hold.inquiry === card.inquiry && isSigned(LABEL_NOTICE, hold.unsigned, hold.signature, card.verify_key);
    return isOurs ? hold : null;
  } catch {
    return null;
  }
}

const isInForce = (hold, today) => hold.valid_from <= today && today <= hold.valid_to;
