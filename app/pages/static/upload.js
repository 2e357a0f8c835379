// Says at once when a file is too large, and shows that the form is on its way.
(() => {
  const form = document.querySelector("form[data-max]");
  if (form) {
    const file = form.querySelector("input[type=file]");
    const warning = form.querySelector(".too-large");
    const button = form.querySelector("button");
    file.addEventListener("change", () => {
      const tooLarge = file.files.length > 0 && file.files[0].size > Number(form.dataset.max);
      warning.hidden = !tooLarge;
      button.disabled = tooLarge;
    });
    form.addEventListener("submit", () => { button.disabled = true; button.textContent = "Sending…"; });
    window.addEventListener("pageshow", () => { button.textContent = "Hand in for grading"; button.disabled = false; });
  }
  const problem = document.getElementById("problem");
  if (problem) problem.focus();
})();
