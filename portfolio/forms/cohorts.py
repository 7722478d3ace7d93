"""The forms of those who get a cohort in: a table of people, and another training officer for many."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from portfolio import files
from portfolio.dates.meant import NOT_IN_ORDER, why_no_such_year
from portfolio.forms.dates import DateBoxField
from portfolio.forms.layout import Button, LinkTo, form_helper
from portfolio.handover.officers import Days
from portfolio.intake.judging import YOURSELF
from portfolio.intake.sheets import EXTENSIONS, LARGEST, MOST_ROWS
from portfolio.models import Portfolio
from portfolio.states import RoleKind

NO_ACCOUNT = "Nobody has an account with this address. Add the person under People first."
NOT_ACTIVE = "The account of {} is not active."
ACCEPTED = ",".join(f".{each}" for each in EXTENSIONS)


class IntakeForm(forms.Form):
    """One file."""

    file = forms.FileField(
        label="The table",
        max_length=files.LONGEST_NAME,
        help_text=f"CSV (UTF-8) or XLSX, up to {MOST_ROWS:,} rows and {LARGEST // files.MIB} MB.",
        widget=forms.FileInput({"accept": ACCEPTED}),
        error_messages={
            "required": "Choose a file.",
            "empty": "The selected file is empty.",
            "invalid": "Choose a file.",
            "max_length": f"Give the file a name of {files.LONGEST_NAME} characters or fewer.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = form_helper(self, Button("Read the table"))


class AccountField(forms.CharField):
    """An account, active or not, by its exact address."""

    def __init__(self, *, label: str, missing: str, **options: Any) -> None:
        super().__init__(
            label=label,
            max_length=254,
            widget=forms.TextInput({"inputmode": "email", "autocomplete": "off", "spellcheck": "false"}),
            error_messages={"required": missing},
            **options,
        )

    def clean(self, value: Any) -> User:
        person = User.objects.filter(email=super().clean(value).strip().lower()).first()
        if person is None:
            raise ValidationError("Nobody has an account with this address.")
        return person


class MergeForm(forms.Form):
    """The account that goes, and the one that stays."""

    gone = AccountField(
        label="E-mail address of the account that goes",
        missing="Enter the address of the account that goes.",
        help_text="It is deactivated. What it signed goes on naming it.",
    )
    kept = AccountField(
        label="E-mail address of the account that stays",
        missing="Enter the address of the account that stays.",
        help_text="The one with which the person signs in from now on.",
    )

    def __init__(self, *args: Any, back: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = form_helper(self, Button("Look at both"), LinkTo("Cancel", back))


class FindPortfolios(forms.Form):
    """By a part of the name of the trainee or of their training officer, and by cohort. It has no errors."""

    q = forms.CharField(label="Trainee or training officer", required=False, widget=forms.TextInput({"type": "search"}))
    cohort = forms.TypedChoiceField(label="Cohort", required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, years: Collection[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cohort"].choices = [("", "Every cohort"), *((year, str(year)) for year in years)]  # type: ignore[attr-defined]

    def found(self, rows: QuerySet[Portfolio]) -> QuerySet[Portfolio]:
        self.full_clean()
        wanted, cohort = self.cleaned_data.get("q", ""), self.cleaned_data.get("cohort")
        if cohort:
            rows = rows.filter(cohort_year=cohort)
        if wanted:
            officer = Q(roles__kind=RoleKind.OFFICER, roles__user__name__icontains=wanted)
            named = rows.model._default_manager.filter(Q(trainee__name__icontains=wanted) | officer)
            rows = rows.filter(pk__in=named.values("pk"))
        return rows


class OfficerForm(forms.Form):
    """Who, from when, for whom. `trainees` are ids of portfolios; the page lays its ticks out as a table."""

    trainees = forms.TypedMultipleChoiceField(
        label="Trainees",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose at least one trainee.",
            "invalid_choice": "One of these trainees is not in the list any more. Choose again.",
        },
    )
    officer = forms.CharField(
        label="E-mail address of the new training officer",
        max_length=254,
        help_text="Of somebody who has an account.",
        widget=forms.TextInput({"inputmode": "email", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Enter the e-mail address of the new training officer."},
    )
    since = DateBoxField(
        label="First day",
        what="The first day",
        help_text="The role of their present officer ends on the day before. For example, 1 9 2026",
        error_messages={"required": "Enter the first day."},
    )
    until = DateBoxField(
        label="Last day (optional)",
        what="The last day",
        required=False,
        help_text="Leave it empty while the role goes on. After it they have no training officer until one is named.",
    )

    def __init__(self, *args: Any, shown: Collection[Portfolio], by: User, back: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.fields["trainees"].choices = [(row.pk, row.trainee.name) for row in shown]  # type: ignore[attr-defined]
        self.helper = form_helper(self, Button("Change the training officer"), LinkTo("Cancel", back))

    @property
    def days(self) -> Days:
        return Days(self.cleaned_data["since"], self.cleaned_data["until"])

    def clean_since(self) -> date:
        since: date = self.cleaned_data["since"]
        if why := why_no_such_year(since):
            raise ValidationError(why)
        return since

    def clean_until(self) -> date | None:
        """Not before the first day, and not over: a role of days that have passed would give nobody anything."""
        until: date | None = self.cleaned_data["until"]
        if until is None:
            return None
        if why := why_no_such_year(until):
            raise ValidationError(why)
        if until < self.cleaned_data.get("since", until):
            raise ValidationError(NOT_IN_ORDER)
        if until < timezone.localdate():
            raise ValidationError("The last day has passed. Enter today or a later day.")
        return until

    def clean_officer(self) -> User:
        """One person, by their exact address: no list of choices names people."""
        person = User.objects.filter(email=self.cleaned_data["officer"].strip().lower()).first()
        if person is None:
            raise ValidationError(NO_ACCOUNT)
        if not person.is_active:
            raise ValidationError(NOT_ACTIVE.format(person.name))
        if person.one_off:
            raise ValidationError(f"{person.name} has no account, and signs by links. Add them under People first.")
        if person == self.by:
            raise ValidationError(YOURSELF)
        return person
