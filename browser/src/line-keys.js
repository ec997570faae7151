// Keyboard shortcuts: every element with data-shortcut is pressed by Alt and its key. Listed, and changeable until the page is left.
import { element } from "./form-answers.js";
import { text } from "./form-texts.js";

const byId = (id) => document.getElementById(id);

const KEY = /^[a-z0-9]$/;
const TYPING = "textarea, select, input:not([type=radio]):not([type=checkbox]), [contenteditable]";

/** The key of an event: as it is written on it, or where that is another sign with Alt, by its place. */
function keyOf({ key, code }) {
  const written = key.toLowerCase();
  return KEY.test(written) ? written : code.replace(/^(Key|Digit)/, "").toLowerCase();
}

// What a list that is folded away holds can be pressed as well.
const isShown = (part) => !part.closest("[hidden], dialog:not([open])");

export class Shortcuts {
  /** `overlays` are closed before something behind them is pressed. */
  constructor(overlays) {
    this.overlays = overlays;
    this.alone = byId("line-keys-alone");
    this.groups = this.grouped();
    byId("line-keys-list").replaceChildren(...this.groups.map((group, at) => this.line(group, at)));
    addEventListener("keydown", (event) => this.press(event));
  }

  /** Parts with one name share one key: only one of them is shown at a time. */
  grouped() {
    const groups = new Map();
    for (const part of document.querySelectorAll("[data-shortcut]")) {
      const name = part.textContent.trim();
      const [key] = part.dataset.shortcut;
      if (!groups.has(name)) groups.set(name, { name, key, parts: [] });
      groups.get(name).parts.push(part);
    }
    const all = [...groups.values()];
    for (const group of all) this.label(group);
    return all;
  }

  label({ key, parts }) {
    for (const part of parts) {
      part.setAttribute("aria-keyshortcuts", `Alt+${key.toUpperCase()}`);
      part.title = text("key", { key: key.toUpperCase() });
    }
  }

  line(group, at) {
    const line = document.createElement("li");
    const [label, field] = [element("label", group.name), document.createElement("input")];
    Object.assign(field, { id: `line-key-${at}`, type: "text", autocomplete: "off", value: group.key.toUpperCase(), className: "govuk-input govuk-input--width-2" });
    Object.assign(label, { htmlFor: field.id, className: "govuk-label" });
    field.addEventListener("change", () => this.change(group, field));
    line.append(label, field);
    return line;
  }

  change(group, field) {
    const key = field.value.trim().toLowerCase();
    const other = this.groups.find((one) => one !== group && one.key === key && this.meet(one, group));
    const problem = byId("line-keys-problem");
    const sentence = !KEY.test(key) ? text("key-wrong") : other ? text("key-taken", { key: key.toUpperCase(), other: other.name }) : "";
    problem.textContent = sentence;
    problem.hidden = !sentence;
    if (!sentence) {
      group.key = key;
      this.label(group);
    }
    field.value = group.key.toUpperCase();
  }

  /** Say whether two may be on the page at the same time. */
  meet(one, other) {
    const place = ({ parts: [part] }) => part.closest(".heard-fields")?.id;
    const [here, there] = [place(one), place(other)];
    return here === there || [here, there].includes("line-keeping");
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.isComposing || event.getModifierState("AltGraph")) return;
    const isTyping = event.target.closest?.(TYPING);
    if (!event.altKey && (isTyping || !this.alone.checked || event.shiftKey)) return;
    const key = keyOf(event);
    const part = this.groups.filter((group) => group.key === key).flatMap(({ parts }) => parts).find(isShown);
    if (!part || part.disabled) return;
    event.preventDefault();
    if (!part.closest("dialog[open]") && !part.dataset.panelOpen) this.overlays.close();
    part.click();
  }
}
