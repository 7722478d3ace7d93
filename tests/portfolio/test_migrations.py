"""What is there already comes through a migration that fills a new column."""

import pytest
from django.core.management import call_command

from portfolio.models import AssessmentDecision, Comment, Decision, Placement, UsedCase
from portfolio.workflow import perform
from tests import make
from tests.cast import assemble

DECIDED = ((Decision, ("portfolio", "came_at")), (AssessmentDecision, ("came_at",)))


@pytest.mark.django_db(transaction=True)
def test_rows_of_before_keep_whose_they_are_and_since_when_they_wait_or_had_waited() -> None:
    cast = assemble()
    item = make.signed_off(cast.portfolio, cast.assessor).items.get()
    row, placement = make.commented(item, cast.trainee), make.placement_planned(cast.portfolio)
    make.commented(make.signed_off(cast.other, cast.assessor).items.get(), cast.other_trainee)
    discussed = make.planned(cast.other, "CBD", code="S-X1", case_reference="Case 1")
    voided = make.assessed(cast.portfolio, cast.assessor, kind="CBD", code="S-X1", case_reference="Case 2")
    perform("void assessment", voided, by=cast.officer, reason="Of another trainee.")
    item = make.in_review(cast.portfolio, cast.assessor, number=2)
    for person in (cast.second_assessor, cast.assessor):
        make.redirected(item, person)
    make.decide(item)
    decided = [list(table.objects.order_by("pk").values("pk", *kept)) for table, kept in DECIDED]
    call_command("migrate", "portfolio", "0018", verbosity=0)
    call_command("migrate", "portfolio", verbosity=0)
    assert decided == [list(table.objects.order_by("pk").values("pk", *kept)) for table, kept in DECIDED]
    assert [len(rows) for rows in decided] == [3, 1]
    assert Comment.objects.get(cid=row.cid).portfolio == cast.portfolio
    assert {one.portfolio_id for one in Comment.objects.all()} == {cast.portfolio.pk, cast.other.pk}
    assert Placement.objects.get().asked_at == placement.created_at
    assert list(UsedCase.objects.values_list("portfolio", "key", "assessment")) == [
        (cast.other.pk, "case1", discussed.pk)
    ]
