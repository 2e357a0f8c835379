// What is out of place in the window as it is, all unfolded: a list of sentences.
() => {
  const wide = document.documentElement.clientWidth, high = window.innerHeight, said = [];
  const name = (one) => {
    const words = (one.getAttribute("aria-label") || one.textContent || one.name || "").trim().replace(/\s+/g, " ");
    return `<${one.tagName.toLowerCase()}${one.id ? " #" + one.id : ""}> ${words.slice(0, 40)}`;
  };
  const seen = (one) => one.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const known = new Map();
  const hidden = (one) => {
    if (!one) return false;
    if (!known.has(one)) {
      const style = getComputedStyle(one);
      const itself = style.clipPath.startsWith("inset(50%") || style.opacity === "0" || one.className === "skip";
      known.set(one, itself || hidden(one.parentElement));
    }
    return known.get(one);
  };
  const scrolls = (one) => {
    for (let up = one.parentElement; up; up = up.parentElement)
      if (["auto", "scroll"].includes(getComputedStyle(up).overflowX) && up !== document.body) return up;
    return null;
  };
  if (document.documentElement.scrollWidth > wide) said.push(`the page is ${document.documentElement.scrollWidth} wide`);
  const flat = (one) => one.getBoundingClientRect();
  for (const one of document.body.querySelectorAll("*")) {
    if (one.closest("svg") && one.tagName !== "svg") continue;
    if (!seen(one) || hidden(one)) continue;
    const box = flat(one);
    if (!box.width || !box.height) continue;
    if ((box.right > wide + 1 || box.left < -1) && !scrolls(one)) said.push(`outside the width: ${name(one)}`);
    const style = getComputedStyle(one);
    if (style.overflowX === "hidden" && one.scrollWidth > one.clientWidth + 1 && style.textOverflow !== "ellipsis")
      said.push(`cut off at its side: ${name(one)}`);
    if (["sticky", "fixed"].includes(style.position) && !["auto", "scroll"].includes(style.overflowY)) {
      const below = (parseFloat(style.top) || 0) + one.scrollHeight - high;
      if (below > 1) said.push(`higher than the window by ${Math.round(below)}, and it does not scroll: ${name(one)}`);
    }
  }
  for (const label of document.querySelectorAll("label")) {
    if (seen(label) && !hidden(label) && label.scrollWidth > label.clientWidth + 1) said.push(`runs out of its place: ${name(label)}`);
    if (!seen(label) || !label.control || label.contains(label.control) || hidden(label.control)) continue;
    const a = flat(label), b = flat(label.control);
    const over = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const deep = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (over > 1 && deep > 1) said.push(`over its label: ${name(label)}`);
  }
  for (const one of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")) {
    if (!seen(one) || hidden(one) || one.disabled) continue;
    one.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
    const box = one.getClientRects()[0];
    if (!box) continue;
    const x = box.left + box.width / 2, y = box.top + Math.min(box.height / 2, 12);
    if (y < 0 || y > high || x < 0 || x > wide) { said.push(`cannot be scrolled to: ${name(one)}`); continue; }
    const top = document.elementFromPoint(x, y);
    if (top && top !== one && !one.contains(top) && !top.contains(one) && !(one.labels && [...one.labels].some((l) => l.contains(top))))
      said.push(`covered by ${name(top)}: ${name(one)}`);
  }
  window.scrollTo(0, 0);
  return said;
}
