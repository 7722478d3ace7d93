"""Deciding: what the assessor sees is what they sign, and nobody else signs it."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from portfolio import files
from portfolio.models import Addressee, Decision, Item, Submission
from portfolio.states import ActivityState, Outcome
from portfolio.workflow import perform
from tests import make
from tests.cast import Cast
from tests.portfolio.views.counting import large, queries

QUEUE = reverse("reviewing")


def desk(item: Item) -> str:
    return reverse("review", args=[item.submission.sid])


def answers(*decisions: tuple[Item, str, str]) -> dict[str, str]:
    """The form as an assessor sends it: (item, outcome, feedback)."""
    data = {}
    for item, outcome, feedback in decisions:
        key = f"{item.activity.module.code}-{item.activity.number}"
        data |= {f"{key}-seen": item.digest, f"{key}-outcome": outcome, f"{key}-feedback": feedback}
    return data


def said(response: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def two(cast: Cast) -> list[Item]:
    return make.submit(cast.assessor, make.drafted(cast.portfolio), make.drafted(cast.portfolio, number=2))


def end_role(user: User) -> None:
    user.roles.update(ends_on=make.today() - timedelta(days=1))


# --- what the assessor sees ---------------------------------------------------------------------------------------


def test_what_was_decided_before_stands_in_order_and_what_waits_now_is_nothing_before(
    cast: Cast, client: Client
) -> None:
    """The page of an earlier submission says nothing of the one that waits."""
    first = make.in_review(cast.portfolio, cast.assessor)
    make.decide(first, "return", feedback="First.")
    second = make.submit(cast.assessor, first.activity)[0]
    client.force_login(cast.assessor)
    (of_first,) = client.get(desk(first)).context["desk"].items
    assert (of_first.earlier, {page.tag for page in of_first.pages}) == ((), {""})
    make.decide(second, "return", feedback="Second.")
    third = make.submit(cast.assessor, first.activity)[0]
    (of_third,) = client.get(desk(third)).context["desk"].items
    assert [one.said for one in of_third.earlier] == ["First.", "Second."]
    assert {page.tag for page in of_third.pages} == {"As in submission 2"}


def test_the_page_shows_all_that_will_be_signed(cast: Cast, client: Client) -> None:
    page = make.page(cast.portfolio, "Lunch session", "### What I did\n\nI shared *three* ideas.")
    attachment = make.attachment(page, "slides.pdf")
    item = make.submit(cast.assessor, make.drafted(cast.portfolio, evidence=page))[0]
    client.force_login(cast.assessor)
    shown = client.get(desk(item)).text
    for part in (
        "Task 1 of S-C1",
        "Developmental training activity",
        "Lunch session",
        "I shared <em>three</em> ideas.",
        "Shows how I did S-C1 1.",
        "slides.pdf",
        reverse("evidence_file", args=[cast.portfolio.ref, page.eid, attachment.fid]),
        "The trainee declares: Nothing in these pages",
        " ".join(item.digest[at : at + 4] for at in (0, 4, 8)),
    ):
        assert part in shown
    assert f'value="{item.digest}"' in shown
    assert " checked" not in shown
    assert f'href="{reverse("evidence", args=[cast.portfolio.ref, page.eid])}"' not in shown


def test_the_assessor_can_open_the_files(cast: Cast, client: Client) -> None:
    page = make.page(cast.portfolio)
    attachment = make.attachment(page)
    make.submit(cast.assessor, make.drafted(cast.portfolio, evidence=page))
    where = reverse("evidence_file", args=[cast.portfolio.ref, page.eid, attachment.fid])
    client.force_login(cast.assessor)
    assert b"".join(client.get(where).streaming_content) == make.PDF
    client.force_login(cast.second_assessor)
    assert client.get(where).status_code == 404


def test_a_second_round_shows_what_was_said_and_what_is_new(cast: Cast, client: Client) -> None:
    page = make.page(cast.portfolio, "Plan", "First line.\n\nOld plan.")
    activity = make.drafted(cast.portfolio, evidence=page)
    make.decide(make.submit(cast.assessor, activity)[0], "return", feedback="Name two things.")
    make.change(page, body="First line.\n\nTwo things: one and two.")
    make.drafted(cast.portfolio, evidence=make.page(cast.portfolio, "Extra page"))
    item = make.submit(cast.assessor, make.activity(cast.portfolio))[0]
    client.force_login(cast.assessor)
    response = client.get(desk(item))
    (shown,) = response.context["desk"].items
    assert [(said.what, said.said) for said in shown.earlier] == [("Returned with feedback", "Name two things.")]
    assert {page.title: page.tag for page in shown.pages} == {
        "Plan": "Changed since submission 1",
        "Extra page": "New since submission 1",
    }
    assert "What changed in the text" in response.text
    assert "Two things: one and two." in response.text
    assert "<b>S-C1 1</b>, submission 2" in response.text


def test_another_assessor_is_not_told_what_the_first_one_said(cast: Cast, client: Client) -> None:
    activity = make.returned(cast.portfolio, cast.assessor)
    item = make.submit(cast.second_assessor, activity)[0]
    client.force_login(cast.second_assessor)
    assert "Add the action plan." not in client.get(desk(item)).text


def test_items_decided_before_are_shown_with_what_was_said(cast: Cast, client: Client) -> None:
    first, _second = two(cast)
    make.decide(first, "return", feedback="Name two things.")
    client.force_login(cast.assessor)
    response = client.get(desk(first))
    assert [(item.name, item.word) for item in response.context["desk"].items] == [
        ("S-C1 1", "Returned"),
        ("S-C1 2", "In review"),
    ]
    assert "Name two things." in response.text
    assert [item.earlier for item in response.context["desk"].items] == [(), ()]
    assert [item.name for item, _ in response.context["desk"].waiting] == ["S-C1 2"]


def test_the_wording_is_the_one_that_was_submitted(cast: Cast, client: Client) -> None:
    """security.md case 33: a curriculum that is corrected later does not change what is signed."""
    item = make.in_review(cast.portfolio, cast.assessor)
    item.activity.module.activities.filter(number=1).update(title="Other words")
    client.force_login(cast.assessor)
    response = client.get(desk(item))
    assert "Task 1 of S-C1" in response.text
    assert "Other words" not in response.text
    assert client.post(desk(item), answers((item, Outcome.SIGNED_OFF, ""))).status_code == 302


def test_what_people_wrote_is_shown_as_text(cast: Cast, client: Client) -> None:
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    page = make.page(cast.portfolio, evil, evil + "\n\n[x](javascript:alert(3))")
    activity = make.drafted(cast.portfolio, evidence=page)
    make.decide(make.submit(cast.assessor, activity)[0], "return", feedback=evil)
    item = make.submit(cast.assessor, make.activity(cast.portfolio))[0]
    client.force_login(cast.assessor)
    pages = [client.get(desk(item)).text, client.post(desk(item), answers((item, "", evil))).text]
    client.force_login(cast.trainee)
    pages += [
        client.get(reverse(name, args=[cast.portfolio.ref, *more])).text
        for name, more in (
            ("submissions", []),
            ("submission", [Submission.objects.last().sid]),
            ("submission", [item.submission.sid]),
            ("submit", []),
            ("history", []),
        )
    ]
    for shown in pages:
        assert "<img src=x" not in shown
        assert "<script>alert" not in shown
        assert 'href="javascript:' not in shown


def test_the_page_costs_the_same_queries_at_one_and_thirty_items(client: Client, db: None) -> None:
    portfolio, assessor = large(31), make.person("Maya Lind")
    make.role(portfolio, assessor)
    client.force_login(assessor)
    one = make.in_review(portfolio, assessor, "S-B1", 31)
    items = make.submit(assessor, *[make.drafted(portfolio, "S-B1", number) for number in range(1, 31)])
    assert queries(client, desk(one)) == queries(client, desk(items[0]))


# --- who may see it -----------------------------------------------------------------------------------------------


def test_only_the_assessor_addressed_opens_and_posts_it(cast: Cast, client: Client) -> None:
    """security.md cases 1, 11, 19, 20: everybody else gets 404, the officer and the trainee too."""
    item = make.in_review(cast.portfolio, cast.assessor)
    decision = answers((item, Outcome.SIGNED_OFF, ""))
    for name, person in cast.people().items():
        if person in (cast.assessor, cast.deactivated):
            continue
        client.force_login(person)
        assert client.get(desk(item)).status_code == 404, name
        assert client.post(desk(item), decision).status_code == 404, name
    assert Decision.objects.count() == 0
    client.force_login(cast.assessor)
    assert client.post(desk(item), decision).status_code == 302


def test_what_is_not_theirs_answers_like_what_does_not_exist(cast: Cast, client: Client) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    client.force_login(cast.second_assessor)
    unknown = reverse("review", args=["a" * 14])

    def body(response: HttpResponse, sid: str) -> str:
        return response.text.replace(sid, "").replace(response.wsgi_request.META.get("CSRF_COOKIE", "-"), "")

    for method in (client.get, client.post):
        ours, none = method(desk(item)), method(unknown)
        assert ours.status_code == none.status_code == 404
        assert len(body(ours, item.submission.sid)) == len(body(none, "a" * 14))


# --- deciding -----------------------------------------------------------------------------------------------------


def test_one_form_signs_one_item_and_returns_another(cast: Cast, client: Client) -> None:
    first, second = two(cast)
    client.force_login(cast.assessor)
    response = client.post(
        desk(first), answers((first, Outcome.SIGNED_OFF, "Good work."), (second, Outcome.RETURNED, "Add the plan."))
    )
    assert (response.status_code, response.url) == (302, QUEUE)
    assert said(response) == ["Signed off S-C1 1. Returned S-C1 2."]
    decisions = Decision.objects.order_by("item__activity__number")
    assert [(d.outcome, d.feedback, d.signer, d.manifest_digest, d.role_kind) for d in decisions] == [
        (Outcome.SIGNED_OFF, "Good work.", cast.assessor, first.digest, "assessor"),
        (Outcome.RETURNED, "Add the plan.", cast.assessor, second.digest, "assessor"),
    ]
    assert make.activity(cast.portfolio).state == ActivityState.SIGNED_OFF
    assert make.activity(cast.portfolio, number=2).state == ActivityState.RETURNED


def test_items_left_out_wait_and_the_message_says_so(cast: Cast, client: Client) -> None:
    first, second = two(cast)
    client.force_login(cast.assessor)
    response = client.post(desk(first), answers((first, Outcome.SIGNED_OFF, ""), (second, "", "")))
    assert said(response) == ["Signed off S-C1 1. 1 item still waits for you."]
    assert make.activity(cast.portfolio, number=2).state == ActivityState.IN_REVIEW


def test_after_deciding_the_next_in_the_queue_opens(cast: Cast, client: Client) -> None:
    first = make.in_review(cast.portfolio, cast.assessor)
    second = make.in_review(cast.portfolio, cast.assessor, number=2)
    third = make.in_review(cast.portfolio, cast.assessor, number=3)
    for days, item in enumerate((first, second, third)):
        Addressee.objects.filter(submission=item.submission).update(due_on=make.today() + timedelta(days=days))
    client.force_login(cast.assessor)
    place = client.get(desk(second)).context["place"]
    assert (place.number, place.previous, place.following) == (2, desk(first), desk(third))
    assert client.get(desk(first)).context["place"].previous == ""
    assert client.post(desk(second), answers((second, Outcome.SIGNED_OFF, ""))).url == desk(third)
    assert client.post(desk(third), answers((third, Outcome.SIGNED_OFF, ""))).url == QUEUE


def test_a_return_without_feedback_is_asked_for_at_its_box_and_keeps_the_rest(cast: Cast, client: Client) -> None:
    first, second = two(cast)
    client.force_login(cast.assessor)
    response = client.post(
        desk(first), answers((first, Outcome.RETURNED, "  "), (second, Outcome.RETURNED, "Add the plan."))
    )
    forms = dict(response.context["desk"].forms)
    assert response.status_code == 422
    assert forms["S-C1-1"].errors == {"feedback": ["Say what is needed: the trainee reads it."]}
    assert forms["S-C1-2"].errors == {}
    assert (forms["S-C1-1"]["outcome"].value(), forms["S-C1-2"]["feedback"].value()) == (
        Outcome.RETURNED,
        "Add the plan.",
    )
    assert "<title>Error: " in response.text
    assert 'href="#id_S-C1-1-feedback"' in response.text
    assert Decision.objects.count() == 0


@pytest.mark.parametrize(
    ("outcome", "feedback", "errors"),
    [
        ("", "", {"outcome": ["Choose Sign off or Return with feedback for at least one item."]}),
        ("", "Words", {"outcome": ["You wrote feedback. Choose Sign off or Return with feedback."]}),
        ("failed", "", {"outcome": ["Choose Sign off or Return with feedback."]}),
        ("signed_off", "x" * 10_001, {"feedback": ["Enter 10000 characters or fewer. This has 10001."]}),
        ("signed_off", "a\x00b", {"feedback": ["Take out the characters that cannot be shown."]}),
    ],
)
def test_an_incomplete_decision_is_422_and_decides_nothing(
    cast: Cast, client: Client, outcome: str, feedback: str, errors: dict[str, list[str]]
) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    client.force_login(cast.assessor)
    response = client.post(desk(item), answers((item, outcome, feedback)))
    assert response.status_code == 422
    assert response.context["desk"].forms["S-C1-1"].errors == errors
    assert Decision.objects.count() == 0


def test_of_several_items_in_one_form_each_has_a_tick_of_its_own_for_what_looks_like_a_patient(
    cast: Cast, client: Client
) -> None:
    first, second = two(cast)
    client.force_login(cast.assessor)
    sent = answers((first, "returned", "Seen with NHS 999 000 0018."), (second, "signed_off", "Born 3 May 1950."))
    asked = client.post(desk(first), sent)
    ticks = [f"S-C1-{item.activity.number}-checked" for item in (first, second)]
    assert (asked.status_code, [f'name="{tick}"' in asked.text for tick in ticks]) == (422, [True, True])
    for name in ("S-C1 1", "S-C1 2"):
        assert f"I have checked the feedback on {name}: it does not identify a patient" in asked.text
    for tick, other in (ticks, ticks[::-1]):
        half = client.post(desk(first), sent | {tick: "on"})
        wrong = [f"{form.prefix}-{field}" for form in half.context["bad"] for field in form.errors]
        assert (half.status_code, wrong, half.text.count(f'name="{tick}" type="checkbox" checked')) == (422, [other], 1)
        assert ("999 000 0018" in half.text, "Born 3 May 1950." in half.text) == (True, True)
    assert Decision.objects.count() == 0
    assert client.post(desk(first), sent | dict.fromkeys(ticks, "on")).status_code == 302
    assert sorted(Decision.objects.values_list("outcome", flat=True)) == ["returned", "signed_off"]


def test_an_empty_post_is_a_form_with_nothing_chosen(cast: Cast, client: Client) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    client.force_login(cast.assessor)
    assert client.post(desk(item), {}).status_code == 422
    assert Decision.objects.count() == 0


def test_a_stale_digest_decides_nothing_and_keeps_what_was_typed(cast: Cast, client: Client) -> None:
    first, second = two(cast)
    client.force_login(cast.assessor)
    data = answers((first, Outcome.SIGNED_OFF, "Typed one."), (second, Outcome.RETURNED, "Typed two."))
    response = client.post(desk(first), data | {"S-C1-2-seen": first.digest})
    assert response.status_code == 409
    assert "S-C1 2 is not as this page showed it. Nothing was decided." in response.text
    forms = response.context["desk"].forms
    assert [form["feedback"].value() for form in forms.values()] == ["Typed one.", "Typed two."]
    assert [form["outcome"].value() for form in forms.values()] == [None, None]
    assert [form["seen"].value() for form in forms.values()] == [first.digest, second.digest]
    assert Decision.objects.count() == 0


@pytest.mark.parametrize("seen", ["", "0" * 64, "not a digest"])
def test_no_decision_without_the_digest_of_what_was_shown(cast: Cast, client: Client, seen: str) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    client.force_login(cast.assessor)
    data = answers((item, Outcome.SIGNED_OFF, "")) | {"S-C1-1-seen": seen}
    assert client.post(desk(item), data).status_code == 409
    assert Decision.objects.count() == 0


def test_an_item_decided_in_another_tab_is_409_and_the_rest_is_not_decided(cast: Cast, client: Client) -> None:
    """security.md cases 27 and 31: all or nothing, and nothing typed is lost."""
    first, second = two(cast)
    make.decide(first)
    client.force_login(cast.assessor)
    data = answers((first, Outcome.RETURNED, "Too late for this."), (second, Outcome.RETURNED, "Add the plan."))
    response = client.post(desk(first), data)
    assert response.status_code == 409
    assert "S-C1 1: decided already, or no longer with you. Nothing was decided now." in response.text
    assert response.context["desk"].forms["S-C1-2"]["feedback"].value() == "Add the plan."
    assert response.context["desk"].lost == [("S-C1 1", "Too late for this.")]
    assert "Too late for this." in response.text
    assert Decision.objects.count() == 1


def test_the_same_form_sent_twice_decides_once(cast: Cast, client: Client) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    client.force_login(cast.assessor)
    data = answers((item, Outcome.SIGNED_OFF, "Clear.\r\nNext time say why."))
    assert client.post(desk(item), data).status_code == 302
    again = client.post(desk(item), data)
    assert (again.status_code, Decision.objects.count()) == (409, 1)
    assert again.context["desk"].lost == []  # it stands on the page: to say that it was not kept would be wrong
    other = client.post(desk(item), data | {"S-C1-1-feedback": "Something else."})
    assert (other.status_code, other.context["desk"].lost) == (409, [("S-C1 1", "Something else.")])


@pytest.mark.parametrize("how", ["withdraw", "redirect"])
def test_what_was_taken_back_or_sent_elsewhere_meanwhile_is_409_with_the_text(
    cast: Cast, client: Client, how: str
) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    if how == "withdraw":
        perform("withdraw", item.activity, by=cast.trainee)
    else:
        make.redirected(item, cast.second_assessor)
    client.force_login(cast.assessor)
    response = client.post(desk(item), answers((item, Outcome.RETURNED, "Half an hour of typing.")))
    assert response.status_code == 409
    assert "This is no longer with you" in response.text
    assert "Half an hour of typing." in response.text
    assert client.get(desk(item)).status_code == 404
    assert Decision.objects.count() == 0


def test_the_new_submission_after_a_withdrawal_is_not_signed_by_the_old_form(cast: Cast, client: Client) -> None:
    old = make.in_review(cast.portfolio, cast.assessor)
    perform("withdraw", old.activity, by=cast.trainee)
    new = make.submit(cast.assessor, make.activity(cast.portfolio))[0]
    client.force_login(cast.assessor)
    assert client.post(desk(old), answers((old, Outcome.SIGNED_OFF, ""))).status_code == 409
    assert client.post(desk(new), answers((old, Outcome.SIGNED_OFF, ""))).status_code == 409
    assert Decision.objects.count() == 0
    assert client.post(desk(new), answers((new, Outcome.SIGNED_OFF, ""))).status_code == 302


def test_an_assessor_whose_role_ended_between_opening_and_sending_cannot_sign(cast: Cast, client: Client) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    client.force_login(cast.assessor)
    assert client.get(desk(item)).status_code == 200
    end_role(cast.assessor)
    response = client.post(desk(item), answers((item, Outcome.RETURNED, "What I wrote.")))
    assert response.status_code == 404
    assert "What I wrote." in response.text
    assert Decision.objects.count() == 0
    assert make.activity(cast.portfolio).state == ActivityState.IN_REVIEW


def test_a_deactivated_assessor_with_an_open_session_is_signed_out(cast: Cast, client: Client) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    client.force_login(cast.assessor)
    User.objects.filter(pk=cast.assessor.pk).update(is_active=False)
    assert client.get(desk(item)).status_code == 302
    response = client.post(desk(item), answers((item, Outcome.RETURNED, "What I wrote.")))
    assert response.status_code == 401
    assert "What I wrote." in response.text
    assert Decision.objects.count() == 0


def test_items_of_another_submission_cannot_be_slipped_in(cast: Cast, client: Client) -> None:
    """security.md cases 9 and 23: the whole request is refused."""
    item = make.in_review(cast.portfolio, cast.assessor)
    elsewhere = make.in_review(cast.portfolio, cast.assessor, number=2)
    client.force_login(cast.assessor)
    response = client.post(desk(item), answers((item, Outcome.SIGNED_OFF, ""), (elsewhere, Outcome.SIGNED_OFF, "")))
    assert response.status_code == 404
    assert Decision.objects.count() == 0


def test_what_the_server_decides_cannot_be_sent(cast: Cast, client: Client) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    client.force_login(cast.assessor)
    extra: dict[str, Any] = {
        "signer": cast.officer.pk,
        "S-C1-1-signer": cast.officer.pk,
        "S-C1-1-decided_at": "2020-01-01",
    }
    client.post(desk(item), answers((item, Outcome.SIGNED_OFF, "")) | extra)
    decision = Decision.objects.get()
    assert (decision.signer, decision.signer_name) == (cast.assessor, "Maya Lind")
    assert decision.decided_at > timezone.now() - timedelta(minutes=5)


def test_evidence_whose_file_was_swapped_on_the_disk_is_not_signed(cast: Cast, client: Client) -> None:
    """security.md case 28."""
    page = make.page(cast.portfolio)
    attachment = make.attachment(page)
    item = make.submit(cast.assessor, make.drafted(cast.portfolio, evidence=page))[0]
    place = files._place(attachment.file.sha256)
    place.write_bytes(b"%PDF-1.4 something else")
    client.force_login(cast.assessor)
    response = client.post(desk(item), answers((item, Outcome.RETURNED, "What I wrote.")))
    assert response.status_code == 409
    assert "is no longer as it was submitted. Tell an administrator." in response.text
    assert "What I wrote." in response.text
    assert Decision.objects.count() == 0


def test_an_officer_decides_what_is_addressed_to_them(cast: Cast, client: Client) -> None:
    item = make.in_review(cast.portfolio, cast.officer)
    client.force_login(cast.officer)
    assert "as training officer, under your name, Ana Reyes, today." in client.get(desk(item)).text
    assert client.post(desk(item), answers((item, Outcome.SIGNED_OFF, ""))).status_code == 302
    assert Decision.objects.get().role_kind == "officer"
