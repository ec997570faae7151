// One call after another, each on a page that is loaded anew: a call, or a visit with the words of somebody who rings back.
import { halfCharacter, isTouched, readLetter } from "./form-answers.js";
import { fill } from "./form-filling.js";
import { askBeforeLeaving } from "./form-leaving.js";
import { cannotSeal } from "./form-starting.js";
import { text } from "./form-texts.js";
import { Call } from "./line-call.js";
import { Connection } from "./line-connection.js";
import { Danger } from "./line-danger.js";
import { Ending } from "./line-ending.js";
import { Keeping } from "./line-keeping.js";
import { Shortcuts } from "./line-keys.js";
import { Overlays } from "./line-overlays.js";
import { Presence } from "./line-presence.js";
import { RingBack } from "./line-ring-back.js";
import { WordsPanel } from "./line-words.js";

const byId = (id) => document.getElementById(id);

export class LinePage {
  /** `takesAccounts`: a new call may be sent today. `fingerprint`: {words, numbers} of the card. */
  constructor(sealer, cards, { takesAccounts, fingerprint }) {
    Object.assign(this, { sealer, cards, takesAccounts });
    this.root = byId("journey");
    this.overlays = new Overlays();
    this.connection = new Connection(() => this.keeping.now());
    this.keeping = new Keeping(sealer, cards, {
      read: () => (halfCharacter(this.root) ? null : readLetter(this.root)),
      blank: () => readLetter(this.root, []),
      tell: (status) => this.connection.tell(status),
    });
    this.words = new WordsPanel(sealer, this);
    this.call = new Call(this);
    this.ringBack = new RingBack(this);
    this.danger = new Danger(this);
    this.ending = new Ending(this);
    this.presence = new Presence(this, Number(byId("line-keeping").dataset.idle));
    this.isEnded = false;
    byId("fingerprint-words").textContent = fingerprint?.words.join(" ") ?? "";
    byId("fingerprint-numbers").textContent = fingerprint?.numbers.join(" ") ?? "";
  }

  begin() {
    byId("line-begin").hidden = !this.takesAccounts;
    byId("line-begin").addEventListener("click", () => this.startCall());
    byId("line-ring-back").addEventListener("click", () => this.startRingBack());
    byId("line-destroy-now").addEventListener("click", () => this.destroy());
    this.ending.listen();
    this.danger.prepare(byId("service").dataset);
    askBeforeLeaving(() => this.isUnsaved);
    // What a browser keeps for its Back button has nothing in it.
    addEventListener("pagehide", () => this.empty());
    addEventListener("pageshow", ({ persisted }) => { if (persisted) location.reload(); });
    byId("line-start").hidden = byId("line-keeping").hidden = false;
    this.ringBack.begin();
    this.shortcuts = new Shortcuts(this.overlays);
    this.keeping.show();
  }

  get isUnsaved() {
    if (this.danger.isTouched) return true;
    return !this.isEnded && ((this.ringBack.isUnsaved || isTouched(this.root)) && !this.keeping.isCurrent);
  }

  get channel() {
    return document.querySelector("input[name=line-channel]:checked").value;
  }

  /** Say, in script and in letters, how the person reaches us. */
  setChannel() {
    this.root.dataset.channel = this.channel;
    for (const part of document.querySelectorAll("[data-for-channel]")) part.hidden = part.dataset.forChannel !== this.channel;
    this.words.setNobody(this.channel === "letter");
  }

  startCall() {
    this.setChannel();
    byId("line-start").hidden = true;
    this.presence.begin();
    this.keeping.begin();
    this.call.begin();
  }

  startRingBack() {
    this.setChannel();
    byId("line-start").hidden = true;
    this.presence.begin();
    this.ringBack.ask();
  }

  restart() {
    byId("line-start").hidden = false;
    byId("line-title").focus();
  }

  /** Go on with a call that broke off: its draft, with the words that opened it. */
  resume(words, draft) {
    byId("line-returning").hidden = true;
    fill(this.root, draft);
    this.words.known(words);
    this.keeping.begin();
    this.keeping.useWords(null);
    this.call.begin("account");
    this.say("resumed");
  }

  /** The caller has repeated the words. */
  wordsHeld(words) {
    this.keeping.useWords(words);
    this.call.showWords();
  }

  async wordsDropped() {
    await this.keeping.forgetWords();
    this.call.showWords();
  }

  /** The Worker refused or died: nothing is sent, nothing typed is lost. */
  broken() {
    if (!this.isEnded) cannotSeal("failure");
  }

  /** Take everything of the call off the page. */
  empty() {
    this.isEnded = true;
    this.call.empty();
    this.ringBack.clear();
    this.words.empty();
    this.danger.empty();
    this.presence.end();
    this.overlays.empty();
    this.connection.hide();
  }

  async destroy() {
    this.overlays.close();
    this.empty();
    this.ending.show("destroyed");
    await this.ending.takeBack(() => this.keeping.drop());
  }

  /** It was sent. */
  finish() {
    const shown = this.words.held ? this.words.taken : null;
    this.empty();
    this.ending.show("sent", shown);
    // Nobody waits for this: the account has arrived.
    this.keeping.discard().finally(() => this.sealer.stop());
  }

  /** A visit with words has ended. */
  ended() {
    this.empty();
    this.ending.show("ended");
  }

  /** Say something above the step that is shown, without moving the focus: an alert is heard where one is. */
  tell(name, values) {
    const message = byId("line-message");
    message.hidden = false;
    message.textContent = text(name, values);
  }

  say(name, values) {
    this.tell(name, values);
    byId("line-message").focus();
  }
}
