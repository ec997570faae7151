// The survivors' own page where they come back: a draft is gone on with in the form.
import { Cover } from "./form-device.js";
import { fill } from "./form-filling.js";
import { Journey } from "./form-journey.js";
import { fillAgain } from "./form-language.js";
import { ReturnPage } from "./return-page.js";

const byId = (id) => document.getElementById(id);

export class ReturnForm extends ReturnPage {
  /** `template` holds the inert journey, whose questions and choices are the form's. */
  constructor(sealer, cards, template, options) {
    super(sealer, cards, { ...options, journey: template.content.querySelector("#journey") });
    this.template = template;
  }

  begin() {
    this.cover = new Cover();
    super.begin();
  }

  end() {
    const journey = this.journey?.end();
    this.cover.end();
    return { ...super.end(), journey };
  }

  showAgain({ journey }, kept) {
    if (journey) this.goOn(journey, kept);
    else this.show();
  }

  /** Go on writing. `before`: the same form in another language, `kept`: what was typed there. */
  goOn(before = null, kept = new Map()) {
    this.thread.clear();
    byId("return-place").replaceChildren(this.template.content.cloneNode(true));
    const root = byId("journey");
    root.hidden = false;
    fill(root, this.view.draft);
    fillAgain(kept);
    this.journey = new Journey(root, this.sealer, this.cards, this.cover, this.words);
    this.journey.broken = () => this.broken("failure");
    this.journey.begin(before);
  }

  get isUnsaved() {
    return super.isUnsaved || (!this.closed && Boolean(this.journey?.isUnsaved));
  }

  clear() {
    this.cover.end();
    this.journey?.leave();
    byId("return-place").replaceChildren();
    super.clear();
  }
}
