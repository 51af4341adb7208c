// Wakes whatever hostile text may have brought onto the page, and tells what should not be there at all, and
// which numbers of hostile strings the page shows.
() => {
  for (const one of document.querySelectorAll("details")) one.open = true;
  const wrong = [];
  for (const one of document.querySelectorAll("*")) {
    for (const { name, value } of one.attributes) {
      if (name.startsWith("on") || name === "style" || name === "srcdoc") wrong.push(`<${one.tagName.toLowerCase()}> has the attribute ${name}=${value.slice(0, 80)}`);
    }
    for (const name of ["href", "src", "action", "formAction", "data"]) {
      const to = one[name] && one[name].baseVal !== undefined ? one[name].baseVal : one.getAttribute(name.toLowerCase()) !== null ? one[name] : "";
      if (typeof to !== "string" || !to) continue;
      const elsewhere = !to.startsWith(location.origin + "/") && to !== location.origin;
      if (elsewhere && !(one.tagName === "A" && /^https?:/.test(to) && one.rel.includes("noopener"))) wrong.push(`<${one.tagName.toLowerCase()}> leads elsewhere: ${name}=${to.slice(0, 80)}`);
    }
    if (/^(IFRAME|OBJECT|EMBED|BASE|STYLE|VIDEO|AUDIO|MATH|FRAME|APPLET)$/.test(one.tagName.toUpperCase()) || one.tagName === "META" && one.httpEquiv) wrong.push(`it has ${one.outerHTML.slice(0, 100)}`);
    for (const kind of ["mouseover", "mouseenter", "pointerover", "focus"]) one.dispatchEvent(new Event(kind, { bubbles: false }));
  }
  const scripts = [...document.scripts].filter((one) => one.text || !one.src.startsWith(location.origin + "/assets/"));
  for (const one of scripts) wrong.push(`a script is not ours: ${one.outerHTML.slice(0, 100)}`);
  const told = document.documentElement.textContent + [...document.querySelectorAll("input, textarea, option")].map((one) => one.value).join(" ");
  return { wrong, shown: [...new Set([...told.matchAll(/probe\((\d+)\)/g)].map((one) => Number(one[1])))] };
}
