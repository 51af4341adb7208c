// Keys: / searches, j and k go to the next and the one before. All of it works without this file.
"use strict";
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  const follow = (name) => { const link = document.querySelector(`a[data-${name}]`); if (link) link.click(); return link; };
  const rows = [...document.querySelectorAll("a[data-row]")];
  const at = rows.indexOf(document.activeElement);
  const focus = (row) => { if (row) { row.focus(); row.scrollIntoView({ block: "nearest" }); } };
  switch (event.key) {
  case "/": {
    const search = document.querySelector("main input[type=search]") || document.querySelector("input[type=search]");
    if (search) { event.preventDefault(); search.focus(); search.select(); }
    break;
  }
  case "j": follow("next") || focus(rows[at + 1]); break;
  case "k": follow("previous") || focus(rows[at < 0 ? 0 : Math.max(0, at - 1)]); break;
  }
});
// On a narrow window the menu scrolls: it begins with the page that is open.
document.querySelector(".menu [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center", behavior: "instant" });
