"""Handing over: what waits with somebody whose role ends goes to a named successor, or to nobody."""

from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from time_machine import travel

from accounts.models import User
from audit.models import Event
from outbox.delivery import deliver
from outbox.models import Mail
from portfolio import access
from portfolio.due import run_due
from portfolio.models import Assessment, Handover, Item, Portfolio, Role
from portfolio.states import ItemState, RoleKind
from portfolio.workflow import perform, plan
from tests import make
from tests.cast import Cast
from tests.portfolio.admin_site import address, sign_in

pytestmark = pytest.mark.django_db
YESTERDAY = make.today() - timedelta(days=1)


def ended(client: Client, by: User, role: Role, on: date, successor: User | None = None) -> Any:
    """The role ends on that day, by the form of the admin site."""
    form = {"ends_on": on.isoformat(), "successor": successor.email if successor else ""}
    return sign_in(client, by).post(address(Role, "change", role.pk), form, follow=True)


def role_of(cast: Cast, person: User) -> Role:
    return cast.portfolio.roles.get(user=person)


def with_whom(item: Item) -> list[tuple[str, bool]]:
    """Everybody it was with, and whether it still is."""
    return [(row.assessor.name, row.until is None) for row in item.submission.addressees.order_by("pk")]


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def everything_agrees() -> None:
    call_command("verify_audit", stdout=StringIO())


def waiting(person: User) -> set[str]:
    return {one.sort for one in access.what_waits(person)}


@pytest.fixture(autouse=True)
def appointed(cast: Cast) -> None:
    make.appointments_told()


@pytest.fixture
def item(cast: Cast) -> Item:
    return make.in_review(cast.portfolio, cast.assessor)


def test_what_waits_goes_to_the_successor_with_event_mail_and_history(client: Client, cast: Cast, item: Item) -> None:
    Mail.objects.all().delete()
    answer = ended(client, cast.administrator, role_of(cast, cast.assessor), YESTERDAY, cast.second_assessor)
    assert "Handed over to Femi Adeyemi: 1." in said(answer)
    assert with_whom(item) == [("Maya Lind", False), ("Femi Adeyemi", True)]
    assert (waiting(cast.assessor), waiting(cast.second_assessor)) == (set(), {"submission"})
    event = Event.objects.filter(chain__name=cast.portfolio.chain).latest("seq")
    assert (event.kind, event.actor_name, event.details["from"], event.details["assessor"]) == (
        "hand over",
        "Ruth Clarke",
        cast.assessor.pk,
        cast.second_assessor.pk,
    )
    assert [row.kind for row in Mail.objects.order_by("pk")] == ["hand over"] * 2
    assert {row.person for row in Mail.objects.all()} == {cast.second_assessor, cast.trainee}  # not to who left
    client.force_login(cast.trainee)
    history = client.get(reverse("history", args=[cast.portfolio.ref])).content.decode()
    assert "Handed S-C1 1 over to Femi Adeyemi: Maya Lind decides here no more" in history
    told = [event.kind for event in Event.objects.filter(chain__name="instance").order_by("seq")]
    assert told[-2:] == ["role ended", "role successor named"]
    row = Handover.objects.get()
    assert (row.passed, row.done_at is not None, row.named_by) == (1, True, cast.administrator)
    everything_agrees()


def test_the_successor_decides_on_exactly_what_was_asked(client: Client, cast: Cast, item: Item) -> None:
    ended(client, cast.administrator, role_of(cast, cast.assessor), YESTERDAY, cast.second_assessor)
    client.force_login(cast.assessor)
    assert client.get(reverse("review", args=[item.submission.sid])).status_code == 404
    client.force_login(cast.second_assessor)
    assert client.get(reverse("review", args=[item.submission.sid])).status_code == 200
    make.decide(make.Item.objects.get(pk=item.pk))
    assert Item.objects.get(pk=item.pk).decision.signer == cast.second_assessor
    everything_agrees()


def test_without_a_successor_it_is_with_nobody(client: Client, cast: Cast, item: Item) -> None:
    ended(client, cast.administrator, role_of(cast, cast.assessor), YESTERDAY)
    assert with_whom(item) == [("Maya Lind", True)]
    assert not Handover.objects.exists()
    client.force_login(cast.trainee)
    page = client.get(reverse("submission", args=[cast.portfolio.ref, item.submission.sid])).content.decode()
    assert "With nobody" in page
    everything_agrees()


def test_assessments_are_handed_over_too(client: Client, cast: Cast) -> None:
    of = make.with_assessments(cast.portfolio)
    row = make.asked(of, cast.assessor)
    ended(client, cast.administrator, role_of(cast, cast.assessor), YESTERDAY, cast.second_assessor)
    assert (waiting(cast.assessor), waiting(cast.second_assessor)) == (set(), {"assessment"})
    make.complete(make.assessment(row))
    assert Assessment.objects.get(pk=row.pk).decision.signer == cast.second_assessor
    everything_agrees()


def test_what_was_decided_and_what_is_with_others_stays(client: Client, cast: Cast, item: Item) -> None:
    make.decide(item)
    other = make.in_review(cast.portfolio, cast.officer, number=2)
    ended(client, cast.administrator, role_of(cast, cast.assessor), make.today(), cast.second_assessor)
    with travel(make.today() + timedelta(days=1, hours=12), tick=False):
        run_due()
    assert with_whom(other) == [("Ana Reyes", True)]
    assert [name for name, _ in with_whom(item)] == ["Maya Lind"]


def test_somebody_who_may_decide_in_another_role_keeps_it(client: Client, cast: Cast, item: Item) -> None:
    make.role(cast.portfolio, cast.assessor, RoleKind.COORDINATOR)
    role = cast.portfolio.roles.get(user=cast.assessor, kind=RoleKind.ASSESSOR)
    ended(client, cast.administrator, role, YESTERDAY, cast.second_assessor)
    assert with_whom(item) == [("Maya Lind", True)]
    assert Handover.objects.get().passed == 0


def test_a_role_that_ends_later_is_handed_over_once_it_has_ended(client: Client, cast: Cast, item: Item) -> None:
    last = make.today() + timedelta(days=2)
    answer = ended(client, cast.administrator, role_of(cast, cast.assessor), last, cast.second_assessor)
    assert "What waits with Maya Lind then goes to Femi Adeyemi." in said(answer)
    for days, current in ((2, "Maya Lind"), (3, "Femi Adeyemi"), (4, "Femi Adeyemi")):
        with travel(make.today() + timedelta(days=days, hours=12), tick=False):
            run_due()
            assert [name for name, still in with_whom(item) if still] == [current]
    assert Event.objects.filter(kind="hand over").count() == 1
    everything_agrees()


def test_an_administrator_who_has_left_by_then_hands_nothing_over(client: Client, cast: Cast, item: Item) -> None:
    ended(client, cast.administrator, role_of(cast, cast.assessor), make.today(), cast.second_assessor)
    cast.administrator.administrations.update(ends_on=make.today())
    with travel(make.today() + timedelta(days=1, hours=12), tick=False):
        run_due()
        assert waiting(cast.second_assessor) == set()
    assert with_whom(item) == [("Maya Lind", True)]
    assert Handover.objects.get().done_at is not None


def test_a_superuser_who_administers_nothing_leaves_it_with_nobody_and_is_told(
    client: Client, cast: Cast, item: Item
) -> None:
    answer = ended(client, cast.superuser, role_of(cast, cast.assessor), YESTERDAY, cast.second_assessor)
    (warning,) = [one for one in said(answer) if one.startswith("With nobody")]
    assert warning.startswith("With nobody, for Femi Adeyemi or you may not take it over: 1.")
    assert with_whom(item) == [("Maya Lind", True)]


def test_a_successor_must_be_able_to_decide(client: Client, cast: Cast, item: Item) -> None:
    role = role_of(cast, cast.assessor)
    make.role(cast.portfolio, make.person("Ned Orr", email="ned@example.org"), until=5)
    may_not = "{} may not decide in this portfolio after that day. Give them a role in it first."
    wrong = [
        (YESTERDAY.isoformat(), cast.assessor.email, "This is whose role ends. Name somebody else."),
        (YESTERDAY.isoformat(), cast.trainee.email, may_not.format("Priya Raman")),
        (YESTERDAY.isoformat(), cast.stranger.email, may_not.format("Eve Nolan")),
        (YESTERDAY.isoformat(), cast.former_assessor.email, may_not.format("Iris Bell")),
        (YESTERDAY.isoformat(), cast.officer_in_training.email, may_not.format("Owen Hart")),
        ((make.today() + timedelta(days=5)).isoformat(), "ned@example.org", may_not.format("Ned Orr")),
        ("", cast.second_assessor.email, "A successor is named when a role ends. Enter its last day, too."),
        (
            YESTERDAY.isoformat(),
            "nobody@example.org",
            "Nobody has an account with this address. Add the person under People first.",
        ),
    ]
    sign_in(client, cast.administrator)
    for ends_on, successor, problem in wrong:
        form = {"ends_on": ends_on, "successor": successor}
        answer = client.post(address(Role, "change", role.pk), form)
        assert (answer.status_code, dict(answer.context["adminform"].form.errors)) == (422, {"successor": [problem]})
    assert with_whom(item) == [("Maya Lind", True)]
    assert not Handover.objects.exists()


def test_an_administrator_of_another_cohort_hands_nothing_over(client: Client, cast: Cast, item: Item) -> None:
    role = role_of(cast, cast.assessor)
    for name in ("other_cohort_administrator", "other_programme_administrator"):
        answer = ended(client, cast.people()[name], role, YESTERDAY, cast.second_assessor)
        assert answer.status_code == 404
    for name in ("officer", "assessor", "former_officer"):
        assert ended(client, cast.people()[name], role, YESTERDAY, cast.second_assessor).status_code == 403
    assert with_whom(item) == [("Maya Lind", True)]


def test_with_another_training_officer_what_waits_goes_to_them(client: Client, cast: Cast) -> None:
    new = make.person("Nell Ford", email="nell.ford@example.org")
    item = make.in_review(cast.portfolio, cast.officer)
    since = make.today()
    form = {"trainees": [cast.portfolio.pk], "officer": new.email}
    boxes = {"since_0": since.day, "since_1": since.month, "since_2": since.year}
    sign_in(client, cast.administrator).post(reverse("change_officer"), {**form, **boxes})
    assert with_whom(item) == [("Ana Reyes", False), ("Nell Ford", True)]
    client.force_login(cast.officer)
    assert client.get(reverse("progress", args=[cast.portfolio.ref])).status_code == 404
    everything_agrees()


def test_of_several_items_of_one_submission_the_undecided_ones_move_together(client: Client, cast: Cast) -> None:
    items = make.submit(cast.assessor, *[make.drafted(cast.portfolio, number=number) for number in (1, 2, 3)])
    make.decide(items[0])
    role = role_of(cast, cast.assessor)
    with travel(make.today() + timedelta(days=1, hours=12), tick=False):
        ended(client, cast.administrator, role, make.today() - timedelta(days=1), cast.second_assessor)
        assert waiting(cast.second_assessor) == {"submission"}
    event = Event.objects.get(kind="hand over")
    assert [line["number"] for line in event.details["items"]] == [2, 3]
    assert items[0].submission.items.filter(state=ItemState.UNDECIDED).count() == 2
    everything_agrees()


# --- what dies with a role ----------------------------------------------------------------------------------------


def test_a_mail_that_has_not_left_is_not_sent_when_the_role_has_ended_meanwhile(
    client: Client, cast: Cast, item: Item
) -> None:
    assert Mail.objects.get(person=cast.assessor).kind == "submit"
    ended(client, cast.administrator, role_of(cast, cast.assessor), YESTERDAY)
    deliver()
    row = Mail.objects.get(person=cast.assessor)
    assert (mail.outbox, row.text, row.last_failure) == ([], "", "no longer theirs to hear")


def test_a_mail_to_somebody_whose_role_goes_on_or_begins_tomorrow_leaves(cast: Cast, item: Item) -> None:
    Mail.objects.create(person=cast.future_assessor, kind="confirm placement", about=cast.portfolio.ref, subject="a")
    Mail.objects.create(person=cast.former_assessor, kind="unlock", about=cast.portfolio.ref, subject="b")
    Mail.objects.create(person=cast.former_assessor, kind="submit", about=cast.portfolio.ref, subject="c")
    Mail.objects.create(person=cast.stranger, kind="invitation", subject="d")
    deliver()
    asked = "Priya Raman asks you for a decision: S-C1 1"
    assert sorted(sent.subject for sent in mail.outbox) == [asked, "a", "b", "d"]


def test_a_link_to_decide_by_dies_with_the_role(client: Client, cast: Cast) -> None:
    _, token = make.linked(cast.portfolio, cast.officer)
    place = reverse("sign", args=[token])
    assert Client().get(place).status_code == 200
    role = cast.portfolio.roles.get(user__one_off=True)
    ended(client, cast.administrator, role, YESTERDAY)
    Role.objects.filter(pk=role.pk).update(starts_on=YESTERDAY, ends_on=YESTERDAY)
    assert Client().get(place).status_code == 410


def test_who_approves_a_nomination_follows_the_role(client: Client, cast: Cast) -> None:
    row = make.nominated(cast.portfolio)
    new = make.role(cast.portfolio, make.person("Nell Ford"), RoleKind.COORDINATOR).user
    Role.objects.filter(portfolio=cast.portfolio, user=cast.officer).update(ends_on=YESTERDAY)
    place = reverse("nomination", args=[cast.portfolio.ref, row.nid])
    sign_in(client, cast.officer)
    assert client.post(place, {"step": "approve nomination"}).status_code == 404
    sign_in(client, new)
    assert client.post(place, {"step": "approve nomination"}).status_code == 302


def test_the_feed_of_a_trainee_dies_with_their_portfolio(client: Client, cast: Cast) -> None:
    place = reverse("calendar", args=[plan.make_address(cast.portfolio, by=cast.trainee)])
    assert client.get(place).status_code == 200
    perform("close portfolio", Portfolio.objects.get(pk=cast.portfolio.pk), by=cast.administrator, reason="Left.")
    assert client.get(place).status_code == 404
