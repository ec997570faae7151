// What a thread holds, opened and held against its signatures. Nothing that fails is passed on as what it claims to be.
import { LABEL_NOTICE, LABEL_THREAD_LETTER, NOTICE_KINDS } from "./constants.generated.js";
import { holdsCard } from "./chain.js";
import { parseLetter } from "./letter.js";
import { parseNotice } from "./notice.js";
import { fromHex } from "./octets.js";
import { Identity } from "./opening.js";
import { isSigned } from "./signing.js";

const PANEL_FIRST = ["account", "addition", "choices", "withdrawal", "replacement"];

/**
 * Return the view of a thread. `sealed` gives an entry's bytes or null; `identity` is that of the words; `cards` the chain.
 * `known` (a Map) keeps what was opened and checked, so that what is fetched in two goes is opened once.
 *
 * A reason says why something is not shown as what it claims to be: "form", "inquiry", "thread", "recipient", "card",
 * "signature", "order".
 */
export async function readThread({ index, sealed, identity, cards, known }) {
  const opened = await openAll(index.entries, sealed, identity, known);
  const letters = inOrder(opened.filter(({ entry }) => PANEL_FIRST.includes(entry.kind)).map((one) => (one.letter ??= readOwn(one, cards))), opened.identities);
  const pins = letters.filter(({ status }) => status === "ok").map(({ card }) => card);
  const isPinned = pins.every((card) => holdsCard(cards, card));
  const notices = opened.filter(({ entry }) => Object.hasOwn(NOTICE_KINDS, entry.kind)).map((one) => readNotice(one, cards, isPinned));
  const [draft] = opened.filter(({ entry }) => entry.kind === "draft").map((one) => readOwn(one, cards));
  const reads = letters.map(shown);
  const history = letters.filter(({ status, consents }) => status === "ok" && consents.length > 0).map(({ consents }) => choicesOf(consents));
  const isUnseen = areChoicesUnseen(letters);
  return {
    state: index.state,
    sequence: nextPlace(letters, notices, identity),
    reads,
    notices: notices.map(({ through, ...notice }) => notice),
    arrived: arrival(index.entries, notices),
    choices: isUnseen ? [] : history[history.length - 1] ?? [],
    choicesUnseen: isUnseen,
    choicesHistory: history,
    draft: draft ? shown(draft) : null,
    replaces: opened.identities.length > 1,
  };
}

/** Open every entry whose bytes are here, with the words' own identity or one that an inheritance holds. */
async function openAll(entries, sealed, identity, known) {
  const identities = [identity];
  const opened = [];
  // Inheritances first, nearest first: each may hold what opens the next.
  const inheritances = entries.filter(({ kind }) => kind === "inheritance");
  for (const _ of inheritances) await inherit(inheritances, sealed, identities);
  for (const entry of entries) {
    const name = `${entry.kind}/${entry.locator}/${entry.digest}`;
    const one = known.get(name) ?? (await openEntry(entry, sealed(entry), identities));
    if (one === null) continue;
    // What does not open may do so once a further inheritance is here.
    if (one.identity) known.set(name, one);
    opened.push(one);
  }
  return Object.assign(opened, { identities });
}

/** Return an entry with what is in it, or null while its bytes are not here. */
async function openEntry(entry, bytes, identities) {
  if (bytes === null) return entry.parts > 0 ? null : { entry, text: null, erased: true };
  return { entry, ...(await openOne(entry, bytes, identities)) };
}

async function openOne(entry, bytes, identities) {
  const likely = identities.filter(({ locator }) => locator === entry.locator);
  const isLast = PANEL_FIRST.includes(entry.kind);
  for (const identity of [...likely, ...identities.filter((one) => !likely.includes(one))]) {
    const text = await identity.open(bytes, isLast);
    if (text !== null) return { text, identity };
  }
  return { text: null };
}

async function inherit(inheritances, sealed, identities) {
  const known = identities[identities.length - 1];
  const entry = inheritances.find(({ locator }) => locator === known.locator);
  const bytes = entry && sealed(entry);
  const text = bytes ? await known.open(bytes, false) : null;
  if (text === null) return;
  try {
    const letter = parseLetter(text);
    if (letter.kind !== "inheritance" || !isOurs(letter, known)) return;
    const { locator, verify_key: verifyKey, identity: seed } = letter.change;
    identities.push(new Identity({ seed: fromHex(seed), locator, verifyKey }));
  } catch {
    // What is no inheritance opens nothing.
  }
}

const isOurs = (letter, { locator, verifyKey }) =>
  letter.locator === locator && letter.thread.verify_key === verifyKey &&
  isSigned(LABEL_THREAD_LETTER, letter.unsigned, letter.signature, verifyKey);

function readOwn({ entry, text, identity, erased }, cards) {
  const blank = { digest: entry.digest, kind: entry.kind, locator: entry.locator, answers: [], consents: [], own: true, sequence: 0, status: "ok", reason: "" };
  if (erased) return { ...blank, status: "erased" };
  if (text === null) return { ...blank, status: "unreadable", reason: "unreadable" };
  let letter;
  try {
    letter = parseLetter(text);
  } catch {
    return { ...blank, status: "warning", reason: "form" };
  }
  const reason = wrongWith(letter, entry, identity, cards);
  if (reason) return { ...blank, status: "warning", reason };
  const { answers, consents, sequence, card } = letter;
  return { ...blank, answers, consents, sequence, card };
}

function wrongWith(letter, entry, identity, cards) {
  if (letter.kind !== entry.kind) return "form";
  if (letter.inquiry !== cards[0].inquiry) return "inquiry";
  if (letter.locator !== identity.locator || entry.locator !== identity.locator) return "thread";
  if (letter.kind === "account") return letter.thread?.verify_key === identity.verifyKey ? "" : "signature";
  return isOurs(letter, identity) ? "" : "signature";
}

/** Sort by thread, the oldest words first, then by place. Of two letters for one place, neither counts. */
function inOrder(letters, identities) {
  const age = new Map(identities.map(({ locator }, at) => [locator, -at]));
  const places = new Map();
  for (const { locator, sequence, status } of letters) {
    const place = `${locator}/${sequence}`;
    if (status === "ok") places.set(place, (places.get(place) ?? 0) + 1);
  }
  const judged = letters.map((letter) => (letter.status === "ok" && places.get(`${letter.locator}/${letter.sequence}`) > 1
    ? { ...letter, answers: [], consents: [], status: "warning", reason: "order" } : letter));
  return placed(judged)
    .sort(([one, place], [other, otherPlace]) => (age.get(one.locator) ?? 0) - (age.get(other.locator) ?? 0) || place - otherPlace)
    .map(([letter]) => letter);
}

/** Return each letter with its place. One that could not be opened follows what the service lists before it. */
function placed(letters) {
  const last = new Map();
  return letters.map((letter) => {
    const isKnown = letter.status === "ok" || letter.reason === "order";
    const place = isKnown ? letter.sequence : last.get(letter.locator) ?? 0;
    last.set(letter.locator, Math.max(last.get(letter.locator) ?? 0, place));
    return [letter, place];
  });
}

/** Say whether the letter whose choices count is erased here, or these words do not open it. */
function areChoicesUnseen(letters) {
  const [newest] = letters.filter(({ kind }) => kind === "account" || kind === "choices").slice(-1);
  return Boolean(newest) && (newest.status === "erased" || newest.status === "unreadable");
}

function readNotice({ entry, text, identity }, cards, isPinned) {
  const blank = { digest: entry.digest, kind: entry.kind, sequence: 0, text: "", language: "en", digests: [], days: 0, through: 0, status: "warning" };
  if (text === null) return { ...blank, reason: "unreadable" };
  let notice;
  try {
    notice = parseNotice(text);
  } catch {
    return { ...blank, reason: "form" };
  }
  const reason = suspicion(notice, entry, identity, cards, isPinned);
  if (reason) return { ...blank, reason };
  const { sequence, language, digests, days, through } = notice;
  return { ...blank, sequence, text: notice.text, language, digests, days, through, status: "ok", reason: "" };
}

/** Return why a notice that opened is not an answer to these words, or "". */
function suspicion(notice, entry, identity, cards, isPinned) {
  const card = cards.find(({ epoch }) => epoch === notice.epoch);
  if (notice.kind !== entry.kind) return "form";
  if (notice.inquiry !== cards[0].inquiry) return "inquiry";
  if (notice.locator !== identity.locator) return "thread";
  if (notice.recipient !== identity.recipient) return "recipient";
  if (!card || !isPinned) return "card";
  return isSigned(LABEL_NOTICE, notice.unsigned, notice.signature, card.verify_key) ? "" : "signature";
}

/** Say whether the newest arrival receipt names every letter that went to the panel. */
function arrival(entries, notices) {
  const receipts = notices.filter(({ kind, status }) => kind === "arrival" && status === "ok");
  if (receipts.length === 0) return "none";
  const named = new Set(receipts.flatMap(({ digests }) => digests));
  return entries.filter(({ kind }) => PANEL_FIRST.includes(kind)).every(({ digest }) => named.has(digest)) ? "all" : "some";
}

function nextPlace(letters, notices, identity) {
  const own = letters.filter(({ status, locator }) => status === "ok" && locator === identity.locator).map(({ sequence }) => sequence + 1);
  const arrived = notices.filter(({ kind, status, through }) => kind === "arrival" && status === "ok" && through > 0).map(({ through }) => through + 1);
  return Math.max(0, ...own, ...arrived);
}

const choicesOf = (consents) => consents.map(({ id, question, chosen }) => ({ id, question, value: chosen[0].value, label: chosen[0].label }));

const shown = ({ locator, card, ...letter }) => letter;

