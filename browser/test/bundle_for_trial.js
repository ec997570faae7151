// Writes the bundles that tests load into a real browser to the folder named: the real Worker, and the trial one.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleScript } from "../bundle.js";

const [folder] = process.argv.slice(2);
for (const [name, entry] of [["worker.js", "src/worker.js"], ["trial.js", "test/trial_worker.js"]]) {
  writeFileSync(join(folder, name), (await bundleScript(entry)).bytes);
}
