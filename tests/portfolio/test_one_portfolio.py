"""`visible_in` is `visible`, asked of one portfolio: for everybody who sees it, and for every kind of row."""

from collections.abc import Callable, Iterable
from datetime import timedelta

import pytest
from django.db.models import Model

from accounts.models import User
from portfolio import access
from portfolio.access import IN_PORTFOLIO, visible, visible_in
from portfolio.models import Evidence, Item, Link, Portfolio, Revision, Role
from portfolio.states import ItemState, LeaveKind, Part
from portfolio.workflow import NotAllowed, perform, writing
from portfolio.workflow.plan import Put, make_address, put
from portfolio.workflow.training_time import Away, Works
from tests import make
from tests.cast import Cast


def work(of: Portfolio, cast: Cast) -> None:
    """Pages that are private, shared, submitted, withdrawn, binned or changed since; something signed and confirmed."""
    make.page(of, "Private")
    shared = make.page(of, "Shared")
    writing.share(shared, on=True, by=of.trainee)
    make.change(shared, body="Changed and saved since.")
    make.change(shared, body="Changed and not saved.", save=False)
    writing.discard(make.page(of, "Binned"), by=of.trainee)
    make.drafted(of, "S-X1", 2)
    make.in_review(of, cast.assessor, "S-X1", 1)
    withdrawn = make.in_review(of, cast.assessor, "S-X1", 3)
    make.perform("withdraw", withdrawn.activity, by=of.trainee)
    make.nominated(of, 3, code="S-X1")
    for number in (1, 2, 3):
        make.signed_off(of, cast.assessor, "S-C1", number)
    signed = Evidence.objects.get(title="Page for S-C1 1")
    make.change(signed, body="Changed since it was signed.")
    make.reviewed(make.goal(of, actions=["Ask to chair."]))
    make.placed(of, cast.officer if of == cast.portfolio else cast.other_officer)
    make.note(of)
    if of == cast.portfolio:
        make.module_signed_off(of, cast.officer)
        make.mark_forms(of.programme)
        make.planned(of, "CBD", code="S-X1")
        make.confirmed(of, cast.officer, "S-X1", activities=4, cbd=0, observed=0)
        what_others_say(of, cast)


def what_others_say(of: Portfolio, cast: Cast) -> None:
    """Something that is signed elsewhere, an award, working time and leave, a review, feedback and an assessment."""
    of, today = make.with_rules(of), make.today()
    make.signed_elsewhere(of, cast.officer, make.entry("S-X1", 4))
    make.result(of, cast.officer, award="A prize")
    make.training_time(of, cast.officer, Works(today, 60), Away(today, today, LeaveKind.SICK))
    make.commented(Item.objects.filter(submission__portfolio=of, state=ItemState.DECIDED).earliest("pk"), cast.trainee)
    make.review_planned(of, cast.officer)
    make.questionnaire(of)
    make.feedback_round(of)
    put(of, Put({("S-X1", 1)}, month=today.replace(day=1)), by=of.trainee)
    make_address(of, by=of.trainee)


Portfolios = Callable[[User], Iterable[Portfolio]]


def as_pages_do(person: User) -> Iterable[Portfolio]:
    """Each as a page fetches it."""
    found = [access.portfolio_at(row.ref, access.standing(person)) for row in visible(person, Portfolio)]
    return [portfolio for portfolio in found if portfolio]


def pairs(cast: Cast, fetched: Portfolios) -> list[tuple[str, str, set[int], set[int]]]:
    """Who, which kind of row, what `visible_in` gives, and what `visible` gives of the same portfolio."""
    found = []
    for name, person in cast.people().items():
        for portfolio in fetched(person):
            for model, (path, _) in IN_PORTFOLIO.items():
                narrow = set(visible_in(portfolio, person, model).values_list("pk", flat=True))
                wide = set(visible(person, model).filter(**{path: portfolio}).values_list("pk", flat=True))
                found.append((f"{name} in {portfolio.ref}", model.__name__, narrow, wide))
    return found


@pytest.mark.parametrize("fetched", [as_pages_do, lambda user: visible(user, Portfolio)])
def test_everybody_who_sees_a_portfolio_sees_the_same_rows_either_way(cast: Cast, fetched: Portfolios) -> None:
    work(cast.portfolio, cast)
    found = pairs(cast, fetched)
    assert [(who, what) for who, what, narrow, wide in found if narrow != wide] == []
    assert len({who for who, _, _, _ in found}) > 8


def test_what_one_person_fetched_tells_nothing_of_what_another_sees(cast: Cast) -> None:
    work(cast.portfolio, cast)
    fetched = access.portfolio_at(cast.portfolio.ref, access.standing(cast.officer))
    assert fetched is not None
    assert visible_in(fetched, cast.officer, Evidence).exists()
    assert not visible_in(fetched, cast.stranger, Evidence).exists()
    assert Part.OFFICER in access.parts(cast.officer, fetched)
    assert access.parts(cast.stranger, fetched) == frozenset()


def test_a_step_reads_anew_what_the_page_was_fetched_with(cast: Cast) -> None:
    fetched = access.portfolio_at(cast.portfolio.ref, access.standing(cast.officer))
    assert fetched is not None
    activity = make.signed_off(fetched, cast.assessor)
    activity.portfolio = fetched
    Role.objects.filter(user=cast.officer, portfolio=fetched).update(ends_on=make.today() - timedelta(days=1))
    assert Part.OFFICER in access.parts(cast.officer, fetched)  # as the page was shown
    with pytest.raises(NotAllowed):
        perform("unlock", activity, by=cast.officer, reason="A reason.")


def test_no_kind_of_row_is_empty_where_the_two_are_compared(cast: Cast) -> None:
    work(cast.portfolio, cast)
    held: dict[type[Model], int] = {
        model: visible_in(cast.portfolio, cast.trainee, model).count() for model in IN_PORTFOLIO
    }
    assert [model.__name__ for model, rows in held.items() if not rows] == ["OptionTaken"]  # there is no choice here


def test_their_people_see_some_pages_and_no_links(cast: Cast) -> None:
    work(cast.portfolio, cast)

    def seen(model: type[Model]) -> int:
        return visible_in(cast.portfolio, cast.officer, model).count()

    def held(model: type[Model]) -> int:
        return visible_in(cast.portfolio, cast.trainee, model).count()

    assert 0 < seen(Evidence) < held(Evidence)
    assert 0 < seen(Revision) < held(Revision)
    assert seen(Item) == held(Item)
    assert (seen(Link), held(Link) > 0) == (0, True)


def test_the_queue_is_what_waits_for_them_and_nothing_else(cast: Cast) -> None:
    work(cast.portfolio, cast)
    for person in cast.people().values():
        waiting = access.addressed_items(person).filter(state="undecided", submission__portfolio__closed_at=None)
        assert set(access.with_me(person)) == set(waiting)
        assert {row.key for row in access.what_waits(person)} == {item.submission.sid for item in waiting}
    assert len({row.key for row in access.what_waits(cast.assessor)}) == 1
