"""Taking in a table that was previewed: all of it in one transaction, by the functions that write people and roles."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.invitations import invite
from accounts.models import User
from audit.chain import append
from curriculum.structure import INSTANCE
from portfolio import access
from portfolio.intake.judging import Judged, judge, seen
from portfolio.intake.reading import TRAINEE, Entry
from portfolio.intake.sheets import Sheet
from portfolio.models import Intake, Portfolio, Role
from portfolio.workflow.machine import NotAllowed, TooLate, acting, locked
from portfolio.workflow.nominations import ADDED
from portfolio.workflow.placements import GIVEN

KEPT_FOR = timedelta(days=1)
TAKEN = "This table was taken in already. Nothing was done twice."
GONE = "Another table was uploaded in its place. Nothing was done."
CHANGED = "What this table would do is not what the page showed: something changed meanwhile. Nothing was done."
PORTFOLIO_ADDED, TABLE_TAKEN = "portfolio added", "cohort.intake"  # as the instance's chain calls them


def entries(intake: Intake) -> list[Entry]:
    return [Entry.of(row) for row in intake.rows]


def keep(rows: Iterable[Entry], sheet: Sheet, name: str, *, by: User) -> Intake:
    """What was read, for its preview. What the same person uploaded before and did not confirm goes."""
    with transaction.atomic():
        Intake.objects.filter(by=by, taken_at=None).delete()
        return Intake.objects.create(
            by=by,
            file_name=name,
            sha256=sheet.sha256,
            left_out=[title[:100] for title in sheet.left_out[:10]],
            rows=[row.stored for row in rows],
        )


def take(intake: Intake, *, by: User, shown: str) -> Counter[str]:
    """Do what the preview showed, whose digest is `shown`; how many of each were made. TooLate: not any more.

    Under the lock of the intake: of two who confirm at the same moment, one wins. What else changed meanwhile is seen
    under the locks of the portfolios, or refused by the database, and then nothing is done.
    """
    try:
        with transaction.atomic():
            row = Intake.objects.select_for_update().filter(pk=intake.pk).first()
            if row is None or row.taken_at is not None:
                raise TooLate(TAKEN if row else GONE)
            return _take(row, by, shown)
    except (IntegrityError, ValidationError):
        raise TooLate(CHANGED) from None


def forget() -> int:
    """Delete tables that nobody confirmed within a day; how many."""
    old = Intake.objects.filter(taken_at=None, made_at__lt=timezone.now() - KEPT_FOR)
    return old.delete()[0]


def _take(intake: Intake, by: User, shown: str) -> Counter[str]:
    told = entries(intake)
    trainees = {one.email for one in told if one.part == TRAINEE} | {each for one in told for each in one.trainees}
    for pk in Portfolio.objects.filter(trainee__email__in=trainees).order_by("pk").values_list("pk", flat=True):
        locked(pk)
    by = acting(by)  # after the portfolios, as in every step: so that the two cannot wait for each other
    if not access.may_enter_admin(by):
        raise NotAllowed("A table of people is for those who administer their cohort.")
    judged = judge(told, by=by)
    if seen(judged, intake.iid) != shown or any(one.problems for one in judged):
        raise TooLate(CHANGED)
    done = _written(judged, intake, by)
    intake.taken_at, intake.rows, intake.done = timezone.now(), [], dict(done)
    intake.save(update_fields=["taken_at", "rows", "done"])
    append(INSTANCE, TABLE_TAKEN, by=by, data={"intake": intake.iid, "file": intake.sha256, "done": dict(done)})
    return done


def _written(judged: list[Judged], intake: Intake, by: User) -> Counter[str]:
    """People, then portfolios, then roles, each with its event."""
    done: Counter[str] = Counter()
    people = {person.email: person for person in User.objects.filter(email__in={one.entry.email for one in judged})}
    invited = [one.entry for one in judged if one.lets_in]
    for entry in invited:
        people[entry.email] = people.get(entry.email) or _added(entry, judged, intake, by)
    invite([people[entry.email] for entry in invited], by=by)
    done["people"] = len(invited)
    opened: dict[str, Portfolio] = {}
    for one in judged:
        if one.opens:
            opened[one.entry.email] = _opened(one, people[one.entry.email], intake, by)
            done["portfolios"] += 1
    wanted = {address for one in judged for address in one.roles}
    for address, portfolio in _kept(wanted - opened.keys(), by):
        opened[address] = portfolio
    for one in judged:
        for address in one.roles:
            _give(one, opened[address], people[one.entry.email], intake, by)
            done["roles"] += 1
    return done


def _added(entry: Entry, judged: Iterable[Judged], intake: Intake, by: User) -> User:
    """Somebody new. The first row that says their post says it for all of theirs."""
    rows = [one.entry for one in judged if one.entry.email == entry.email]
    post = next((row.post for row in rows if row.post), "")
    registration = next((row.registration for row in rows if row.registration), "")
    person = User.objects.create_user(entry.email, name=entry.name, post=post, registration_number=registration)
    append(INSTANCE, ADDED, by=by, data={"person": person.pk, "intake": intake.iid})
    return person


def _opened(one: Judged, trainee: User, intake: Intake, by: User) -> Portfolio:
    if one.curriculum is None or one.entry.cohort is None:
        raise AssertionError("A row without its curriculum or cohort was judged to be whole.")
    row = Portfolio(
        trainee=trainee,
        curriculum=one.curriculum,
        programme=one.curriculum.programme,
        cohort_year=one.entry.cohort,
        starts_on=one.starts_on,
        organisation=one.organisation,
        department=one.entry.department,
    )
    row.save()
    append(INSTANCE, PORTFOLIO_ADDED, by=by, data=row.facts | {"intake": intake.iid})
    return row


def _kept(addresses: set[str], by: User) -> Iterable[tuple[str, Portfolio]]:
    """The one open portfolio, of those that this administrator keeps, of each of these trainees."""
    rows = access.portfolios_in_scope(by).filter(trainee__email__in=addresses, closed_at=None)
    return [(row.trainee.email, row) for row in rows.select_related("trainee", "curriculum")]


def _give(one: Judged, portfolio: Portfolio, person: User, intake: Intake, by: User) -> None:
    role = Role(portfolio=portfolio, user=person, kind=one.entry.part, starts_on=one.starts_on)
    role.clean()
    role.save()
    append(INSTANCE, GIVEN, by=by, data=role.facts | {"intake": intake.iid})
