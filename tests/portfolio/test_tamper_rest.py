"""Every table that holds what was signed or audited is swept by some test, or said here not to be, and why.

The sweeps are test_tamper.py, recorded/test_changed_rows.py, assessments/test_assessment_proof.py, and the one below,
of the signed tables that these leave.
"""

import random
from collections.abc import Iterable
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import models

from audit.chain import append
from audit.checks import Finding
from curriculum.models import Module
from curriculum.structure import INSTANCE
from portfolio import models as rows
from portfolio import proof
from portfolio.models.immutable import Immutable
from portfolio.models.placement import QUESTIONS
from portfolio.models.signed import Signed
from portfolio.proof.signed import OF_MODEL
from portfolio.proof.told import ALTERED, MISSING
from portfolio.states import RoleKind
from tests import make
from tests.portfolio import test_tamper as tamper
from tests.portfolio.assessments import test_assessment_proof as assessed
from tests.portfolio.recorded import test_changed_rows as recorded
from tests.world import World

pytestmark = pytest.mark.django_db
# Of a placement: what its events tell, but for its kind and its module, of which the database refuses one alone.
TOLD_OF = ["title", "department", "organisation", "supervisor", "starts_on", "ends_on", "aims"]
SWEPT = {rows.Placement, *tamper.TABLES, *recorded.TABLES, *assessed.TABLES}
HERE = [model for model in OF_MODEL if model not in SWEPT]
# The database refuses every other value beside what else these rows hold.
REFUSED = {rows.WorkingTime: ["removed"], rows.NominationAnswer: ["approved"]}
# What nobody signs, with the reason why a change of it is not looked for row by row.
NOT_SWEPT: dict[type[models.Model], str] = {
    rows.AssessmentReminder: "that somebody was reminded: it follows from the dates, and makes nothing true",
    rows.CalendarFeed: "a key, which its owner revokes",
    rows.Evidence: "the working copy: what was saved, submitted and signed is in its versions, which are swept",
    rows.FeedbackAnswer: "anonymous: no event tells of one; closing the round seals all of them (below)",
    rows.FeedbackInvitation: "whom the trainee asked; no result follows from it",
    rows.FeedbackLink: "the digest of a key",
    rows.Handover: "what is to happen when a role ends; what then happened is in the chains",
    rows.Intake: "an uploaded table, kept for a day",
    rows.JournalNote: "private notes, which nobody else reads or signs",
    rows.Lending: "a device that was handed over for half an hour; what was decided on it holds that in its own digest",
    rows.Link: "the working copy: an item holds what was linked when it was submitted",
    rows.NominationReminder: "as of assessments",
    rows.Organisation: "a name and domains, which administrators keep",
    rows.PlannedActivity: "a plan",
    rows.Portfolio: "closed or not is checked against its closures (test_tamper.py), the rest below",
    rows.Reminder: "as of assessments",
    rows.ScheduledActivity: "a plan",
    rows.SignCode: "a code of some minutes",
    rows.SignLink: "the digest of a key; what it opened is told in the chain",
    rows.Snippet: "texts that somebody keeps for themselves",
    rows.UsedCase: "follows from the CBDs, which are swept, and is compared with them (recorded/test_cases.py)",
    rows.WaitingReminder: "as of assessments",
    rows.Summary: "made again from the rows at any time, and never shown",
}
MODULES_OF = {rows.Placement.modules.through, rows.Role.modules.through}  # swept by tests of their own, below
TOLD_BY_FIELD = "events tell which fields an administrator changed, not to what: "
OF_DJANGO = "nothing here asks for it: who may do what follows from roles, administrations and is_superuser alone"
# Of the floors below, and of packages: nobody signs a row of these. What was signed holds the words of its day.
NOT_SWEPT_BELOW: dict[str, str] = {
    "accounts.User": TOLD_BY_FIELD + "name, post and registration of a signer stand in what they signed; "
    "an account made superuser behind the program's back is found by nothing",
    "accounts.User_groups": OF_DJANGO,
    "accounts.User_user_permissions": OF_DJANGO,
    "curriculum.Programme": TOLD_BY_FIELD + "a name; its code is in the events of administrations, which are swept",
    "curriculum.Rules": "events hold the digest of the file that was loaded: of dates and percentages nobody signs any",
    "curriculum.Curriculum": TOLD_BY_FIELD + "which of them a portfolio follows is swept",
    "curriculum.Block": TOLD_BY_FIELD + "its credits are counted, not signed",
    "curriculum.Module": TOLD_BY_FIELD + "a sign-off holds the credits and the requirements that it was made against",
    "curriculum.TrainingActivity": TOLD_BY_FIELD + "an item holds type and wording as they were submitted",
    "curriculum.AssessmentTitle": "a suggestion; an assessment holds the title that was planned",
    "curriculum.Option": TOLD_BY_FIELD + "an option that was taken holds the codes of its modules",
    "curriculum.Option_modules": "as of options",
    "curriculum.Prompt": "words beside a box",
    "curriculum.Question": "a round of feedback holds its questions as they were when it was opened",
    "curriculum.MarkForm": "an outcome holds its marks with the words that they answer",
    "curriculum.Criterion": "as of mark forms",
    "outbox.Mail": "what waits to leave: it makes nothing true, and its text goes when it has left",
    "account.EmailAddress": "made again from the account's address when that is changed; no decision rests on it",
    "account.EmailConfirmation": "a key of some days",
    "admin.LogEntry": "Django's own list of what was done in the admin site: the instance's chain tells it",
    "auth.Group": OF_DJANGO,
    "auth.Group_permissions": OF_DJANGO,
    "auth.Permission": OF_DJANGO,
    "contenttypes.ContentType": OF_DJANGO,
    "django_tasks_database.DBTaskResult": "work in the background, which is done again where it was lost",
    "sessions.Session": "who is signed in on which browser, for some hours",
}


def test_no_table_is_forgotten() -> None:
    """A new table, of ours or of a package, fails until a test sweeps it or somebody says here why none does."""
    everything = set(apps.get_models(include_auto_created=True))
    left = everything - SWEPT - set(HERE) - MODULES_OF
    assert {model for model in left if model._meta.app_label in ("portfolio", "audit")} == set(NOT_SWEPT)
    assert {model._meta.label for model in left - set(NOT_SWEPT)} == set(NOT_SWEPT_BELOW)
    assert {model for model in everything if issubclass(model, Signed)} == set(OF_MODEL)
    assert [model for model in NOT_SWEPT if issubclass(model, Immutable)] == [rows.FeedbackLink]


@pytest.mark.parametrize("model", HERE, ids=lambda model: model.__name__)
def test_every_column_of_the_rest_that_is_changed_is_found_and_its_row_is_named(
    world: World, model: type[models.Model]
) -> None:
    rng, kind = random.Random(20261128), OF_MODEL[model]
    assert list(proof.signed_rows()) == []
    left = [field for field in model._meta.concrete_fields if not field.primary_key]
    refused = []
    for field in left:
        for row in rng.choices(list(model._base_manager.order_by("pk")), k=tamper.TRIES):
            with tamper.undone():
                after = tamper.change(rng, row, field)
                if after is None:
                    continue
                found = list(proof.signed_rows())
                assert named(found, kind.noun), f"{model.__name__}.{field.name}: {found}"
                break
        else:
            refused.append(field.name)
    assert refused == REFUSED.get(model, [])


def named(found: Iterable[Finding], noun: str) -> bool:
    return any(f", {noun} of " in finding.subject for finding in found)


@pytest.mark.parametrize("name", [*TOLD_OF, *QUESTIONS, "salt", "pid", "portfolio"])
def test_a_placement_that_is_changed_is_found_and_named(world: World, name: str) -> None:
    rng, field = random.Random(20261128), rows.Placement._meta.get_field(name)
    assert list(proof.placements()) == []
    for row in rng.choices(list(rows.Placement.objects.order_by("pk")), k=tamper.TRIES):
        with tamper.undone():
            if tamper.change(rng, row, field) is not None:
                assert f"placement {row.pid}" in " ".join(str(found) for found in proof.placements())
                return
    raise AssertionError(f"Nothing changed {name}.")


def test_a_placement_for_other_modules_is_found(world: World) -> None:
    """By these its supervisor sees and decides."""
    row = rows.Placement.objects.filter(modules__isnull=False).earliest("pk")
    with tamper.undone():
        row.modules.remove(row.modules.all()[0])
        assert [str(found) for found in proof.placements()] == [
            f"portfolio {row.portfolio.ref}, placement {row.pid}: {ALTERED}"
        ]


def test_a_supervisor_whose_role_is_for_other_modules_is_found(world: World) -> None:
    role = rows.Role.objects.filter(kind=RoleKind.SUPERVISOR, placement__isnull=False).earliest("pk")
    make.appointments_told()
    assert list(proof.appointments()) == []
    with tamper.undone():
        role.modules.add(
            Module.objects.filter(curriculum=role.portfolio.curriculum).exclude(pk__in=role.modules.all())[0]
        )
        assert [str(found) for found in proof.appointments()] == [f"role {role.pk}: {ALTERED}"]


def test_a_role_that_nothing_gave_is_found(world: World) -> None:
    make.appointments_told()
    with tamper.undone():
        role = make.role(world.portfolio, world.cast.stranger)
        assert [str(found) for found in proof.appointments()] == [f"role {role.pk}: nothing was recorded that gives it"]


@pytest.mark.parametrize("name", ["trainee", "curriculum", "cohort_year", "starts_on", "organisation", "ref"])
def test_a_portfolio_that_is_changed_is_found_by_what_was_told_of_it(world: World, name: str) -> None:
    of = world.portfolio
    append(INSTANCE, "portfolio added", by=None, data=of.facts)
    append(INSTANCE, "portfolio changed", by=None, data=of.facts | {"fields": ["cohort_year"]})
    make.appointments_told()
    assert list(proof.appointments()) == []
    other = {
        "trainee": world.cast.stranger,
        "curriculum": make.curriculum("TST9-1-24"),
        "cohort_year": of.cohort_year + 1,
        "starts_on": of.starts_on + timedelta(days=1),
        "organisation": rows.Organisation.objects.create(name="Another hospital"),
        "ref": "another",
    }
    with tamper.undone():
        rows.Portfolio.objects.filter(pk=of.pk).update(**{name: other[name]})
        found = [str(one) for one in proof.appointments()]
        assert f"portfolio {of.ref}: {MISSING if name == 'ref' else ALTERED}" in found
        assert len(found) == 1 or name == "ref"  # which its roles name, too
