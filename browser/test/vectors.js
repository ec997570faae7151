// The vectors that Python wrote: one copy for both, read in place.
import { readFileSync } from "node:fs";

export const read = (name) => JSON.parse(readFileSync(new URL(`../../tests/vectors/${name}.json`, import.meta.url), "utf8"));
