(function () {
  "use strict";
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll(".im, .sub").forEach(function (d) { d.open = true; });
  });
  var bar = document.getElementById("filter");
  if (!bar) return;
  bar.hidden = false;
  var shown = document.getElementById("shown"), text = document.getElementById("text");
  var toggle = document.getElementById("toggle"), opened = false;
  var picks = Array.from(bar.querySelectorAll("select")), chips = Array.from(bar.querySelectorAll("input[type=checkbox]"));
  var groups = Array.from(document.querySelectorAll(".g")).map(function (g) {
    var title = (g.id + " " + g.querySelector("h3").textContent).toLowerCase();
    var findings = Array.from(g.querySelectorAll(".f")).map(function (f) { return { node: f, text: null }; });
    return { node: g, title: title, findings: findings, count: g.querySelector(".n"), label: g.querySelector(".n").textContent };
  });
  var total = groups.reduce(function (n, g) { return n + g.findings.length; }, 0);

  function off(name) {
    var set = {};
    chips.forEach(function (c) { if (c.name === name && !c.checked) set[c.value] = true; });
    return set;
  }
  function pick(name) { var s = document.getElementById(name); return s ? s.value : ""; }

  function apply() {
    var severities = off("severity"), outcomes = off("outcome"), team = pick("team"), space = pick("namespace"), control = pick("control");
    var words = text.value.toLowerCase().split(/\s+/).filter(Boolean), visible = 0;
    groups.forEach(function (g) {
      var data = g.node.dataset, n = 0;
      var out = (team && data.t !== team) || (control && g.node.id !== control);
      g.findings.forEach(function (f) {
        var d = f.node.dataset;
        var ok = !out && !severities[d.s] && !outcomes[d.o] && (!space || d.n === space);
        if (ok && words.length) {
          if (f.text === null) f.text = f.node.textContent.toLowerCase();
          ok = words.every(function (w) { return f.text.indexOf(w) >= 0 || g.title.indexOf(w) >= 0; });
        }
        f.node.hidden = !ok;
        if (ok) n++;
      });
      g.node.hidden = n === 0;
      g.count.textContent = n === g.findings.length ? g.label : n + " of " + g.findings.length;
      visible += n;
    });
    shown.textContent = (visible === total ? "" : visible.toLocaleString("en") + " of ") + total.toLocaleString("en") + (total === 1 ? " finding" : " findings");
  }
  var timer;
  function soon() { clearTimeout(timer); timer = setTimeout(apply, 80); }
  function reset() {
    text.value = "";
    picks.forEach(function (s) { s.value = ""; });
    chips.forEach(function (c) { c.checked = true; });
    apply();
  }
  function each(open) { groups.forEach(function (g) { if (!g.node.hidden) g.node.open = open; }); }
  function follow() {
    var g = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (g && g.classList.contains("g")) { if (g.hidden) reset(); g.open = true; g.scrollIntoView(); }
  }

  text.addEventListener("input", soon);
  picks.concat(chips).forEach(function (e) { e.addEventListener("change", apply); });
  document.getElementById("reset").addEventListener("click", reset);
  toggle.addEventListener("click", function () {
    opened = !opened;
    each(opened);
    toggle.textContent = opened ? "Close all" : "Open all";
  });
  document.addEventListener("keydown", function (e) {
    var typing = /^(INPUT|SELECT|TEXTAREA)$/.test(e.target.tagName);
    if (e.key === "/" && !typing && !e.ctrlKey && !e.metaKey && !e.altKey) { e.preventDefault(); text.focus(); }
    if (e.key === "Escape" && e.target === text) reset();
  });
  window.addEventListener("hashchange", follow);
  window.addEventListener("beforeprint", function () { each(true); });
  apply();
  follow();
})();
