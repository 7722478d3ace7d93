"""The activity page, and the trainee's own words for an activity without wording."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from audit.models import Event
from curriculum.models import Module, Prompt, TrainingActivity
from portfolio.models import Activity, Portfolio, Role
from portfolio.states import ActivityState
from portfolio.views.activity import NEEDS
from portfolio.views.activity_status import LOOKS, NOTES
from portfolio.workflow import LinkTo, TooLate, perform, writing
from portfolio.workflow.activities import ActivityTable
from portfolio.workflow.machine import NotAllowed
from tests import make
from tests.cast import Cast


def at(portfolio: Portfolio, number: int = 1, code: str = "S-C1", name: str = "activity") -> str:
    return reverse(name, args=[portfolio.ref, code, number])


def page_of(client: Client, user: User, portfolio: Portfolio, number: int = 1, code: str = "S-C1") -> str:
    client.force_login(user)
    response = client.get(at(portfolio, number, code))
    assert response.status_code == 200
    return response.content.decode()


def text(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.split("<main")[1]).split())


def part(page: str, heading: str) -> str:
    found = re.search(rf'<(section|aside)[^>]*aria-labelledby="{heading}".*?</\1>', page, re.S)
    assert found
    return found[0]


def buttons(page: str) -> list[tuple[str, str]]:
    """The steps of the status bar: words and address."""
    bar = re.search(r'<div class="app-statusbar__acts">(.*?)</div>', page, re.S)
    return [(words, href) for href, words in re.findall(r'<a[^>]*href="([^"]+)">(.*?)</a>', bar[1])] if bar else []


def titles(page: str) -> list[str]:
    return re.findall(r"<h3><a [^>]*>(.*?)</a>", part(page, "evidence"))


# --- which numbers have a page ------------------------------------------------------------------------------------


def test_every_place_has_a_page_and_no_other_number_has(client: Client, cast: Cast) -> None:
    client.force_login(cast.trainee)
    found = {number: client.get(at(cast.portfolio, number, "S-X1")).status_code for number in range(6)}
    assert found == {0: 404, 1: 200, 2: 200, 3: 200, 4: 200, 5: 404}


def test_where_the_total_is_unknown_the_next_number_has_a_page(client: Client, cast: Cast) -> None:
    Module.objects.filter(code="S-X1").update(expected_activities=None)
    client.force_login(cast.trainee)
    found = {number: client.get(at(cast.portfolio, number, "S-X1")).status_code for number in (1, 2, 3)}
    assert found == {1: 200, 2: 200, 3: 404}
    page = page_of(client, cast.trainee, cast.portfolio, 2, "S-X1")
    assert "This activity is not in the portfolio yet." in page
    assert at(cast.portfolio, 2, "S-X1", "activity_label") in page
    assert at(cast.portfolio, 2, "S-X1", "activity_label") not in page_of(
        client, cast.officer, cast.portfolio, 2, "S-X1"
    )


@pytest.mark.parametrize("who", ["stranger", "assessor", "former_officer", "other_officer"])
def test_for_everybody_else_the_activity_is_not_there(client: Client, cast: Cast, who: str) -> None:
    make.in_review(cast.portfolio, cast.assessor)
    client.force_login(cast.people()[who])
    assert client.get(at(cast.portfolio)).status_code == 404


def test_the_title_is_the_wording_with_its_number_and_type(client: Client, cast: Cast) -> None:
    page = page_of(client, cast.trainee, cast.portfolio)
    assert '<h1 class="nhsuk-heading-l">Task 1 of S-C1</h1>' in page
    assert "S-C1 activity 1 of 3 DTA" in text(page)


def test_a_place_without_wording_is_called_by_its_number(client: Client, cast: Cast) -> None:
    page = page_of(client, cast.trainee, cast.portfolio, 3, "S-X1")
    assert '<h1 class="nhsuk-heading-l">Activity 3</h1>' in page
    assert "Wording not recorded. Look up S-X1 activity 3" in text(page)
    assert at(cast.portfolio, 3, "S-X1", "activity_label") in page


# --- where it stands ----------------------------------------------------------------------------------------------


def test_each_state_has_the_steps_of_the_reader_and_no_other(client: Client, cast: Cast) -> None:
    def steps(user: User) -> list[str]:
        return [words for words, _ in buttons(page_of(client, user, cast.portfolio))]

    assert steps(cast.trainee) == ["Log evidence"]
    make.drafted(cast.portfolio)
    assert (steps(cast.trainee), steps(cast.officer)) == (["Submit to an assessor"], ["Record as signed elsewhere"])
    item = make.submit(cast.assessor, make.activity(cast.portfolio))[0]
    assert steps(cast.trainee) == ["Change assessor", "Withdraw to edit"]
    assert (steps(cast.officer), steps(cast.administrator)) == (["Change assessor"], [])
    make.decide(item, "return", feedback="Add the action plan.")
    assert (steps(cast.trainee), steps(cast.officer)) == (["Submit to an assessor"], ["Record as signed elsewhere"])
    make.decide(make.submit(cast.assessor, make.activity(cast.portfolio))[0])
    assert (steps(cast.trainee), steps(cast.officer), steps(cast.administrator)) == ([], ["Unlock"], ["Unlock"])


def test_every_button_leads_to_the_page_of_its_step(client: Client, cast: Cast) -> None:
    ref = cast.portfolio.ref
    make.drafted(cast.portfolio)
    submit = f"{reverse('submit', args=[ref])}?activity=S-C1/1"
    assert buttons(page_of(client, cast.trainee, cast.portfolio)) == [("Submit to an assessor", submit)]
    sid = make.submit(cast.assessor, make.activity(cast.portfolio))[0].submission.sid
    assert buttons(page_of(client, cast.trainee, cast.portfolio)) == [
        ("Change assessor", reverse("submission_redirect", args=[ref, sid])),
        ("Withdraw to edit", reverse("submission_withdraw", args=[ref, sid])),
    ]


def test_an_officer_whom_it_is_with_is_led_to_the_decision(client: Client, cast: Cast) -> None:
    sid = make.in_review(cast.portfolio, cast.officer).submission.sid
    assert ("Read and decide", reverse("review", args=[sid])) in buttons(page_of(client, cast.officer, cast.portfolio))


def test_in_a_closed_portfolio_there_is_no_step(client: Client, cast: Cast) -> None:
    make.drafted(cast.portfolio)
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Left.")
    page = page_of(client, cast.trainee, cast.portfolio)
    assert buttons(page) == []
    assert reverse("evidence_new", args=[cast.portfolio.ref]) not in page
    assert "This portfolio was closed on" in page


def test_what_is_in_review_says_with_whom_since_when_and_until_when(client: Client, cast: Cast) -> None:
    with time_machine.travel(timezone.now() - timedelta(days=9), tick=False):
        make.in_review(cast.portfolio, cast.assessor)
    assert "In review With Maya Lind. Waiting 9 days, since" in text(page_of(client, cast.trainee, cast.portfolio))


def test_what_is_with_nobody_says_so(client: Client, cast: Cast) -> None:
    make.in_review(cast.portfolio, cast.assessor)
    Role.objects.filter(user=cast.assessor).update(ends_on=make.today() - timedelta(days=1))
    assert "With nobody: choose another assessor." in text(page_of(client, cast.trainee, cast.portfolio))


def test_a_second_submission_is_said_to_be_one(client: Client, cast: Cast) -> None:
    make.returned(cast.portfolio, cast.assessor)
    make.submit(cast.assessor, make.activity(cast.portfolio))
    assert "In review, submission 2" in text(page_of(client, cast.trainee, cast.portfolio))


def test_what_is_signed_off_says_by_whom_and_that_it_is_locked(client: Client, cast: Cast) -> None:
    make.signed_off(cast.portfolio, cast.assessor)
    said = text(page_of(client, cast.officer, cast.portfolio))
    assert "Signed off By Maya Lind. On" in said
    assert "Locked, and counted in S-C1." in said


def test_no_state_step_or_type_is_forgotten() -> None:
    assert set(NOTES) == set(ActivityState)
    assert set(LOOKS) == set(ActivityTable.steps)
    assert set(NEEDS) == set(TrainingActivity.Type)


# --- prompts ------------------------------------------------------------------------------------------------------


def test_the_prompts_are_those_of_the_type_and_of_every_type(client: Client, cast: Cast) -> None:
    for type_, label in (("DTA", "An action plan"), ("ETA", "Done repeatedly"), ("", "Short")):
        Prompt.objects.create(programme=cast.portfolio.programme, section="shows", type=type_, label=label)
    Prompt.objects.create(programme=cast.portfolio.programme, section="reflection", label="Before", text="Why?")
    needs = text("<main" + part(page_of(client, cast.trainee, cast.portfolio), "needs"))
    assert "What a developmental activity needs" in needs
    assert [label in needs for label in ("An action plan", "Done repeatedly", "Short", "Before")] == [
        True,
        False,
        True,
        True,
    ]


def test_without_a_type_no_need_is_made_up(client: Client, cast: Cast) -> None:
    Prompt.objects.create(programme=cast.portfolio.programme, section="shows", type="DTA", label="An action plan")
    page = page_of(client, cast.trainee, cast.portfolio, 3, "S-X1")
    assert "An action plan" not in page
    assert "The type of this activity is not recorded" in page


# --- evidence -----------------------------------------------------------------------------------------------------


def test_the_trainee_sees_every_linked_page_with_its_sentence_and_what_is_not_saved(client: Client, cast: Cast) -> None:
    first, second = make.page(cast.portfolio, "First"), make.page(cast.portfolio, "Second")
    make.attachment(second)
    for one in (first, second):
        make.drafted(cast.portfolio, evidence=one)
    make.change(first, save=False, body="More.")
    evidence = part(page_of(client, cast.trainee, cast.portfolio), "evidence")
    assert sorted(titles(evidence)) == ["First", "Second"]
    assert evidence.count("Shows how I did S-C1 1.") == 2
    assert evidence.count("Has changes that are not saved") == 1
    assert "1 file" in evidence


def test_an_archived_page_stays_in_the_trainees_list(client: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio, "Old one")
    make.drafted(cast.portfolio, evidence=page)
    writing.archive(page, on=True, by=cast.trainee)
    assert titles(page_of(client, cast.trainee, cast.portfolio)) == ["Old one"]


def test_their_people_see_what_was_submitted_and_never_a_draft(client: Client, cast: Cast) -> None:
    make.drafted(cast.portfolio, evidence=make.page(cast.portfolio, "Mine alone"))
    page = page_of(client, cast.officer, cast.portfolio)
    assert "Mine alone" not in page
    assert "Shows how I did" not in page
    assert "Nothing to read yet" in page
    make.submit(cast.assessor, make.activity(cast.portfolio))
    page = page_of(client, cast.officer, cast.portfolio)
    assert titles(page) == ["Mine alone"]
    assert "Shows how I did S-C1 1." in page


def test_their_people_see_a_page_as_it_was_submitted_last_also_once_it_is_changed_and_shared(
    client: Client, cast: Cast
) -> None:
    page = make.page(cast.portfolio, "As submitted")
    make.drafted(cast.portfolio, evidence=page)
    make.submit(cast.assessor, make.activity(cast.portfolio))
    make.change(page, title="As it is now")
    writing.share(page, on=True, by=cast.trainee)
    assert titles(page_of(client, cast.officer, cast.portfolio)) == ["As submitted"]
    assert titles(page_of(client, cast.trainee, cast.portfolio)) == ["As it is now"]


def test_a_withdrawn_page_is_the_trainees_alone_again(client: Client, cast: Cast) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    perform("withdraw", item.activity, by=cast.trainee)
    assert titles(page_of(client, cast.officer, cast.portfolio)) == []
    assert titles(page_of(client, cast.trainee, cast.portfolio)) == ["Page for S-C1 1"]


def test_a_page_added_after_the_sign_off_is_said_to_be_no_part_of_it(client: Client, cast: Cast) -> None:
    activity = make.signed_off(cast.portfolio, cast.assessor)
    perform("link", activity, by=cast.trainee, given=LinkTo(make.page(cast.portfolio, "Later"), "More of it."))
    evidence = part(page_of(client, cast.trainee, cast.portfolio), "evidence")
    rows = re.findall(r"<li class=\"app-ev\">(.*?)</li>", evidence, re.S)
    assert {("Later" in row): ("Added after sign-off, not part of it" in row) for row in rows} == {
        True: True,
        False: False,
    }


def test_a_page_that_is_new_in_a_second_submission_says_so(client: Client, cast: Cast) -> None:
    make.returned(cast.portfolio, cast.assessor)
    make.drafted(cast.portfolio, evidence=make.page(cast.portfolio, "The plan"))
    make.submit(cast.assessor, make.activity(cast.portfolio))
    for user in (cast.trainee, cast.officer):
        rows = re.findall(r"<li class=\"app-ev\">(.*?)</li>", page_of(client, user, cast.portfolio), re.S)
        assert {("The plan" in row): ("New in submission 2" in row) for row in rows} == {True: True, False: False}


def test_what_was_withdrawn_does_not_make_a_page_of_the_next_submission_new(client: Client, cast: Cast) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    perform("withdraw", item.activity, by=cast.trainee)
    make.drafted(cast.portfolio, evidence=make.page(cast.portfolio, "The plan"))
    make.submit(cast.assessor, make.activity(cast.portfolio))
    page = page_of(client, cast.trainee, cast.portfolio)
    assert "In review, submission 2" in page
    assert "New in submission" not in page


# --- history ------------------------------------------------------------------------------------------------------


def test_the_history_tells_everything_oldest_first(client: Client, cast: Cast) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    make.redirected(item, cast.second_assessor)
    make.decide(item, "return", feedback="Add the action plan.")
    make.decide(make.submit(cast.assessor, make.activity(cast.portfolio))[0], feedback="Well done.")
    perform("unlock", make.activity(cast.portfolio), by=cast.officer, reason="The wrong page was attached.")
    last = make.submit(cast.assessor, make.activity(cast.portfolio))[0]
    perform("withdraw", last.activity, by=cast.trainee)
    history = part(page_of(client, cast.trainee, cast.portfolio), "history")
    assert re.findall(r"<div><b>(.*?)</b>", history) == [
        "Submitted",
        "Sent to another assessor",
        "Returned with feedback",
        "Submitted again, submission 2",
        "Signed off",
        "Unlocked",
        "Submitted again, submission 3",
        "Withdrawn",
    ]
    assert re.findall(r"<blockquote[^>]*>(.*?)</blockquote>", history) == [
        "Add the action plan.",
        "Well done.",
        "The wrong page was attached.",
    ]


def test_the_history_speaks_of_the_trainee_by_name_to_their_people(client: Client, cast: Cast) -> None:
    make.in_review(cast.portfolio, cast.assessor)
    assert ", you to Maya Lind" in part(page_of(client, cast.trainee, cast.portfolio), "history")
    assert ", Priya Raman to Maya Lind" in part(page_of(client, cast.officer, cast.portfolio), "history")


def test_a_signed_activity_shows_the_fingerprint_of_what_was_signed(client: Client, cast: Cast) -> None:
    digest = make.signed_off(cast.portfolio, cast.assessor).items.get().digest
    assert f"{digest[:4]} {digest[4:8]} {digest[8:12]}" in part(
        page_of(client, cast.officer, cast.portfolio), "history"
    )


@pytest.mark.django_db
def test_the_page_asks_the_same_queries_for_one_page_of_evidence_and_for_thirty(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    counts = []
    for name, many in (("Ada Low", 1), ("Bo High", 30)):
        portfolio = make.portfolio(make.person(name))
        assessor = make.person("Maya Lind")
        make.role(portfolio, assessor)
        for _ in range(many):
            make.drafted(portfolio, evidence=make.page(portfolio))
        make.submit(assessor, make.activity(portfolio))
        client.force_login(portfolio.trainee)
        with django_assert_max_num_queries(50) as asked:
            page = client.get(at(portfolio)).content.decode()
        assert len(titles(page)) == many
        counts.append(len(asked))
    assert counts[0] == counts[1]


# --- the trainee's own words --------------------------------------------------------------------------------------


def send(client: Client, user: User, portfolio: Portfolio, number: int = 3, code: str = "S-X1", **typed: str):
    client.force_login(user)
    return client.post(
        at(portfolio, number, code, "activity_label"), {"title": "Plan a migration", "type": "ETA", **typed}
    )


def test_the_trainee_gives_a_place_their_own_words(client: Client, cast: Cast) -> None:
    assert send(client, cast.trainee, cast.portfolio)["Location"] == at(cast.portfolio, 3, "S-X1")
    row = Activity.objects.get(portfolio=cast.portfolio, module__code="S-X1", number=3)
    assert (row.label_title, row.label_type, row.state) == ("Plan a migration", "ETA", ActivityState.NOT_STARTED)
    page = page_of(client, cast.officer, cast.portfolio, 3, "S-X1")
    assert '<h1 class="nhsuk-heading-l">Plan a migration</h1>' in page
    assert "entered by the trainee" in page


def test_the_chain_tells_of_the_words_without_repeating_them(client: Client, cast: Cast) -> None:
    send(client, cast.trainee, cast.portfolio)
    event = Event.objects.filter(chain__name=cast.portfolio.chain).latest("seq")
    assert (event.kind, event.actor_name) == ("activity named", "Priya Raman")
    assert "Plan a migration" not in str(vars(event))


def test_naming_the_next_number_adds_it_to_this_portfolio(client: Client, cast: Cast) -> None:
    Module.objects.filter(code="S-X1").update(expected_activities=None)
    send(client, cast.trainee, cast.portfolio, 2)
    client.force_login(cast.trainee)
    assert client.get(at(cast.portfolio, 3, "S-X1")).status_code == 200
    assert "Add activity 3" in client.get(reverse("module", args=[cast.portfolio.ref, "S-X1"])).content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"title": "  "}, "Enter a few words for this activity."),
        ({"title": "x" * 301}, "Enter 300 characters or fewer. This has 301."),
        ({"type": "XYZ"}, "Choose one of the types in the list."),
    ],
)
def test_wrong_words_are_refused_and_kept(client: Client, cast: Cast, typed: dict[str, str], said: str) -> None:
    response = send(client, cast.trainee, cast.portfolio, **typed)
    assert response.status_code == 422
    page = response.content.decode()
    assert said in page
    assert "<title>Error: " in page
    assert not Activity.objects.filter(portfolio=cast.portfolio).exists()


def test_what_was_typed_stands_in_the_form_again(client: Client, cast: Cast) -> None:
    assert 'value="Plan a migration"' in send(client, cast.trainee, cast.portfolio, type="XYZ").content.decode()


def test_only_the_trainee_enters_words(client: Client, cast: Cast) -> None:
    for user, status in ((cast.officer, 403), (cast.administrator, 403), (cast.assessor, 404), (cast.stranger, 404)):
        assert send(client, user, cast.portfolio).status_code == status
    assert not Activity.objects.filter(portfolio=cast.portfolio).exists()


def test_in_a_closed_portfolio_nothing_is_named(client: Client, cast: Cast) -> None:
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Left.")
    assert send(client, cast.trainee, cast.portfolio).status_code == 403
    with pytest.raises(NotAllowed):
        writing.name_place(cast.portfolio, "S-X1", 3, title="Late", type="", by=cast.trainee)


def test_once_the_curriculum_has_the_wording_it_is_too_late_and_the_words_are_not_lost(
    client: Client, cast: Cast
) -> None:
    Module.objects.get(code="S-X1").activities.create(number=3, type="DTA", title="The real wording")
    response = send(client, cast.trainee, cast.portfolio)
    assert response.status_code == 409
    assert "The curriculum has the wording of this activity now." in response.content.decode()
    assert 'value="Plan a migration"' in response.content.decode()


def test_what_was_submitted_keeps_its_words(client: Client, cast: Cast) -> None:
    send(client, cast.trainee, cast.portfolio)
    make.in_review(cast.portfolio, cast.assessor, "S-X1", 3)
    assert send(client, cast.trainee, cast.portfolio, title="Other words").status_code == 409
    assert Activity.objects.get(module__code="S-X1", number=3).label_title == "Plan a migration"
    assert at(cast.portfolio, 3, "S-X1", "activity_label") not in page_of(
        client, cast.trainee, cast.portfolio, 3, "S-X1"
    )


def test_what_another_system_signed_keeps_its_words_and_is_named_once_where_it_has_none(
    client: Client, cast: Cast
) -> None:
    send(client, cast.trainee, cast.portfolio)
    entries = [make.entry("S-X1", number) for number in (3, 4)]
    make.signed_elsewhere(cast.portfolio, cast.officer, *entries)
    for number, status in ((3, 409), (4, 302), (4, 409)):
        sent = send(client, cast.trainee, cast.portfolio, number, title=f"Other words {number}")
        assert sent.status_code == status, number
        way = at(cast.portfolio, number, "S-X1", "activity_label")
        assert way not in page_of(client, cast.trainee, cast.portfolio, number, "S-X1")
    labels = Activity.objects.filter(module__code="S-X1", number__in=(3, 4)).order_by("number")
    assert [row.label_title for row in labels] == ["Plan a migration", "Other words 4"]


def test_a_number_that_is_no_place_cannot_be_named(client: Client, cast: Cast) -> None:
    assert send(client, cast.trainee, cast.portfolio, 9).status_code == 404
    with pytest.raises(TooLate):
        writing.name_place(cast.portfolio, "S-X1", 9, title="Nine", type="", by=cast.trainee)


def test_the_form_shows_the_words_that_stand(client: Client, cast: Cast) -> None:
    send(client, cast.trainee, cast.portfolio)
    page = client.get(at(cast.portfolio, 3, "S-X1", "activity_label")).content.decode()
    assert 'value="Plan a migration"' in page
    assert re.search(r'value="ETA"[^>]*checked', page)


def test_where_the_curriculum_has_wording_the_form_leads_back(client: Client, cast: Cast) -> None:
    client.force_login(cast.trainee)
    assert client.get(at(cast.portfolio, 1, "S-C1", "activity_label"))["Location"] == at(cast.portfolio, 1)
