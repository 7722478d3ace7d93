"""The components page: every shared piece in every state, for whoever builds pages. Never where somebody's work is."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portfolio.differences import compare
from portfolio.forms.sample import LONG, Sample, SampleFilter
from portfolio.states import ActivityState, AssessmentState, EvidenceState, ModuleState
from portfolio.views.component_charts import PACE, PROGRAMME
from portfolio.views.component_pieces import pieces, states

WORDING = "Attend and share learning from a relevant conference"
DIGEST = "a41f9c2e7b0651d3" * 4
# Where somebody builds pages: `make demo` is what a newcomer starts, on fictional data, and nobody's work is there. And
# wherever STP_DEBUG is on, which production refuses.
DEVELOPMENT = ("demo", "test")


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Sample data in, every template of templates/components/ out. It reads and writes nothing."""
    if settings.STP_MODE not in DEVELOPMENT and not settings.DEBUG:
        raise Http404
    messages.success(request, "Your evidence was saved.")
    messages.info(request, "The training officer has been told.")
    messages.error(request, "The file was not saved: it is larger than 25 MB.")
    pages, today = Paginator(range(1000), 25), timezone.localdate()
    shown = {
        "activity_states": ActivityState.values,
        "module_states": ModuleState.values,
        "evidence_states": EvidenceState.values,
        "assessment_states": AssessmentState.values,
        "states": states(),
        **pieces(NEXT),
        "dates": [today - timedelta(days=6), today, today + timedelta(days=1), today + timedelta(days=14)],
        "moment": timezone.now() - timedelta(days=9),
        "whose": WITHIN,
        "difference": compare(BEFORE, AFTER),
        "types": ["DTA", "ETA", "OTA", "CBD", "DOPS", "OCE"],
        "shapes": SHAPES,
        "long": LONG,
        "digest": DIGEST,
        "crumbs": [("Progress", "#top"), ("S-C1 Professional Foundations", "#top")],
        "bars": [FULL_BAR, EMPTY_BAR, MANY_BAR, ONE_BAR],
        "minibars": MINIBARS,
        "pace": PACE,
        "programme": PROGRAMME,
        "next": NEXT,
        "conditions": CONDITIONS,
        "tiles": tiles(),
        "tasks": tiles(note=True),
        "pips": [
            {"label": n, "shape": shape, "word": shape, "href": "#top"} for n, shape in enumerate(STATE_SHAPES, 1)
        ],
        "plain_pips": [
            {"label": "CBD", "shape": "done", "word": "done"},
            {"label": "OCE", "shape": "none", "word": "open"},
        ],
        "slots": SLOTS,
        "evidence": EVIDENCE,
        "files": FILES,
        "timeline": TIMELINE,
        "facts": FACTS,
        "prompts": [{"label": "Before", "text": "What did you want to learn?"}, {"label": LONG, "text": LONG}],
        "first_page": pages.page(1),
        "page": pages.page(20),
        "last_page": pages.page(40),
        "filters": SampleFilter(),
        "plain_form": SampleFilter(auto_id="plain_%s"),
        "empty_form": Sample(auto_id="empty_%s", initial={"title": LONG}),
        "form": Sample({"date_0": "31", "date_2": "2026", "title": "", "assessor": "9"}),
    }
    return render(request, "components/all.html", shown)


SHAPES = [
    "done", "module", "ready", "review", "returned", "draft", "progress", "none", "alert", "info", "calendar", "lock",
    "unlock", "person", "clip", "yes", "no", "unknown", "tick", "stop", "up", "down", "equal",
]  # fmt: skip
STATE_SHAPES = ["none", "draft", "review", "returned", "done"]


def segments(start: float, width: float, *counts: int) -> list[dict[str, Any]]:
    """Signed off, in review, draft and not started, as parts of one block."""
    states = ("signed_off", "in_review", "draft", "not_started")
    found, at, total = [], start, sum(counts) or 1
    for state, count in zip(states, counts, strict=True):
        found.append({"state": state, "x": at, "width": width * count / total})
        at += width * count / total
    return found


MINIBARS = [
    {"said": "0 of 20", "segments": segments(0, 100, 0, 0, 0, 20), "known": True},
    {"said": "12 of 20", "segments": segments(0, 100, 12, 2, 3, 3), "known": True},
    {"said": "99 of 100", "segments": segments(0, 100, 99, 0, 0, 1), "known": True},
    {"said": "20 of 20", "segments": segments(0, 100, 20, 0, 0, 0), "known": True},
    {"said": "Signed off", "segments": [{"state": "module", "x": 0, "width": 100}], "known": True},
    {"said": "3 so far", "segments": [], "known": False},
]
WITHIN = {
    "trainee": "Noor Haddad",
    "links": [
        {"label": "Progress", "href": "#top", "current": True},
        {"label": "Evidence", "href": "#top", "current": False},
        {"label": LONG, "href": "#top", "current": False},
    ],
    "section": {
        "label": "Plan",
        "links": [
            {"label": "Placements", "href": "#top", "current": True},
            {"label": LONG, "href": "#top", "current": False},
        ],
    },
}
BEFORE = "What I went to\n\nA two-day conference.\nOne line.\nTwo lines.\nThree lines.\nFour lines.\n\nIt was good."
AFTER = "What I went to\n\nA two-day national conference.\nOne line.\nTwo lines.\nThree lines.\nFour lines.\n\n" + LONG


def bar(label: str, groups: list[tuple[str, str, list[tuple[Any, ...]]]], diamonds: list[Any] | None = None) -> Any:
    """A credit bar from (code, credits, counts) by group; counts "all" is a module signed off, None is not known."""
    total = sum(credits for _label, _short, modules in groups for _code, credits, _counts in modules)
    blocks, at = [], 0.0
    for code, credits, counts in (module for _label, _short, modules in groups for module in modules):
        width = 100 * credits / total
        known = counts is not None
        blocks.append(
            {
                "code": code,
                "label": code,
                "credits": credits,
                "start": at,
                "width": width,
                "state": "signed_off" if counts == "all" else "in_progress",
                "segments": segments(at, width, *counts) if known and counts != "all" else [],
                "caption": "10 of 10" if counts == "all" else f"{counts[0]} of {sum(counts)}" if known else "3 so far",
                "known": known,
            }
        )
        at += width
    listed = [
        {"label": name, "short": short, "credits": sum(credits for _code, credits, _counts in modules)}
        for name, short, modules in groups
    ]
    return {"total": total, "label": label, "groups": listed, "blocks": blocks, "diamonds": diamonds or []}


FULL_BAR = bar(
    "40 of 180 credits signed off. S-C1, 20 credits: 12 of 20 items signed off. And so on for each module.",
    [
        ("Throughout", "Core", [("S-C1", 20, (12, 2, 3, 3))]),
        ("Phase 1", "P1", [("R1", 10, "all"), ("R2", 10, "all"), ("R3", 10, "all"), ("R4", 10, "all")]),
        ("Phase 2", "P2", [("S-C2", 10, (6, 1, 1, 2)), ("S-HI-S1", 10, (10, 1, 1, 2)), ("S-HI-S2", 10, None)]),
        ("Phase 3", "P3", [("S-C3", 60, (0, 0, 1, 9)), *[(f"S-HI-S{n}", 10, (0, 0, 0, 14)) for n in (3, 4, 5)]]),
    ],
    [{"code": "S-C4", "x": 100 * 20 / 180, "state": "in_progress", "caption": "1 of 3"}],
)
EMPTY_BAR = bar(
    "0 of 180 credits signed off. Nothing is known yet.",
    [("Throughout", "Core", [("S-C1", 20, (0, 0, 0, 20))]), ("Phase 1", "P1", [("R1", 160, None)])],
    [
        {"code": "S-C4", "x": 0, "state": "not_started", "caption": ""},
        {"code": "S-C5", "x": 0, "state": "signed_off", "caption": ""},
    ],
)
MANY_BAR = bar(
    "Twenty modules.",
    [
        ("Throughout", "Core", [(f"S-C{n}", 5, (3, 1, 1, 1)) for n in range(4)]),
        ("Phase 1", "P1", [(f"R{n}", 10, "all" if n % 3 else (2, 2, 2, 2)) for n in range(16)]),
    ],
    [{"code": "S-C9", "x": 60, "state": "signed_off", "caption": "3 of 3"}],
)
ONE_BAR = bar("One module.", [("Throughout", "All", [("S-C1", 180, "all")])])

NEXT = [
    {
        "shape": "returned",
        "title": "S-C1 4 Audit personal digital footprint",
        "href": "#top",
        "note": "Returned 6 March: “Say what you changed as a result of the audit.”",
        "tag": "Revise",
    },
    {
        "shape": "alert",
        "title": "S-HI-S1 is two assessments short of sign-off",
        "href": "#top",
        "note": "Needs one more case-based discussion and one DOPS or OCE.",
        "tag": "Blocking",
    },
    {
        "shape": "calendar",
        "title": "S-C1 7 Complete mid-training feedback",
        "href": "",
        "note": "Expected around month 18.",
        "tag": "Due 31 March",
    },
    {
        "shape": "review",
        "title": f"S-C1 13 {WORDING}",
        "href": "#top",
        "note": "With Ama Boateng since 5 March.",
        "tag": "Waiting 9 days",
    },
    {"shape": "draft", "title": LONG, "href": "#top", "note": LONG, "tag": "With the training co-ordinator or officer"},
]
CONDITIONS = [
    {"met": True, "title": "Half of S-C1", "note": "12 of 20, needs 10."},
    {"met": False, "title": "Review meeting recorded", "note": "Window 1 to 30 September.", "href": "#top"},
    {"met": None, "title": "All of S-C2", "note": "How many items S-C2 has is not recorded yet."},
    {
        "met": False,
        "title": "One of these two",
        "options": [
            {
                "title": "Either: all of phase 2",
                "lines": [{"met": False, "text": "19 of 38 items"}],
                "near": "19 items to go",
            },
            {
                "title": "Or: both of these",
                "lines": [{"met": True, "text": "60% overall: 92 of 92 items"}, {"met": None, "text": "All of S-C2"}],
                "near": "20 items to go",
            },
        ],
    },
    {"met": False, "title": LONG, "note": LONG},
]


def tiles(note: bool = False) -> list[dict[str, Any]]:
    """Activities in every state and of every type, one of them a place without wording, one with a very long word."""
    titles = [
        "Wellbeing objectives",
        WORDING,
        "Audit digital footprint",
        "Mid-training feedback",
        LONG,
        "Wording not recorded yet",
    ]
    states = [*ActivityState.values, "not_started"]
    types = ["DTA", "ETA", "OTA", "DTA", "DTA", ""]
    return [
        {
            "number": at + 1,
            "title": title,
            "href": "#top",
            "state": states[at],
            "type": types[at],
            "evidence": at,
            "evidence_href": "#top" if at else "",
            "note": "Signed off 4 November 2025" if note and at != 1 else "",
        }
        for at, title in enumerate(titles)
    ]


SLOTS = [
    {
        "shape": "done",
        "word": "Satisfactory",
        "type": "CBD",
        "title": "A mismatch between two systems",
        "href": "#top",
        "note": "12 February, by Ama Boateng",
    },
    {
        "shape": "returned",
        "word": "Not yet satisfactory",
        "type": "OCE",
        "title": "Explain a data request",
        "href": "#top",
        "note": "3 March, by Ama Boateng",
    },
    {
        "shape": "none",
        "word": "Open",
        "type": "DOPS",
        "title": "One DOPS or OCE",
        "href": "",
        "note": "Either kind counts here.",
    },
]
EVIDENCE = [
    {
        "title": "Programme and attendance",
        "href": "#top",
        "note": "Certificate, 23 January 2026",
        "files": 2,
        "why": "Shows that I attended both days.",
    },
    {
        "title": "Action plan",
        "href": "#top",
        "note": "Other, 5 March 2026",
        "files": 0,
        "tag": "New in submission 2",
        "states": ["in_review", "signed_off"],
    },
    {"title": LONG, "href": "#top", "note": "Reflection, no date", "files": 1, "why": LONG},
]
FILES = [
    {"name": "lunch-session-slides.pdf", "href": "#top", "note": "PDF, 1.2 MB", "remove": "3"},
    {"name": f"{LONG}.pdf", "href": "#top", "note": "PDF, 1.2 MB", "remove": ""},
    {"name": "was-removed.csv", "href": "", "note": "Removed on 3 March 2026", "remove": ""},
]
TIMELINE = [
    {"shape": "draft", "what": "Draft started", "who": "24 January 2026, you"},
    {
        "shape": "review",
        "what": "Submitted",
        "who": "10 February 2026, you to Ama Boateng",
        "more": [{"text": "2 pages of evidence", "href": "#top"}],
    },
    {
        "shape": "returned",
        "what": "Returned with feedback",
        "who": "17 February 2026, Ama Boateng",
        "said": "Clear account of the day.\n\nName two things you will change and by when.",
    },
    {
        "shape": "done",
        "what": "Signed off",
        "who": "14 March 2026, 10:42, Ama Boateng, training officer",
        "said": LONG,
        "digest": DIGEST,
    },
    {
        "shape": "unlock",
        "what": "Unlocked",
        "who": "20 March 2026, Ama Boateng",
        "said": "The wrong file was attached.",
    },
    {"shape": "none", "what": "Sign-off", "who": "With Ama Boateng", "future": True},
]
FACTS = [
    {"key": "Trainee", "value": "Noor Haddad"},
    {"key": "Start", "value": "4 September 2023", "href": "#top", "link": "Change"},
    {"key": LONG, "value": LONG, "href": "#top"},
]
