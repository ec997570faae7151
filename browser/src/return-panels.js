// One panel at a time, each for one thing that can be done with the words.
const byId = (id) => document.getElementById(id);

const headingIn = (part) => part.querySelector("[tabindex='-1']:is(h2, h3)");

export class Panels {
  constructor() {
    this.all = [...document.querySelectorAll("[data-panel]")];
    this.shown = null;
  }

  panel(name) {
    return this.all.find(({ dataset }) => dataset.panel === name);
  }

  /** Show one panel from its beginning. */
  show(name) {
    this.hide();
    this.shown = this.panel(name);
    const stages = [...this.shown.querySelectorAll("[data-stage]")];
    stages.forEach((stage, index) => { stage.hidden = index > 0; });
    this.shown.hidden = false;
    this.focus(this.shown);
  }

  /** Show one stage of the panel that is open, in place of the others. */
  stage(name) {
    for (const stage of this.shown.querySelectorAll("[data-stage]")) stage.hidden = stage.dataset.stage !== name;
    this.focus(this.shown.querySelector(`[data-stage="${name}"]`));
  }

  /** The name of the stage that is shown, if the panel that is open has any. */
  get stageShown() {
    return this.shown?.querySelector("[data-stage]:not([hidden])")?.dataset.stage;
  }

  focus(part) {
    const heading = headingIn(part);
    heading.focus();
    heading.scrollIntoView();
  }

  hide() {
    for (const panel of this.all) panel.hidden = true;
    this.shown = null;
  }

  /** Empty every field and list of every panel. */
  clear() {
    this.hide();
    for (const panel of this.all) {
      for (const field of panel.querySelectorAll("textarea, input[type=text]")) field.value = "";
      for (const field of panel.querySelectorAll("input:checked")) field.checked = false;
      for (const list of panel.querySelectorAll("[data-new-words]")) list.replaceChildren();
    }
    byId("return-change-fields").replaceChildren();
  }
}
