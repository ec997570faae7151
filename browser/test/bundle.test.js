// What the bundles hold, and what they must not.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bundleScript, licences, packageFolders } from "../bundle.js";
import { WORDS } from "../src/wordlist.js";

const SENDING = /\b(fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|importScripts|indexedDB|caches|BroadcastChannel)\b/;

const worker = await bundleScript("src/worker.js");
const form = await bundleScript("src/form.js");
const returning = await bundleScript("src/worker-return.js");
const back = await bundleScript("src/return.js");

/** What opens letters, of all that went into a script. */
const opening = ({ inputs }) => inputs.filter((input) => /^src\/(opening|hybrid|reader|view)\.js$/.test(input));

test("the same bytes on each run", async () => {
  assert.deepEqual((await bundleScript("src/worker.js")).bytes, worker.bytes);
});

test("the form's Worker holds nothing that opens a letter", () => {
  assert.deepEqual(opening(worker), []);
  assert.deepEqual(opening(returning).length, 4);
});

test("neither Worker knows passphrases or the curves of other recipients", () => {
  for (const { inputs } of [worker, returning]) {
    assert.ok(!inputs.some((input) => /scrypt|nist/.test(input)));
    assert.ok(inputs.includes("src/passphrase.js") && inputs.includes("src/curves.js"));
  }
});

test("the Worker cannot send or keep anything", () => {
  // One operation of a visit has this name: as a key with its code, and as an argument. Never as a property that is called.
  for (const { bytes } of [worker, returning]) {
    const script = bytes.toString();
    assert.doesNotMatch(script, /\[["'`]fetch["'`]\]/);
    assert.doesNotMatch(script.replace(/\bfetch:2\b|\("fetch",/g, ""), SENDING);
  }
  assert.match('self.fetch("/")', SENDING);
});

test("the list of words is shipped once to a page, in its Worker", () => {
  for (const [page, own] of [[form, worker], [back, returning]]) {
    assert.ok(own.inputs.includes("src/wordlist.generated.js"));
    assert.ok(!page.inputs.includes("src/wordlist.generated.js"));
    assert.deepEqual(page.inputs.filter((input) => input.startsWith("node_modules/")), []);
  }
});

test("no package is bundled in two versions", () => {
  const names = packageFolders(worker.inputs).map((folder) => folder.split("node_modules/").pop());
  assert.ok(names.includes("@noble/hashes"));
  assert.equal(new Set(names).size, names.length);
});

test("no source map and no panel secret", () => {
  const text = worker.bytes.toString();
  assert.doesNotMatch(text, /sourceMappingURL|heard\/v1\/panel\//);
});

test("every bundled package has its licence beside the scripts", () => {
  const text = licences(packageFolders(worker.inputs)).toString();
  for (const name of ["age-encryption", "hash-wasm", "@noble/post-quantum", "govuk-frontend", "return words"]) {
    assert.ok(text.includes(name), name);
  }
  assert.equal(text.match(/MIT License/gi).length >= 5, true);
  assert.throws(() => licences(["node_modules/is-extglob/none"]));
});

test("a missing entry is named", async () => {
  await assert.rejects(bundleScript("src/missing.js"), { message: "browser/src/missing.js is missing" });
});

test("the list has its length and is sorted", () => {
  assert.equal(WORDS.length, 7424);
  assert.deepEqual([...WORDS].sort(), WORDS);
});

test("what stands for the curves has their lengths, and refuses", async () => {
  const [ours, whole] = await Promise.all([import("../src/curves.js"), import("@noble/curves/nist.js")]);
  for (const name of ["p256", "p384"]) {
    const { lengths, ...rest } = ours[name];
    for (const [what, length] of Object.entries(lengths)) assert.equal(length, whole[name].lengths[what], what);
    for (const use of [rest.Point.fromBytes, rest.utils.randomSecretKey, rest.getPublicKey, rest.getSharedSecret]) assert.throws(use, /not supported/);
  }
});
