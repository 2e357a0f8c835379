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
})();
