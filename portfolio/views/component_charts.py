"""What the components page shows of charts: numbers made up, each piece once, with words that are too long."""

from datetime import date

from portfolio.forms.sample import LONG
from portfolio.plan.chart import Chart, Figures, Flag, Line, Tick
from portfolio.plan.timeline import Bar, Heading, Mark, Row, Timeline
from portfolio.plan.timeline import Line as Said
from portfolio.plan.timeline import Tick as Month

PACE = Chart(
    title="Items signed off against the target: 4 items behind",
    said="72 of 153 required items signed off, target 76.",
    note="",
    across=(Tick(0.5, "Oct 2023", minor=True), Tick(34.2, "Jan 2025"), Tick(67.8, "Oct", minor=True)),
    up=(Tick(88.0, "0"), Tick(52.0, "80"), Tick(16.0, "160")),
    flags=(
        Flag(34.2, 1, "Year 1 review", "Met", met=True, at_end=False),
        Flag(36.0, 2, "Review after it", "needs 60", met=False, at_end=False),
        Flag(67.8, 3, "Year 2 review", "needs 92", met=False, at_end=False),
        Flag(94.0, 4, "Last review", "needs 150", met=False, at_end=True),
        Flag(100.0, 5, "Completion", "needs 153", met=False, at_end=True),
    ),
    done=(Line(0.0, 88.0, 25.0, 88.0), Line(25.0, 88.0, 25.0, 70.0), Line(25.0, 70.0, 49.4, 55.6)),
    target=(Line(0.0, 88.0, 67.8, 46.6), Line(67.8, 46.6, 100.0, 19.2)),
    leads=Line(49.4, 55.6, 67.8, 43.9),
    need=(67.8, 46.6, "92 needed"),
    you=(49.4, 55.6),
    aim=(49.4, 53.8),
    items_done=72,
    target_today=76,
    rows=(Figures(date(2025, 3, 14), "Today", 72, 76), Figures(date(2025, 9, 30), "Year 2 review", None, 92)),
)
PROGRAMME = Timeline(
    title="Timeline from September 2023 to September 2026",
    said="A placement, leave, two months and a module.",
    height=320,
    ticks=(
        Month(2.7, "Oct 2023", minor=True),
        Month(10.9, "Jan 2024", minor=False),
        Month(44.2, "Jan 2025", minor=False),
    ),
    headings=(Heading(40, "Dates and reviews"), Heading(158, "Placements and modules")),
    rows=(
        Row(70, "Start of training", "Start", 0.1, at_end=False, marks=(Mark(0.1, "start"),)),
        Row(114, "Year 2 review", "Review 2", 67.8, at_end=True, marks=(Mark(36.0, "met"), Mark(67.8, "point"))),
        Row(188, LONG, "R1", 20.0, at_end=False, bars=(Bar(20.0, 8.0, "placement"), Bar(30.0, 4.0, "leave"))),
        Row(232, "S-C1", "S-C1", 52.0, at_end=False, bars=(Bar(52.0, 2.7, "month", "2"), Bar(60.0, 40.0, "hours"))),
        Row(276, "S-C2", "S-C2", 40.0, at_end=False, marks=(Mark(40.0, "module"),)),
    ),
    today=50.0,
    day=date(2025, 3, 14),
    lines=(Said("Placement", LONG, "3 March 2025 to 30 May 2025"),),
)
