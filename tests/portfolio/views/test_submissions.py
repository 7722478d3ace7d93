"""What was asked, of whom, and what was said; withdrawing and redirecting."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from portfolio.models import Addressee, Item, Portfolio, Submission
from portfolio.states import ActivityState, ItemState
from portfolio.workflow import perform
from tests import make
from tests.cast import Cast
from tests.portfolio.views.counting import large, queries


def of(portfolio: Portfolio, name: str = "submissions", *more: str) -> str:
    return reverse(name, args=[portfolio.ref, *more])


def end_role(user: User) -> None:
    user.roles.update(ends_on=make.today() - timedelta(days=1))


# --- the list -----------------------------------------------------------------------------------------------------


def test_the_list_says_what_waits_with_whom_since_when_and_when_it_is_due(cast: Cast, client: Client) -> None:
    make.in_review(cast.portfolio, cast.assessor)
    client.force_login(cast.trainee)
    shown = client.get(of(cast.portfolio)).text
    due = timezone.localdate() + timedelta(days=14)
    assert "With Maya Lind. Waiting since today." in shown
    assert f"Due by {due.day} {due:%B %Y}, in 14 days" in shown
    Addressee.objects.update(since=timezone.now() - timedelta(days=20), due_on=make.today() - timedelta(days=6))
    since = timezone.localdate() - timedelta(days=20)
    shown = client.get(of(cast.portfolio)).text
    assert f"Waiting 20 days, since {since.day} {since:%B %Y}." in shown
    assert "Overdue by 6 days: was due by" in shown


def test_the_list_is_newest_first_and_says_the_state_of_each_item(cast: Cast, client: Client) -> None:
    make.signed_off(cast.portfolio, cast.assessor, number=1)
    make.returned(cast.portfolio, cast.assessor, number=2)
    item = make.in_review(cast.portfolio, cast.assessor, number=3)
    perform("withdraw", item.activity, by=cast.trainee)
    client.force_login(cast.officer)
    rows = client.get(of(cast.portfolio)).context["rows"]
    assert [[(str(item.activity), word) for item, _, word in row.items] for row in rows] == [
        [("S-C1 3", "Withdrawn")],
        [("S-C1 2", "Returned")],
        [("S-C1 1", "Signed off")],
    ]


def test_what_is_with_nobody_says_so(cast: Cast, client: Client) -> None:
    make.in_review(cast.portfolio, cast.assessor)
    end_role(cast.assessor)
    for person in (cast.trainee, cast.officer):
        client.force_login(person)
        assert "With nobody: choose another assessor." in client.get(of(cast.portfolio)).text


def test_an_empty_list_says_what_it_is_for(cast: Cast, client: Client) -> None:
    for person, way_on in ((cast.trainee, True), (cast.officer, False)):
        client.force_login(person)
        shown = client.get(of(cast.portfolio)).text
        assert "Nothing has been submitted yet" in shown
        assert (of(cast.portfolio, "submit") in shown) is way_on


def test_thirty_submissions_are_paged_at_25_and_cost_no_more_queries_than_one(client: Client, db: None) -> None:
    portfolio = large()
    assessor = make.person("Maya Lind")
    make.role(portfolio, assessor)
    client.force_login(portfolio.trainee)
    make.in_review(portfolio, assessor, "S-B1", 1)
    one = queries(client, of(portfolio))
    for number in range(2, 31):
        make.in_review(portfolio, assessor, "S-B1", number)
    assert queries(client, of(portfolio)) == one
    assert len(client.get(of(portfolio)).context["rows"]) == 25
    assert len(client.get(of(portfolio) + "?page=2").context["rows"]) == 5
    assert len(client.get(of(portfolio) + "?page=nonsense").context["rows"]) == 25


# --- one submission -----------------------------------------------------------------------------------------------


def test_a_submission_shows_what_was_sent_and_what_was_said(cast: Cast, client: Client) -> None:
    page = make.page(cast.portfolio, "What I did", "I learnt **much**.")
    make.attachment(page, "notes.pdf")
    item = make.submit(cast.assessor, make.drafted(cast.portfolio, evidence=page))[0]
    make.decide(item, "return", feedback="Add the action plan.")
    client.force_login(cast.officer)
    shown = client.get(of(cast.portfolio, "submission", item.submission.sid)).text
    for part in (
        "Task 1 of S-C1",
        "I learnt <strong>much</strong>.",
        "Shows how I did S-C1 1.",
        "notes.pdf",
        "Add the action plan.",
    ):
        assert part in shown
    attachment = page.attachments.get()
    assert reverse("evidence_file", args=[cast.portfolio.ref, page.eid, attachment.fid]) in shown
    assert "Nothing in these pages or their files could identify a patient" in shown


def test_it_shows_the_page_as_it_was_sent_not_as_it_is_now(cast: Cast, client: Client) -> None:
    page = make.page(cast.portfolio, "As sent", "Old words.")
    item = make.submit(cast.assessor, make.drafted(cast.portfolio, evidence=page))[0]
    make.change(page, title="Since then", body="New words.")
    client.force_login(cast.officer)
    shown = client.get(of(cast.portfolio, "submission", item.submission.sid)).text
    assert "Old words." in shown
    assert "New words." not in shown
    assert "Since then" not in shown


def test_an_unlocked_item_says_so_and_keeps_its_decision(cast: Cast, client: Client) -> None:
    activity = make.signed_off(cast.portfolio, cast.assessor)
    perform("unlock", activity, by=cast.officer, reason="Wrong patient group.")
    client.force_login(cast.trainee)
    item = Item.objects.get()
    response = client.get(of(cast.portfolio, "submission", item.submission.sid))
    assert response.context["items"][0].word == "Unlocked"
    assert [said.what for said in response.context["items"][0].said] == ["Signed off", "Unlocked"]
    assert "Wrong patient group." in response.text


def test_the_buttons_are_those_of_the_reader(cast: Cast, client: Client) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    where = of(cast.portfolio, "submission", item.submission.sid)

    def steps(person: User) -> set[str]:
        client.force_login(person)
        return set(client.get(where).context["steps"])

    assert steps(cast.trainee) == {"withdraw", "redirect", "lend_device"}
    assert steps(cast.officer) == {"redirect"}
    assert steps(cast.coordinator) == {"redirect"}
    assert steps(cast.administrator) == set()
    make.decide(item)
    assert steps(cast.trainee) == set()


@pytest.mark.parametrize("page", ["submissions", "submission", "submission_withdraw", "submission_redirect"])
def test_strangers_and_the_assessor_get_404(cast: Cast, client: Client, page: str) -> None:
    """The assessor reads what is addressed to them under /reviewing/ alone."""
    sid = make.in_review(cast.portfolio, cast.assessor).submission.sid
    more = [] if page == "submissions" else [sid]
    for name in (
        "assessor",
        "second_assessor",
        "other_trainee",
        "other_officer",
        "former_officer",
        "stranger",
        "superuser",
    ):
        client.force_login(getattr(cast, name))
        assert client.get(of(cast.portfolio, page, *more)).status_code == 404, name
    client.force_login(cast.trainee)
    assert client.get(of(cast.portfolio, page, *more)).status_code == 200


def test_a_submission_is_not_found_under_another_portfolio(cast: Cast, client: Client) -> None:
    theirs = make.in_review(cast.other, cast.assessor)
    client.force_login(cast.trainee)
    for name in ("submission", "submission_withdraw", "submission_redirect"):
        where = of(cast.portfolio, name, theirs.submission.sid)
        assert client.get(where).status_code == 404
        assert client.post(where).status_code == (405 if name == "submission" else 404)
    theirs.refresh_from_db()
    assert theirs.state == ItemState.UNDECIDED


def test_thirty_items_cost_no_more_queries_than_one(client: Client, db: None) -> None:
    portfolio = large(31)
    assessor = make.person("Maya Lind")
    make.role(portfolio, assessor)
    client.force_login(portfolio.trainee)
    one = make.in_review(portfolio, assessor, "S-B1", 31)
    many = make.submit(assessor, *[make.drafted(portfolio, "S-B1", number) for number in range(1, 31)])
    costs = [queries(client, of(portfolio, "submission", item.submission.sid)) for item in (one, many[0])]
    assert costs[0] == costs[1]


# --- withdrawing --------------------------------------------------------------------------------------------------


def test_a_trainee_withdraws_what_is_not_decided(cast: Cast, client: Client) -> None:
    first, _second = make.submit(cast.assessor, make.drafted(cast.portfolio), make.drafted(cast.portfolio, number=2))
    make.decide(first)
    where = of(cast.portfolio, "submission_withdraw", first.submission.sid)
    client.force_login(cast.trainee)
    shown = client.get(where).text
    assert "<li>S-C1 2</li>" in shown
    assert "<li>S-C1 1</li>" not in shown
    assert client.post(where).status_code == 302
    assert make.activity(cast.portfolio).state == ActivityState.SIGNED_OFF
    assert make.activity(cast.portfolio, number=2).state == ActivityState.DRAFT


def test_only_the_trainee_withdraws(cast: Cast, client: Client) -> None:
    sid = make.in_review(cast.portfolio, cast.assessor).submission.sid
    where = of(cast.portfolio, "submission_withdraw", sid)
    for person in (cast.officer, cast.coordinator, cast.administrator):
        client.force_login(person)
        assert client.get(where).status_code == client.post(where).status_code == 403
    assert make.activity(cast.portfolio).state == ActivityState.IN_REVIEW


def test_what_was_decided_meanwhile_cannot_be_withdrawn(cast: Cast, client: Client) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    make.decide(item)
    client.force_login(cast.trainee)
    where = of(cast.portfolio, "submission_withdraw", item.submission.sid)
    for response in (client.get(where), client.post(where)):
        assert response.status_code == 409
        assert "Nothing in this submission waits for a decision any more." in response.text
    assert make.activity(cast.portfolio).state == ActivityState.SIGNED_OFF


def test_an_old_form_does_not_withdraw_a_newer_submission(cast: Cast, client: Client) -> None:
    """The same activity, sent again after a return, is another submission."""
    activity = make.returned(cast.portfolio, cast.assessor)
    old = Submission.objects.get()
    make.submit(cast.assessor, activity)
    client.force_login(cast.trainee)
    assert client.post(of(cast.portfolio, "submission_withdraw", old.sid)).status_code == 409
    assert make.activity(cast.portfolio).state == ActivityState.IN_REVIEW


# --- redirecting --------------------------------------------------------------------------------------------------


def test_trainee_and_officer_redirect_and_the_due_date_restarts(cast: Cast, client: Client) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    Addressee.objects.update(due_on=make.today() - timedelta(days=3))
    where = of(cast.portfolio, "submission_redirect", item.submission.sid)
    for person, to in (
        (cast.trainee, cast.second_assessor),
        (cast.officer, cast.assessor),
        (cast.coordinator, cast.officer),
    ):
        client.force_login(person)
        assert client.post(where, {"assessor": to.pk}).status_code == 302
        current = item.submission.addressees.get(until=None)
        assert (current.assessor, current.due_on) == (to, make.today() + timedelta(days=14))
    assert item.submission.addressees.count() == 4


def test_an_item_with_nobody_is_never_stuck(cast: Cast, client: Client) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    end_role(cast.assessor)
    client.force_login(cast.officer)
    assert (
        client.post(
            of(cast.portfolio, "submission_redirect", item.submission.sid), {"assessor": cast.officer.pk}
        ).status_code
        == 302
    )
    assert item.submission.addressees.get(until=None).assessor == cast.officer


def test_only_somebody_else_who_may_decide_can_be_chosen(cast: Cast, client: Client) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    where = of(cast.portfolio, "submission_redirect", item.submission.sid)
    client.force_login(cast.trainee)
    offered = [pk for pk, _ in client.get(where).context["form"].fields["assessor"].choices]
    assert offered == [cast.officer.pk, cast.coordinator.pk, cast.second_assessor.pk, 0]  # or somebody new
    for wrong in (
        cast.assessor,
        cast.trainee,
        cast.former_assessor,
        cast.deactivated,
        cast.officer_in_training,
        cast.other_officer,
    ):
        response = client.post(where, {"assessor": wrong.pk})
        assert response.status_code == 422
        assert response.context["form"].errors == {"assessor": ["Choose somebody who may decide on this portfolio."]}
    assert client.post(where, {}).context["form"].errors == {"assessor": ["Choose whom you ask."]}
    assert item.submission.addressees.get().assessor == cast.assessor


def test_an_administrator_does_not_redirect(cast: Cast, client: Client) -> None:
    sid = make.in_review(cast.portfolio, cast.assessor).submission.sid
    where = of(cast.portfolio, "submission_redirect", sid)
    client.force_login(cast.administrator)
    assert client.get(where).status_code == client.post(where, {"assessor": cast.officer.pk}).status_code == 403


def test_what_was_decided_meanwhile_cannot_be_redirected(cast: Cast, client: Client) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    make.decide(item)
    client.force_login(cast.officer)
    where = of(cast.portfolio, "submission_redirect", item.submission.sid)
    assert client.get(where).status_code == client.post(where, {"assessor": cast.officer.pk}).status_code == 409
    assert item.submission.addressees.get().assessor == cast.assessor


def test_in_a_closed_portfolio_everything_is_read_and_nothing_moves(cast: Cast, client: Client) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Left the programme.")
    client.force_login(cast.trainee)
    assert client.get(of(cast.portfolio)).status_code == 200
    assert client.get(of(cast.portfolio, "submission", item.submission.sid)).context["steps"] == {}
    assert client.post(of(cast.portfolio, "submission_withdraw", item.submission.sid)).status_code == 403
    assert make.activity(cast.portfolio).state == ActivityState.IN_REVIEW
