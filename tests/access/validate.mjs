// Reads {name: HTML} as JSON and writes a list of what html-validate says of each: "name, line: rule: message".
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";

const near = createRequire(new URL("../../browser/package.json", import.meta.url));
const { HtmlValidate, StaticConfigLoader } = near("html-validate");

// What the standard says, without taste. Two exceptions, for which docs/accessibility-tests.md has the reasons.
const validator = new HtmlValidate(new StaticConfigLoader({
  root: true,
  extends: ["html-validate:standard"],
  rules: { "no-dup-attr": "error", "no-dup-id": "error", "close-order": "error", "valid-for": "error", "no-missing-references": "error" },
}));
const MEANT = [
  ["valid-autocomplete", /^autocomplete attribute cannot be used on <input type="(radio|checkbox)">$/],
  ["no-missing-references", /^Element references missing id "f"$/],
];

const lines = [];
for (const [name, html] of Object.entries(JSON.parse(await text(process.stdin)))) {
  const { results } = await validator.validateString(html);
  for (const { ruleId, message, line } of results.flatMap(({ messages }) => messages)) {
    if (!MEANT.some(([rule, words]) => rule === ruleId && words.test(message))) lines.push(`${name}, ${line}: ${ruleId}: ${message}`);
  }
}
process.stdout.write(JSON.stringify(lines));
