"""The forms of what an administrator keeps. Every refusal is in words, at the field that mends it."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, validate_domain_name

from accounts.models import User
from portfolio import access
from portfolio.dates.meant import YEARS, why_no_such_year
from portfolio.forms.cohorts import NO_ACCOUNT, NOT_ACTIVE
from portfolio.handover import successors
from portfolio.handover.ending import last_signed
from portfolio.intake.judging import OPEN_ALREADY, YOURSELF
from portfolio.models import Administration, Organisation, Portfolio, Role
from portfolio.states import RoleKind
from portfolio.templatetags.look import day
from portfolio.workflow.machine import locked

# Roles that can be given. A placement supervisor's comes with a placement that is confirmed.
OFFERED = [(kind.value, kind.label) for kind in RoleKind if kind != RoleKind.SUPERVISOR]
OF_A_COHORT = [MinValueValidator(YEARS[0]), MaxValueValidator(YEARS[-1])]


def meant(day: date | None) -> date | None:
    """The same day, or none where none was typed; a slip of the keyboard is refused."""
    if day and (why := why_no_such_year(day)):
        raise ValidationError(why)
    return day


class PersonField(forms.EmailField):
    """One person, by their exact address: so that nobody needs a list of everybody."""

    def __init__(self, **options: Any) -> None:
        super().__init__(help_text="Of somebody who has an account. New people are added under People.", **options)

    def clean(self, value: Any) -> User:
        address = super().clean(value).lower()
        person = User.objects.filter(email=address).first()
        if person is None:
            raise ValidationError(NO_ACCOUNT)
        if not person.is_active:
            raise ValidationError(NOT_ACTIVE.format(person.name))
        return person


class SuccessorField(PersonField):
    """Nobody, or one person."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.help_text = "What still waits goes to them once the role has ended. Without one it is with nobody."

    def clean(self, value: Any) -> User | None:  # type: ignore[override]
        return super().clean(value) if value and str(value).strip() else None


class OrganisationForm(forms.ModelForm):
    class Meta:
        model = Organisation
        fields = ("name", "mail_domains")

    def clean_mail_domains(self) -> str:
        """One domain a line, in lower case, without the @."""
        domains = [line.strip().lower().removeprefix("@") for line in self.cleaned_data["mail_domains"].split()]
        for domain in domains:
            try:
                validate_domain_name(domain)
            except ValidationError as error:
                raise ValidationError(f"“{domain}” is not a domain, such as trust.example.org.") from error
        return "\n".join(dict.fromkeys(domains))


class PortfolioForm(forms.ModelForm):
    """A portfolio's facts. Its trainee and its curriculum are chosen once."""

    by: User  # who is signed in; set on the class that is made for each request

    trainee = PersonField(label="Trainee's e-mail address")
    cohort_year = forms.IntegerField(
        validators=OF_A_COHORT,
        help_text="The year the training started; may differ from the curriculum's.",
    )

    class Meta:
        model = Portfolio
        fields = ("trainee", "curriculum", "cohort_year", "starts_on", "organisation", "department")

    def clean_starts_on(self) -> date | None:
        return meant(self.cleaned_data["starts_on"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if curriculum := cleaned.get("curriculum"):
            self.instance.programme = curriculum.programme
        if self.errors:
            return cleaned
        programme = self.instance.programme
        if not access.in_scope(self.by, programme.pk, cleaned["cohort_year"]):
            self.add_error("cohort_year", "You do not administer this cohort. Enter a year that you administer.")
        trainee = cleaned.get("trainee")
        if trainee and trainee.portfolios.filter(programme=programme, closed_at=None).exists():
            self.add_error("trainee", OPEN_ALREADY.format(trainee.name, programme.name))
        return cleaned


class AppointmentForm(forms.ModelForm):
    """Somebody is given something between two dates. Nobody gives it to themselves."""

    by: User  # who is signed in; set on the class that is made for each request
    given_once: tuple[str, ...]  # what the database holds unique

    user = PersonField(label="Person's e-mail address")

    def clean_starts_on(self) -> date | None:
        return meant(self.cleaned_data["starts_on"])

    def clean_ends_on(self) -> date | None:
        return meant(self.cleaned_data["ends_on"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("user") == self.by:
            self.add_error("user", YOURSELF)
        if not self.errors:
            same = {
                name: cleaned[name] if name in cleaned else getattr(self.instance, name) for name in self.given_once
            }
            if self._meta.model.objects.filter(**same).exclude(pk=self.instance.pk).exists():
                self.add_error("starts_on", "This person has this from the same day already. Find it in the list.")
        return cleaned


class RoleForm(AppointmentForm):
    given_once = ("portfolio", "user", "kind", "starts_on")
    kind = forms.ChoiceField(label="Role", choices=[("", "Choose a role"), *OFFERED])
    successor = SuccessorField(label="Successor's e-mail address", required=False)

    class Meta:
        model = Role
        fields = ("portfolio", "user", "kind", "starts_on", "ends_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            del self.fields["successor"]

    def clean(self) -> dict[str, Any]:
        """Under the portfolio's lock: of two who appoint an officer at the same moment, the second is refused."""
        if portfolio := self.cleaned_data.get("portfolio"):
            locked(portfolio.pk)
        elif self.instance.pk:
            locked(self.instance.portfolio_id)
        cleaned = super().clean()
        ends_on = cleaned.get("ends_on")
        if self.instance.pk and ends_on and (last := last_signed(self.instance)) and ends_on < last:
            self.add_error(
                "ends_on",
                f"{self.instance.user.name} signed something in this role on {day(last)}. It ends no earlier.",
            )
        if not self.errors and (successor := cleaned.get("successor")):
            self._check_successor(successor, ends_on)
        return cleaned

    def _check_successor(self, successor: User, ends_on: date | None) -> None:
        if ends_on is None:
            self.add_error("successor", "A successor is named when a role ends. Enter its last day, too.")
        elif why := successors.why_not(self.instance, ends_on, successor):
            self.add_error("successor", why)


class AdministrationForm(AppointmentForm):
    given_once = ("user", "programme", "cohort_year", "starts_on")
    cohort_year = forms.IntegerField(required=False, validators=OF_A_COHORT, help_text="Empty: every cohort")

    class Meta:
        model = Administration
        fields = ("user", "programme", "cohort_year", "starts_on", "ends_on")
