// What a call adds to sealing: what there is of it, sent by the caller's agreement while it lasts. docs/sealing.md, "Calls".
import { sha256 } from "@noble/hashes/sha2.js";
import { ACCESS_BYTES, CALL_BYTES, LOCATOR_BYTES } from "./constants.generated.js";
import { throwawayRecipient } from "./age.js";
import { toHex } from "./octets.js";
import { randomBytes } from "./randomness.js";
import { submission } from "./tasks.js";
import { makeRequest, openAnswer } from "./visit.js";

const NOTHING = { answers: [], consents: [] };

// Where each part of a call stands at the intake: random, known to this Worker alone, and gone with it. The same part again takes
// the place of what stands there.
const slots = new Map();
let erasing = [];

function slotOf({ id, part }) {
  const name = `${id}/${part}`;
  if (!slots.has(name)) {
    const access = randomBytes(ACCESS_BYTES);
    slots.set(name, { locator: randomBytes(LOCATOR_BYTES), access, accessHash: sha256(access), thread: null });
  }
  return slots.get(name);
}

/** The name of a new call. It is inside sealed parts alone: whoever keeps it elsewhere keeps what links them. */
const call = () => ({ call: toHex(randomBytes(CALL_BYTES)) });

/** Seal what there is of a call as a part of it, or the wish that all its parts be destroyed. `call`: {id, part, taken_back}. */
const unfinished = ({ letter, call }, tell) =>
  submission("unfinished", call.taken_back ? { ...letter, ...NOTHING } : letter, { ...slotOf(call), recipient: throwawayRecipient() }, call, tell);

/** Return the request that erases a part that no bundle carries yet. */
function erase({ call }) {
  const slot = slotOf(call);
  const request = makeRequest(slot, "discard");
  erasing = [{ slot, request }];
  return { requests: [request.body] };
}

/** Say what became of it: "stored" when nothing of the part is left, "gone" when a bundle has it, "none" when there was nothing. */
function erased({ answers: [answer] }) {
  const { slot, request } = erasing.shift();
  return { status: openAnswer(slot, request, answer)?.status ?? "none" };
}

export const CALLS = { call, unfinished, erase, erased };
