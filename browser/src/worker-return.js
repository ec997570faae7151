// The Worker of the page where somebody comes back: it opens, and does all that the form's does, since a draft may be gone on with.
import { Reader } from "./reader.js";
import { returning } from "./returning.js";
import { Held, SEALING, serve } from "./tasks.js";

const held = new Held(Reader);

serve({ ...SEALING, ...held.writing, ...returning(held) });
