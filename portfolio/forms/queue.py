"""The filters above the queue."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast
from urllib.parse import urlencode

from django import forms

from portfolio.access import ASSESSMENT, SUBMISSION, Waits

NAMES = ("who", "kind", "due")


class FindWaiting(forms.Form):
    """What is not understood is left out, so that an old or odd address still answers. `whose` are the trainees of what
    waits: the id of the portfolio by its ref, with their name."""

    who = forms.ChoiceField(label="From", required=False)
    kind = forms.ChoiceField(
        label="Kind",
        required=False,
        choices=[("", "All kinds"), (SUBMISSION, "Training activities"), (ASSESSMENT, "Assessments")],
    )
    due = forms.ChoiceField(
        label="Due", required=False, choices=[("", "Any date"), ("now", "Today or earlier"), ("late", "Overdue")]
    )

    def __init__(self, sent: Mapping[str, Any], *, whose: Mapping[str, tuple[int, str]]) -> None:
        super().__init__(sent)
        self.whose = whose
        people = sorted(((ref, name) for ref, (_, name) in whose.items()), key=lambda one: (one[1], one[0]))
        cast(forms.ChoiceField, self.fields["who"]).choices = [("", "All trainees"), *people]
        self.is_valid()

    def as_understood(self) -> "FindWaiting":
        """The same filters for the page to show: what was not understood is gone, and nothing is in error."""
        return FindWaiting(self.wanted, whose=self.whose)

    @property
    def wanted(self) -> dict[str, str]:
        """What is asked for, of what is understood."""
        return {name: self.cleaned_data[name] for name in NAMES if self.cleaned_data.get(name)}

    @property
    def query(self) -> str:
        """The same, as the end of an address; empty where nothing is asked for."""
        return self.on_page(1)

    def on_page(self, number: int) -> str:
        """The same, and which page of what is found."""
        page = {"page": number} if number > 1 else {}
        return f"?{urlencode(self.wanted | page)}" if self.wanted or page else ""

    def among(self, waiting: Sequence[Waits], *, today: date) -> list[Waits]:
        """What is asked for, of what waits, in its order."""
        wanted = self.wanted
        only = self.whose[wanted["who"]][0] if "who" in wanted else None
        return [
            one
            for one in waiting
            if only in (None, one.portfolio)
            and wanted.get("kind") in (None, one.sort)
            and ("due" not in wanted or one.due_on < today or (wanted["due"] == "now" and one.due_on == today))
        ]
