"""Asking for a decision: what the form offers, and what it refuses without storing anything."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from curriculum.models import Module
from portfolio.models import Activity, Item, Portfolio, Submission
from portfolio.states import ActivityState
from portfolio.workflow import perform, writing
from portfolio.workflow.activities import newest_revisions
from tests import make
from tests.cast import Cast
from tests.portfolio.views.counting import large, queries


def address(cast: Cast) -> str:
    return reverse("submit", args=[cast.portfolio.ref])


def key(activity: Activity) -> str:
    return f"{activity.module.code}-{activity.number}"


def filled(cast: Cast, *activities: Activity, **changed: Any) -> dict[str, Any]:
    """The form as a trainee sends it, with every page of these activities."""
    data: dict[str, Any] = {"assessor": cast.assessor.pk, "declared": "on"}
    for activity in activities:
        data[f"{key(activity)}-chosen"] = "on"
        data[f"{key(activity)}-pages"] = [revision.pk for revision in newest_revisions(activity)]
    return data | changed


def said(response: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_a_trainee_submits_two_activities_to_one_assessor(cast: Cast, client: Client) -> None:
    first, second = make.drafted(cast.portfolio), make.drafted(cast.portfolio, number=2)
    client.force_login(cast.trainee)
    response = client.post(address(cast), filled(cast, first, second))
    row = Submission.objects.get()
    assert response.status_code == 302
    assert response.url == reverse("submission", args=[cast.portfolio.ref, row.sid])
    assert said(response) == [f"Sent to {cast.assessor.name}: S-C1 1 and S-C1 2."]
    assert [str(item) for item in row.items.all()] == ["S-C1 1, submission 1", "S-C1 2, submission 1"]
    assert row.addressees.get().assessor == cast.assessor
    assert row.declaration == "2026-11"
    assert make.activity(cast.portfolio).state == ActivityState.IN_REVIEW


def test_a_page_may_be_left_out(cast: Cast, client: Client) -> None:
    activity = make.drafted(cast.portfolio)
    make.drafted(cast.portfolio, evidence=make.page(cast.portfolio, "Another page"))
    kept = newest_revisions(activity)[0]
    client.force_login(cast.trainee)
    client.post(address(cast), filled(cast, activity, **{"S-C1-1-pages": [kept.pk]}))
    assert [page.revision for page in Item.objects.get().pages.all()] == [kept]


def test_what_looks_like_a_patient_is_said_before_it_is_declared_that_there_is_none(cast: Cast, client: Client) -> None:
    make.drafted(cast.portfolio, evidence=make.page(cast.portfolio, "Clinic", "I saw 999 000 0018."))
    make.drafted(cast.portfolio, number=2, evidence=make.page(cast.portfolio, "Clean"))
    client.force_login(cast.trainee)
    shown = client.get(address(cast)).content.decode()
    warned = "Check for patient data in Clinic.</b> Something in the text looks like an NHS number."
    assert (shown.count("Check for patient data"), warned in shown, "999 000" in shown) == (1, True, False)


def test_the_address_ticks_what_it_names(cast: Cast, client: Client) -> None:
    page = make.page(cast.portfolio, "One page for two")
    make.drafted(cast.portfolio, evidence=page)
    make.drafted(cast.portfolio, number=2, evidence=page)
    make.drafted(cast.portfolio, number=3)
    client.force_login(cast.trainee)

    def ticked(query: str) -> list[str]:
        response = client.get(address(cast) + query)
        return [row.key for row, form in response.context["rows"] if form["chosen"].value()]

    assert ticked("") == []
    assert ticked("?activity=S-C1/3") == ["S-C1-3"]
    assert ticked("?activity=S-C1/1&activity=S-C1/3") == ["S-C1-1", "S-C1-3"]
    assert ticked(f"?evidence={page.eid}") == ["S-C1-1", "S-C1-2"]
    assert ticked("?activity=S-C1/99&evidence=nothing&activity=") == []


def test_it_offers_what_is_in_draft_or_returned_and_has_a_page(cast: Cast, client: Client) -> None:
    make.drafted(cast.portfolio, number=2)
    make.in_review(cast.portfolio, cast.assessor, number=1)
    make.returned(cast.portfolio, cast.assessor, number=3)
    client.force_login(cast.trainee)
    response = client.get(address(cast))
    assert [row.key for row, _ in response.context["rows"]] == ["S-C1-2", "S-C1-3"]
    assert "Returned by Maya Lind" in response.text
    assert "Add the action plan." in response.text


def test_each_module_is_named_once_above_its_activities_with_the_trainees_own_title(cast: Cast, client: Client) -> None:
    Module.objects.filter(code="S-X1").update(kind="rotation", provisional=True, title="Rotation 1")
    make.placement_planned(
        cast.portfolio, codes=(), kind="rotation", module=Module.objects.get(code="S-X1"), title="Imaging"
    )
    for at in (("S-C1", 1), ("S-C1", 2), ("S-X1", 1)):
        make.drafted(cast.portfolio, *at)
    client.force_login(cast.trainee)
    headings = re.findall(r'<h2 class="nhsuk-heading-m">(S-.*?)</h2>', client.get(address(cast)).text)
    assert headings == ["S-C1 Module S-C1", "S-X1 Rotation 1: Imaging"]


def test_it_offers_those_who_may_decide_with_post_and_role(cast: Cast, client: Client) -> None:
    make.drafted(cast.portfolio)
    client.force_login(cast.trainee)
    choices = client.get(address(cast)).context["form"].fields["assessor"].choices
    assert [(pk, str(label), label.hint) for pk, label in choices] == [
        (cast.officer.pk, "Ana Reyes", "Training officer"),
        (cast.coordinator.pk, "Colin Berg", "Training co-ordinator"),
        (cast.second_assessor.pk, "Femi Adeyemi", "Assessor"),
        (cast.assessor.pk, "Maya Lind", "Principal Clinical Scientist, Assessor"),
        (
            0,
            "Somebody who is not in this list",
            "Enter their name and e-mail address below. Your training officer approves them first.",
        ),
    ]


def test_with_nobody_to_ask_somebody_new_can_be_named(client: Client, db: None) -> None:
    portfolio = make.portfolio()
    make.drafted(portfolio)
    client.force_login(portfolio.trainee)
    response = client.get(reverse("submit", args=[portfolio.ref]))
    assert "Nobody can decide on your work yet" in response.text
    assert [pk for pk, _ in response.context["form"].fields["assessor"].choices] == [0]
    assert response.context["form"].initial["assessor"] == 0


def test_with_nothing_ready_it_says_how_to_begin(cast: Cast, client: Client) -> None:
    client.force_login(cast.trainee)
    assert "Nothing is ready to submit" in client.get(address(cast)).text


def test_unsaved_work_is_shown_and_must_be_saved_or_left_out(cast: Cast, client: Client) -> None:
    page = make.page(cast.portfolio, "Saved once")
    activity = make.drafted(cast.portfolio, evidence=page)
    make.change(page, save=False, title="Typed since")
    client.force_login(cast.trainee)
    shown = client.get(address(cast)).text
    assert "<b>Saved once</b> has changes that are not saved" in shown
    assert "Typed since" not in shown
    response = client.post(address(cast), filled(cast, activity))
    assert response.status_code == 422
    assert response.context["rows"][0][1].errors == {
        "pages": ["“Saved once” has changes that are not saved. Save it, or leave it out."]
    }
    assert Submission.objects.count() == 0


def test_a_page_that_was_never_saved_is_named_and_cannot_go_along(cast: Cast, client: Client) -> None:
    typed = writing.Page(title="Never saved", happened_on=None, kind="reflection", body="")
    unsaved = writing.keep(cast.portfolio, typed, by=cast.trainee)
    make.drafted(cast.portfolio, evidence=unsaved)
    client.force_login(cast.trainee)
    response = client.get(address(cast))
    assert "<b>Never saved</b> has never been saved" in response.text
    assert 'name="S-C1-1-chosen"' not in response.text


def test_an_archived_page_is_offered_like_any_other(cast: Cast, client: Client) -> None:
    page = make.page(cast.portfolio, "Put away")
    make.drafted(cast.portfolio, evidence=page)
    writing.archive(page, on=True, by=cast.trainee)
    client.force_login(cast.trainee)
    assert "Put away" in client.get(address(cast)).text


@pytest.mark.parametrize(
    ("changed", "at", "errors"),
    [
        ({"declared": ""}, "form", {"declared": ["Confirm that nothing here could identify a patient."]}),
        ({"assessor": ""}, "form", {"assessor": ["Choose whom you ask."]}),
        ({"assessor": "x"}, "form", {"assessor": ["Choose somebody who may decide on this portfolio."]}),
        ({"S-C1-1-pages": []}, "row", {"pages": ["Choose at least one page of evidence for S-C1 1."]}),
        ({"S-C1-1-chosen": ""}, "form", {"__all__": ["Choose at least one activity."]}),
        (
            {"S-C1-99-chosen": "on"},
            "form",
            {"__all__": ["One of these activities is not in this portfolio. Nothing was sent."]},
        ),
        (
            {"S-Z9-1-chosen": "on"},
            "form",
            {"__all__": ["One of these activities is not in this portfolio. Nothing was sent."]},
        ),
    ],
)
def test_an_incomplete_form_says_so_at_its_box_and_keeps_the_rest(
    cast: Cast, client: Client, changed: dict[str, Any], at: str, errors: dict[str, list[str]]
) -> None:
    activity = make.drafted(cast.portfolio)
    client.force_login(cast.trainee)
    response = client.post(address(cast), {k: v for k, v in filled(cast, activity, **changed).items() if v != ""})
    form = response.context["form"] if at == "form" else response.context["rows"][0][1]
    assert response.status_code == 422
    assert form.errors == errors
    assert "<title>Error: Ask for a decision" in response.text
    assert Submission.objects.count() == 0
    assert make.activity(cast.portfolio).state == ActivityState.DRAFT


def test_ids_of_other_portfolios_are_refused_and_store_nothing(cast: Cast, client: Client) -> None:
    """security.md case 8, with the same form and the trainee's own ids as the control."""
    activity, other = make.drafted(cast.portfolio), make.drafted(cast.other)
    theirs = newest_revisions(other)[0]
    client.force_login(cast.trainee)
    for changed in (
        {"S-C1-1-pages": [theirs.pk]},
        {"S-C1-1-pages": [newest_revisions(activity)[0].pk, theirs.pk]},
        {"assessor": cast.other_officer.pk},
        {"assessor": cast.trainee.pk},
        {"assessor": cast.former_assessor.pk},
        {"assessor": cast.deactivated.pk},
        {"assessor": cast.officer_in_training.pk},
        {"assessor": cast.administrator.pk},
    ):
        assert client.post(address(cast), filled(cast, activity, **changed)).status_code == 422
    assert Submission.objects.count() == 0
    assert client.post(address(cast), filled(cast, activity)).status_code == 302


def test_a_second_click_is_told_that_it_came_too_late(cast: Cast, client: Client) -> None:
    activity = make.drafted(cast.portfolio)
    data = filled(cast, activity)
    client.force_login(cast.trainee)
    assert client.post(address(cast), data).status_code == 302
    response = client.post(address(cast), data)
    assert response.status_code == 409
    assert "S-C1 1 has changed since this page was opened. Nothing was done." in response.text
    assert Submission.objects.count() == 1


def test_a_page_saved_again_meanwhile_is_too_late_and_keeps_the_ticks(cast: Cast, client: Client) -> None:
    page = make.page(cast.portfolio)
    activity = make.drafted(cast.portfolio, evidence=page)
    data = filled(cast, activity)
    make.change(page, body="Other words.")
    client.force_login(cast.trainee)
    response = client.post(address(cast), data)
    assert response.status_code == 409
    assert "was saved again, or removed, since this form was opened" in response.text
    _row, form = response.context["rows"][0]
    assert form["chosen"].value() is True
    assert form["pages"].value() == [revision.pk for revision in newest_revisions(activity)]
    assert response.context["form"]["assessor"].value() == str(cast.assessor.pk)
    assert Submission.objects.count() == 0


def test_an_assessor_whose_role_ended_meanwhile_cannot_be_asked(cast: Cast, client: Client) -> None:
    activity = make.drafted(cast.portfolio)
    cast.assessor.roles.update(ends_on=make.today() - timedelta(days=1))
    client.force_login(cast.trainee)
    assert client.post(address(cast), filled(cast, activity)).status_code == 422
    assert Submission.objects.count() == 0


def test_the_page_is_the_trainees_alone(cast: Cast, client: Client) -> None:
    make.in_review(cast.portfolio, cast.assessor)
    statuses = {}
    for name, person in cast.people().items():
        client.force_login(person)
        statuses[name] = client.get(address(cast)).status_code
    seeing = {"officer", "coordinator", "officer_in_training", "administrator", "cohort_administrator"}
    hidden = statuses.keys() - seeing - {"trainee", "deactivated"}
    assert statuses["trainee"] == 200
    assert statuses["deactivated"] == 302
    assert {name for name in seeing if statuses[name] != 403} == set()
    assert {name for name in hidden if statuses[name] != 404} == set()


def test_nothing_is_submitted_in_a_closed_portfolio(cast: Cast, client: Client) -> None:
    activity = make.drafted(cast.portfolio)
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Left the programme.")
    client.force_login(cast.trainee)
    assert client.get(address(cast)).status_code == 403
    assert client.post(address(cast), filled(cast, activity)).status_code == 403
    assert Submission.objects.count() == 0


def test_what_people_wrote_is_shown_as_text(cast: Cast, client: Client) -> None:
    make.drafted(cast.portfolio, evidence=make.page(cast.portfolio, "<script>alert(1)</script>"))
    client.force_login(cast.trainee)
    shown = client.get(address(cast)).text
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown


def test_thirty_activities_cost_no_more_queries_than_one(client: Client, db: None) -> None:
    portfolio = large()
    make.role(portfolio, make.person("Maya Lind"))
    client.force_login(portfolio.trainee)
    make.drafted(portfolio, "S-B1", 1)
    one = queries(client, reverse("submit", args=[portfolio.ref]))
    for number in range(2, 31):
        make.drafted(portfolio, "S-B1", number)
    assert queries(client, reverse("submit", args=[portfolio.ref])) == one


def many(count: int = 27) -> Portfolio:
    """A portfolio in which so many activities can be submitted, and somebody to ask."""
    portfolio = large()
    make.role(portfolio, make.person("Maya Lind"))
    for number in range(1, count + 1):
        make.drafted(portfolio, "S-B1", number)
    return portfolio


def listed(response: HttpResponse) -> list[int]:
    return [row.activity.number for row, _form in response.context["rows"]]


def test_more_than_a_page_of_activities_is_offered_in_pages_and_what_is_asked_for_comes_first(
    client: Client, db: None
) -> None:
    portfolio = many()
    client.force_login(portfolio.trainee)
    here = reverse("submit", args=[portfolio.ref])
    assert listed(client.get(here)) == list(range(1, 26))
    assert listed(client.get(f"{here}?page=2")) == [26, 27]
    assert listed(client.get(f"{here}?activity=S-B1/27"))[:2] == [27, 1]
    assert "27 activities can be submitted, 26 to 27 shown." in client.get(f"{here}?page=2").text


def test_a_form_of_a_further_page_comes_back_with_what_was_ticked_and_is_sent(client: Client, db: None) -> None:
    portfolio = many()
    client.force_login(portfolio.trainee)
    there = f"{reverse('submit', args=[portfolio.ref])}?page=2"
    last = make.activity(portfolio, "S-B1", 27)
    ticked = {f"{key(last)}-chosen": "on", f"{key(last)}-pages": [one.pk for one in newest_revisions(last)]}
    refused = client.post(there, ticked)
    assert (refused.status_code, listed(refused)[:2]) == (422, [27, 1])
    assert refused.context["rows"][0][1].is_chosen is True
    assessor = portfolio.roles.get().user_id
    assert client.post(there, ticked | {"assessor": assessor, "declared": "on"}).status_code == 302
    assert [str(item) for item in Item.objects.all()] == ["S-B1 27, submission 1"]
