// Looks for what is wrong with how the page is laid out, first as it stands and then with everything opened.
(theme) => {
  const wrong = new Set();
  const name = (element) => {
    const words = (element.innerText || element.textContent || "").replace(/\s+/g, " ").trim().slice(0, 50);
    return `<${element.tagName.toLowerCase()}${element.id ? " id=" + element.id : ""}${element.getAttribute("class") ? " class=" + element.getAttribute("class") : ""}> ${words}`;
  };
  const seen = (element) => element.checkVisibility({ visibilityProperty: true });
  const scrolls = (style) => /auto|scroll/.test(style.overflowX);
  const hides = (style) => /hidden|clip/.test(style.overflowX + style.overflowY);

  // What is only for ears is clipped on purpose.
  const forEars = (element) => element.closest(".unseen, .skip");

  const structure = () => {
    if (!document.title.trim()) wrong.add("it has no title");
    const main = [...document.querySelectorAll("h1")].filter(seen);
    if (main.length !== 1 || !main[0].innerText.trim()) wrong.add(`it has ${main.length} headings of the first level, or an empty one`);
    let level = 0;
    for (const one of document.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
      const now = Number(one.tagName[1]);
      if (now > level + 1) wrong.add(`a heading skips a level: ${name(one)}`);
      level = now;
    }
    for (const one of document.querySelectorAll("img, svg, [role=img]")) {
      if (one.closest("[aria-hidden=true]") || one.parentElement.closest("svg")) continue;
      const called = one.getAttribute("aria-label") || one.getAttribute("alt") || one.getAttribute("aria-labelledby") || one.tagName.toLowerCase() === "svg" && one.querySelector(":scope > title");
      if (!called) wrong.add(`a picture has no name: ${one.outerHTML.slice(0, 120)}`);
    }
    const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
    for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) wrong.add(`two elements have the id ${id}`);
    const dark = getComputedStyle(document.documentElement).colorScheme.includes("dark") && matchMedia("(prefers-color-scheme: dark)").matches;
    const ground = getComputedStyle(document.body).backgroundColor.match(/\d+(\.\d+)?/g).slice(0, 3).map(Number);
    if ((theme === "dark") !== (ground[0] + ground[1] + ground[2] < 380)) wrong.add(`the ground is rgb(${ground}) in the ${theme} theme (${dark})`);
  };

  const sideways = () => {
    if (document.documentElement.scrollWidth <= innerWidth) return;
    const out = [...document.querySelectorAll("body *")].filter((one) => seen(one) && one.getBoundingClientRect().right > innerWidth + 1);
    const loose = out.filter((one) => !around(one.parentElement).scroller);
    const placed = out.filter((one) => getComputedStyle(one).position === "absolute"); // what scrolls does not hold it, unless it is placed itself
    wrong.add(`it is ${document.documentElement.scrollWidth} wide: ${[...loose, ...placed].slice(0, 3).map(name).join("; ")}`);
  };

  // texts are the boxes of all text that can be seen, as far as what scrolls shows them.
  const texts = () => {
    const all = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const holder = node.parentElement;
      if (!node.data.trim() || !seen(holder) || forEars(holder) || holder.closest("option, textarea, script, title")) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const box of range.getClientRects()) if (box.width > 1 && box.height > 1) all.push({ node: holder, box });
    }
    return all;
  };

  // around gives the boxes in which a text has to stay, up to the first that scrolls.
  const bounds = new Map();
  const around = (element) => {
    if (bounds.has(element)) return bounds.get(element);
    const found = [];
    for (let one = element; one && one !== document.body; one = one.parentElement) {
      if (one instanceof SVGElement && one.tagName !== "svg") continue;
      const style = getComputedStyle(one);
      if (scrolls(style)) { found.scroller = one.getBoundingClientRect(); break; }
      const boxed = style.display !== "inline" && (hides(style) || parseFloat(style.borderRightWidth) > 0 && style.borderRightStyle !== "none" || /^(TD|TH|BUTTON)$/.test(one.tagName) || style.backgroundColor !== "rgba(0, 0, 0, 0)");
      if (boxed) found.push({ one, box: one.getBoundingClientRect(), cut: hides(style) });
    }
    bounds.set(element, found);
    return found;
  };

  const inside = (all) => {
    for (const { node, box } of all) {
      for (const bound of around(node)) {
        const over = Math.max(box.right - bound.box.right, bound.box.left - box.left), below = Math.max(box.bottom - bound.box.bottom, bound.box.top - box.top);
        const hangs = getComputedStyle(node).whiteSpaceCollapse === "preserve" ? 10 : 0; // spaces at the end of a line hang out
        if (over > 1.5 + hangs || below > 5) wrong.add(`text ${bound.cut ? "is cut by" : "sticks out of"} ${name(bound.one)} by ${Math.round(Math.max(over, below))}: ${name(node)}`);
      }
    }
  };

  // shown is the part of a box that what scrolls around it shows.
  const shown = (box, within) => {
    if (!within) return box;
    const left = Math.max(box.left, within.left), right = Math.min(box.right, within.right), top = Math.max(box.top, within.top), bottom = Math.min(box.bottom, within.bottom);
    return { left, right, top, bottom, width: right - left, height: bottom - top };
  };

  const apart = (all) => {
    const boxes = all.map(({ node, box }) => ({ node, box: shown(box, around(node).scroller) })).filter(({ box }) => box.width > 1 && box.height > 3);
    for (const one of document.querySelectorAll("button, input:not([type=hidden]), select, textarea, .badge")) if (seen(one)) boxes.push({ node: one, box: one.getBoundingClientRect() });
    boxes.sort((a, b) => a.box.top - b.box.top);
    for (let i = 0; i < boxes.length; i++) {
      for (let k = i + 1; k < boxes.length && boxes[k].box.top < boxes[i].box.bottom; k++) {
        const a = boxes[i], b = boxes[k];
        if (a.node.contains(b.node) || b.node.contains(a.node)) continue;
        const wide = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left), high = Math.min(a.box.bottom, b.box.bottom) - b.box.top;
        if (wide > 2 && high > 0.3 * Math.min(a.box.height, b.box.height)) wrong.add(`${name(a.node)} and ${name(b.node)} lie over each other`);
      }
    }
  };

  // neighbours do not touch, and lists that are made for telephones need no scrolling there.
  const spaced = () => {
    for (const one of document.querySelectorAll(".card, .scroll")) {
      const rows = one.parentElement.matches(".grid, .cards, .tiles") && !one.previousElementSibling ? one.parentElement : one;
      const before = rows.previousElementSibling;
      if (!before || !seen(one) || !seen(before) || forEars(before)) continue;
      const a = before.getBoundingClientRect(), b = one.getBoundingClientRect();
      if (b.top >= a.bottom - 1 && b.top - a.bottom < 4 && b.left < a.right && b.right > a.left) wrong.add(`${name(before)} and ${name(one)} touch`);
    }
    if (innerWidth > 640) return;
    for (const one of document.querySelectorAll(".scroll.items")) if (seen(one) && one.scrollWidth > one.clientWidth + 1) wrong.add(`${name(one)} has to be scrolled by ${one.scrollWidth - one.clientWidth} to be read`);
  };

  const look = () => { bounds.clear(); sideways(); spaced(); const all = texts(); inside(all); apart(all); };
  structure();
  look();
  const closed = [...document.querySelectorAll("details:not([open])")];
  for (const one of closed) one.open = true;
  if (closed.length) look();
  for (const one of closed) one.open = false;
  return [...wrong].slice(0, 40);
}
