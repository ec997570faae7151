// Seals and opens for the Python tests: one JSON request on standard input, one JSON answer on standard output.
//   {"seal": {letter, words, readBack, card, today}}   -> {body (base64), digest}
//   {"open": {file (base64), identity}}                -> {text} or {error}
import { readFileSync } from "node:fs";
import { Decrypter } from "age-encryption";
import { ask, start } from "./host.js";

await start("worker");

async function seal({ card, today, ...request }) {
  const prepared = await ask({ type: "prepare", card, today });
  const { body, digest } = prepared.ok ? await ask({ type: "seal", ...request }) : prepared;
  return { body: body && Buffer.from(body).toString("base64"), digest };
}

async function open({ file, identity }) {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  try {
    return { text: await decrypter.decrypt(new Uint8Array(Buffer.from(file, "base64")), "text") };
  } catch (error) {
    return { error: error.message };
  }
}

const request = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify("seal" in request ? await seal(request.seal) : await open(request.open)));
