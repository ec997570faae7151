// A record of danger for the safeguarding lead: sealed to the lead's own card, outside the account store, and part of no call.
import { isHalf } from "./form-answers.js";
import { Trouble } from "./form-post.js";
import { deliver } from "./form-sending.js";
import { text } from "./form-texts.js";

const TEXTS = ["said", "who", "done", "more"];
const TROUBLE = ["offline", "busy", "signed-out", "locked"];

const byId = (id) => document.getElementById(id);

const field = (name) => byId(`line-danger-${name}`);

export class Danger {
  constructor(page) {
    this.page = page;
    this.isWorking = false;
    byId("line-danger-send").addEventListener("click", () => this.send());
  }

  /** Let the Worker take the lead's card. Without a sound one there is no record, and the page says what to do instead. */
  async prepare({ leadCard: card, today }) {
    const isReady = Boolean(card) && (await this.page.sealer.ask("prepare-lead", { card, today }).then(() => true, () => false));
    byId("line-danger-record").hidden = !isReady;
    byId("line-danger-no-record").hidden = isReady;
  }

  get called() {
    return [...document.querySelectorAll("#line-danger-called input:checked")].map(({ value }) => value);
  }

  get isTouched() {
    return TEXTS.some((name) => field(name).value.trim()) || this.called.length > 0;
  }

  record() {
    const { language, channel } = this.page.root.dataset;
    const texts = Object.fromEntries(TEXTS.map((name) => [name, field(name).value]));
    return { channel, language, day: byId("service").dataset.today, ...texts, called: this.called };
  }

  async send() {
    if (this.isWorking) return;
    const record = this.record();
    const written = TEXTS.map((name) => record[name]);
    if (!written.some((typed) => typed.trim())) this.say("danger-empty", field("said"));
    else if (written.some(isHalf)) this.say("danger-half");
    else await this.deliver(record);
  }

  async deliver(record) {
    this.isWorking = byId("line-danger-send").disabled = true;
    try {
      const { body } = await this.page.sealer.ask("danger", { record });
      await deliver(body);
      this.empty();
      this.say("danger-sent");
    } catch (failure) {
      const word = failure instanceof Trouble && TROUBLE.includes(failure.word) ? failure.word : "refused";
      this.say(failure.word === "too-long" ? "danger-long" : `danger-${word}`);
      this.page.connection.tell(word === "refused" ? "stored" : word);
    } finally {
      this.isWorking = byId("line-danger-send").disabled = false;
    }
  }

  say(name, place = null) {
    const line = byId("line-danger-told");
    line.textContent = text(name);
    line.hidden = false;
    (place ?? line).focus();
  }

  empty() {
    for (const name of TEXTS) field(name).value = "";
    for (const box of document.querySelectorAll("#line-danger-called input:checked")) box.checked = false;
    byId("line-danger-told").hidden = true;
  }
}
