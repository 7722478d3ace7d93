"""What is there already comes through a migration that fills a new column."""

import pytest
from django.core.management import call_command

from portfolio.models import Comment, Placement, UsedCase
from portfolio.workflow import perform
from tests import make
from tests.cast import assemble


@pytest.mark.django_db(transaction=True)
def test_comments_placements_and_cases_of_before_keep_whose_they_are_and_since_when_they_wait() -> None:
    cast = assemble()
    item = make.signed_off(cast.portfolio, cast.assessor).items.get()
    row, placement = make.commented(item, cast.trainee), make.placement_planned(cast.portfolio)
    make.commented(make.signed_off(cast.other, cast.assessor).items.get(), cast.other_trainee)
    discussed = make.planned(cast.other, "CBD", code="S-X1", case_reference="Case 1")
    voided = make.assessed(cast.portfolio, cast.assessor, kind="CBD", code="S-X1", case_reference="Case 2")
    perform("void assessment", voided, by=cast.officer, reason="Of another trainee.")
    call_command("migrate", "portfolio", "0018", verbosity=0)
    call_command("migrate", "portfolio", verbosity=0)
    assert Comment.objects.get(cid=row.cid).portfolio == cast.portfolio
    assert {one.portfolio_id for one in Comment.objects.all()} == {cast.portfolio.pk, cast.other.pk}
    assert Placement.objects.get().asked_at == placement.created_at
    assert list(UsedCase.objects.values_list("portfolio", "key", "assessment")) == [
        (cast.other.pk, "case1", discussed.pk)
    ]
