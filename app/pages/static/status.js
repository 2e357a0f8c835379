// Keeps the status page current: the server sends the same fragment it made the page with.
(() => {
  const live = document.getElementById("live");
  const said = document.getElementById("said");
  const source = new EventSource(live.dataset.events);
  source.addEventListener("status", (event) => {
    const before = live.querySelector("h1").textContent;
    live.innerHTML = event.data;
    const now = live.querySelector("h1").textContent;
    document.title = now + " · Assay";
    if (now !== before) said.textContent = now + ". " + live.querySelector(".lead").textContent;
    if (live.firstElementChild.dataset.final === "yes") source.close();
  });

  const lasting = (seconds) => {
    const whole = Math.round(seconds);
    if (whole < 60) return whole + " s";
    const [size, unit, part] = whole < 3600 ? [60, " min", " s"] : [3600, " h", " min"];
    const rest = Math.floor((whole % size) / (size / 60));
    return Math.floor(whole / size) + unit + (rest ? " " + rest + part : "");
  };
  setInterval(() => {
    const now = Date.now();
    for (const clock of live.querySelectorAll("[data-from]"))
      clock.textContent = lasting(Math.max(0, (now - Date.parse(clock.dataset.from)) / 1000));
    for (const clock of live.querySelectorAll("[data-until]")) {
      const left = (Date.parse(clock.dataset.until) - now) / 1000;
      clock.textContent = left > 0 ? live.dataset.about.replace("{time}", lasting(left)) : live.dataset.longer;
    }
  }, 1000);
})();
