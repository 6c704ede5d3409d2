// Passkeys: ask the server for a challenge, the device for an answer, and hand that in.
"use strict";

const box = document.getElementById("passkey");

const bytes = (text) => {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (char) => char.charCodeAt(0));
};
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

async function send(address, body) {
  const headers = { "Content-Type": "application/json" };
  if (box.dataset.csrf) headers["X-CSRF"] = box.dataset.csrf;
  const answer = await fetch(address, { method: "POST", headers, body: JSON.stringify(body), redirect: "error" });
  return answer.json();
}

async function made(options) {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: named(options.excludeCredentials),
  };
  const key = await navigator.credentials.create({ publicKey });
  const response = {
    clientDataJSON: text(key.response.clientDataJSON),
    attestationObject: text(key.response.attestationObject),
  };
  return { id: key.id, rawId: text(key.rawId), type: key.type, response, label: document.getElementById("label").value };
}

async function used(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: named(options.allowCredentials) };
  const key = await navigator.credentials.get({ publicKey });
  const response = {
    clientDataJSON: text(key.response.clientDataJSON),
    authenticatorData: text(key.response.authenticatorData),
    signature: text(key.response.signature),
    userHandle: key.response.userHandle ? text(key.response.userHandle) : null,
  };
  return { id: key.id, rawId: text(key.rawId), type: key.type, response };
}

async function run() {
  const options = await send(box.dataset.ask, {});
  if (options.problem) return options;
  const answer = "new" in box.dataset ? await made(options) : await used(options);
  return send(box.dataset.answer, answer);
}

if (box && window.PublicKeyCredential) {
  box.hidden = false;
  box.querySelector("button").addEventListener("click", async () => {
    const problem = document.getElementById("problem");
    problem.textContent = "";
    const done = await run().catch(() => ({ problem: box.dataset.failed }));
    if (done.go) window.location.assign(done.go);
    else problem.textContent = done.problem || box.dataset.failed;
  });
}
