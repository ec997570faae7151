// Opening what was sealed to a survivor. Only this module holds an identity, and only in the Worker.
import { Decrypter } from "age-encryption";
import { recipientOfSeed } from "./age.js";
import { HybridIdentity } from "./hybrid.js";

/** One identity of a survivor: that of their words, or one that they inherited. */
export class Identity {
  /** `seed` has 32 bytes; `locator` and `verifyKey` (hex) are those of its thread. */
  constructor({ seed, locator, verifyKey }) {
    Object.assign(this, { locator, verifyKey });
    this.recipient = recipientOfSeed(seed);
    this.decrypters = [new Decrypter(), new Decrypter()];
    this.secret = new HybridIdentity(seed);
    this.decrypters[0].addIdentity(this.secret);
    // Letters to the panel and the survivor have the survivor's stanza last: trying that one first halves the work.
    this.decrypters[1].addIdentity({ unwrapFileKey: (stanzas) => this.secret.unwrapFileKey([...stanzas].reverse()) });
  }

  /** Return the whole text of a sealed file, or null when this identity does not open it. `isLast`: where its stanza is likely to be. */
  async open(sealed, isLast) {
    try {
      return await this.decrypters[isLast ? 1 : 0].decrypt(sealed, "text");
    } catch {
      return null;
    }
  }

  /** Overwrite the key. */
  forget() {
    this.secret.forget();
  }
}
