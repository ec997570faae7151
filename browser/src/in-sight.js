// Whoever comes to a long field with Tab sees all of it, or as much as fits: browsers bring only the line with the caret into the window.
let byTab = false;
addEventListener("keydown", ({ key }) => { byTab = key === "Tab"; }, true);
// A page that moves under a click would be missed by it.
addEventListener("pointerdown", () => { byTab = false; }, true);
addEventListener("focusin", ({ target }) => {
  if (!byTab || !target.matches("textarea")) return;
  const room = innerHeight - parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop);
  target.scrollIntoView({ block: target.offsetHeight > room ? "start" : "nearest" });
});
