"""How long something has waited, in the user's words: {% load waiting %}."""

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString

from portfolio.templatetags.look import day, mark

register = template.Library()


@register.filter
def waited(since: datetime) -> str:
    """Waiting 9 days, since 3 March 2026"""
    start = timezone.localdate(since)
    days = (timezone.localdate() - start).days
    return f"Waiting {counted(days)}, since {day(start)}" if days > 0 else "Waiting since today"


@register.simple_tag
def due(on: date) -> SafeString:
    """When a decision is due: the triangle once it is late, a calendar until then; always with its words."""
    left = (on - timezone.localdate()).days
    if left < 0:
        return mark("alert", f"Overdue by {counted(-left)}: was due by {day(on)}")
    return mark("calendar", "Due today" if left == 0 else f"Due by {day(on)}, in {counted(left)}")


def counted(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"
