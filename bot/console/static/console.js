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

// What went wrong is read out, and is where the keyboard is.
const problem = document.getElementById("problem");
if (problem && problem.textContent.trim()) {
  problem.tabIndex = -1;
  problem.focus();
}
