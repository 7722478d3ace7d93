"""The pace chart and the timeline: {% load charts %}. Where a label has room."""

from typing import Any

from django import template

from portfolio.plan.chart import Chart, Flag
from portfolio.plan.timeline import Timeline
from portfolio.templatetags.look import fit

register = template.Library()

LETTER = 7.2  # pixels of a letter at 14 px, on average
FLAG = 22  # pixels: the flag before its words
EARLY, LATE, LOW = 25, 70, 78  # percent: beyond them a label stands on the other side of its dot
PHONE = 290  # pixels: how wide the plot is on a phone


@register.inclusion_tag("components/pace_chart.html")
def pace_chart(chart: Chart, id: str = "pace-chart") -> dict[str, Any]:
    """What `chart` holds is listed in templates/components/README.md."""
    you, aim = _labels(chart)
    flags = [_flag(chart.flags, at) for at in range(len(chart.flags))]
    needs = [("w", 85), ("n", 55)] if chart.need else []
    need = [(css, _label(chart.need[0], right=True, y=22, late=late)) for css, late in needs if chart.need]
    return {"chart": chart, "id": id, "flags": flags, "you": you, "aim": aim, "need": need}


def _labels(chart: Chart) -> tuple[dict[str, Any], dict[str, Any]]:
    """Where today's two numbers stand: the larger above its dot on the left, the smaller below its dot on the right.

    Near the axis both stand above.
    """
    x, low = chart.you[0], max(chart.you[1], chart.aim[1] if chart.aim else 0) > LOW
    upper = _label(x, right=low, y=-34 if low else -14)
    lower = _label(x, right=True, y=-14 if low else 24)
    return (upper, lower) if chart.ahead else (lower, upper)


def _label(x: float, *, right: bool, y: int, late: float = LATE) -> dict[str, Any]:
    """A label beside a dot at x percent, on the side where there is room."""
    right = (right or x < EARLY) and x <= late
    return {"x": 12 if right else -12, "y": y, "anchor": "start" if right else "end"}


def _flag(flags: tuple[Flag, ...], at: int) -> dict[str, Any]:
    """A flag, with the least width of the chart at which its words do not run into those of the next one."""
    flag = flags[at]
    number = f"Review {flag.number}"
    if flag.at_end:
        before = flags[at - 1] if at else None
        room = flag.x - (before.x if before else 0)
        return {
            "flag": flag,
            "fit": fit(_wide(flag), room, least=600),
            "short": number if _short(room) else flag.number,
        }
    after = flags[at + 1] if at + 1 < len(flags) else None
    room = (after.x if after else 100) - flag.x
    both = _wide(flag) + (_wide(after) if after and after.at_end else 0)
    tight = room / 2 if after and after.at_end else room
    return {"flag": flag, "fit": fit(both, room, least=600), "short": number if _short(tight) else flag.number}


def _wide(flag: Flag) -> float:
    return LETTER * max(len(flag.name), len(flag.note)) + FLAG


def _short(room: float) -> bool:
    """Whether "Review 2" has room on a phone; else the number alone stands at the flag."""
    return room * PHONE / 100 >= LETTER * 8 + FLAG


@register.inclusion_tag("components/plan_timeline.html")
def plan_timeline(timeline: Timeline, id: str = "timeline") -> dict[str, Any]:
    """What `timeline` holds is listed in templates/components/README.md."""
    late = (timeline.today or 0) > LATE
    today = {"x": -6, "anchor": "end"} if late else {"x": 6, "anchor": "start"}
    return {"timeline": timeline, "id": id, "today": today}
