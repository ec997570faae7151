// Requests to /thread: the Worker makes them and reads the answers, the page only moves bytes.
import { VISIT_ANSWER_BYTES, VISIT_REQUEST_BYTES, VISIT_SLOT_BYTES } from "./constants.generated.js";
import { post } from "./form-post.js";

const LEAST = VISIT_REQUEST_BYTES + VISIT_SLOT_BYTES;

/** Send `requests` (ArrayBuffers) together. Resolves to their answers in the same order; rejects with Trouble. */
export const exchange = (requests) => Promise.all(requests.map((body) => post("/thread", body, LEAST, slot)));

async function slot(answer) {
  if (answer.status !== 200) return undefined;
  const content = await answer.arrayBuffer();
  return content.byteLength === VISIT_ANSWER_BYTES ? content : undefined;
}

/**
 * Put what `ask` seals (a function that resolves to {requests}) and resolve to what became of it, in the words of the Worker's `done`.
 *
 * When something else took its place in the thread meanwhile ("order"), it is sealed for the next place and sent once more.
 */
export async function put(sealer, ask) {
  const first = await once(sealer, ask);
  return first === "order" ? once(sealer, ask) : first;
}

async function once(sealer, ask) {
  const { requests } = await ask();
  let status = "none";
  for (const request of requests) {
    ({ status } = await sealer.ask("done", { answers: await exchange([request]) }));
    if (status !== "stored") break;
  }
  return status;
}
