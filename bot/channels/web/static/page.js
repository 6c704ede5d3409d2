// The pages beside the chat: the leave button acts at once, and the print button prints.
"use strict";

(() => {
  document.getElementById("leave").addEventListener("click", (event) => {
    event.preventDefault();
    const target = event.currentTarget.href;
    document.title = "";
    document.body.replaceChildren();
    (window.top === window ? window : window.top).location.replace(target);
  });
  const print = document.getElementById("print");
  if (print) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
  }
})();
