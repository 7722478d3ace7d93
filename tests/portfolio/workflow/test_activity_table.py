"""Every state × action × person of an activity. What is legal is listed here by hand, from domain.md."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.db import connection, transaction

from portfolio import workflow
from portfolio.models import Activity, Item
from portfolio.states import ActivityState as State
from portfolio.states import ItemState
from portfolio.workflow import LinkTo, Redirect, Refused, Submit, available, perform
from portfolio.workflow.activities import ActivityTable, newest_revisions
from tests import make
from tests.cast import Cast, surround

# step: (the states it can start from, who takes it, where it leads; "" stays)
LEGAL: dict[str, tuple[set[str], set[str], dict[str, str]]] = {
    "link": (
        {State.NOT_STARTED, State.DRAFT, State.RETURNED, State.SIGNED_OFF, State.SIGNED_ELSEWHERE},
        {"trainee"},
        {State.NOT_STARTED: State.DRAFT},
    ),
    "unlink": ({State.DRAFT, State.RETURNED, State.SIGNED_OFF, State.SIGNED_ELSEWHERE}, {"trainee"}, {}),
    "submit": (
        {State.DRAFT, State.RETURNED},
        {"trainee"},
        {State.DRAFT: State.IN_REVIEW, State.RETURNED: State.IN_REVIEW},
    ),
    "withdraw": ({State.IN_REVIEW}, {"trainee"}, {State.IN_REVIEW: State.DRAFT}),
    "redirect": ({State.IN_REVIEW}, {"trainee", "officer", "coordinator"}, {}),
    "hand over": ({State.IN_REVIEW}, {"administrator", "cohort_administrator"}, {}),
    "lend device": ({State.IN_REVIEW}, {"trainee"}, {}),
    "return": ({State.IN_REVIEW}, {"assessor"}, {State.IN_REVIEW: State.RETURNED}),
    "sign off": ({State.IN_REVIEW}, {"assessor"}, {State.IN_REVIEW: State.SIGNED_OFF}),
    "unlock": (
        {State.SIGNED_OFF},
        {"officer", "coordinator", "administrator", "cohort_administrator"},
        {State.SIGNED_OFF: State.RETURNED},
    ),
    "record elsewhere": (
        {State.NOT_STARTED, State.DRAFT, State.RETURNED},
        {"officer", "coordinator"},
        dict.fromkeys((State.NOT_STARTED, State.DRAFT, State.RETURNED), State.SIGNED_ELSEWHERE),
    ),
    "void elsewhere": (
        {State.SIGNED_ELSEWHERE},
        {"officer", "coordinator", "administrator", "cohort_administrator"},
        {State.SIGNED_ELSEWHERE: State.DRAFT},
    ),
}


def test_the_table_has_exactly_these_steps() -> None:
    assert set(ActivityTable.steps) == set(LEGAL)


REACH: dict[str, Callable[[Cast], Any]] = {
    State.NOT_STARTED: lambda cast: None,
    State.DRAFT: lambda cast: make.drafted(cast.portfolio),
    State.IN_REVIEW: lambda cast: make.in_review(cast.portfolio, cast.assessor),
    State.RETURNED: lambda cast: make.returned(cast.portfolio, cast.assessor),
    State.SIGNED_OFF: lambda cast: make.signed_off(cast.portfolio, cast.assessor),
    State.SIGNED_ELSEWHERE: lambda cast: make.signed_elsewhere(cast.portfolio, cast.officer),
}


def given_for(action: str, subject: Activity, cast: Cast) -> dict[str, Any]:
    """What makes this step complete, so that only state and person can refuse it."""
    if action == "link":
        return {"given": LinkTo(cast.portfolio.evidence.get(title="Another page"), "Shows it too.")}
    if action == "unlink":
        return {"given": LinkTo(cast.portfolio.evidence.get(title="Spare page"))}
    if action == "submit":
        pages = {subject.pk: [revision.pk for revision in newest_revisions(subject)]} if subject.pk else {}
        return {"given": Submit(cast.assessor, pages, declared=True)}
    if action in ("redirect", "hand over"):
        return {"given": Redirect(cast.second_assessor)}
    if action in ("return", "sign off"):
        item = Item.objects.filter(activity=subject, state=ItemState.UNDECIDED).first() if subject.pk else None
        return {"seen": item.digest if item else "0" * 64, "reason": "Clear and complete."}
    if action == "record elsewhere":
        return {"given": {("S-C1", 1): make.entry()}}
    return {"reason": "A word on why."}


def everything() -> dict[str, list[Any]]:
    """Every row of this project, to see that a refusal left no trace. As the database has them: it is asked often."""
    models = [model for app in ("portfolio", "audit") for model in apps.get_app_config(app).get_models()]
    rows = {}
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}" ORDER BY "{model._meta.pk.column}"')
            rows[model.__name__] = cursor.fetchall()
    return rows


def told() -> int:
    """How many things leave, mail among them, once what was done so far stands: a refusal adds none."""
    return len(connection.run_on_commit)


@pytest.mark.parametrize("state", list(REACH))
def test_every_action_by_everybody(cast: Cast, state: str, django_capture_on_commit_callbacks: Any) -> None:
    surround(cast)
    make.page(cast.portfolio, "Another page")
    REACH[state](cast)
    spare = make.page(cast.portfolio, "Spare page")
    subject = make.activity(cast.portfolio)
    if state not in (State.NOT_STARTED, State.IN_REVIEW):
        perform("link", subject, by=cast.trainee, given=LinkTo(spare, "Also shows it."))
    before = everything()
    for action, (sources, who, targets) in LEGAL.items():
        for name, person in cast.people().items():
            subject = make.activity(cast.portfolio)
            legal = state in sources and name in who
            said = f"{action} by {name} from {state}"
            assert (action in available(subject, cast.portfolio, by=person)) == legal, said
            arguments = given_for(action, subject, cast)
            if legal:
                with transaction.atomic():
                    if action == "hand over":
                        cast.portfolio.roles.filter(user=cast.assessor).update(ends_on=make.today() - timedelta(days=1))
                    perform(action, subject, by=person, **arguments)
                    assert make.activity(cast.portfolio).state == targets.get(state, state), said
                    transaction.set_rollback(True)
            else:
                mail.outbox.clear()
                with django_capture_on_commit_callbacks(execute=True), pytest.raises(Refused) as refusal:
                    perform(action, subject, by=person, **arguments)
                assert refusal.value.status == (403 if state in sources else 409), said
                assert mail.outbox == [], said
    assert everything() == before


@pytest.mark.parametrize("state", list(REACH))
def test_in_a_closed_portfolio_every_step_is_refused(cast: Cast, state: str) -> None:
    make.page(cast.portfolio, "Another page")
    make.page(cast.portfolio, "Spare page")
    REACH[state](cast)
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Completed.")
    for action in LEGAL:
        for person in cast.people().values():
            subject = make.activity(cast.portfolio)
            assert available(subject, cast.portfolio.__class__.objects.get(pk=cast.portfolio.pk), by=person) == {}
            with pytest.raises(workflow.NotAllowed):
                perform(action, subject, by=person, **given_for(action, subject, cast))
    assert make.activity(cast.portfolio).state == state
