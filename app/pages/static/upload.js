// The verdict as soon as a file is chosen or dropped, and how far it has got while it is sent.
(() => {
  const form = document.querySelector("form[data-check]");
  document.getElementById("problem")?.focus();
  document.getElementById("verdict")?.focus();
  if (!form) return;
  const file = form.querySelector("input[type=file]");
  const tooLarge = form.querySelector(".too-large");
  const sending = form.querySelector(".sending");
  const bar = sending.querySelector("progress");
  const words = sending.querySelector("p");
  const said = form.querySelector("#said");
  const buttons = form.querySelectorAll("button");
  form.classList.add("checks");

  const busy = (now) => {
    sending.hidden = !now;
    for (const button of buttons) button.disabled = now;
  };
  const say = (html, invalid) => {
    said.innerHTML = html;
    const told = said.querySelector("#problem, #verdict");
    file.setAttribute("aria-describedby", ["file-help", told?.id].filter(Boolean).join(" "));
    if (invalid) file.setAttribute("aria-invalid", "true");
    else file.removeAttribute("aria-invalid");
    return told;
  };
  const send = (address, doing, after, ended) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.setRequestHeader("X-Part", "verdict");
    request.upload.onprogress = (event) => {
      bar.value = event.lengthComputable ? (100 * event.loaded) / event.total : 0;
      if (event.loaded === event.total) words.textContent = after;
    };
    request.onload = () => { busy(false); ended(request); };
    request.onerror = () => {
      busy(false);
      say(form.querySelector("template.broken").innerHTML, false).focus();
    };
    bar.value = 0;
    words.textContent = doing;
    const data = new FormData(form);
    busy(true);
    request.send(data);
  };

  file.addEventListener("change", () => {
    const chosen = file.files[0];
    const large = Boolean(chosen) && chosen.size > Number(form.dataset.max);
    tooLarge.hidden = !large;
    for (const button of buttons) button.disabled = large;
    say("", large);
    if (!chosen || large) return;
    send(form.dataset.check, form.dataset.checking, form.dataset.reading, (request) => say(request.responseText, !request.status || request.status >= 400));
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.hasAttribute("formaction")) return;
    event.preventDefault();
    send(form.action, form.dataset.sending, form.dataset.sent, (request) => {
      if (request.status < 400) location.assign(request.responseURL);
      else say(request.responseText, true)?.focus();
    });
  });
  for (const [name, over] of [["dragenter", true], ["dragover", true], ["dragleave", false], ["drop", false]])
    file.addEventListener(name, () => file.classList.toggle("over", over));
})();
