// Makes the chat quicker. Without it the same page works as a plain form.
// The conversation's token lives in this page's memory and nowhere else, unless somebody asks for a link.
"use strict";

(() => {
  const LONGEST = 4000;
  const FIRST_PAUSE = 1000;
  const LONGEST_PAUSE = 30000;
  const GIVE_UP_WAITING = 20000;

  const byId = (id) => document.getElementById(id);
  const form = byId("chat");
  const log = byId("log");
  const box = byId("message");
  const problem = byId("problem");
  const urgent = byId("urgent");
  const status = byId("status");
  const words = form.dataset;
  const returned = tokenFromAddress();
  const token = returned || form.elements.c.value;
  const waiting = [];
  let source = form.elements.from ? form.elements.from.value : "";
  let sending = false;
  let listening = false;
  let lastHeard = 0;
  let alarmedBy = null;
  let wake = () => {};

  // --- who is writing -------------------------------------------------------------------------------------------

  function tokenFromAddress() {
    const found = /^#c=([A-Za-z0-9_-]{43})$/.exec(location.hash);
    if (!found) return null;
    history.replaceState(null, "", location.pathname + location.search);
    return found[1];
  }

  function newKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  // --- what is seen ---------------------------------------------------------------------------------------------

  function fromHtml(html) {
    const holder = document.createElement("template");
    holder.innerHTML = html.trim();
    return holder.content.firstElementChild;
  }

  function addMessage(message) {
    if (log.querySelector(`[data-seq="${Number(message.seq)}"]`)) return null;
    const element = fromHtml(message.html);
    const later = [...log.querySelectorAll("[data-seq]")].find((other) => Number(other.dataset.seq) > message.seq);
    log.insertBefore(element, later || null);
    return element;
  }

  function addMessages(messages) {
    return messages.map(addMessage).filter(Boolean);
  }

  function addEcho(text) {
    const element = byId("echo").content.firstElementChild.cloneNode(true);
    element.querySelector(".said").textContent = text;
    log.append(element);
    return element;
  }

  function showState(echo, text) {
    const state = echo.querySelector(".state");
    state.hidden = !text;
    state.textContent = text;
    echo.classList.toggle("unsent", text === words.trying);
  }

  function announce(text) {
    if (status.textContent !== text) status.textContent = text;
  }

  function showBeginning(element) {
    if (element) element.scrollIntoView({ block: "start", behavior: calm() ? "auto" : "smooth" });
  }

  function calm() {
    return matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  function nearEnd() {
    return log.getBoundingClientRect().bottom <= innerHeight + 80;
  }

  function showProblem(text, atBox) {
    problem.textContent = text;
    if (atBox) box.setAttribute("aria-invalid", "true");
    else box.removeAttribute("aria-invalid");
  }

  // Stays until the same words are stored and answered in the conversation itself.
  function showUrgent(message, html) {
    alarmedBy = message;
    urgent.innerHTML = html;
  }

  // --- sending: one at a time, in order, kept until taken -------------------------------------------------------

  function messageOf(button) {
    if (button && button.name === "tap") return { tap: button.value, shown: button.textContent.trim() };
    if (button && button.name === "say") return { text: button.value, shown: button.value };
    return { text: box.value, shown: box.value.trim(), fromBox: true };
  }

  function fault(message) {
    if (message.tap) return "";
    if (!message.text.trim()) return words.empty;
    return message.text.length > LONGEST ? words.toolong : "";
  }

  function say(button) {
    const message = messageOf(button);
    const wrong = fault(message);
    showProblem(wrong, Boolean(wrong));
    if (wrong || waiting.some((other) => message.tap && other.tap === message.tap)) return;
    if (message.fromBox) emptyBox();
    message.key = newKey();
    message.source = source;
    source = "";
    message.echo = addEcho(message.shown);
    showState(message.echo, words.sending);
    message.echo.scrollIntoView({ block: "nearest" });
    waiting.push(message);
    sendAll();
  }

  function emptyBox() {
    box.value = "";
    fitBox();
  }

  async function sendAll() {
    if (sending) return wake();
    sending = true;
    for (let pause = FIRST_PAUSE; waiting.length; ) {
      const wait = await sendEach(pause);
      pause = wait ? Math.min(pause * 2, LONGEST_PAUSE) : FIRST_PAUSE;
      if (wait && waiting.every((message) => message.tried)) await sleep(wait);
    }
    sending = false;
  }

  // All that wait are tried, even behind one that fails: the next may be the one that needs 999.
  async function sendEach(pause) {
    let longest = 0;
    for (const message of [...waiting]) {
      const wait = await sendOne(message, pause);
      message.tried = true;
      longest = Math.max(longest, wait);
      if (wait === 0) waiting.splice(waiting.indexOf(message), 1);
    }
    return longest;
  }

  // Milliseconds until the next try; 0 when the message needs no other.
  async function sendOne(message, pause) {
    const answer = await post(message);
    if (answer.status === 200) {
      taken(message, answer.body);
      return 0;
    }
    if (answer.body.urgent) showUrgent(message, answer.body.urgent);
    if (answer.status === 0 || answer.status === 429 || answer.status >= 500) {
      showState(message.echo, words.trying);
      announce(words.trying);
      return Math.max(pause, answer.retryAfter * 1000);
    }
    refused(message, answer.body);
    return 0;
  }

  async function post(message) {
    const body = { c: token, k: message.key };
    if (message.tap) body.tap = message.tap;
    else body.text = message.text;
    if (message.source) body.from = message.source;
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), GIVE_UP_WAITING);
    try {
      const response = await fetch("/chat", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
        credentials: "omit",
        cache: "no-store",
        signal: abort.signal,
      });
      const retryAfter = Number(response.headers.get("Retry-After")) || 0;
      return { status: response.status, retryAfter, body: await response.json().catch(() => ({})) };
    } catch {
      return { status: 0, retryAfter: 0, body: {} };
    } finally {
      clearTimeout(timer);
    }
  }

  function taken(message, body) {
    if (message.echo.classList.contains("unsent")) announce(words.arrived);
    showState(message.echo, "");
    if (alarmedBy === message) urgent.replaceChildren();
    if (body.forgotten) log.replaceChildren();
    showBeginning(addMessages(body.messages)[0]);
    listen();
  }

  function refused(message, body) {
    message.echo.remove();
    if (!message.tap && !box.value) {
      box.value = message.text;
      fitBox();
    }
    showProblem(body.problem || words.broken, false);
  }

  function sleep(milliseconds) {
    return new Promise((done) => {
      const finish = () => {
        clearTimeout(timer);
        removeEventListener("online", finish);
        done();
      };
      const timer = setTimeout(finish, milliseconds);
      addEventListener("online", finish);
      wake = finish;
    });
  }

  // --- listening: what staff write, or another page of the same conversation ------------------------------------

  async function listen() {
    if (listening) return;
    listening = true;
    for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      if (await readStream()) pause = FIRST_PAUSE;
      await new Promise((done) => setTimeout(done, pause + Math.random() * FIRST_PAUSE));
    }
  }

  // True when the stream opened, however it ended.
  async function readStream() {
    try {
      const headers = { Authorization: `Bearer ${token}`, "Last-Event-ID": String(lastHeard) };
      const response = await fetch("/chat/events", { headers, credentials: "omit", cache: "no-store" });
      if (!response.ok || !response.body) return false;
      await readEvents(response.body.getReader()).catch(() => {});
      return true;
    } catch {
      return false;
    }
  }

  async function readEvents(reader) {
    const decoder = new TextDecoder();
    for (let held = ""; ; ) {
      const { done, value } = await reader.read();
      if (done) return;
      held += decoder.decode(value, { stream: true });
      const events = held.split("\n\n");
      held = events.pop();
      events.forEach(heard);
    }
  }

  function heard(event) {
    const data = event.split("\n").find((line) => line.startsWith("data: "));
    if (!data) return;
    const message = JSON.parse(data.slice("data: ".length));
    lastHeard = Math.max(lastHeard, message.seq);
    const atEnd = nearEnd();
    const element = addMessage(message);
    if (atEnd) showBeginning(element);
  }

  // --- the page -------------------------------------------------------------------------------------------------

  function fitBox() {
    box.rows = Math.min(6, Math.max(1, box.value.split("\n").length));
  }

  function leave(event) {
    event.preventDefault();
    const target = byId("leave").href;
    document.title = "";
    document.body.replaceChildren();
    const page = window.top === window ? window : window.top;
    page.location.replace(target);
  }

  function makeLink() {
    const link = document.createElement("a");
    link.href = `${location.origin}/#c=${token}`;
    link.textContent = byId("link-words").content.textContent.trim();
    byId("link").replaceChildren(link);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    say(event.submitter);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    say(null);
  });
  box.addEventListener("input", () => {
    fitBox();
    showProblem("", false);
  });
  byId("leave").addEventListener("click", leave);
  byId("make-link").addEventListener("click", makeLink);
  byId("keep").hidden = document.body.classList.contains("embed");
  if (document.body.classList.contains("embed")) {
    addEventListener("keydown", (event) => {
      if (event.key === "Escape") parent.postMessage("close-chat", "*");
    });
  }
  if (returned || log.querySelector("[data-seq]")) listen();
})();
