// Small comforts; every page works without them.
"use strict";

// A form that is on its way is not sent a second time.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// A short name is made from the name as it is written, until somebody writes their own.
for (const made of document.querySelectorAll("[data-made-from]")) {
  const from = document.getElementById(made.dataset.madeFrom);
  let own = made.value !== "";
  made.addEventListener("input", () => { own = made.value !== ""; });
  from.addEventListener("input", () => {
    if (own) return;
    const plain = from.value.toLowerCase().normalize("NFKD").replace(/[\u0300-\u036f']/g, "");
    made.value = plain.replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, made.maxLength).replace(/-$/, "");
  });
}

// What went wrong is read out, and is where the keyboard is.
const problem = document.getElementById("problem");
if (problem && problem.textContent.trim()) {
  problem.tabIndex = -1;
  problem.focus();
}
