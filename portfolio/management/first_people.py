"""The first administrator of an instance and, if wanted, a trainee with an officer and an assessor: checked, then made.

Later people come through the admin site. Here nobody is signed in yet, so the events name no actor.
"""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.invitations import verified
from accounts.models import User
from audit.chain import append
from curriculum.models import Curriculum, Programme
from portfolio.access import in_dates
from portfolio.dates.meant import why_no_such_year
from portfolio.models import Administration, Portfolio, Role
from portfolio.states import RoleKind

INSTANCE = "instance"
APPOINTED = {"officer": RoleKind.OFFICER, "assessor": RoleKind.ASSESSOR}


def administrators() -> list[str]:
    """The names of those who can let others in today."""
    appointed = Administration.objects.filter(in_dates()).values("user")
    people = User.objects.filter(is_active=True)
    return [person.name for person in people if person.is_superuser] or [
        person.name for person in people.filter(pk__in=appointed)
    ]


def curricula() -> list[str]:
    """The codes of the curricula that a portfolio can follow."""
    published = Curriculum.objects.filter(status=Curriculum.Status.PUBLISHED)
    return list(published.order_by("code").values_list("code", flat=True))


class Address(forms.EmailField):
    """Addresses are stored in lower case."""

    def clean(self, value: Any) -> str:
        return super().clean(value).lower()


def _name() -> forms.CharField:
    return forms.CharField(max_length=200, required=False)


class FirstPeople(forms.Form):
    """Who is to be made. Each mistake is told at the field that mends it."""

    admin_name = forms.CharField(max_length=200, error_messages={"required": "Enter the administrator's name."})
    admin_email = Address(error_messages={"required": "Enter the administrator's e-mail address."})
    admin_password = forms.CharField(strip=False, error_messages={"required": "Enter a password."})
    trainee_is_admin = forms.BooleanField(required=False)
    trainee_name = _name()
    trainee_email = Address(required=False)
    curriculum = forms.ModelChoiceField(Curriculum.objects.none(), to_field_name="code", required=False)
    start = forms.DateField(
        input_formats=["%Y-%m-%d"],
        required=False,
        error_messages={"invalid": "Write the date as year-month-day, for example 2024-09-02."},
    )
    officer_name = _name()
    officer_email = Address(required=False)
    assessor_name = _name()
    assessor_email = Address(required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offered: Any = self.fields["curriculum"]
        offered.queryset = Curriculum.objects.filter(status=Curriculum.Status.PUBLISHED)
        offered.error_messages["invalid_choice"] = f"Choose one of the curricula: {', '.join(curricula())}."

    def clean_start(self) -> Any:
        start = self.cleaned_data["start"]
        if start and (why := why_no_such_year(start)):
            raise ValidationError(why)
        return start

    def clean(self) -> dict[str, Any]:
        super().clean()
        self._check_password()
        self._check_addresses()
        for part in ("trainee", "officer", "assessor"):
            self._check_pair(part)
        self._check_trainee()
        return self.cleaned_data

    def _given(self, name: str) -> bool:
        return bool(str(self.data.get(name) or "").strip())

    def _check_password(self) -> None:
        password = self.cleaned_data.get("admin_password")
        administrator = User(
            email=self.cleaned_data.get("admin_email", ""), name=self.cleaned_data.get("admin_name", "")
        )
        if password:
            try:
                validate_password(password, administrator)
            except ValidationError as error:
                self.add_error("admin_password", error)

    def _check_addresses(self) -> None:
        """One address is one person. Officer and assessor may be one person, with one name."""
        found = {part: self.cleaned_data.get(f"{part}_email") for part in ("admin", "trainee", *APPOINTED)}
        for part, address in found.items():
            if address and User.objects.filter(email=address).exists():
                self.add_error(f"{part}_email", "Somebody already has an account with this address.")
        if found["admin"] and found["trainee"] == found["admin"]:
            self.add_error("trainee_email", "This is the administrator. Say that the administrator is the trainee.")
        for part in APPOINTED:
            if found[part] and found[part] in (found["admin"], found["trainee"]):
                self.add_error(f"{part}_email", "Officer and assessor are other people than administrator and trainee.")
        named = [self.cleaned_data.get(f"{part}_name") for part in APPOINTED]
        if found["officer"] and found["officer"] == found["assessor"] and all(named) and len(set(named)) > 1:
            self.add_error("assessor_email", "This is the officer's address, under another name. Use one name.")

    def _check_pair(self, part: str) -> None:
        for given, missing, what in (("email", "name", "name"), ("name", "email", "e-mail address")):
            if self._given(f"{part}_{given}") and not self._given(f"{part}_{missing}"):
                self.add_error(f"{part}_{missing}", f"Enter the {part}'s {what}.")

    def _check_trainee(self) -> None:
        is_admin = self.cleaned_data.get("trainee_is_admin")
        wanted = is_admin or self._given("trainee_email") or self._given("trainee_name")
        if is_admin and (self._given("trainee_email") or self._given("trainee_name")):
            self.add_error(
                "trainee_is_admin", "Either the administrator is the trainee, or somebody else is. Choose one."
            )
        if wanted:
            for name, what in (("curriculum", "the code of a curriculum"), ("start", "the first day of the training")):
                if not self._given(name):
                    self.add_error(name, f"Enter {what}.")
        elif any(self._given(name) for name in ("curriculum", "start", "officer_email", "assessor_email")):
            self.add_error("trainee_email", "Enter the trainee's e-mail address: these things belong to a trainee.")


class Made:
    """What was made. `invited`: those who still need a link to set a password."""

    def __init__(self, administrator: User) -> None:
        self.administrator = administrator
        self.portfolio: Portfolio | None = None
        self.invited: list[User] = []


@transaction.atomic
def make(wanted: dict[str, Any]) -> Made:
    """All of it or nothing. `wanted`: the cleaned data of FirstPeople."""
    made = Made(
        User.objects.create_superuser(wanted["admin_email"], wanted["admin_password"], name=wanted["admin_name"])
    )
    _told(made.administrator)
    for programme in Programme.objects.order_by("pk"):
        row = Administration(user=made.administrator, programme=programme, starts_on=timezone.localdate())
        _checked(row, "administration given")
    if wanted["curriculum"]:
        trainee = made.administrator if wanted["trainee_is_admin"] else _person(made, wanted, "trainee")
        made.portfolio = _portfolio(trainee, wanted)
        for part, kind in APPOINTED.items():
            if wanted[f"{part}_email"]:
                person = _person(made, wanted, part)
                row_of_role = Role(portfolio=made.portfolio, user=person, kind=kind, starts_on=timezone.localdate())
                _checked(row_of_role, "role given")
    return made


def _person(made: Made, wanted: dict[str, Any], part: str) -> User:
    """Somebody new; the same person again where the address is the same."""
    address = wanted[f"{part}_email"]
    known = {person.email: person for person in made.invited}
    if address not in known:
        known[address] = User.objects.create_user(address, name=wanted[f"{part}_name"])
        made.invited.append(known[address])
        _told(known[address])
    return known[address]


def _portfolio(trainee: User, wanted: dict[str, Any]) -> Portfolio:
    curriculum, start = wanted["curriculum"], wanted["start"]
    row = Portfolio(trainee=trainee, curriculum=curriculum, programme=curriculum.programme, starts_on=start)
    row.cohort_year = start.year
    _checked(row, "portfolio added")
    return row


def _told(person: User) -> None:
    verified(person)
    append(INSTANCE, "person.add", by=None, data={"person": person.pk})


def _checked(row: Any, kind: str) -> None:
    """Saved as its model allows, and told."""
    row.full_clean()
    row.save()
    append(INSTANCE, kind, by=None, data=row.facts)
