// The inquiry's cards, oldest first, each signed by the one before. docs/sealing.md, "Panel card" and "Notices".
import { LABEL_CARD } from "./constants.generated.js";
import { parseCard } from "./card.js";
import { toHex } from "./octets.js";
import { Refusal } from "./refusal.js";
import { isSigned } from "./signing.js";

const LINES = 3;

/** Return the cards in `text`, whose files stand one after another. Refuses with "card" unless each follows the one before it. */
export function parseChain(text) {
  const lines = text.split("\n").slice(0, -1);
  const files = Array.from({ length: Math.ceil(lines.length / LINES) }, (_, at) => lines.slice(at * LINES, at * LINES + LINES));
  const cards = files.map((file) => ({ ...parseCard(file.join("\n") + "\n"), body: file[0], previous: file[2].split(" ")[1] }));
  const follows = cards.slice(1).every((card, at) => isNext(card, cards[at]));
  if (cards.length === 0 || !follows) throw new Refusal("card");
  return cards;
}

const isNext = (card, before) =>
  card.inquiry === before.inquiry && card.epoch > before.epoch &&
  card.previous !== "-" && isSigned(LABEL_CARD, card.body, card.previous, before.verify_key);

/** Say whether a card with that fingerprint (64 hex) is among them. */
export const holdsCard = (cards, fingerprint) => cards.some((card) => toHex(card.fingerprint) === fingerprint);
