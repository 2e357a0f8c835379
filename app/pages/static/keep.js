// Keeps the notes a moment after they were written, so that a closed laptop loses nothing.
const form = document.getElementById("card");
const said = document.getElementById("kept");
let timer;
async function keep() {
  const data = new FormData(form);
  data.set("do", "keep");
  try {
    const answer = await fetch(form.action, { method: "POST", body: data, redirect: "manual" });
    const fine = answer.ok || answer.type === "opaqueredirect";
    said.textContent = fine ? said.dataset.saved.replace("{time}", new Date().toLocaleTimeString(document.documentElement.lang)) : said.dataset.failed;
  } catch {
    said.textContent = said.dataset.offline;
  }
}
if (form && !form.querySelector("textarea[readonly]")) {
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, 1200);
  });
}
