"""What can be held by a machine of how a page looks. Each check says in words what is wrong; an empty list is good."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

MOST_TABS = 400
SPARE_TABS = 24  # for toolbars, boxes that scroll, and to come round to what stands before the focus at first
MENU_FOLDS = 2_000  # milliseconds: after a change of width a script folds the menu
SETTLED = """most => new Promise(done => {
  const until = performance.now() + most, html = document.documentElement;
  const look = () => html.scrollWidth <= innerWidth || performance.now() > until
    ? done(html.scrollWidth) : requestAnimationFrame(look);
  look();
})"""
FOUND_WRONG = {"resultTypes": ["violations"]}  # only what is wrong is worked out in full
# WCAG 2.2, 2.5.8: 24 pixels; axe leaves it out unless asked.
AXE = {"rules": {"target-size": {"enabled": True}}, **FOUND_WRONG}

# WCAG 1.4.12: what a reader may do to the spacing of text without losing any of it.
SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-bottom: 2em !important }"""

# Everything that Tab has to reach: one radio stands for its group, and what a closed <details> holds is not there.
REACHABLE = """
const shown = e => e.checkVisibility({ checkVisibilityCSS: true }) && e.getClientRects().length > 0;
const groups = new Set();
const controls = 'a[href], button, input, select, textarea, summary, [tabindex]';
const reachable = [...document.querySelectorAll(controls)].filter(e => {
  if (e.disabled || e.tabIndex < 0 || e.type === 'hidden' || !shown(e)) return false;
  if (e.closest('[role=toolbar]')) return false;  // one stop, then arrow keys: tests/e2e/test_evidence.py goes there
  if (e.type !== 'radio') return true;
  const group = [...(e.form || document).querySelectorAll(`[name="${CSS.escape(e.name)}"]`)];
  if (group.some(one => one.checked)) return e.checked;
  if (groups.has(e.name)) return false;
  return groups.add(e.name);
});
const said = e => (e.innerText || e.labels?.[0]?.innerText || e.name || '').trim().slice(0, 40);
const words = e => `${e.tagName.toLowerCase()} “${said(e)}”`;
"""
MISSED = "walk.reachable.filter(e => !walk.reached.includes(e)).length"

# How something looks, with what may carry its focus: the label of a radio, the frame of the editor, a tile.
LOOK = """
const look = e => [e, e.nextElementSibling, e.parentElement].filter(Boolean).flatMap(one =>
  [null, '::before', '::after'].map(part => {
    const s = getComputedStyle(one, part);
    return [s.outline, s.boxShadow, s.backgroundColor, s.borderColor, s.borderWidth].join();
  })).join('|');
"""

UNSEEN_FOCUS = f"""() => {{
  {REACHABLE}{LOOK}
  document.activeElement.blur();
  const before = reachable.map(look);
  return reachable.filter((e, n) => {{
    e.focus(); const same = look(e) === before[n]; e.blur();
    return same;
  }}).map(words);
}}"""

# Colours of the page are gone in a contrast theme, shadows too: an outline or a border has to carry the focus.
UNSEEN_FOCUS_IN_FORCED_COLOURS = f"""() => {{
  {REACHABLE}
  const lined = e => [e, e.nextElementSibling, e.parentElement].filter(Boolean).some(one =>
    [null, '::before', '::after'].some(part => {{
      const s = getComputedStyle(one, part);
      return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2;
    }}));
  return reachable.filter(e => {{ e.focus(); const seen = lined(e); e.blur(); return !seen }}).map(words);
}}"""

# Where the shape of a box says something, its edge has to be there without its background.
BOXES = (
    ".app-panel, .app-tile, .app-pip > *, .app-slot, .app-statusbar, .app-notice, .app-type, .app-new, "
    ".nhsuk-button, .nhsuk-input, .nhsuk-textarea, .nhsuk-select, .nhsuk-error-summary, .app-banner, .app-choice label"
)
WITHOUT_EDGE = f"""() => {{
  const edged = e => {{
    const s = getComputedStyle(e);
    return s.borderWidth.split(' ').some(one => parseFloat(one) > 0);
  }};
  const boxes = [...document.querySelectorAll('{BOXES}')].filter(e => e.checkVisibility() && !e.closest('.app-editor'));
  return boxes.filter(e => !edged(e)).map(e => e.className);
}}"""

# Icons and bars are SVG, which no browser recolours: what is not the reader's own colour cannot be relied on.
UNSEEN_ICONS = """() => [...document.querySelectorAll('.app-icon')].filter(e => e.checkVisibility()
  && getComputedStyle(e).color !== getComputedStyle(e.parentElement).color).map(e => e.outerHTML.slice(0, 80))"""

UNSEEN_LETTERS = """() => [...document.querySelectorAll('main svg text')].filter(e => e.checkVisibility()
  && getComputedStyle(e).fill !== getComputedStyle(document.body).color).map(e => e.textContent)"""

# A line that is transparent on the page is drawn here: under every way but the one that is open it must not be.
NOT_TOLD_APART = """() => [...document.querySelectorAll('nav [aria-current]')].filter(e =>
  [...e.closest('nav').querySelectorAll('a:not([aria-current])')].some(a => {
    const [other, here] = [getComputedStyle(a), getComputedStyle(e)];
    return a.checkVisibility() && other.borderBottomWidth !== '0px' && other.borderBottom === here.borderBottom;
  })).map(e => e.innerText)"""

NOT_ON_PAPER = (
    "header .nhsuk-header__navigation, header .nhsuk-header__account-link, footer, .nhsuk-skip-link, .app-crumb, "
    ".app-pages, .app-within ul, .app-filters, button, .nhsuk-button, form.app-decide, .app-queue__nav"
)
ON_PAPER = f"""() => [...document.querySelectorAll('{NOT_ON_PAPER}')]
  .filter(e => e.checkVisibility()).map(e => `${{e.tagName}} ${{e.className}}`)"""
ADDRESSES_ON_PAPER = """() => [...document.querySelectorAll('main a')].filter(e =>
  !['none', 'normal', '""'].includes(getComputedStyle(e, '::after').content)).map(e => e.innerText)"""


def violations(page: Page, options: dict[str, Any] = FOUND_WRONG) -> list[dict[str, Any]]:
    """What axe finds wrong with the page as it stands. Into one page it is put once."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[dict[str, Any]] = page.evaluate("options => axe.run(options).then(said => said.violations)", options)
    return found


def in_every_way(page: Page) -> list[str]:
    """What is wrong with the page as it stands: axe, keyboard, forced colours, paper, 200 % and a phone."""
    size = page.viewport_size
    found = axe(page) + tabs_through(page) + focus_is_seen(page)
    found += holds_in_forced_colours(page) + prints(page)
    found += fits(page, 640) + fits(page, 375) + axe(page) + fits_when_spaced(page)
    if size is not None:
        page.set_viewport_size(size)
    return found


def axe(page: Page) -> list[str]:
    """Axe's own words."""
    return [
        f"axe: {found['id']}: {found['help']}: " + ", ".join(str(node["target"]) for node in found["nodes"][:3])
        for found in violations(page, AXE)
    ]


def fits(page: Page, width: int) -> list[str]:
    """No sideways scrolling at this width. 640 is a screen of 1280 at 200 %."""
    page.set_viewport_size({"width": width, "height": 900})
    found = page.evaluate(SETTLED, MENU_FOLDS)
    return [] if found <= width else [f"{found} wide at {width}"]


def fits_when_spaced(page: Page) -> list[str]:
    """With the reader's own spacing nothing is pushed out of the page, and no button or box cuts its words off."""
    cut = """css => {
      const sheet = new CSSStyleSheet(); sheet.replaceSync(css); document.adoptedStyleSheets.push(sheet);
      const wide = document.documentElement.scrollWidth > innerWidth ? ['the page is too wide'] : [];
      const cut = [...document.querySelectorAll('main *')].filter(e => {
        const s = getComputedStyle(e);
        const hides = s.overflow === 'hidden' && s.position !== 'absolute';
        return e.checkVisibility() && hides && e.scrollHeight > e.clientHeight + 1;
      }).map(e => `cut off: ${e.className}`);
      document.adoptedStyleSheets.pop();
      return [...wide, ...cut];
    }"""
    return [f"spaced text: {one}" for one in page.evaluate(cut, SPACED)]


def tabs_through(page: Page) -> list[str]:
    """Tab reaches every link, button and field once, in the order of the page, and comes out again."""
    page.evaluate(f"""() => {{
      {REACHABLE}
      window.walk = {{ reachable, words, reached: [] }};
      document.addEventListener('focusin', event => walk.reached.push(event.target));
      document.activeElement.blur();
      getSelection().removeAllRanges();
    }}""")
    left = min(page.evaluate("walk.reachable.length"), MOST_TABS) + SPARE_TABS
    while missed := min(page.evaluate(MISSED), left):  # where all was reached, one more Tab says nothing new
        for _ in range(missed):
            page.keyboard.press("Tab")
        left -= missed
    return page.evaluate("""() => {
      const { reachable, reached, words } = walk, missed = reachable.filter(e => !reached.includes(e));
      const once = [...new Set(reached.filter(e => reachable.includes(e)))];  // round again is not out of order
      const places = once.map(e => reachable.indexOf(e));
      const ordered = places.filter((at, n) => n && at < places[n - 1]).length < 2;  // it may begin anywhere
      const order = once.map(words).join(', ');
      return [
        ...missed.map(e => `Tab never reaches ${words(e)}`),
        ...(ordered ? [] : [`Tab jumps about: ${order}`]),
        ...reachable.filter(e => e.tabIndex > 0).map(e => `out of the order of the page: ${words(e)}`),
      ];
    }""")


def focus_is_seen(page: Page) -> list[str]:
    """After the Tab walk, for the browser then shows the focus of a keyboard."""
    return [f"focus not seen: {one}" for one in page.evaluate(UNSEEN_FOCUS)]


def holds_in_forced_colours(page: Page) -> list[str]:
    """States, boxes and the focus are told by lines and shapes, not by the page's own colours."""
    with _emulated(page, forced_colors="active"):
        looks = (UNSEEN_FOCUS_IN_FORCED_COLOURS, WITHOUT_EDGE, UNSEEN_ICONS, UNSEEN_LETTERS, NOT_TOLD_APART)
        focus, boxes, icons, letters, ways = (page.evaluate(one) for one in looks)
    return [
        *(f"forced colours, focus not seen: {one}" for one in focus),
        *(f"forced colours, no edge: {one}" for one in set(boxes)),
        *(f"forced colours, icon keeps its colour: {one}" for one in icons),
        *(f"forced colours, letters keep their colour: {one}" for one in letters),
        *(f"forced colours, not told from the other ways: {one}" for one in ways),
    ]


def prints(page: Page) -> list[str]:
    """Paper has the heading and the record; no navigation, no buttons, no addresses behind links. It says who."""
    with _emulated(page, media="print"):
        left, noisy = page.evaluate(ON_PAPER), page.evaluate(ADDRESSES_ON_PAPER)
        heading = page.locator("main h1").is_visible()
    return [
        *(f"printed: {one}" for one in left),
        *(f"printed with its address: {one}" for one in noisy),
        *([] if heading else ["printed without its heading"]),
    ]


@contextmanager
def _emulated(page: Page, **how: str) -> Iterator[None]:
    page.emulate_media(**how)  # type: ignore[arg-type]
    yield
    page.emulate_media(**dict.fromkeys(how, "null"))  # type: ignore[arg-type]
