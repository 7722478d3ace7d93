"""The pace chart and the timeline: {% load charts %}. Where a label has room."""

from typing import Any

from django import template

from portfolio.plan.chart import Chart, Flag
from portfolio.plan.timeline import Timeline
from portfolio.templatetags.look import fit

register = template.Library()

LETTER = 7.2  # pixels of a letter at 14 px, on average
FLAG = 22  # pixels: the flag before its words
NEAR = 12  # percent: two points whose words would meet
BESIDE = 12  # percent of the chart on a phone: a flag with its number
DROP = 18  # pixels: how much lower a flag stands that would cover the one before it
DROPS = 3  # heights at which flags stand
EARLY, LATE, LOW = 25, 70, 78  # percent: beyond them a label stands on the other side of its dot


@register.inclusion_tag("components/pace_chart.html")
def pace_chart(chart: Chart, id: str = "pace-chart") -> dict[str, Any]:
    """What `chart` holds is listed in templates/components/README.md."""
    you, aim = _labels(chart)
    drops = _drops(chart.flags)
    flags = [_flag(chart.flags, at) | {"drop": drops[at]} for at in range(len(chart.flags))]
    need = _need(chart) if chart.need else []
    return {"chart": chart, "id": id, "flags": flags, "you": you, "aim": aim, "need": need}


def _need(chart: Chart) -> list[tuple[str, dict[str, Any]]]:
    """The words at the diamond: below it on the right, or above it on the left; by how much room there is.

    Near today's target, whose words stand below it, they stand beside the diamond.
    """
    assert chart.need is not None  # pace_chart
    x, y = chart.need[0], chart.need[1]
    near = chart.aim is not None and chart.ahead and 0 <= x - chart.aim[0] < NEAR and abs(y - chart.aim[1]) < NEAR
    below, above = {"x": 12, "y": 4 if near else 22, "anchor": "start"}, {"x": -12, "y": -12, "anchor": "end"}
    return [("w", below if x <= 85 else above), ("n", below if x <= 55 else above)]


def _labels(chart: Chart) -> tuple[dict[str, Any], dict[str, Any]]:
    """Where today's two numbers stand: the larger above its dot on the left, the smaller below its dot on the right.

    Near the axis both stand above.
    """
    x, low = chart.you[0], max(chart.you[1], chart.aim[1] if chart.aim else 0) > LOW
    upper = _label(x, right=low, y=-34 if low else -14)
    lower = _label(x, right=True, y=-14 if low else 24)
    return (upper, lower) if chart.ahead else (lower, upper)


def _label(x: float, *, right: bool, y: int) -> dict[str, Any]:
    """A label beside a dot at x percent, on the side where there is room."""
    right = (right or x < EARLY) and x <= LATE
    return {"x": 12 if right else -12, "y": y, "anchor": "start" if right else "end"}


def _flag(flags: tuple[Flag, ...], at: int) -> dict[str, Any]:
    """A flag, with the least width of the chart at which its words do not run into those of the next one."""
    flag, after = flags[at], flags[at + 1] if at + 1 < len(flags) else None
    if flag.at_end:
        room, pixels = flag.x - (flags[at - 1].x if at else 0), _wide(flag)
    else:
        room = (after.x if after else 100) - flag.x
        pixels = _wide(flag) + (_wide(after) if after and after.at_end else 0)
    return {"flag": flag, "fit": fit(pixels, room, least=600)}


def _drops(flags: tuple[Flag, ...]) -> list[int]:
    """How many pixels down each flag stands: the fewest at which it covers none before it, on a phone too."""
    found: list[int] = []
    for flag in flags:
        taken = [drop for before, drop in zip(flags, found, strict=False) if _from(flag) < _from(before) + BESIDE]
        free = [level * DROP for level in range(DROPS) if level * DROP not in taken]
        found.append(free[0] if free else 0)
    return found


def _from(flag: Flag) -> float:
    """Where a flag with its number begins, in percent."""
    return flag.x - BESIDE if flag.at_end else flag.x


def _wide(flag: Flag) -> float:
    return LETTER * max(len(flag.name), len(flag.note)) + FLAG


@register.inclusion_tag("components/plan_timeline.html")
def plan_timeline(timeline: Timeline, id: str = "timeline") -> dict[str, Any]:
    """What `timeline` holds is listed in templates/components/README.md."""
    late = (timeline.today or 0) > LATE
    today = {"x": -6, "anchor": "end"} if late else {"x": 6, "anchor": "start"}
    return {"timeline": timeline, "id": id, "today": today}
