// A snippet goes into its box at the cursor, at once. Without this script the button sends the form, which comes back with
// the text at the end of the box.

const texts = new Map([...document.querySelectorAll("[data-snippets] li")].map((one) => [one.dataset.tid, one.textContent]));

for (const place of document.querySelectorAll("[data-put-into]")) {
  const select = place.querySelector("select");
  for (const button of place.querySelectorAll("button")) {
    const box = document.getElementById(button.dataset.box ?? place.dataset.putInto);
    let touched = false; // a box that nobody was in has its cursor at the start
    box.addEventListener("focus", () => (touched = true));
    button.type = "button";
    button.addEventListener("click", () => {
      const text = texts.get(select.value);
      if (text === undefined) return select.focus();
      put(box, text, touched);
      select.value = "";
    });
  }
}

function put(box, text, touched) {
  const [start, end] = touched ? [box.selectionStart, box.selectionEnd] : [box.value.length, box.value.length];
  const before = box.value.slice(0, start);
  const apart = before === "" || /\s$/.test(before) ? "" : "\n";
  box.setRangeText(apart + text, start, end, "end");
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
}
