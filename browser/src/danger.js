// A record of danger for the safeguarding lead: one canonical JSON object. The same bytes as `crypto.danger.encode_danger`.
import { LINE_CHANNELS, RECORD_VERSION } from "./constants.generated.js";
import { isDate } from "./card.js";
import { Refusal } from "./refusal.js";

const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;
const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$/;
const HEX32 = /^[0-9a-f]{64}$/;
const LOCATOR = /^[0-9a-f]{32}$/;
const MAX_NUMBER = 2 ** 31 - 1;
const LONE_SURROGATE = /[\ud800-\udfff]/u;

const lines = (text) => (typeof text === "string" ? text.replace(/\r\n?/g, "\n") : text);

/**
 * Return the canonical JSON of one record.
 *
 * `record` is what the page knows (channel, language, day, said, who, done, called, more); `envelope` what the Worker adds:
 * inquiry, epoch, card and locator (hexadecimal). Refuses with "text" when half a character is anywhere in it. Throws when a
 * field is not what version 1 allows, because the lead's station would set such a record aside.
 */
export function encodeDanger({ channel, language, day, said, who, done, called, more }, { inquiry, epoch, card, locator }) {
  const texts = [said, who, done, more].map(lines);
  const composed = {
    version: RECORD_VERSION, kind: "danger", inquiry, epoch, card, channel, language, locator, day,
    said: texts[0], who: texts[1], done: texts[2], called: called.map(lines), more: texts[3],
  };
  const all = [...texts, ...composed.called];
  if (all.some((text) => typeof text === "string" && LONE_SURROGATE.test(text))) throw new Refusal("text");
  if (!holdsRules(composed) || !all.every(isText) || !texts.some(says) || !composed.called.every(says)) {
    throw new Error("a field is not in the form of version 1");
  }
  return JSON.stringify(composed);
}

const holdsRules = ({ inquiry, epoch, card, channel, language, locator, day }) =>
  is(NAME, inquiry) && Number.isInteger(epoch) && epoch >= 1 && epoch <= MAX_NUMBER && is(HEX32, card) &&
  LINE_CHANNELS.includes(channel) && is(LANGUAGE, language) && is(LOCATOR, locator) && isDate(day);

const is = (pattern, value) => typeof value === "string" && pattern.test(value);

const isText = (value) => typeof value === "string";

// All that Python's str.strip() takes away, and the little more that a browser calls white space.
const says = (text) => isText(text) && text.replace(/[\s\u001c-\u001f\u0085]/g, "") !== "";
