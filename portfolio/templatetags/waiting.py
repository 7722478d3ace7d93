"""How long something has waited, in the user's words: {% load waiting %}."""

from datetime import date, datetime

from django import template
from django.utils import timezone

from portfolio.templatetags.look import day

register = template.Library()


@register.filter
def waited(since: datetime) -> str:
    """Waiting 9 days, since 3 March 2026"""
    start = timezone.localdate(since)
    days = (timezone.localdate() - start).days
    return f"Waiting {counted(days)}, since {day(start)}" if days > 0 else "Waiting since today"


@register.inclusion_tag("components/state.html")
def due(on: date) -> dict[str, str]:
    """When a decision is due: the triangle once it is late, a calendar until then; always with its words."""
    left = (on - timezone.localdate()).days
    if left < 0:
        return {"shape": "alert", "text": f"Overdue by {counted(-left)}: was due by {day(on)}"}
    return {"shape": "calendar", "text": "Due today" if left == 0 else f"Due by {day(on)}, in {counted(left)}"}


def counted(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"
