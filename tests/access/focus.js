// Where the focus is, and whether it can be seen. `heard.focus()` returns null when nothing in the page has it.
(() => {
  // What stays in sight: the way out of the survivors' pages, and what a worker has at hand during a call.
  const BARS = ".heard-leave, .heard-keeping";

  const shown = (element) => {
    const look = (part, pseudo) => {
      const { outlineStyle, outlineWidth, boxShadow, backgroundColor, borderTopColor, borderTopWidth } = getComputedStyle(part, pseudo);
      return [outlineStyle === "none" ? 0 : outlineWidth, boxShadow, backgroundColor, borderTopColor, borderTopWidth].join(" ");
    };
    return [element, ...(element.labels ?? [])].flatMap((part) => [look(part), look(part, "::before")]).join("; ");
  };

  const isHit = (element, x, y) => {
    const top = document.elementFromPoint(x, y);
    return Boolean(top) && (element.contains(top) || top.contains(element) && !top.matches(`${BARS}, :is(${BARS}) *`));
  };

  /**
   * No part of what has the focus is under something else or out of the window (WCAG 2.4.12). What is higher than the room that
   * the bar leaves begins where that begins.
   */
  function hidden(element) {
    const lines = [];
    // Without scripts browsers bring no more of a long field into the window than the line with the caret.
    const isCut = element.matches("textarea") && matchMedia("(scripting: none)").matches;
    for (const { left, right, top, bottom } of element.getClientRects()) {
      if (right - left < 2 || bottom - top < 2) continue;
      const above = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop);
      if (bottom - top > innerHeight - above && bottom >= innerHeight - 1 && top <= above + 1) continue;
      const isOut = top < -1 || bottom > innerHeight + 1 || left < -1 || right > innerWidth + 1;
      if (isOut && !isCut) lines.push("out of the window");
      for (const bar of [...document.querySelectorAll(BARS)].filter((one) => getComputedStyle(one).position === "sticky")) {
        const covers = bar.getBoundingClientRect();
        if (!element.closest(`${BARS}, dialog`) && top < covers.bottom - 1 && bottom > covers.top) lines.push("under the bar");
      }
      for (const x of [left + 2, (left + right) / 2, right - 2]) for (const y of [top + 2, (top + bottom) / 2, bottom - 2]) {
        if (isCut && y > innerHeight) continue;
        if (!isHit(element, x, y)) lines.push(`covered at ${Math.round(x)}, ${Math.round(y)}`);
      }
    }
    return [...new Set(lines)];
  }

  function focus({ withLook = true } = {}) {
    const element = document.activeElement;
    if (!element || element === document.body || element === document.documentElement) return null;
    const faults = hidden(element);
    if (withLook) {
      const focused = shown(element);
      element.blur();
      if (shown(element) === focused) faults.push("looks as if it had no focus");
      element.focus({ preventScroll: true });
    }
    const key = element.type === "radio" ? `radio ${element.name}` : heard.named(element);
    return { key, faults: faults.map((fault) => `${heard.named(element)}: ${fault}`) };
  }

  /** What somebody can get to with Tab: one of each group of radio buttons. */
  function stops() {
    const root = document.querySelector("dialog[open]") ?? document.body;
    const all = [...root.querySelectorAll("a[href], button, summary, textarea, input:not([type=hidden])")];
    const able = all.filter((element) => !element.disabled && element.checkVisibility({ visibilityProperty: true }));
    return [...new Set(able.map((element) => (element.type === "radio" ? `radio ${element.name}` : heard.named(element))))];
  }

  Object.assign(heard, { focus, stops });
})();
