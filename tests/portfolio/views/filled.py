"""The form of a page of evidence, as a browser would send it."""

from typing import Any

from django.test import Client
from django.urls import reverse

from portfolio.models import Evidence, Portfolio

TITLE, BODY = "Lunch session for the team", "## What I shared\n\nThree ideas."


def new_url(portfolio: Portfolio) -> str:
    return reverse("evidence_new", args=[portfolio.ref])


def edit_url(page: Evidence) -> str:
    return reverse("evidence_edit", args=[page.portfolio.ref, page.eid])


def fields_of(client: Client, url: str) -> dict[str, Any]:
    """What is sent if somebody opens the form and presses a button at once."""
    return as_sent(client.get(url))


def as_sent(response: Any) -> dict[str, Any]:
    """What is sent if somebody presses a button of the form in this answer."""
    sent: dict[str, Any] = {}
    for bound in response.context["form"]:
        value = bound.value()
        if bound.name == "happened_on":
            if not isinstance(value, list):  # as the browser of a form that came back has it
                value = [value.day, value.month, value.year] if value else ["", "", ""]
            sent |= {f"happened_on_{at}": part for at, part in enumerate(value)}
        elif bound.name.startswith("tick-"):
            sent |= {bound.name: "on"} if value else {}
        elif bound.name != "files":
            sent[bound.name] = value or ""
    return sent


def typed(client: Client, url: str, **others: Any) -> dict[str, Any]:
    """A whole page, typed into the form at this address."""
    whole = {
        "title": TITLE,
        "happened_on_0": "31",
        "happened_on_1": "1",
        "happened_on_2": "2025",
        "kind": "report",
        "body": BODY,
    }
    return fields_of(client, url) | whole | others
