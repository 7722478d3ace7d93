"""Steps taken at the same moment: a serial outcome, one decision, chains whole."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from audit.chain import verify
from portfolio.models import Decision, Item, Submission
from portfolio.states import ActivityState
from portfolio.workflow import Refused, Submit, perform
from portfolio.workflow.activities import newest_revisions
from tests import make
from tests.cast import Cast, assemble

AT_ONCE = 8
pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return assemble()


def together(*steps: Callable[[], object]) -> Counter[str]:
    """Take all of these at once, each over a connection of its own; how each ended."""
    start = Barrier(len(steps))

    def take(step: Callable[[], object]) -> str:
        start.wait()
        try:
            step()
        except Refused as refused:
            return type(refused).__name__
        else:
            return "done"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(steps)) as pool:
        return Counter(pool.map(take, steps))


def test_of_parallel_sign_offs_of_one_item_one_is_made_and_the_rest_are_too_late(cast: Cast) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    ends = together(*[lambda: perform("sign off", item.activity, by=cast.assessor, seen=item.digest)] * AT_ONCE)
    assert ends == {"done": 1, "TooLate": AT_ONCE - 1}
    assert Decision.objects.count() == 1
    assert verify(cast.portfolio.chain) is None


def test_of_a_double_click_on_submit_one_submission_is_made(cast: Cast) -> None:
    activity = make.drafted(cast.portfolio)
    pages = {activity.pk: [revision.pk for revision in newest_revisions(activity)]}
    given = Submit(cast.assessor, pages, declared=True)
    ends = together(*[lambda: perform("submit", activity, by=cast.trainee, given=given)] * AT_ONCE)
    assert ends == {"done": 1, "TooLate": AT_ONCE - 1}
    assert Submission.objects.count() == Item.objects.count() == 1


def test_sign_off_and_withdrawal_at_once_have_one_outcome(cast: Cast) -> None:
    for number in (1, 2, 3):
        item = make.in_review(cast.portfolio, cast.assessor, number=number)
        ends = together(
            lambda item=item: perform("sign off", item.activity, by=cast.assessor, seen=item.digest),
            lambda item=item: perform("withdraw", item.activity, by=cast.trainee),
        )
        assert ends == {"done": 1, "TooLate": 1}
        state = make.activity(cast.portfolio, "S-C1", number).state
        signed = Decision.objects.filter(item=item).exists()
        assert state == (ActivityState.SIGNED_OFF if signed else ActivityState.DRAFT)
    assert verify(cast.portfolio.chain) is None
