"""Which case serves which discussion (CBD): one, here or in another system. The database holds it (UsedCase)."""

from django.db.models import QuerySet

from portfolio.models import Assessment, Portfolio, SignedElsewhere, UsedCase
from portfolio.states import AssessmentState
from portfolio.workflow.assessments.which import case_key_of


def serving_others(portfolio: Portfolio, row: Assessment) -> QuerySet[UsedCase]:
    """The cases that serve another discussion than this one."""
    used = UsedCase.objects.filter(portfolio=portfolio)
    return used.exclude(assessment=row) if row.pk else used


def follow(row: Assessment) -> None:
    """After an assessment was written: it uses its case until it is voided."""
    if not row.case_key or row.state == AssessmentState.VOIDED:
        UsedCase.objects.filter(assessment=row).delete()
    else:
        told = {"portfolio_id": row.portfolio_id, "key": row.case_key}
        UsedCase.objects.update_or_create(assessment=row, defaults=told)


def use_elsewhere(row: SignedElsewhere) -> None:
    """Of a record of another system, where it names a case."""
    if row.case_reference:
        UsedCase.objects.create(portfolio=row.portfolio, key=case_key_of(row.case_reference), elsewhere=row)


def give_back(row: SignedElsewhere) -> None:
    """That record was taken back: its case can serve another discussion."""
    UsedCase.objects.filter(elsewhere=row).delete()
