// The Worker of the form: it seals an account, and drafts of it. It holds no code that opens anything.
import { Keeper } from "./keeper.js";
import { Held, SEALING, serve } from "./tasks.js";

serve({ ...SEALING, ...new Held(Keeper).writing });
