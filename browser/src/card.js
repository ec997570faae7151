// The panel card: three lines, canonical or refused, its own Ed25519 signature checked. docs/sealing.md, "Panel card".
import { base64 } from "@scure/base";
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { CARD_FORMATS, CARD_VERSION, LABEL_CARD } from "./constants.generated.js";
import { checkRecipient } from "./age.js";
import { fromHex, utf8 } from "./octets.js";
import { Refusal } from "./refusal.js";

const MAX_CHARACTERS = 8192;
const FORM = /^(\{[^\n]*\})\nsignature ([0-9a-f]{128})\nprevious ([0-9a-f]{128}|-)\n$/;
const SECRET = /AGE-SECRET-KEY|AGE-PLUGIN-|PRIVATE KEY|secret key|mnemonic|RWQAAEIy|RWRTY0Iy/i;
const FIELDS = [
  "format", "version", "inquiry", "epoch", "recipient", "verify_key", "minisign_key",
  "valid_from", "valid_to", "threshold", "custodians", "demonstration",
];
const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;
const HEX32 = /^[0-9a-f]{64}$/;
const DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const MAX_EPOCH = 9999;
const MAX_CUSTODIANS = 16;
const MINISIGN_KEY_BYTES = 42;
const MINISIGN_ALGORITHM = "Ed";

/**
 * Return the card in `text`: its fields as they stand in the file, and `fingerprint` (32 bytes).
 *
 * Refuses with "card" what is not a canonical card signed by its own key, of the purpose that is wanted ("panel" or "lead").
 */
export function parseCard(text, purpose = "panel") {
  try {
    return readCard(text, CARD_FORMATS[purpose]);
  } catch {
    throw new Refusal("card");
  }
}

/** Refuse with "expired" outside the card's dates, both included. `today` is YYYY-MM-DD. */
export function checkInForce(card, today) {
  if (!isDate(today) || today < card.valid_from || today > card.valid_to) throw new Refusal("expired");
}

function readCard(text, format) {
  const match = text.length <= MAX_CHARACTERS && !SECRET.test(text) && FORM.exec(text);
  if (!match) throw new Error("not a card");
  const [, body, signature] = match;
  const card = JSON.parse(body);
  const canonical = JSON.stringify(Object.fromEntries(FIELDS.map((name) => [name, card[name]])));
  if (body !== canonical || card.format !== format || !holdsRules(card)) throw new Error("not in canonical form");
  checkRecipient(card.recipient);
  const signed = utf8(`${LABEL_CARD}\n${body}`);
  // zip215 off: the strict rules of RFC 8032, as the intake and the station apply them.
  if (!ed25519.verify(fromHex(signature), signed, fromHex(card.verify_key), { zip215: false })) {
    throw new Error("the signature does not match");
  }
  return { ...card, fingerprint: sha256(signed) };
}

const holdsRules = (card) =>
  card.version === CARD_VERSION && matches(NAME, card.inquiry) && matches(HEX32, card.verify_key) && isMinisignKey(card.minisign_key) &&
  isWithin(card.epoch, 1, MAX_EPOCH) && isWithin(card.custodians, 1, MAX_CUSTODIANS) &&
  isWithin(card.threshold, 1, card.custodians) && typeof card.demonstration === "boolean" &&
  isDate(card.valid_from) && isDate(card.valid_to) && card.valid_from <= card.valid_to;

const matches = (pattern, value) => typeof value === "string" && pattern.test(value);

const isWithin = (value, least, most) => Number.isInteger(value) && value >= least && value <= most;

/** Say whether `value` is a day that there is, as YYYY-MM-DD. */
export function isDate(value) {
  const day = matches(DATE, value) ? new Date(`${value}T00:00:00Z`) : NaN;
  return !Number.isNaN(Number(day)) && day.toISOString().startsWith(value);
}

function isMinisignKey(value) {
  const key = typeof value === "string" ? base64.decode(value) : [];
  return key.length === MINISIGN_KEY_BYTES && String.fromCharCode(key[0], key[1]) === MINISIGN_ALGORITHM;
}
