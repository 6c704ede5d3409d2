// Puts one button on a council's page, which opens the chat in a dialog. Uses no style attribute and no cookie, so it
// runs under a strict content policy; that policy must allow this script and a frame from the same address.
const origin = new URL(document.currentScript.src).origin;

const STYLE = `
  :host { all: initial; }
  button { font: 600 1.0625rem/1.3 system-ui, sans-serif; min-height: 2.75rem; cursor: pointer; }
  .open { position: fixed; inset-block-end: 1rem; inset-inline-end: 1rem; z-index: 2147483000; padding: .75rem 1.25rem;
    color: #fff; background: #12305c; border: 2px solid #fff; border-radius: .75rem; box-shadow: 0 2px 10px #0006; }
  :focus-visible { outline: 3px solid #ffd54a; outline-offset: 2px; box-shadow: 0 0 0 6px #12305c; }
  dialog { box-sizing: border-box; padding: 0; border: 2px solid #12305c; border-radius: .75rem; background: #fff;
    width: min(30rem, 100vw); height: min(46rem, 100dvh); max-width: 100vw; max-height: 100dvh;
    margin: auto 1rem 1rem auto; overflow: hidden; }
  dialog[open] { display: flex; flex-direction: column; }
  dialog::backdrop { background: #0b1f3a99; }
  .close { align-self: flex-end; margin: .25rem; padding: .25rem 1rem; color: #12305c; background: #fff;
    border: 2px solid #12305c; border-radius: .5rem; }
  iframe { flex: 1; width: 100%; border: 0; border-top: 1px solid #12305c; }
  @media (max-width: 32rem) { dialog { margin: auto; border-radius: 0; } }
`;

function make(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}

function embed(words) {
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const style = new CSSStyleSheet();
  style.replaceSync(STYLE);
  root.adoptedStyleSheets = [style];

  const open = make("button", { type: "button", className: "open", textContent: words.open });
  const close = make("button", { type: "button", className: "close", textContent: words.close });
  const dialog = make("dialog", { ariaLabel: words.title });
  open.setAttribute("aria-haspopup", "dialog");
  dialog.append(close);
  root.append(open, dialog);

  let frame = null;
  // A modal dialog keeps the focus inside, makes the page behind inert, and closes on Escape by itself.
  open.addEventListener("click", () => {
    if (!frame) {
      frame = make("iframe", { src: `${origin}/?embed=1`, title: words.title, referrerPolicy: "no-referrer" });
      dialog.append(frame);
    }
    dialog.showModal();
  });
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => open.focus());
  // Escape pressed inside the frame is heard by the frame alone, which then tells us.
  addEventListener("message", (event) => {
    const ours = frame && event.source === frame.contentWindow && event.origin === origin;
    if (ours && event.data === "close-chat") dialog.close();
  });

  const add = () => document.body.append(host);
  if (document.body) add();
  else addEventListener("DOMContentLoaded", add);
}
