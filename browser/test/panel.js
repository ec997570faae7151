// The panel of the vectors, and the safeguarding lead: each opens what was sealed to its card.
import { createHash } from "node:crypto";
import { bech32 } from "@scure/base";
import { Decrypter } from "age-encryption";
import { FRAME_BYTES } from "../src/constants.generated.js";

/** The own seed of who is named so, as tests/vectors/build.py derives it: HKDF of the published root. */
async function identityOf(name) {
  const root = createHash("sha256").update(`heard test vector: ${name}`).digest();
  const key = await crypto.subtle.importKey("raw", root, "HKDF", false, ["deriveBits"]);
  const info = new TextEncoder().encode("heard/v1/panel/age");
  const seed = await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info }, key, 256);
  return bech32.encodeFromBytes("AGE-SECRET-KEY-PQ-", new Uint8Array(seed)).toUpperCase();
}

/** What is inside the letter of a submission, for the panel or who else is named. */
export async function opened(body, name = "panel 1") {
  const decrypter = new Decrypter();
  decrypter.addIdentity(await identityOf(name));
  return JSON.parse(await decrypter.decrypt(new Uint8Array(body).slice(FRAME_BYTES), "text"));
}
