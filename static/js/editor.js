// The evidence form: keeps what is typed, counts words, shows and finds activities, takes dropped files.
// Everything here adds to a page that works without it.
import { dropCopy, readCopy, writeCopy } from "./kept.js";

const form = document.querySelector("form[data-evidence]");
const portfolio = form.dataset.portfolio;
const PAUSE = 1500; // milliseconds without a key before the text is sent
const TEXT = ["title", "happened_on_0", "happened_on_1", "happened_on_2", "kind", "body"];
const MARKS = ["seen_token", "page_token"];
const CHOICES = "[data-pick] input:not([type=hidden])";

// --- keeping what is typed ------------------------------------------------------------------------------------------

const keptLine = document.getElementById("kept");
const trouble = document.getElementById("trouble");
let timer = 0;
let sending = false;
let again = false;
let leaving = false;

const madeBy = () => form.dataset.eid || form.elements.page_token.value.split(":")[0];
const copyName = () => form.dataset.eid || "new";

function choices() {
  const chosen = {};
  for (const field of form.querySelectorAll(CHOICES)) {
    if (field.type === "checkbox" ? field.checked : field.value) {
      chosen[field.name] = field.type === "checkbox" ? "on" : field.value;
    }
  }
  return chosen;
}

function typed() {
  const text = {};
  for (const field of TEXT) text[field] = form.elements[field].value;
  return { text, choices: choices() };
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const choicesAtStart = choices();

function changed() {
  writeCopy(portfolio, copyName(), { ...typed(), at: new Date().toISOString(), eid: madeBy() });
  clearTimeout(timer);
  timer = setTimeout(send, PAUSE);
}

function say(words) {
  trouble.textContent = words;
  trouble.hidden = !words;
}

async function send() {
  if (leaving) return;
  if (sending) {
    again = true;
    return;
  }
  sending = true;
  const sent = typed();
  const body = new FormData();
  for (const field of [...TEXT, ...MARKS]) body.append(field, form.elements[field].value);
  body.append("eid", form.dataset.eid);
  try {
    const answer = await fetch(form.dataset.autosave, {
      method: "POST",
      body,
      headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
    });
    const json = answer.headers.get("Content-Type")?.startsWith("application/json");
    if (!json) throw new Error(String(answer.status));
    keptAs(await answer.json(), sent);
  } catch {
    say("Not kept on the server: you may be signed out or offline. What you typed is kept in this browser, and is offered to you when you open this page again.");
  }
  sending = false;
  if (again) {
    again = false;
    send();
  }
}

function keptAs(answer, sent) {
  say(answer.said);
  if (!answer.eid) return;
  dropCopy(portfolio, copyName());
  form.elements.seen_token.value = answer.seen;
  keptLine.textContent = answer.kept;
  if (!form.dataset.eid) {
    form.dataset.eid = answer.eid;
    history.replaceState(null, "", answer.edit_url);
  }
  const now = typed();
  const textIsKept = !answer.said && same(now.text, sent.text);
  if (!textIsKept || !same(now.choices, choicesAtStart)) {
    writeCopy(portfolio, copyName(), { ...now, at: new Date().toISOString(), eid: answer.eid });
  }
}

form.addEventListener("input", (event) => {
  if (event.target.type !== "file" && event.target.type !== "search") changed();
});
form.addEventListener("submit", () => {
  leaving = true;
  clearTimeout(timer);
});
addEventListener("pageshow", () => {
  leaving = false; // the page came back from the browser's own store
});

// --- what an earlier visit left in this browser ---------------------------------------------------------------------

const found = document.getElementById("found");
const left = readCopy(portfolio, copyName());
const newer = form.dataset.eid && readCopy(portfolio, "new");

if (newer?.eid === form.dataset.eid) dropCopy(portfolio, "new"); // the form came back with all of it
if (left?.text) {
  if (same({ text: left.text, choices: left.choices }, typed())) dropCopy(portfolio, copyName());
  else offer(left);
}

function offer(copy) {
  found.querySelector("[data-found-at]").textContent = new Date(copy.at).toLocaleString("en-GB", { dateStyle: "long", timeStyle: "short" });
  found.hidden = false;
  found.querySelector("[data-bring-back]").addEventListener("click", () => bringBack(copy));
  found.querySelector("[data-drop]").addEventListener("click", () => {
    dropCopy(portfolio, copyName());
    found.hidden = true;
    form.elements.title.focus();
  });
}

async function bringBack(copy) {
  try {
    if (Object.keys(copy.choices ?? {}).some((name) => !form.elements[name])) await showAll(groups);
  } catch {
    say("Not brought back: you may be signed out or offline. This browser still holds the text.");
    return;
  }
  for (const [field, value] of Object.entries(copy.text)) {
    if (TEXT.includes(field)) form.elements[field].value = value;
  }
  for (const field of form.querySelectorAll(CHOICES)) {
    const value = copy.choices?.[field.name];
    if (field.type === "checkbox") field.checked = value === "on";
    else field.value = value ?? "";
  }
  found.hidden = true;
  form.elements.title.focus();
  count();
  countChosen();
  changed();
}

// --- counting -------------------------------------------------------------------------------------------------------

const words = document.getElementById("words");
const chosen = document.getElementById("chosen");

function count() {
  const many = (form.elements.body.value.match(/[\p{L}\p{N}][^\s]*/gu) ?? []).length;
  words.textContent = `${many} word${many === 1 ? "" : "s"}. Text is kept as you type.`;
  words.hidden = false;
}

function countChosen() {
  const many = form.querySelectorAll("[data-pick] .app-check:checked, [data-pick][data-linked]").length;
  chosen.textContent = `${many} chosen`;
}

form.elements.body.addEventListener("input", count);
form.addEventListener("change", countChosen);
count();

// --- the rows that the page had no room for: read from the page that their button leads to -----------------------------

const groups = [...form.querySelectorAll("details.app-pickgroup")];
const more = (group) => group.querySelector("[name=show]");
let asking = Promise.resolve();

function showAll(wanted) {
  asking = asking.catch(() => {}).then(() => ask(wanted)); // one after the other: the second finds what the first brought
  return asking;
}

async function ask(wanted) {
  for (let missing = wanted.filter(more); missing.length; missing = missing.filter(more)) {
    const asked = new URLSearchParams(missing.map((group) => ["show", more(group).value]));
    const answer = await fetch(`${location.pathname}?${asked}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const group of missing) {
      const whole = page.getElementById(group.id);
      if (whole && !more(whole)) take(group, whole);
    }
    if (more(missing[0])) throw new Error(String(answer.status)); // not our page: the first is always whole there
  }
}

function take(group, whole) {
  for (const row of group.querySelectorAll("[data-pick]")) {
    whole.querySelector(`[data-pick="${row.dataset.pick}"]`)?.replaceWith(row); // with what was typed into it
  }
  group.querySelector("fieldset").replaceWith(whole.querySelector("fieldset"));
  countChosen();
}

async function fill(group) {
  try {
    await showAll([group]);
  } catch {
    say("These activities could not be shown: you may be signed out or offline. What you typed is still here.");
  }
}

for (const group of groups.filter(more)) {
  group.addEventListener("toggle", () => group.open && fill(group));
  more(group).addEventListener("click", async (event) => {
    event.preventDefault();
    await fill(group);
    group.querySelector(CHOICES)?.focus(); // the button is gone
  });
}

// --- finding an activity --------------------------------------------------------------------------------------------

const search = document.getElementById("find-text");
const openAtStart = new Map(groups.map((group) => [group, group.open]));
document.getElementById("find").hidden = false;

search.addEventListener("input", async () => {
  let lacking = "";
  try {
    await showAll(groups);
  } catch {
    lacking = ". Some modules could not be looked into: you may be signed out or offline";
  }
  find(search.value.toLowerCase().split(/\s+/).filter(Boolean), lacking);
});

function find(wanted, lacking) {
  let many = 0;
  for (const group of groups) {
    let here = 0;
    for (const row of group.querySelectorAll("[data-pick]")) {
      const text = `${group.querySelector("summary").textContent} ${row.querySelector(".app-pick__top").textContent}`.toLowerCase();
      row.hidden = !wanted.every((word) => text.includes(word));
      here += !row.hidden;
    }
    group.hidden = !here && wanted.length > 0;
    group.open = wanted.length ? here > 0 : openAtStart.get(group);
    many += here;
  }
  document.getElementById("found-count").textContent = wanted.length ? `${many} activit${many === 1 ? "y matches" : "ies match"}${lacking}` : "";
}

search.addEventListener("keydown", (event) => {
  if (event.key === "Enter") event.preventDefault(); // it would save the page
});

// --- dropping files -------------------------------------------------------------------------------------------------

const files = form.elements.files;
const drop = files.closest(".app-drop");

drop.addEventListener("dragover", (event) => event.preventDefault());
drop.addEventListener("drop", (event) => {
  if (event.target === files) return; // the browser takes these itself
  event.preventDefault();
  files.files = event.dataTransfer.files;
});
