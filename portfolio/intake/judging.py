"""What each row of a table would do, or what keeps it from being done: held against who and what is here.

Read in a constant number of queries. Of what somebody does not administer no more is told than the admin site tells.
"""

import difflib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from accounts.models import User
from audit.canonical import digest
from curriculum.models import Curriculum
from portfolio import access
from portfolio.intake.reading import TRAINEE, Entry, same
from portfolio.models import Organisation, Portfolio, Role
from portfolio.requirements.words import day
from portfolio.states import RoleKind
from portfolio.workflow.nominations.likeness import number, words

INACTIVE = "The account of {} is not active. Reactivate it under People first, or remove the row."
MERGED = "The account of this address was merged into another. {} goes on {}."
CLOSED = "{} has a closed portfolio of {}. Reopen that one, or remove the row."
OPEN_ALREADY = "{} has an open portfolio of {} already. Close that one first."
OTHER_NAME = "The account with this address is that of “{}”. Write the name so, or correct the address."
NOT_YOURS = "No trainee of yours has the address {}. Add them in a row of this table, or correct it."
SEVERAL = "{} has more than one open portfolio here. Give this role on the page of the portfolio."
OWN = "Nobody holds a role in their own portfolio. Name another person."
YOURSELF = "Nobody appoints themselves. Another administrator does it."


@dataclass
class Judged:
    """A row with all that is wrong with it; without that, with what it does. `roles`: the trainees of new roles."""

    entry: Entry
    problems: list[str]
    notes: list[str] = field(default_factory=list)
    does: list[str] = field(default_factory=list)
    curriculum: Curriculum | None = None
    organisation: Organisation | None = None
    opens: bool = False
    roles: list[str] = field(default_factory=list)
    lets_in: bool = False
    starts_on: date = date.min

    @property
    def told(self) -> list[object]:
        """What the preview shows of it, and what is done."""
        day = self.starts_on.isoformat()
        return [self.entry.stored, day, self.problems, self.notes, self.does]


@dataclass
class Here:
    """Who and what is here, as far as a table speaks of it."""

    by: User
    kept: access.Kept
    people: dict[str, User]
    curricula: list[Curriculum]
    organisations: dict[str, Organisation]
    portfolios: dict[int, list[Portfolio]]
    roles: dict[int, list[Role]]
    names: dict[tuple[str, ...], list[str]]
    numbers: dict[str, list[str]]
    said: dict[tuple[str, ...], Entry] = field(default_factory=dict)  # the first row of each name
    numbered: dict[str, Entry] = field(default_factory=dict)  # and of each registration number

    @classmethod
    def read(cls, entries: Sequence[Entry], by: User) -> "Here":
        said = {entry.email for entry in entries} | {address for entry in entries for address in entry.trainees}
        people = {person.email: person for person in User.objects.select_related("merged_into").filter(email__in=said)}
        portfolios: dict[int, list[Portfolio]] = defaultdict(list)
        owners = [person.pk for person in people.values()]
        for row in Portfolio.objects.filter(trainee__in=owners).select_related("curriculum", "programme", "trainee"):
            portfolios[row.trainee_id].append(row)
        kept, roles = access.kept(by), defaultdict(list)
        for role in Role.objects.filter(portfolio__trainee__in=owners).select_related("user"):
            roles[role.portfolio_id].append(role)
        names: dict[tuple[str, ...], list[str]] = defaultdict(list)
        numbers: dict[str, list[str]] = defaultdict(list)
        goes_on = access.people_in_scope(by).filter(merged_into=None).order_by("email")
        for name, email, registration in goes_on.values_list("name", "email", "registration_number"):
            names[tuple(words(name))].append(email)
            numbers[_number(registration)].append(email)
        published = Curriculum.objects.filter(status=Curriculum.Status.PUBLISHED).select_related("programme")
        return cls(
            by=by,
            kept=kept,
            people=people,
            curricula=[row for row in published if kept.any_of(row.programme_id)],
            organisations={same(row.name): row for row in Organisation.objects.all()},
            portfolios=portfolios,
            roles=roles,
            names=names,
            numbers=numbers,
        )

    def open_of(self, address: str) -> list[Portfolio]:
        """The open portfolios of whoever has this address."""
        person = self.people.get(address)
        return [row for row in self.portfolios[person.pk] if row.closed_at is None] if person else []

    def closed_of(self, address: str, programme: int) -> list[Portfolio]:
        """Their closed portfolios of a programme, of those that the uploader administers and could reopen."""
        person = self.people.get(address)
        rows = self.portfolios[person.pk] if person else []
        mine = [row for row in rows if row.programme_id == programme and row.closed_at is not None]
        return [row for row in mine if self.kept.keeps(programme, row.cohort_year)]


def judge(entries: Sequence[Entry], *, by: User, today: date | None = None) -> list[Judged]:
    """Every row, in the order of the table: trainees first, because roles are given in their portfolios.

    Of a row that cannot be read in full the rest is judged too, so that all that is wrong with it is told at once.
    """
    here = Here.read(entries, by)
    judged = [
        Judged(one, list(one.problems), starts_on=one.starts_on or today or timezone.localdate()) for one in entries
    ]
    trainees: dict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        if one.entry.part == TRAINEE:
            _person(one, here)
            _trainee(one, here, trainees[one.entry.email])
            trainees[one.entry.email].append(one)
    officers: dict[str, Judged] = {}
    for one in judged:
        if one.entry.part and one.entry.part != TRAINEE:
            _person(one, here)
            _roles(one, here, trainees, officers)
    _accounts(judged, here)
    return judged


def seen(judged: Iterable[Judged], key: str) -> str:
    """The digest of the preview of this intake: what is confirmed is what was shown."""
    return digest({"v": "stp-intake-1", "intake": key, "rows": [one.told for one in judged]})


def _person(one: Judged, here: Here) -> None:
    """An account is never changed by a table: it is that of the person named, or the row is wrong."""
    _registration(one, here)
    if not one.entry.email or not one.entry.name or "name" in one.entry.unfit:
        return
    person = here.people.get(one.entry.email)
    first = here.said.setdefault(tuple(words(one.entry.name)), one.entry)
    if first.email != one.entry.email:
        one.notes.append(f"Row {first.line} has this name with another address. Is it the same person?")
    if person is None:
        others = here.names.get(tuple(words(one.entry.name)), [])
        if others:
            one.notes.append(f"Somebody with this name is here as {others[0]}. Is it the same person?")
    elif kept := person.merged_into:
        known = kept.email in here.names.get(tuple(words(kept.name)), [])
        where = f"as {kept.email}: enter that address" if known else "with another address: enter that one"
        one.problems.append(MERGED.format(kept.name, where))
    elif not person.is_active:
        one.problems.append(INACTIVE.format(person.name))
    elif same(person.name) != same(one.entry.name):
        one.problems.append(OTHER_NAME.format(person.name))


def _registration(one: Judged, here: Here) -> None:
    """One number is one person's, whatever the names. A note: it may be mistyped here or there."""
    said, address = _number(one.entry.registration), one.entry.email
    if not said or not address:
        return
    first = here.numbered.setdefault(said, one.entry)
    if first.email != address:
        one.notes.append(f"Row {first.line} has this registration number with another address. Is it the same person?")
    others = [email for email in here.numbers.get(said, []) if email != address]
    if others:
        one.notes.append(f"Somebody with this registration number is here as {others[0]}. Is it the same person?")


def _number(registration: str) -> str:
    """As far as it tells two people apart; "" for words such as “pending”."""
    return number(registration) if any(one.isdigit() for one in registration) else ""


def _trainee(one: Judged, here: Here, before: Sequence[Judged]) -> None:
    entry = one.entry
    one.organisation = _organisation(one, here)
    said = entry.curriculum and entry.cohort is not None
    curriculum = one.curriculum = _curriculum(one, here) if said else None
    if curriculum is None or entry.cohort is None or not entry.email:
        return
    programme = curriculum.programme
    if not here.kept.keeps(programme.pk, entry.cohort):
        one.problems.append(f"You do not administer cohort {entry.cohort} of {programme.name}.")
        return
    again = next((row for row in before if row.curriculum and row.curriculum.programme_id == programme.pk), None)
    if again and again.entry.curriculum.casefold() == entry.curriculum.casefold():
        return  # said of the row already: it stands twice
    if again:
        one.problems.append(f"Row {again.entry.line} opens a portfolio of {programme.name} for them. Remove one.")
        return
    years = {curriculum.start_year, entry.cohort, one.starts_on.year}
    if len(years) > 1 and not entry.problems:
        one.notes.append(
            f"The curriculum is of {curriculum.start_year}, the cohort of {entry.cohort}, and the training starts in "
            f"{one.starts_on.year}. This is allowed."
        )
    held = next((row for row in here.open_of(entry.email) if row.programme_id == programme.pk), None)
    if held is None:
        _closed(one, here, curriculum)
        one.opens = True
        one.does.append(f"Portfolio, {curriculum.code}, cohort {entry.cohort}, from {day(one.starts_on)}")
    elif (held.curriculum_id, held.cohort_year) == (curriculum.pk, entry.cohort):
        _as_it_is(one, held)
    else:
        one.problems.append(OPEN_ALREADY.format(held.trainee.name, programme.name))


def _closed(one: Judged, here: Here, curriculum: Curriculum) -> None:
    """Work goes on in the portfolio of this curriculum that was closed. One of another curriculum is noted."""
    closed = here.closed_of(one.entry.email, curriculum.programme_id)
    same_one = next((row for row in closed if row.curriculum_id == curriculum.pk), None)
    if same_one:
        one.problems.append(CLOSED.format(same_one.trainee.name, curriculum.code))
    elif closed:
        codes = ", ".join(sorted({row.curriculum.code for row in closed}))
        one.notes.append(f"{closed[0].trainee.name} has a closed portfolio of {codes} too. This opens another one.")


def _as_it_is(one: Judged, held: Portfolio) -> None:
    """A portfolio that is here stays as it is; where the table says otherwise, the preview says so."""
    one.does.append("Portfolio here already")
    organisation = one.organisation.pk if one.organisation else None
    said = (one.starts_on, organisation or held.organisation_id, one.entry.department or held.department)
    if said != (held.starts_on, held.organisation_id, held.department):
        one.notes.append("First day, organisation or department are otherwise here. They stay as they are.")


def _curriculum(one: Judged, here: Here) -> Curriculum | None:
    said, cohort = one.entry.curriculum.casefold(), one.entry.cohort
    by_code = [row for row in here.curricula if row.code.casefold() == said]
    found = by_code or [row for row in here.curricula if row.specialty.casefold() == said and row.start_year == cohort]
    if len(found) == 1:
        return found[0]
    if found:
        codes = ", ".join(sorted(row.code for row in found))
        one.problems.append(f"Cohort {cohort} has more than one curriculum of “{one.entry.curriculum}”: {codes}.")
    else:
        one.problems.append(
            f"“{one.entry.curriculum[:80]}” is neither the code of a published curriculum that you administer, "
            f"nor the specialty of one that started in {cohort}."
        )
    return None


def _organisation(one: Judged, here: Here) -> Organisation | None:
    said = one.entry.organisation
    if not said:
        return None
    found = here.organisations.get(same(said))
    if found is None:
        (near, *_) = [*difflib.get_close_matches(same(said), here.organisations, n=1), ""]
        guess = f" Did you mean “{here.organisations[near].name}”?" if near else ""
        one.problems.append(
            f"No organisation is called “{said[:80]}”.{guess} Correct it, or add it under Organisations first."
        )
    return found


def _roles(one: Judged, here: Here, trainees: Mapping[str, Sequence[Judged]], officers: dict[str, Judged]) -> None:
    if one.entry.email == here.by.email:
        one.problems.append(YOURSELF)
        return
    for address in one.entry.trainees:
        if address == one.entry.email:
            one.problems.append(OWN)
            continue
        known = [row for row in here.open_of(address) if here.kept.keeps(row.programme_id, row.cohort_year)]
        opening = [row for row in trainees.get(address, ()) if row.opens]
        wrong = [row for row in trainees.get(address, ()) if row.problems][:1]  # it is corrected there, once
        ahead = opening or ([] if known else wrong)
        if not known and not ahead:
            one.problems.append(NOT_YOURS.format(address))
        elif len(known) + len(ahead) > 1:
            one.problems.append(SEVERAL.format(address))
        else:
            held = here.roles[known[0].pk] if known else []
            programme = known[0].programme_id if known else _programme(ahead[0])
            _role(one, here, address, held, officers)
            _in_training(one, here, programme, trainees)


def _programme(ahead: Judged) -> int | None:
    return ahead.curriculum.programme_id if ahead.curriculum else None


def _role(one: Judged, here: Here, address: str, held: Sequence[Role], officers: dict[str, Judged]) -> None:
    kind, start = RoleKind(one.entry.part), one.starts_on
    going_on = [role for role in held if role.kind == kind and (role.ends_on is None or role.ends_on >= start)]
    person = here.people.get(one.entry.email)
    ids = {person.pk, person.merged_into_id} if person else set()
    own = next((role for role in going_on if role.user_id in ids), None)
    what = f"{kind.label} of {address}"
    if own:
        until = f" until {day(own.ends_on)}" if own.ends_on else ""
        one.does.append(f"{what}: here already{until}")
        return
    if kind == RoleKind.OFFICER:
        first = officers.setdefault(address, one)
        if first is not one:
            one.problems.append(f"Row {first.entry.line} names another training officer of {address}. Keep one.")
            return
        if going_on:
            one.problems.append(
                f"{going_on[0].user.name} is the training officer of {address}. Change that with “Another training "
                "officer”, or remove the row."
            )
            return
    one.roles.append(address)
    one.does.append(f"{what}, from {day(start)}")


def _in_training(one: Judged, here: Here, programme: int | None, trainees: Mapping[str, Sequence[Judged]]) -> None:
    own = {row.programme_id for row in here.open_of(one.entry.email)}
    own |= {row.curriculum.programme_id for row in trainees.get(one.entry.email, ()) if row.curriculum and row.opens}
    said = f"{one.entry.name} is in training on the same programme, and signs nothing in it until that is over."
    if programme in own and said not in one.notes:
        one.notes.append(said)


def _accounts(judged: Iterable[Judged], here: Here) -> None:
    """A new person gets an account once, in the first row that names them."""
    new: set[str] = set()
    for one in judged:
        person = here.people.get(one.entry.email)
        if not one.problems and (person is None or person.one_off) and one.entry.email not in new:
            new.add(one.entry.email)
            one.lets_in = True
            one.does.insert(0, "Account, with an invitation by e-mail")
