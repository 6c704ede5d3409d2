// The preview follows what is typed, and a trial shows how far it is. Both pages work without this.
"use strict";

const form = document.getElementById("edit");
const PAUSE = 600;

async function pageOf(response) {
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

// A slower answer to older words is not shown over newer ones.
let latest = 0;
async function preview() {
  const mine = ++latest;
  const sent = new URLSearchParams(new FormData(form));
  sent.set("act", "preview");
  const response = await fetch(form.action, { method: "POST", body: sent, headers: { "X-CSRF": sent.get("csrf") } });
  const fresh = response.redirected ? null : (await pageOf(response)).getElementById("preview");
  if (!fresh || mine !== latest) return;
  const old = document.getElementById("preview");
  const open = [...old.querySelectorAll("details")].map((one) => one.open);
  [...fresh.querySelectorAll("details")].forEach((one, at) => { one.open = open[at] || false; });
  old.replaceWith(fresh);
}

if (form) {
  let waiting;
  document.getElementById("text").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => preview().catch(() => {}), PAUSE);
  });
  // Enter after a question asks it; without this it would save.
  document.getElementById("question").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    form.querySelector('button[value="ask"]').click();
  });
}

async function look() {
  const progress = document.getElementById("progress");
  const fresh = (await pageOf(await fetch(location.href))).getElementById("progress");
  if (!fresh) return location.reload();
  progress.replaceWith(fresh);
  setTimeout(() => look().catch(() => {}), PAUSE);
}
if (document.getElementById("progress")) setTimeout(() => look().catch(() => {}), PAUSE);
