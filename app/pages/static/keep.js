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
    said.textContent = fine ? `Kept at ${new Date().toLocaleTimeString()}.` : "Not kept: use the button.";
  } catch {
    said.textContent = "Not kept: there is no connection.";
  }
}
if (form && !form.querySelector("textarea[readonly]")) {
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, 1200);
  });
}
