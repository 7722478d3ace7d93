"""The shared pieces of a page that need a word, a shape or a number: {% load look %}.

Every piece, with its parameters, is listed in templates/components/README.md and shown in every state on the
components page (portfolio/views/components.py). Templates decide nothing and do no arithmetic: a mapping over states
stands here, once, and tests/look says that it is total.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString

from portfolio.requirements.words import day as said
from portfolio.shapes import ACTIVITY_SHAPES, ASSESSMENT_SHAPES, EVIDENCE_SHAPES, MODULE_SHAPES
from portfolio.states import ActivityState, AssessmentState, EvidenceState, ModuleState

register = template.Library()

# What a state looks like in a bar. Returned shares the dots with draft: both are with the trainee.
BAR_SHAPES: dict[str, str] = {
    ActivityState.NOT_STARTED: "none",
    ActivityState.DRAFT: "draft",
    ActivityState.IN_REVIEW: "review",
    ActivityState.RETURNED: "draft",
    ActivityState.SIGNED_OFF: "done",
    ActivityState.SIGNED_ELSEWHERE: "elsewhere",
}
FILLS = {
    "module": "#00401e",
    "done": "#3f9b6b",
    "elsewhere": "url(#p-elsewhere) #d9cdea",
    "review": "url(#p-review) #cfe1f4",
    "draft": "url(#p-draft) #fff",
    "none": "#fff",
    "unknown": "#fff",
}
TYPE_NAMES = {
    "DTA": "Developmental training activity",
    "ETA": "Entrustable training activity",
    "OTA": "Observational training activity",
    "CBD": "Case-based discussion",
    "DOPS": "Direct observation of practical skills",
    "OCE": "Observed communication event",
}
NOTICE_ICONS = {"amber": "returned", "blue": "info", "plain": "info", "red": "alert"}


@lru_cache(maxsize=4096, typed=True)
def _drawn(component: str, **named: Any) -> SafeString:
    """A small component, which looks the same for the same values: pages show hundreds, so they are drawn once.

    `typed` tells a text that is still to be escaped from one that is markup already.
    """
    return render_to_string(f"components/{component}.html", named)


# --- words and shapes -------------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """A shape of the sprite. It says nothing to a screen reader: a word stands beside it."""
    return _drawn("icon", name=name, css=css)


@register.simple_tag
def state(value: str, text: str = "") -> SafeString:
    """The state of a training activity, in domain.md's word or in `text`. An unknown value is an error, not a guess."""
    return _drawn("state", shape=ACTIVITY_SHAPES[value], text=text or ActivityState(value).label)


@register.simple_tag
def module_state(value: str, text: str = "") -> SafeString:
    """The state of a module: other words and other shapes than an activity's (a square tick, a half disc)."""
    return _drawn("state", shape=MODULE_SHAPES[value], text=text or ModuleState(value).label)


@register.simple_tag
def assessment_state(value: str) -> SafeString:
    """The state of a work-based assessment, in domain.md's word."""
    return _drawn("state", shape=ASSESSMENT_SHAPES[value], text=str(AssessmentState(value).label))


@register.filter
def assessment_shape(value: str) -> str:
    """The shape of an assessment's state, for a class or an icon."""
    return ASSESSMENT_SHAPES[value]


@register.simple_tag
def evidence_state(value: str) -> SafeString:
    """A state that a page of evidence is in; it may be in several."""
    return _drawn("state", shape=EVIDENCE_SHAPES[value], text=str(EvidenceState(value).label))


@register.simple_tag
def mark(shape: str, text: str) -> SafeString:
    """Any shape of the sprite with its word beside it, such as an alert: {% mark "alert" "Not ready" %}."""
    return _drawn("state", shape=shape, text=text)


@register.filter
def shape(value: str) -> str:
    """The shape of an activity's state, for a class or an icon."""
    return ACTIVITY_SHAPES[value]


@register.filter
def state_word(value: str) -> str:
    """The word of an activity's state."""
    return str(ActivityState(value).label)


@register.simple_tag
def type_box(type: str, missing: str = "") -> SafeString:
    """DTA, CBD and so on, with the full name. Without a type: `missing`, or nothing."""
    return _drawn("type", type=type, name=TYPE_NAMES.get(type, ""), missing=missing)


@register.filter
def day(value: date | datetime | None) -> str:
    """3 March 2026"""
    return said(value) if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """3 March 2026, 10:42"""
    return date_format(_local(value), "j F Y, H:i") if value else ""


def _local(value: date | datetime) -> date | datetime:
    """In the site's own time zone, where the value is a moment."""
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


@register.inclusion_tag("components/fingerprint.html")
def fingerprint(digest: str, whole: bool = False) -> dict[str, str | bool]:
    """A digest for people to compare: the first 12 signs in groups of four, or all of it."""
    shown = digest if whole else digest[:12]
    return {"shown": " ".join(shown[at : at + 4] for at in range(0, len(shown), 4)), "whole": whole}


# --- pieces that hold other markup ------------------------------------------------------------------------------------


@register.simple_block_tag
def notice(content: str, colour: str = "plain", icon: str = "") -> SafeString:
    """{% notice "amber" %}<p>...</p>{% endnotice %}. Amber only for what came back or is at risk; red for an error."""
    named = {"content": content, "colour": colour, "icon": icon or NOTICE_ICONS[colour]}
    return render_to_string("components/notice.html", named)


@register.simple_block_tag
def disclosure(content: str, summary: str, open: bool = False) -> SafeString:
    """{% disclosure "Show the figures as a table" %}...{% enddisclosure %}"""
    return render_to_string("components/disclosure.html", {"content": content, "summary": summary, "open": open})


@register.simple_block_tag
def statusbar(
    content: str, value: str = "", text: str = "", note: str = "", module: bool = False, shape: str = ""
) -> SafeString:
    """Where one activity (or module) stands, with the buttons from here as its content; `shape` in place of its own."""
    shapes, words = (MODULE_SHAPES, ModuleState) if module else (ACTIVITY_SHAPES, ActivityState)
    buttons = content if content.strip() else ""  # still safe: strip() itself gives a plain string
    named = {"content": buttons, "shape": shape or shapes[value], "text": text or words(value).label, "note": note}
    return render_to_string("components/statusbar.html", named)


# --- lists ------------------------------------------------------------------------------------------------------------


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Any, label: str = "Pages") -> dict[str, Any]:
    """The pages of a list, one `django.core.paginator.Page`; every other filter in the address is kept."""
    numbers = page.paginator.get_elided_page_range(page.number)
    return {"page": page, "numbers": numbers, "label": label, "query": context["request"].GET}


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: Any) -> dict[str, Any]:
    """The errors of one form or of several, each with a link to its field. Nothing when there are none."""
    return {"forms": [form for form in forms if form is not None and form.errors]}


# --- bars -------------------------------------------------------------------------------------------------------------


@register.simple_tag
def swatch(shape: str) -> SafeString:
    """One colour of a key: module, done, elsewhere, review, draft, none or unknown."""
    return _drawn("swatch", shape=shape, fill=FILLS[shape])


@register.simple_tag
def minibar(segments: Iterable[Any], label: str, known: bool = True) -> SafeString:
    """A small bar. `segments`: {state, x, width}, in percent. `label` says the same in words, for a screen reader.

    What is not started is the ground that the rest is drawn on.
    """
    drawn = (bar_part(segment) for segment in segments if _of(segment, "state") != ActivityState.NOT_STARTED)
    parts = SafeString("".join(drawn))  # each was drawn, and escaped, by a template of its own
    shown = {"parts": parts, "label": label, "known": known}
    return render_to_string("components/minibar.html", shown)


@register.simple_tag
def bar_part(segment: Any, y: int = 0, height: int = 0, patterns: str = "") -> SafeString:
    """One rectangle of a bar. The state "module" is a module signed off as a whole.

    Without a `height` the stylesheet gives it that of its small bar: a page may have hundreds. `patterns` names the
    SVG that holds its own patterns; without it they come from the page's sprite.
    """
    shape = "module" if _of(segment, "state") == "module" else BAR_SHAPES[_of(segment, "state")]
    return _drawn(
        "bar_part",
        shape=shape,
        fill=FILLS[shape].replace(")", f"-{patterns})") if patterns else FILLS[shape],
        x=_number(_of(segment, "x")),
        width=_number(_of(segment, "width")),
        y=y,
        height=height,
    )


@register.inclusion_tag("components/credit_bar.html")
def credit_bar(bar: Any, id: str = "credit-bar") -> dict[str, Any]:
    """All credits in programme order. What `bar` holds is listed in templates/components/README.md.

    A label is shown where its block is wide enough for it: `fit` names the least width of the bar, in pixels, and the
    stylesheet asks the bar's own box. Where it does not fit, the table below the bar says it.
    """
    blocks, groups, start = [], [], 0.0
    for block in _of(bar, "blocks"):
        width = float(_of(block, "width"))
        code = _code_for(_of(block, "code"), width)
        blocks.append(
            {
                "code": code,
                "caption": _of(block, "caption"),
                "signed_off": _of(block, "state") == ModuleState.SIGNED_OFF,
                "known": _of(block, "known"),
                "segments": _of(block, "segments"),
                "start": _number(_of(block, "start")),
                "width": _number(width),
                "middle": _number(float(_of(block, "start")) + width / 2),
                "code_fit": fit(WIDEST_LETTER * len(code) + 4, width),
                "caption_fit": fit(6.6 * len(_of(block, "caption")) + 4, width),
            }
        )
    for before, block in zip([None, *blocks[:-1]], blocks, strict=True):
        block["cut"] = before is not None
        block["between_finished"] = before is not None and before["signed_off"] and block["signed_off"]
    for group in _of(bar, "groups"):
        width = 100 * float(_of(group, "credits")) / (_of(bar, "total") or 1)
        groups.append(
            {
                "label": _of(group, "label"),
                "short": _of(group, "short"),
                "credits": _of(group, "credits"),
                "start": _number(start),
                "middle": _number(start + width / 2),
                "first": start == 0,
                "fit": fit(9.6 * len(_of(group, "label")) + 32, width, least=600),
            }
        )
        start += width
    return {
        "id": id,
        "label": _of(bar, "label"),
        "blocks": blocks,
        "groups": groups,
        "zeros": _zeros(bar),
        "unknown": not all(block["known"] for block in blocks),
        "elsewhere": any(_elsewhere(part) for block in blocks for part in block["segments"]),
    }


def _elsewhere(segment: Any) -> bool:
    return bool(_of(segment, "state") == ActivityState.SIGNED_ELSEWHERE)


def _zeros(bar: Any) -> list[dict[str, Any]]:
    """Modules of 0 credits take no width, so that they cannot be lost: diamonds, side by side where they meet."""
    places: dict[float, list[Any]] = {}
    for diamond in _of(bar, "diamonds"):
        places.setdefault(round(float(_of(diamond, "x")), 1), []).append(diamond)
    return [
        {
            "x": _number(x),
            "codes": ", ".join(_of(one, "code") for one in here),
            "wide": _zero_label(x < 11, len(here)),
            "narrow": _zero_label(x < 20, len(here)),
            "marks": [{"dx": 20 * at, "shape": _zero_shape(one)} for at, one in enumerate(here)],
        }
        for x, here in places.items()
    ]


def _zero_label(right: bool, count: int) -> dict[str, Any]:
    """Left of the diamonds, or right of them where the bar begins and there is no room."""
    return {"right": right, "x": 20 * count - 4 if right else -16}


def _zero_shape(diamond: Any) -> str:
    """How much of a diamond is filled: nothing, half, or all."""
    value = _of(diamond, "state")
    return {ModuleState.NOT_STARTED: "empty", ModuleState.SIGNED_OFF: "full"}.get(value, "half")


FIT_STEPS = (600, 700, 800, 900, 950, 1000, 1050, 1100, 1200)
WIDEST_LETTER = 8.7  # pixels, of capitals in bold at 14 px, in the widest font of the stack
DESKTOP = 1070  # pixels: how wide the bar is where the page has its full width


def _code_for(code: str, percent: float) -> str:
    """The code under its block; where that is too narrow even on a desktop, its last part, such as R1."""
    fits = WIDEST_LETTER * len(code) + 4 <= DESKTOP * percent / 100
    return code if fits else code.rsplit("-", 1)[-1]


def fit(pixels: float, percent: float, least: int = 900) -> str:
    """The least width of the whole bar at which so many pixels fit into so many percent of it; "never" if at none."""
    needed = 100 * pixels / percent if percent else float("inf")
    return next((str(step) for step in FIT_STEPS if step >= max(needed, least)), "never")


def _of(thing: Any, name: str) -> Any:
    """A part of a dataclass or of a dict: components take plain data of either kind."""
    return thing[name] if isinstance(thing, Mapping) else getattr(thing, name)


def _number(value: float) -> str:
    """A number as SVG wants it, with a point in every language."""
    return f"{float(value):.3f}".rstrip("0").rstrip(".")
