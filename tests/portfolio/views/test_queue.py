"""The queue, the modules that are ready and what was decided: each person's own."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from portfolio.models import Addressee, AssessmentAddressee, Item, Portfolio, ReviewAction
from portfolio.requirements.words import day
from portfolio.states import Outcome
from portfolio.views import queue
from portfolio.workflow import ReviewOf, perform
from portfolio.workflow.reviews import Which
from tests import make
from tests.cast import Cast
from tests.portfolio.views.counting import large, queries

QUEUE = reverse("reviewing")


def two(cast: Cast) -> list[Item]:
    return make.submit(cast.assessor, make.drafted(cast.portfolio), make.drafted(cast.portfolio, number=2))


def test_the_queue_is_oldest_due_first_and_groups_items_by_submission(cast: Cast, client: Client) -> None:
    first, _second = two(cast)
    third = make.in_review(cast.portfolio, cast.assessor, number=3)
    other = make.in_review(cast.other, cast.assessor)
    for item, days in ((first, 3), (third, -2), (other, 9)):
        Addressee.objects.filter(submission=item.submission).update(due_on=make.today() + timedelta(days=days))
    Addressee.objects.filter(submission=third.submission).update(since=timezone.now() - timedelta(days=16))
    client.force_login(cast.assessor)
    response = client.get(QUEUE)
    assert [
        (row["portfolio"].trainee.name, [str(item.activity) for item in row["items"]])
        for row in response.context["rows"]
    ] == [
        ("Priya Raman", ["S-C1 3"]),
        ("Priya Raman", ["S-C1 1", "S-C1 2"]),
        ("Tom Okafor", ["S-C1 1"]),
    ]
    assert "Overdue by 2 days: was due by" in response.text
    assert "in 9 days" in response.text
    assert response.text.count(f"Waiting 16 days, since {day(make.today() - timedelta(days=16))}.") == 1
    assert response.text.count("Waiting since today.") == 2


def test_the_queue_holds_only_what_is_with_this_person_and_undecided(cast: Cast, client: Client) -> None:
    first, _second = two(cast)
    make.in_review(cast.portfolio, cast.second_assessor, number=3)
    make.decide(first)
    client.force_login(cast.assessor)
    assert [[str(i.activity) for i in row["items"]] for row in client.get(QUEUE).context["rows"]] == [["S-C1 2"]]
    for person in (cast.officer, cast.trainee, cast.administrator, cast.stranger):
        client.force_login(person)
        response = client.get(QUEUE)
        assert response.context["rows"] == []
        assert "Nothing waits for your decision" in response.text


def test_assessments_stand_in_the_same_list_oldest_due_first(cast: Cast, client: Client) -> None:
    row = make.asked(cast.portfolio, cast.assessor, code="S-X1")
    item = make.in_review(cast.other, cast.assessor)
    latest = make.asked(cast.portfolio, cast.assessor, code="S-X1")
    for one, days in ((row, -1), (latest, 30)):
        AssessmentAddressee.objects.filter(assessment=one).update(due_on=make.today() + timedelta(days=days))
    client.force_login(cast.assessor)
    response = client.get(QUEUE)
    assert [found["key"] for found in response.context["rows"]] == [row.aid, item.submission.sid, latest.aid]
    assert "Queue (3)" in response.text
    whose = re.findall(r"data-walk>([^<:]+): ", response.text)
    assert whose == ["Priya Raman", "Tom Okafor", "Priya Raman"]
    listed = re.findall(r'<li class="app-next__item">.*?</li>', response.text, re.S)
    assert [re.findall(r"<abbr[^>]*>(\w+)</abbr>", one) for one in listed] == [["DOPS"], ["DTA"], ["DOPS"]]
    shown = client.get(f"{QUEUE}{item.submission.sid}/").context["place"]
    assert (shown.number, shown.of) == (2, 3)
    assert shown.previous == f"{QUEUE}assessments/{row.aid}/"
    assert shown.following == f"{QUEUE}assessments/{latest.aid}/"


def test_what_left_the_assessor_leaves_the_queue(cast: Cast, client: Client) -> None:
    first = make.in_review(cast.portfolio, cast.assessor)
    second = make.in_review(cast.portfolio, cast.assessor, number=2)
    make.in_review(cast.portfolio, cast.assessor, number=3)
    make.redirected(first, cast.second_assessor)
    perform("withdraw", second.activity, by=cast.trainee)
    client.force_login(cast.assessor)
    assert [[str(i.activity) for i in row["items"]] for row in client.get(QUEUE).context["rows"]] == [["S-C1 3"]]
    cast.assessor.roles.update(ends_on=make.today() - timedelta(days=1))
    assert client.get(QUEUE).context["rows"] == []


def test_a_closed_portfolio_waits_for_nobody(cast: Cast, client: Client) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Left the programme.")
    client.force_login(cast.assessor)
    assert client.get(QUEUE).context["rows"] == []
    desk = reverse("review", args=[item.submission.sid])
    shown = client.get(desk).text
    assert "This portfolio is closed." in shown
    assert 'name="S-C1-1-outcome"' not in shown
    answer = {"S-C1-1-seen": item.digest, "S-C1-1-outcome": Outcome.SIGNED_OFF, "S-C1-1-feedback": ""}
    assert client.post(desk, answer).status_code == 403


def complete(portfolio: Portfolio, assessor: User) -> None:
    for number in (1, 2, 3):
        make.signed_off(portfolio, assessor, number=number)


def test_modules_ready_stand_in_the_officers_queue_until_signed(cast: Cast, client: Client) -> None:
    complete(cast.portfolio, cast.assessor)
    make.signed_off(cast.other, cast.assessor)

    def ready(person: User) -> list[tuple[str, str]]:
        client.force_login(person)
        return [(one.portfolio.trainee.name, one.module.code) for one in client.get(QUEUE).context["ready"]]

    assert ready(cast.officer) == ready(cast.coordinator) == [("Priya Raman", "S-C1")]
    for person in (
        cast.assessor,
        cast.other_officer,
        cast.former_officer,
        cast.officer_in_training,
        cast.administrator,
    ):
        assert ready(person) == []
    make.module_signed_off(cast.portfolio, cast.officer)
    assert ready(cast.officer) == []


def test_the_ready_modules_and_the_decisions_have_lists_of_their_own(cast: Cast, client: Client) -> None:
    complete(cast.portfolio, cast.assessor)
    client.force_login(cast.officer)
    assert "Priya Raman: S-C1 Module S-C1" in client.get(QUEUE + "?show=modules").text
    assert "You have decided nothing yet" in client.get(QUEUE + "?show=decided").text
    client.force_login(cast.assessor)
    assert "No module is ready" in client.get(QUEUE + "?show=modules").text
    rows = client.get(QUEUE + "?show=decided").context["rows"]
    assert [(row["name"], row["word"]) for row in rows] == [
        ("Priya Raman: S-C1 3", "Signed off"),
        ("Priya Raman: S-C1 2", "Signed off"),
        ("Priya Raman: S-C1 1", "Signed off"),
    ]
    make.assessed(cast.portfolio, cast.assessor, code="S-X1")
    newest = client.get(QUEUE + "?show=decided").context["rows"][0]
    assert (newest["name"], newest["word"]) == ("Priya Raman: DOPS of S-X1", "Satisfactory")


def test_thirty_submissions_cost_no_more_queries_than_one(client: Client, db: None) -> None:
    portfolio, assessor = large(), make.person("Maya Lind")
    make.role(portfolio, assessor, "officer")
    client.force_login(assessor)
    make.in_review(portfolio, assessor, "S-B1", 1)
    one = queries(client, QUEUE)
    for number in range(2, 31):
        make.in_review(portfolio, assessor, "S-B1", number)
    assert queries(client, QUEUE) == one
    assert len(client.get(QUEUE).context["rows"]) == 25
    assert len(client.get(QUEUE + "?page=2").context["rows"]) == 5


def test_thirty_trainees_and_decisions_cost_no_more_queries_than_one(client: Client, db: None) -> None:
    officer = make.person("Ana Reyes")
    modules, decided, costs = QUEUE + "?show=modules", QUEUE + "?show=decided", []
    client.force_login(officer)
    for number in range(30):
        portfolio = make.portfolio(make.person(f"Trainee {number}"))
        make.role(portfolio, officer, "officer")
        complete(portfolio, officer)
        if number in (0, 29):
            costs.append([queries(client, where) for where in (QUEUE, modules, decided)])
    assert costs[0] == costs[1]
    assert len(client.get(QUEUE).context["ready"]) == 25
    assert "See all modules that are ready" in client.get(QUEUE).text
    assert len(client.get(modules + "&page=2").context["page"]) == 5


def test_what_else_waits_for_whoever_leads_a_portfolio_stands_in_their_queue_until_it_is_done(
    cast: Cast, client: Client
) -> None:
    one = {"kind": "specialist", "activities": 1, **make.KNOWN}
    modules = [{"code": code, "credits": 90, **one} for code in ("S-A1", "S-B1", "S-B2")]
    block = {"title": "A choice", "credits": 180, "modules": modules, "options": [["S-B1"], ["S-B2"]]}
    Portfolio.objects.filter(pk=cast.portfolio.pk).update(curriculum=make.curriculum("TST4-1-24", blocks=[block]))
    portfolio = make.with_rules(Portfolio.objects.get(pk=cast.portfolio.pk), make.RULES | make.REVIEW_RULES)
    make.questionnaire(portfolio)

    def waits(person: User) -> list[str]:
        client.force_login(person)
        return [one.title for one in client.get(QUEUE).context["duties"]]

    assert waits(cast.officer) == []
    make.option_taken(portfolio, "S-B1")
    make.feedback_closed(portfolio)
    make.review_planned(portfolio, cast.officer)
    asked = [
        "Priya Raman: confirm the option S-B1",
        "Priya Raman: talk about the mid-training feedback",
        "Priya Raman: sign Check-in",
    ]
    assert waits(cast.officer) == waits(cast.coordinator) == asked
    for person in (cast.assessor, cast.other_officer, cast.former_officer, cast.administrator, cast.trainee):
        assert waits(person) == []
    make.review_signed(portfolio, officer=cast.officer)
    assert waits(cast.officer) == asked[:2]
    make.feedback_discussed(portfolio, cast.officer)
    assert waits(cast.officer) == asked[:1]
    make.option_refused(portfolio, cast.officer, "S-B1")
    assert waits(cast.officer) == []
    make.option_taken(portfolio, "S-B1", reason="There is a supervisor now.")
    assert waits(cast.officer) == asked[:1]
    make.option_confirmed(portfolio, cast.officer, "S-B1")
    assert waits(cast.officer) == []


def test_a_placement_waits_for_whoever_leads_until_it_is_confirmed(cast: Cast, client: Client) -> None:
    hugh = make.person("Hugh Sole")
    row = make.placement_planned(cast.portfolio, hugh, title="Three weeks in imaging")

    def waits(person: User) -> list[tuple[str, str]]:
        client.force_login(person)
        return [(one.title, one.href) for one in client.get(QUEUE).context["duties"]]

    href = reverse("placement", args=[cast.portfolio.ref, row.pid])
    confirm = [("Priya Raman: confirm the placement Three weeks in imaging", href)]
    assert waits(cast.officer) == waits(cast.coordinator) == confirm
    for person in (hugh, cast.assessor, cast.other_officer, cast.former_officer, cast.administrator, cast.trainee):
        assert waits(person) == []
    make.placement_confirmed(row, cast.officer)
    assert waits(cast.officer) == []


def test_what_the_officer_agreed_in_a_review_waits_for_them_until_it_is_done(cast: Cast, client: Client) -> None:
    portfolio = make.with_rules(cast.portfolio)
    make.review_planned(portfolio, cast.officer)
    make.agreed_action(portfolio, cast.officer, "Write it up", "trainee")
    later = make.agreed_action(portfolio, cast.officer, "Ask the ward", "officer", days=30)
    make.agreed_action(portfolio, cast.officer, "Find a room", "officer", days=0)

    def waits(person: User) -> list[tuple[str, str, str]]:
        client.force_login(person)
        return [(one.shape, one.title, one.href) for one in client.get(QUEUE).context["duties"]]

    href = reverse("review_point", args=[portfolio.ref, 1])
    assert [title for _, title, _ in waits(cast.officer)] == ["Priya Raman: sign Check-in"]  # nothing is agreed yet
    make.review_signed(portfolio, officer=cast.officer)
    find, ask = ("calendar", "Priya Raman: Find a room", href), ("calendar", "Priya Raman: Ask the ward", href)
    assert waits(cast.officer) == waits(cast.coordinator) == [find, ask]
    for person in (cast.assessor, cast.other_officer, cast.former_officer, cast.administrator, cast.trainee):
        assert waits(person) == []
    perform("complete action", ReviewOf.read(portfolio, 1), by=cast.officer, given=Which(later))
    assert waits(cast.officer) == [find]
    ReviewAction.objects.update(by_when=make.today() - timedelta(days=1))
    assert [shape for shape, *_ in waits(cast.officer)] == ["alert"]
    perform("close portfolio", portfolio, by=cast.administrator, reason="Completed.")
    assert waits(cast.officer) == []


# --- filters ------------------------------------------------------------------------------------------------------


def shown(client: Client, query: str) -> list[str]:
    """The rows of the queue under these filters: whose, and what."""
    return [
        f"{row['portfolio'].trainee.name}: "
        + (str(row["assessment"] or "") or ", ".join(str(i.activity) for i in row["items"]))
        for row in client.get(QUEUE + query).context["rows"]
    ]


def test_the_queue_is_narrowed_by_trainee_kind_and_date_and_each_row_leads_on_in_what_is_left(
    cast: Cast, client: Client
) -> None:
    assessment = make.asked(cast.portfolio, cast.assessor, code="S-X1")
    late, now, later = (make.in_review(cast.portfolio, cast.assessor, number=number) for number in (1, 2, 3))
    theirs = make.in_review(cast.other, cast.assessor)
    for row, days in ((late, -1), (now, 0), (later, 5), (theirs, -2)):
        Addressee.objects.filter(submission=row.submission).update(due_on=make.today() + timedelta(days=days))
    AssessmentAddressee.objects.filter(assessment=assessment).update(due_on=make.today() + timedelta(days=9))
    client.force_login(cast.assessor)
    here = cast.portfolio.ref
    everything = ["Tom Okafor: S-C1 1", "Priya Raman: S-C1 1", "Priya Raman: S-C1 2", "Priya Raman: S-C1 3"]
    asked = f"Priya Raman: {assessment}"
    assert shown(client, "") == [*everything, asked]
    assert shown(client, f"?who={here}") == [*everything[1:], asked]
    assert shown(client, "?kind=assessment") == [asked]
    assert shown(client, "?kind=submission") == everything
    assert shown(client, "?due=now") == everything[:3]
    assert shown(client, "?due=late") == everything[:2]
    assert shown(client, f"?who={here}&kind=submission&due=now") == everything[1:3]
    assert shown(client, f"?who={cast.other.ref}&kind=assessment") == []
    for odd in ("?who=nobody", "?kind=exam", "?due=never", f"?who={here}%00", "?who[]=1"):
        assert shown(client, odd) == [*everything, asked], odd
    page = client.get(f"{QUEUE}?who={here}&due=now")
    assert [row["href"] for row in page.context["rows"]] == [
        f"{reverse('review', args=[row.submission.sid])}?who={here}&due=now" for row in (late, now)
    ]
    place = client.get(page.context["rows"][0]["href"]).context["place"]
    assert (place.number, place.of, place.previous) == (1, 2, "")
    assert (place.following, place.back) == (page.context["rows"][1]["href"], f"{QUEUE}?who={here}&due=now")
    answer = client.post(page.context["rows"][0]["href"], {"S-C1-1-outcome": "signed_off", "S-C1-1-seen": late.digest})
    assert (answer.status_code, answer["Location"]) == (302, place.following)
    answer = client.post(place.following, {"S-C1-2-outcome": "signed_off", "S-C1-2-seen": now.digest})
    assert (answer.status_code, answer["Location"]) == (302, f"{QUEUE}?who={here}&due=now")
    at = f"{reverse('assess', args=[assessment.aid])}?kind=assessment"
    assert f'href="{QUEUE}?kind=assessment">Cancel</a>' in client.get(at).text
    of_one = at.replace("kind=assessment", f"who={here}")
    assert (queries(client, of_one) - queries(client, at), queries(client, of_one) <= 15) == (1, True)
    typed = {"outcome": "satisfactory", "standing": "on", "strengths": "Clear.", "to_develop": "More."}
    typed |= {"action": "Again.", "mark_0": "Meets expectations", "seen": make.seen_of(assessment)}
    answer = client.post(at, typed)
    assert (answer.status_code, answer["Location"]) == (302, f"{QUEUE}?kind=assessment")


def test_the_way_back_leads_to_the_page_of_the_queue_and_keeps_its_filters(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "PER_PAGE", 2)
    rows = [make.in_review(cast.portfolio, cast.assessor, number=number) for number in (1, 2, 3)]
    make.in_review(cast.other, cast.assessor)
    client.force_login(cast.assessor)
    for query, last in (("", "page=2"), (f"who={cast.portfolio.ref}&kind=submission", "&page=2")):
        at = [f"{reverse('review', args=[row.submission.sid])}?{query}" for row in rows]
        ways = [client.get(one).context["place"].back for one in at]
        narrowed = QUEUE + (f"?{query}" if query else "")
        second = f"{narrowed}{'' if query else '?'}{last}"
        assert ways == [narrowed, narrowed, second]
        assert at[2].rstrip("?") in [row["href"] for row in client.get(second).context["rows"]]
    answer = client.post(at[2], {"S-C1-3-outcome": "signed_off", "S-C1-3-seen": rows[2].digest})
    assert (answer.status_code, answer["Location"]) == (302, second)
    assert client.get(second).context["page"].number == 1  # the page that was, and is no more


def test_the_filters_name_nobody_whose_work_does_not_wait_here(cast: Cast, client: Client) -> None:
    """Nor does an address that names them tell anything."""
    make.in_review(cast.portfolio, cast.assessor)
    make.in_review(cast.portfolio, cast.assessor, number=2)
    make.role(cast.other, cast.second_assessor)
    make.in_review(cast.other, cast.second_assessor)
    client.force_login(cast.assessor)
    for query in ("", f"?who={cast.other.ref}", "?due=late"):
        page = client.get(QUEUE + query)
        assert [name for _, name in page.context["form"].fields["who"].choices] == ["All trainees", "Priya Raman"]
        assert "Tom Okafor" not in page.text
    assert "Nothing matches" in client.get(f"{QUEUE}?due=late").text


def test_the_queue_with_filters_asks_as_much_for_many_as_for_few(client: Client, db: None) -> None:
    portfolio, assessor = large(), make.person("Maya Lind")
    make.role(portfolio, assessor)
    client.force_login(assessor)
    for number in (1, 2):
        make.in_review(portfolio, assessor, "S-B1", number)
    query = f"{QUEUE}?who={portfolio.ref}&kind=submission"
    few = queries(client, query)
    for number in range(3, 11):
        make.in_review(portfolio, assessor, "S-B1", number)
    assert queries(client, query) == few
