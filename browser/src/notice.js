// What the station says to one survivor: canonical JSON, signed by the panel. The same as crypto/notice.py.
import { NOTICE_KINDS, NOTICE_VERSION } from "./constants.generated.js";

const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;
const LOCATOR = /^[0-9a-f]{32}$/;
const HEX32 = /^[0-9a-f]{64}$/;
const HEX64 = /^[0-9a-f]{128}$/;
const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$/;
const RECIPIENT = /^age1pq1[02-9ac-hj-np-z]{1952}$/;
const MAX_NUMBER = 2 ** 31 - 1;
const FIELDS = [
  "version", "kind", "inquiry", "epoch", "locator", "recipient", "sequence", "digests", "through", "language", "text", "days",
  "valid_from", "valid_to", "signature",
];
const HOLD = "hold";
const MOST_HOLD_CHARACTERS = 2000;
const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;

/** Return the notice in `text`, which spaces may follow, and `unsigned`: what its signature covers. Throws for another form. */
export const parseNotice = (text) => parse(text.replace(/ +$/, ""), holdsRules);

/** Return the public notice of a legal hold in `text`, in the same way. The same as crypto/hold.py. */
export const parseHold = (text) => parse(text, isHold);

function parse(content, fits) {
  const parsed = JSON.parse(content);
  const notice = Object.fromEntries(FIELDS.map((name) => [name, parsed[name]]));
  if (JSON.stringify(notice) !== content || !fits(notice)) throw new Error("not a notice of version 1");
  const { signature, ...unsigned } = notice;
  return { ...notice, signature, unsigned: JSON.stringify(unsigned) };
}

/** A hold is public and never sealed to anybody: among sealed notices it is refused with every other form. */
const holdsRules = (notice) =>
  notice.version === NOTICE_VERSION && notice.kind !== HOLD && Object.hasOwn(NOTICE_KINDS, notice.kind) &&
  is(NAME, notice.inquiry) && isNumber(notice.epoch, 1) && is(LOCATOR, notice.locator) && is(RECIPIENT, notice.recipient) &&
  isNumber(notice.sequence, 1) && areDigests(notice.digests) &&
  isNumber(notice.through, 0) && (notice.through === 0 || notice.kind === "arrival") &&
  is(LANGUAGE, notice.language) && typeof notice.text === "string" && !notice.text.includes("\r") &&
  isNumber(notice.days, 0) && notice.days > 0 === (notice.kind === "destruction") &&
  notice.valid_from === "" && notice.valid_to === "" && is(HEX64, notice.signature);

const isHold = (notice) =>
  notice.version === NOTICE_VERSION && notice.kind === HOLD && is(NAME, notice.inquiry) && isNumber(notice.epoch, 1) &&
  notice.locator === "" && notice.recipient === "" && isNumber(notice.sequence, 1) &&
  areDigests(notice.digests) && notice.digests.length <= 1 && notice.through === 0 && notice.days === 0 &&
  is(LANGUAGE, notice.language) && isHoldText(notice.text) &&
  is(DAY, notice.valid_from) && is(DAY, notice.valid_to) && notice.valid_from <= notice.valid_to && is(HEX64, notice.signature);

// As Python counts: a pair of surrogates is one character.
const isHoldText = (text) =>
  typeof text === "string" && text.trim() !== "" && !text.includes("\r") && [...text].length <= MOST_HOLD_CHARACTERS;

const areDigests = (digests) =>
  Array.isArray(digests) && digests.every((digest, at) => is(HEX32, digest) && (at === 0 || digests[at - 1] < digest));

const is = (pattern, value) => typeof value === "string" && pattern.test(value);

const isNumber = (value, least) => Number.isInteger(value) && value >= least && value <= MAX_NUMBER;
