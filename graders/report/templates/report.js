// Keys for a report: j and k step through the findings, o opens one.  A link opens whatever it leads to.
(() => {
  "use strict";
  const findings = [...document.querySelectorAll(".report .finding")];
  const help = document.querySelector(".report .keys");
  let at = -1;
  const reveal = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let part = target; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
    target.scrollIntoView();
  };
  const step = (by) => {
    at = Math.min(Math.max(at + by, 0), findings.length - 1);
    const head = findings[at].querySelector("summary");
    head.focus({ preventScroll: true });
    head.scrollIntoView({ block: "center" });
  };
  const pressed = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "o" && findings[at]) findings[at].open = !findings[at].open;
    else if (event.key === "?") help.hidden = !help.hidden;
    else if (event.key === "Escape") {
      help.hidden = true;
      document.removeEventListener("keydown", pressed);
    }
  };
  if (help && findings.length) document.addEventListener("keydown", pressed);
  addEventListener("hashchange", reveal);
  reveal();
})();
