// Single keys for the queue and for decisions: whatever on the page has data-key, and j and k from one data-walk to the
// next. They can be turned off (WCAG 2.1.4), and stay off on this device. Tab and Enter reach everything without them.

const STORED = "shortcuts-off";
const panel = document.querySelector("[data-shortcuts]");

if (panel) {
  const list = panel.querySelector("[data-shortcuts-list]");
  const button = panel.querySelector("button");
  const keyed = [...document.querySelectorAll("[data-key]")];
  const stops = [...document.querySelectorAll("[data-walk]")];
  let off = stored() === "1";

  const offered = keyed.map((one) => [one.dataset.key, one.dataset.says]);
  if (stops.length > 1) offered.unshift(["j", "next in the list"], ["k", "the one before"]);
  for (const [key, says] of offered) {
    const row = document.createElement("li");
    const name = document.createElement("kbd");
    name.textContent = key;
    row.append(name, ` ${says}`);
    list.append(row);
  }
  panel.hidden = offered.length === 0;
  show();

  button.addEventListener("click", () => {
    off = !off;
    try {
      localStorage.setItem(STORED, off ? "1" : "");
    } catch {
      // This browser keeps nothing: it holds for this page.
    }
    show();
  });

  document.addEventListener("keydown", (event) => {
    if (off || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || types(event.target)) return;
    const walked = { j: 1, k: -1 }[event.key];
    const found = keyed.find((one) => one.dataset.key === event.key);
    if (walked && stops.length > 1) walk(walked);
    else if (found) use(found);
    else return;
    event.preventDefault();
  });

  function stored() {
    try {
      return localStorage.getItem(STORED);
    } catch {
      return "";
    }
  }

  function show() {
    list.hidden = off;
    button.textContent = off ? "Turn keyboard shortcuts on" : "Turn keyboard shortcuts off";
  }

  // Where a letter is text.
  function types(target) {
    return target.matches("textarea, select, [contenteditable], input:not([type=radio]):not([type=checkbox])");
  }

  function walk(step) {
    const at = stops.findIndex((one) => one.contains(document.activeElement));
    const to = at < 0 ? (step > 0 ? 0 : stops.length - 1) : Math.min(Math.max(at + step, 0), stops.length - 1);
    stops[to].focus();
  }

  function use(one) {
    if (one.matches("a, button")) one.click();
    else one.querySelector("input:not([type=hidden]), textarea").focus();
  }
}
