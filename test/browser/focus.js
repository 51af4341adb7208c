// Tells what has the keyboard, and what is wrong with that: it has to be in view, marked, covered by nothing,
// and come after the stop before, as people read: below it, or beside it.
() => {
  const at = document.activeElement;
  if (!at || at === document.body || at === document.documentElement) return { What: "", Trouble: "", Ended: true };
  const words = (at.innerText || at.getAttribute("aria-label") || at.name || "").replace(/\s+/g, " ").trim();
  const box = at.getBoundingClientRect(), style = getComputedStyle(at);
  const trouble = [];
  if (box.width < 1 || box.bottom < 0 || box.top > innerHeight || box.right < 0 || box.left > innerWidth) trouble.push(`it is out of view: ${Math.round(box.left)},${Math.round(box.top)}`);
  const marked = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
  const within = at.type === "date" && globalThis.before && globalThis.before.at === at; // the browser marks its own parts
  if (!marked && !within) trouble.push(`nothing marks it: outline ${style.outline}`);
  const middle = at.getClientRects()[0] || box;
  const x = Math.min(Math.max(middle.left + middle.width / 2, 0), innerWidth - 1), y = Math.min(Math.max(middle.top + Math.min(middle.height / 2, 20), 0), innerHeight - 1);
  const above = document.elementFromPoint(x, y);
  if (!above || !(at.contains(above) || above.contains(at))) trouble.push(`it is covered by ${above ? above.outerHTML.slice(0, 100) : "nothing"}`);
  const here = { top: box.top + scrollY, bottom: box.bottom + scrollY, left: box.left };
  const before = globalThis.before;
  if (before && before.at !== at && document.contains(before.at)) {
    if (!(before.at.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING)) trouble.push("it comes before the last stop in the page");
    if (here.bottom < before.top && here.left <= before.left) trouble.push(`it stands above the last stop (${before.words})`);
  }
  globalThis.before = { at, words, ...here };
  return { What: `${at.tagName.toLowerCase()} ${words.slice(0, 60)}`.trim(), Trouble: trouble.join("; "), Ended: false };
}
