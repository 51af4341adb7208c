// Finds what somebody would look for by its words, brings it into view and tells where it is. kind is "press"
// (links, buttons, what opens) or "field" (what a label names). Among several the visible one whose words
// are nearest counts.
(scope, kind, words) => {
  const within = scope ? document.querySelector(scope) : document.body;
  if (!within) return { problem: `there is no ${scope}` };
  const text = (element) => (element.innerText || element.textContent || element.getAttribute("aria-label") || "").replace(/\s+/g, " ").trim();
  const seen = (element) => element && element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
  const exact = (element) => text(element).toLowerCase() === words.toLowerCase();
  const selector = kind === "field" ? "label" : "a, button, summary";
  const named = [...within.querySelectorAll(selector)].filter((element) => text(element).toLowerCase().startsWith(words.toLowerCase()));
  named.sort((a, b) => exact(b) - exact(a));
  const found = named.map((element) => (kind === "field" ? element.control : element)).find(seen);
  if (!found) return { problem: `there is no visible ${kind} "${words}"${scope ? " in " + scope : ""}` };
  found.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
  const box = found.getClientRects()[0];
  const x = box.left + Math.min(box.width / 2, 60), y = box.top + box.height / 2;
  const above = document.elementFromPoint(x, y);
  if (!above || !(found.contains(above) || above.contains(found) || found.labels && [...found.labels].some((label) => label.contains(above))))
    return { problem: `"${words}" is covered by ${above ? above.outerHTML.slice(0, 120) : "nothing that is in view"}` };
  document.querySelectorAll("[data-found]").forEach((one) => one.removeAttribute("data-found"));
  found.setAttribute("data-found", "");
  return { x, y, tag: found.tagName.toLowerCase(), type: found.type || "" };
}
