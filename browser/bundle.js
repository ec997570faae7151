// How each file of intake/static/ is made, in memory: the same bytes on every run and every machine.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import * as sass from "sass";

const HERE = dirname(fileURLToPath(import.meta.url));
// What age-encryption brings for files that nobody here makes or opens: see the modules that stand for it.
const LEFT_OUT = { "@noble/hashes/scrypt.js": "./src/passphrase.js", "@noble/curves/nist.js": "./src/curves.js" };
const NOTICE = "/*! Heard, AGPL-3.0-or-later. The licences of its parts: intake/static/licences.txt in its source. */";

/**
 * Bundle one script. `entry` is relative to browser/.
 *
 * Returns its bytes and the files that went into it, relative to browser/. Throws on any warning.
 */
export async function bundleScript(entry) {
  needed(entry);
  const result = await esbuild.build({
    absWorkingDir: HERE,
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    format: "iife",
    platform: "browser",
    target: "es2020",
    minify: true,
    sourcemap: false,
    legalComments: "none",
    banner: { js: NOTICE },
    logLevel: "silent",
    alias: LEFT_OUT,
    // The variables of the environment that esbuild would read otherwise.
    define: { "process.env.NODE_ENV": '"production"' },
  });
  if (result.warnings.length) throw new Error(esbuild.formatMessagesSync(result.warnings, { kind: "warning" }).join(""));
  return { bytes: Buffer.from(result.outputFiles[0].contents), inputs: Object.keys(result.metafile.inputs) };
}

/** Compile one style sheet. `entry` is relative to browser/. Throws on any warning about our own files. */
export function compileStyles(entry) {
  needed(entry);
  const { css } = sass.compile(join(HERE, entry), {
    loadPaths: [join(HERE, "node_modules")],
    style: "compressed",
    charset: false,
    quietDeps: true,
    logger: { warn: (message) => { throw new Error(`${entry}: ${message}`); } },
  });
  return Buffer.from(css.endsWith("\n") ? css : css + "\n");
}

/** Return the folders of the packages that `inputs` come from, sorted, each once. */
export function packageFolders(inputs) {
  const folders = inputs.map((input) => input.match(/^(?:node_modules\/(?:@[^/]+\/)?[^/]+\/)+/)).filter(Boolean);
  return [...new Set(folders.map(([folder]) => folder.slice(0, -1)))].sort();
}

/** Return the licences of `folders` and of what has its licence under browser/licences/, as one text. */
export function licences(folders) {
  const ours = ["node_modules/govuk-frontend"].filter((folder) => !folders.includes(folder));
  const parts = [...folders, ...ours].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(HERE, folder, "package.json"), "utf8"));
    const kept = join("licences", `${name.replace("/", "-")}.txt`);
    const source = existsSync(join(HERE, kept)) ? kept : join(folder, "LICENSE");
    return section(`${name} ${version} (${license})`, source);
  });
  const intro = "The scripts and styles of this service contain the work of others, under these licences.\n";
  return Buffer.from([intro, ...parts, section("The list of return words", "../deploy/wordlist/NOTICES.txt")].join("\n"));
}

function section(title, source) {
  needed(source);
  return `${"=".repeat(72)}\n${title}\n\n${readFileSync(join(HERE, source), "utf8").replace(/\r\n/g, "\n").trim()}\n`;
}

function needed(file) {
  if (!existsSync(join(HERE, file))) throw new Error(`${relative(dirname(HERE), join(HERE, file))} is missing`);
}
