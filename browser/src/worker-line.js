// The Worker of the phone line: all that the page of somebody who comes back can ask, and what only a call needs.
import { ALARMS } from "./alarms.js";
import { CALLS } from "./calls.js";
import { Reader } from "./reader.js";
import { returning } from "./returning.js";
import { Held, SEALING, serve } from "./tasks.js";

const held = new Held(Reader);

serve({ ...SEALING, ...held.writing, ...returning(held), ...CALLS, ...ALARMS });
