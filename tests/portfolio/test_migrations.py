"""What is there already comes through a migration that fills a new column."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from portfolio.models import Addressee, AssessmentDecision, Comment, Decision, Placement, UsedCase
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
    first, second = make.submit(cast.assessor, *(make.drafted(cast.portfolio, number=number) for number in (2, 3)))
    make.decide(first)
    for person in (cast.second_assessor, cast.assessor):
        make.redirected(second, person)
    make.decide(second)
    late = Decision.objects.get(item__submission__portfolio=cast.other)
    differs = late.decided_at + timedelta(seconds=1)  # two machines, two clocks
    Addressee.objects.filter(submission=late.item.submission).update(since=differs)
    decided = [list(table.objects.order_by("pk").values("pk", *kept)) for table, kept in DECIDED]
    next(row for row in decided[0] if row["pk"] == late.pk)["came_at"] = differs
    call_command("migrate", "portfolio", "0018", verbosity=0)
    call_command("migrate", "portfolio", verbosity=0)
    assert decided == [list(table.objects.order_by("pk").values("pk", *kept)) for table, kept in DECIDED]
    assert [len(rows) for rows in decided] == [4, 1]
    assert Comment.objects.get(cid=row.cid).portfolio == cast.portfolio
    assert {one.portfolio_id for one in Comment.objects.all()} == {cast.portfolio.pk, cast.other.pk}
    assert Placement.objects.get().asked_at == placement.created_at
    assert list(UsedCase.objects.values_list("portfolio", "key", "assessment")) == [
        (cast.other.pk, "case1", discussed.pk)
    ]
