// Build the scripts and styles of both sites into intake/static/, with a manifest of their SHA-256, and the style sheet of the
// station's reading room into reviewer/room/static/.
//
//   node build.js           writes the files and prints their sizes
//   node build.js --check   rebuilds in memory, compares byte for byte, exits 1 naming each file that differs
//
// Beside each file that is served lies NAME.br, compressed. Another version of brotli writes other bytes for the same content, so
// those are compared by what they hold.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, brotliDecompressSync, constants, gzipSync } from "node:zlib";
import { bundleScript, compileStyles, licences, packageFolders } from "./bundle.js";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const STATIC = join(ROOT, "intake", "static");
const ROOM = join(ROOT, "reviewer", "room", "static");
const ROOM_STYLES = "room.css";
const MANIFEST = "manifest.json";
// What the site serves; the licences only lie beside it.
const SERVED = /\.(js|css|svg)$/;
const COMPRESSED = ".br";
const SCRIPTS = ["form", "return", "leave", "line", "call", "worker", "worker-return", "worker-line"];

/** Return every built file by name, the manifest last. */
async function build() {
  const scripts = await Promise.all(SCRIPTS.map((name) => bundleScript(`src/${name}.js`)));
  const files = new Map([
    ...SCRIPTS.map((name, at) => [`${name}.js`, scripts[at].bytes]),
    ["site.css", compileStyles("styles/site.scss")],
    ["call.css", compileStyles("styles/call.scss")],
    // An icon of nothing: what it is for stands in templates/survivor/base.html.
    ["nothing.svg", readFileSync("styles/nothing.svg")],
    ["licences.txt", licences(packageFolders(scripts.flatMap(({ inputs }) => inputs)))],
  ]);
  const served = [...files].filter(([name]) => SERVED.test(name));
  served.forEach(([name, bytes]) => files.set(name + COMPRESSED, compressed(bytes)));
  files.set(MANIFEST, manifest(files));
  return files.set(ROOM_STYLES, compileStyles("styles/room.scss"));
}

const pathOf = (name) => join(name === ROOM_STYLES ? ROOM : STATIC, name);

const compressed = (bytes) =>
  brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });

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
  for (const [name, bytes] of files) writeFileSync(pathOf(name), bytes);
  for (const [name, bytes] of files) {
    const small = files.get(name + COMPRESSED);
    if (small) console.log(`${name}: ${bytes.length} bytes, gzip ${gzipSync(bytes, { level: 9 }).length}, brotli ${small.length}`);
  }
}

/** Print the files that differ from the committed ones, and return how many. */
function compare(files) {
  const different = [...files].filter(([name, bytes]) => {
    const committed = pathOf(name);
    if (!existsSync(committed)) return true;
    const content = readFileSync(committed);
    return name.endsWith(COMPRESSED) ? !holdsTheSame(content, bytes) : !bytes.equals(content);
  });
  for (const [name] of different) console.error(`${relative(ROOT, pathOf(name))} differs from its sources; run: npm --prefix browser run build`);
  return different.length;
}

function holdsTheSame(one, other) {
  try {
    return brotliDecompressSync(one).equals(brotliDecompressSync(other));
  } catch {
    return false;
  }
}

for (const folder of [STATIC, ROOM]) mkdirSync(folder, { recursive: true });
try {
  const files = await build();
  if (process.argv.includes("--check")) process.exitCode = compare(files) ? 1 : 0;
  else write(files);
} catch (error) {
  console.error(`The browser bundle could not be built: ${error.message}`);
  process.exitCode = 1;
}
