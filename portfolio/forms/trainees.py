"""The filters above a list of trainees."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.utils.http import urlencode

from portfolio.cohort import SORTS, Group, Wanted
from portfolio.cohort.finding import USUAL
from portfolio.states import FlagKind

COHORT = r"^(?P<programme>.{1,20})-(?P<year>[0-9]{4})$"  # STP-2024
LONGEST = 200
Choices = list[tuple[str, str]]


def _sorts() -> Iterator[tuple[str, str]]:
    for name, sort in SORTS.items():
        yield from zip((name, f"-{name}"), sort.words, strict=True)


class FindTrainee(forms.Form):
    """What is not understood is left out, so that an old or odd address still answers: this form has no errors.

    What can be chosen follows from whom somebody looks after (`offering`); a choice that is not there finds nobody.
    """

    q = forms.CharField(
        label="Find a trainee", required=False, max_length=LONGEST, widget=forms.TextInput({"type": "search"})
    )
    cohort = forms.RegexField(COHORT, label="Cohort", required=False, widget=forms.Select)
    specialty = forms.CharField(label="Specialty", required=False, max_length=LONGEST, widget=forms.Select)
    organisation = forms.IntegerField(
        label="Organisation", required=False, min_value=1, max_value=2**31 - 1, widget=forms.Select
    )
    flag = forms.ChoiceField(label="Show", required=False, choices=[("", "Everyone"), *FlagKind.choices])
    sort = forms.ChoiceField(label="Sort by", required=False, choices=[*_sorts()])

    @property
    def understood(self) -> dict[str, Any]:
        """What was sent and understood, without what is empty."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}

    def wanted(self) -> Wanted:
        """Whom to find."""
        found = self.understood
        programme, _, year = found.get("cohort", "").rpartition("-")
        return Wanted(
            name=found.get("q", ""),
            cohort=(programme, int(year)) if year else None,
            specialty=found.get("specialty", ""),
            organisation=found.get("organisation"),
            flag=FlagKind(found["flag"]) if "flag" in found else None,
        )

    def order(self) -> tuple[str, bool]:
        """By what to order, and whether the other way round."""
        said = self.understood.get("sort", USUAL)
        return said.removeprefix("-"), said.startswith("-")

    def address(self, **other: str) -> str:
        """The same filters and order as the end of an address; `other` replaces some."""
        sent = self.understood | other
        return f"?{urlencode(sent)}" if sent else ""

    def offering(self, groups: Iterable[Group]) -> "FindTrainee":
        """The same for the page to show, with what can be chosen; a filter with one choice alone is left out."""
        groups = list(groups)
        shown = FindTrainee(initial=self.understood)
        offered: dict[str, tuple[str, set[tuple[str, str]]]] = {
            "cohort": ("All cohorts", {(f"{one.cohort[0]}-{one.cohort[1]}", _cohort(one)) for one in groups}),
            "specialty": ("All specialties", {(one.specialty, one.specialty) for one in groups}),
            "organisation": (
                "All organisations",
                {(str(one.organisation), one.organisation_name) for one in groups if one.organisation},
            ),
        }
        for name, (everything, choices) in offered.items():
            chosen = name in self.understood
            if len(choices) > 1 or chosen:
                by_label = sorted(choices, key=lambda choice: choice[1])
                shown.fields[name].widget.choices = [("", everything), *by_label]
            else:
                del shown.fields[name]
        return shown


def _cohort(group: Group) -> str:
    return f"{group.cohort[0]} {group.cohort[1]}"
