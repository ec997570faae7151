// Build the scripts and styles of the survivors' site into intake/static/, with a manifest of their SHA-256.
//
//   node build.js           writes the files and prints their sizes
//   node build.js --check   rebuilds in memory, compares byte for byte, exits 1 naming each file that differs
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { bundleScript, compileStyles, licences, packageFolders } from "./bundle.js";

const STATIC = join(dirname(fileURLToPath(import.meta.url)), "..", "intake", "static");
const MANIFEST = "manifest.json";
// What the site serves; the licences only lie beside it.
const SERVED = /\.(js|css)$/;

/** Return every built file by name, the manifest last. */
async function build() {
  const [form, back, worker] = await Promise.all(["src/form.js", "src/return.js", "src/worker.js"].map(bundleScript));
  const files = new Map([
    ["form.js", form.bytes],
    ["return.js", back.bytes],
    ["worker.js", worker.bytes],
    ["site.css", compileStyles("styles/site.scss")],
    ["licences.txt", licences(packageFolders([...form.inputs, ...back.inputs, ...worker.inputs]))],
  ]);
  return files.set(MANIFEST, manifest(files));
}

/** Return the manifest of every script and style sheet, built here or kept in intake/static/. */
function manifest(built) {
  const names = [...new Set([...built.keys(), ...readdirSync(STATIC)])].filter((name) => SERVED.test(name)).sort();
  const entries = names.map((name) => {
    const digest = createHash("sha256").update(built.get(name) || readFileSync(join(STATIC, name))).digest();
    return [name, { sha256: digest.toString("hex"), integrity: `sha256-${digest.toString("base64")}` }];
  });
  return Buffer.from(JSON.stringify(Object.fromEntries(entries), null, 2) + "\n");
}

function write(files) {
  for (const [name, bytes] of files) writeFileSync(join(STATIC, name), bytes);
  for (const [name, bytes] of files) {
    console.log(`${name}: ${bytes.length} bytes, gzip ${gzipSync(bytes, { level: 9 }).length}, brotli ${brotliCompressSync(bytes).length}`);
  }
}

/** Print the files that differ from the committed ones, and return how many. */
function compare(files) {
  const different = [...files].filter(([name, bytes]) => {
    const committed = join(STATIC, name);
    return !existsSync(committed) || !bytes.equals(readFileSync(committed));
  });
  for (const [name] of different) console.error(`intake/static/${name} differs from its sources; run: npm --prefix browser run build`);
  return different.length;
}

mkdirSync(STATIC, { recursive: true });
try {
  const files = await build();
  if (process.argv.includes("--check")) process.exitCode = compare(files) ? 1 : 0;
  else write(files);
} catch (error) {
  console.error(`The browser bundle could not be built: ${error.message}`);
  process.exitCode = 1;
}
