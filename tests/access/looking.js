// What a check asks a page. Each function returns a list of lines, one for each thing that is wrong.
(() => {
  const named = (element) => {
    const own = element.id ? `#${element.id}` : element.className ? `.${String(element.className).split(" ").join(".")}` : "";
    return `${element.localName}${own} “${(element.innerText || element.value || "").trim().slice(0, 40)}”`;
  };

  const isSeen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });

  // Text for screen readers only is one pixel large; links to skip by are out of sight until they have the focus.
  const isForEyes = (element) => isSeen(element) && !element.closest(".govuk-visually-hidden, .govuk-skip-link:not(:focus)");

  const seen = (selector) => [...topmost().querySelectorAll(selector)].filter(isForEyes);

  const topmost = () => document.querySelector("dialog[open]") ?? document.body;

  /** Nothing has to be scrolled sideways to be read (WCAG 1.4.10). */
  function sideways() {
    const width = document.documentElement.clientWidth;
    const lines = document.documentElement.scrollWidth > width ? [`the page is ${document.documentElement.scrollWidth} px wide, the window ${width}`] : [];
    const outside = seen("*").filter((element) => {
      const { left, right } = element.getBoundingClientRect();
      return right > left && (left < -1 || right > width + 1);
    });
    return [...lines, ...outside.map((element) => `outside the window: ${named(element)}`)];
  }

  const texts = () => {
    const walker = document.createTreeWalker(topmost(), NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
      const parent = walker.currentNode.parentElement;
      if (walker.currentNode.data.trim() && isForEyes(parent) && !parent.closest(".heard-leave, svg")) found.push(walker.currentNode);
    }
    return found;
  };

  const boxes = (text) => {
    const range = document.createRange();
    range.selectNodeContents(text);
    return [...range.getClientRects()].filter(({ width, height }) => width > 1 && height > 1);
  };

  const over = (one, other) =>
    Math.min(one.right, other.right) - Math.max(one.left, other.left) > 3 && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 5;

  /** No text is cut off by its box, and none lies over another (WCAG 1.4.12). */
  function covered() {
    const lines = seen("*")
      .filter((element) => /hidden|clip/.test(getComputedStyle(element).overflow) && element.localName !== "svg" && element.innerText?.trim())
      .filter(({ scrollHeight, clientHeight, scrollWidth, clientWidth }) => scrollHeight > clientHeight + 1 || scrollWidth > clientWidth + 1)
      .map((element) => `cut off: ${named(element)}`);
    const placed = texts().flatMap((text) => boxes(text).map((box) => ({ text, box }))).sort((one, other) => one.box.top - other.box.top);
    placed.forEach(({ text, box }, at) => {
      const holder = text.parentElement.closest("a.govuk-button, button, label, summary, .govuk-inset-text, .heard-note, .heard-urgent, .heard-warning, .heard-answer");
      if (holder) {
        const { left, right, top, bottom } = holder.getBoundingClientRect();
        if (box.left < left - 2 || box.right > right + 2 || box.top < top - 4 || box.bottom > bottom + 4) lines.push(`out of its box: ${named(holder)}`);
      }
      for (let next = at + 1; next < placed.length && placed[next].box.top < box.bottom; next += 1) {
        if (placed[next].text !== text && over(box, placed[next].box)) lines.push(`one over another: “${text.data.trim().slice(0, 40)}” and “${placed[next].text.data.trim().slice(0, 40)}”`);
      }
    });
    return lines;
  }

  /** The spacing that somebody may set for themselves (WCAG 1.4.12), while `check` looks. */
  function spaced(check) {
    const style = new CSSStyleSheet();
    style.replaceSync("* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-bottom: 2em !important }");
    document.adoptedStyleSheets.push(style);
    const lines = check();
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== style);
    return lines.map((line) => `with more space: ${line}`);
  }

  const inText = (link) => {
    const block = link.closest("p, li, dd, address, div");
    return getComputedStyle(link).display === "inline" && block.innerText.trim() !== link.innerText.trim();
  };

  const LEAST = 44;

  /** What is pressed is at least 44 by 44 pixels; links in a sentence are excepted (WCAG 2.5.5). */
  function targets() {
    const pressed = seen("a[href], button, summary, textarea, input:not([type=hidden])").filter((element) => element.localName !== "a" || !inText(element));
    return pressed.flatMap((element) => {
      const areas = [element, ...(element.labels ?? [])].map((part) => part.getBoundingClientRect());
      const [width, height] = [Math.max(...areas.map((area) => area.width)), Math.max(...areas.map((area) => area.height))];
      return width < LEAST - 0.5 || height < LEAST - 0.5 ? [`only ${Math.round(width)} by ${Math.round(height)} px: ${named(element)}`] : [];
    });
  }

  globalThis.heard = { named, isForEyes, sideways, covered, spaced: () => spaced(() => [...sideways(), ...covered()]), targets };
})();
