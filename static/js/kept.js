// A copy in this browser of what was typed and is not kept on the server yet. It is dropped as soon as it is.

const name = (portfolio, page) => `stp-evidence:${portfolio}:${page}`;

export function readCopy(portfolio, page) {
  try {
    return JSON.parse(localStorage.getItem(name(portfolio, page)));
  } catch {
    return null; // storage is switched off, or holds something else
  }
}

export function writeCopy(portfolio, page, copy) {
  try {
    localStorage.setItem(name(portfolio, page), JSON.stringify(copy));
  } catch {
    // storage is full or switched off: the server still keeps what it is sent
  }
}

export function dropCopy(portfolio, page) {
  try {
    localStorage.removeItem(name(portfolio, page));
  } catch {
    // nothing was kept here
  }
}

// On the page that shows what was saved: nothing of it stays behind in this browser.
const done = document.querySelector("script[data-done]");
if (done) {
  const { portfolio, done: eid } = done.dataset;
  dropCopy(portfolio, eid);
  if (readCopy(portfolio, "new")?.eid === eid) dropCopy(portfolio, "new");
}
