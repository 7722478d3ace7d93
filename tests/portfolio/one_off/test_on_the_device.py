"""On the trainee's own device: handing it over, deciding on it, and every way in which that must not work."""

import logging
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import MailChoice, User
from audit.checks import registered
from audit.models import Event
from portfolio.models import Addressee, Decision, Item, Lending, SignCode
from portfolio.states import ItemState
from portfolio.workflow import NotAllowed, Redirect, TooLate, perform
from portfolio.workflow.one_off import codes, devices
from portfolio.workflow.one_off.devices import OnDevice
from portfolio.workflow.one_off.links import ByLink
from tests import make
from tests.cast import Cast
from tests.portfolio.views.counting import queries

LENT, CODE, PROVE, BACK = "/lent/", "/lent/code/", "/lent/prove/", "/lent/back/"
THREE = (("S-C1", 2), ("S-C1", 3), ("S-X1", 1))
GRACE = "grace.hall@example.org"


@pytest.fixture
def item(cast: Cast) -> Item:
    make.appointments_told()
    return make.in_review(cast.portfolio, cast.assessor)


def lend(client: Client, item: Item) -> Client:
    """The trainee, signed in in this browser, hands it over."""
    of = item.submission.portfolio
    client.force_login(of.trainee)
    answer = client.post(reverse("submission_lend", args=[of.ref, item.submission.sid]))
    assert (answer.status_code, answer["Location"]) == (302, LENT)
    return client


def entered(client: Client, item: Item) -> Client:
    """Handed over, and whoever has it entered the code that came to them."""
    address = item.submission.addressees.get(until=None).assessor.email
    assert lend(client, item).post(PROVE, {"code": make.coded(address)}).status_code == 302
    return client


def form(item: Item, outcome: str = "signed_off", feedback: str = "") -> dict[str, str]:
    key = f"{item.activity.module.code}-{item.activity.number}"
    return {f"{key}-seen": item.digest, f"{key}-outcome": outcome, f"{key}-feedback": feedback}


def wrong(right: str) -> str:
    return f"{(int(right) + 1) % 1_000_000:06}"


def page_of(item: Item) -> str:
    return reverse("submission", args=[item.submission.portfolio.ref, item.submission.sid])


def is_over(answer: HttpResponse, said: str, status: int = 410) -> bool:
    """The page says why, and whose device it is; and nothing of the evidence."""
    shown = (said in answer.text, "Priya Raman signs in to go on." in answer.text, "Page for" in answer.text)
    return (answer.status_code, *shown) == (status, True, True, False)


# --- the way through ----------------------------------------------------------------------------------------------


def test_the_assessor_decides_on_the_device_and_the_decision_says_how_they_were_known(
    cast: Cast, client: Client, item: Item
) -> None:
    door = lend(client, item).get(LENT)
    assert (door.status_code, "Maya Lind" in door.text, "Page for S-C1 1" in door.text) == (200, True, False)
    assert client.post(PROVE, {"code": make.coded(cast.assessor.email)}).status_code == 302
    page = client.get(LENT)
    assert (page.status_code, "Page for S-C1 1" in page.text) == (200, True)
    assert "as assessor, under your name, Maya Lind, Principal Clinical Scientist, CS00002, today" in page.text
    done = client.post(LENT, form(item, feedback="Clear."), follow=True)
    assert ("Signed off S-C1 1." in done.text, is_over(done, devices.DONE, 200)) == (True, True)
    row = Decision.objects.get()
    assert (row.signer, row.signer_name, row.feedback) == (cast.assessor, "Maya Lind", "Clear.")
    assert (row.by_link, row.by_lending, row.proved_address) == (None, Lending.objects.get(), cast.assessor.email)
    assert row.manifest_digest == item.digest
    assert row.reauthenticated_seconds_ago in range(60)
    assert [one for check in registered().values() for one in check()] == []


def test_the_history_and_the_submission_say_so_and_the_event_holds_no_address(
    cast: Cast, client: Client, item: Item
) -> None:
    entered(client, item).post(LENT, form(item))
    events = list(Event.objects.filter(kind__in=["lend device", "sign off"]).order_by("seq"))
    assert [event.kind for event in events] == ["lend device", "sign off"]
    assert (events[0].actor_id, events[1].actor_id) == (cast.trainee.pk, cast.assessor.pk)
    assert (events[1].details["on_device"], events[1].details["by_link"]) == (True, False)
    assert not any(cast.assessor.email in event.data for event in Event.objects.all())
    client.force_login(cast.officer)
    history = client.get(reverse("history", args=[cast.portfolio.ref])).text
    assert "Handed the device over to Maya Lind, to decide on S-C1 1" in history
    assert "Signed off S-C1 1, on the trainee’s device, after a code to the assessor’s address" in history
    assert "On the trainee’s device, after a code to the assessor’s address" in client.get(page_of(item)).text


def test_a_copy_goes_to_the_assessor_who_can_say_that_it_was_not_them(cast: Cast, client: Client, item: Item) -> None:
    entered(client, item).post(LENT, form(item, "returned", "Add the action plan."))
    copy = make.mailed(cast.assessor.email)
    for said in ("It was decided on the device of Priya Raman", "If that was not you", "Add the action plan."):
        assert said in copy


def test_somebody_without_an_account_decides_on_the_device_and_their_link_says_that_it_is_done(
    cast: Cast, client: Client
) -> None:
    item, token = make.linked(cast.portfolio, cast.officer)
    entered(client, item).post(LENT, form(item))
    row = Decision.objects.get()
    assert (row.signer.email, row.by_link, row.by_lending) == (GRACE, None, Lending.objects.get())
    told = Client().get(reverse("sign", args=[token]))
    assert (told.status_code, "is decided, on the device of whoever asked you" in told.text) == (410, True)
    assert "opened again" not in make.mailed(cast.officer.email)  # it is no sign of anything


def test_of_two_items_one_may_wait_and_the_device_goes_on(cast: Cast, client: Client) -> None:
    activities = [make.drafted(cast.portfolio, number=number) for number in (1, 2)]
    first, second = make.submit(cast.assessor, *activities)
    told = entered(client, first).post(LENT, form(first), follow=True)
    assert (told.status_code, "1 item still waits for you." in told.text) == (200, True)
    assert is_over(client.post(LENT, form(second, "returned", "Again."), follow=True), devices.DONE, 200)
    assert Decision.objects.filter(by_lending=Lending.objects.get()).count() == 2


def test_a_return_needs_feedback_and_nothing_is_decided(client: Client, item: Item) -> None:
    answer = entered(client, item).post(LENT, form(item, "returned"))
    assert (answer.status_code, answer.context["bad"] != [], Decision.objects.count()) == (422, True, 0)


def test_the_trainee_goes_on_after_signing_in_and_the_device_decides_nothing_more(
    cast: Cast, client: Client, item: Item
) -> None:
    entered(client, item)
    client.force_login(cast.trainee)
    for answer in (client.get(LENT), client.post(LENT, form(item)), client.post(BACK)):
        assert answer.status_code == 404
    assert client.get(page_of(item)).status_code == 200
    assert Decision.objects.count() == 0


# --- who may hand over what ---------------------------------------------------------------------------------------


def test_only_its_trainee_is_offered_it_and_hands_it_over(cast: Cast, client: Client, item: Item) -> None:
    address = reverse("submission_lend", args=[cast.portfolio.ref, item.submission.sid])
    for name, who in cast.people().items():
        client.force_login(who)
        page = client.get(page_of(item))
        assert (name, "Hand over this device" in page.text) == (name, who == cast.trainee)
        if who != cast.trainee:
            assert (name, client.post(address).status_code in (302, 401, 403, 404)) == (name, True)
    assert Lending.objects.count() == 0
    lend(client, item)
    assert Lending.objects.get().address == cast.assessor.email


def test_the_button_names_whoever_may_decide_now_and_nobody_else(cast: Cast, client: Client, item: Item) -> None:
    client.force_login(cast.trainee)
    assert "Hand over this device to Maya Lind" in client.get(page_of(item)).text
    cast.portfolio.roles.filter(user=cast.assessor).update(ends_on=make.today() - timedelta(days=1))
    assert "Hand over this device" not in client.get(page_of(item)).text
    answer = client.post(reverse("submission_lend", args=[cast.portfolio.ref, item.submission.sid]))
    assert (answer.status_code, "It is with nobody who may decide on it." in answer.text) == (409, True)
    assert (Lending.objects.count(), client.get(page_of(item)).status_code) == (0, 200)  # and is signed in still


def test_a_nominee_whom_nobody_approved_is_handed_nothing(cast: Cast, client: Client) -> None:
    row = make.nominated(cast.portfolio)
    client.force_login(cast.trainee)
    args = [cast.portfolio.ref, row.submission.sid]
    assert "Hand over this device" not in client.get(reverse("submission", args=args)).text
    assert client.post(reverse("submission_lend", args=args)).status_code == 409
    make.approved(row, cast.officer)
    assert "Hand over this device to Grace Hall" in client.get(reverse("submission", args=args)).text
    assert client.post(reverse("submission_lend", args=args)).status_code == 302


def test_handing_over_another_device_ends_it_on_the_first(cast: Cast, client: Client, item: Item) -> None:
    entered(client, item)
    second = entered(Client(), item)
    assert is_over(client.get(LENT), devices.ON_ANOTHER)
    assert is_over(client.post(LENT, form(item)), devices.ON_ANOTHER)
    assert second.post(LENT, form(item)).status_code == 302


def test_a_submission_is_lent_on_one_device_whatever_is_written(cast: Cast, client: Client, item: Item) -> None:
    lend(client, item)
    row = Lending.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Lending.objects.create(
            addressee=row.addressee,
            address="a@example.org",
            made_at=row.made_at,
            expires_at=row.expires_at,
            audit_seq=1,
        )


# --- nothing else of the trainee's --------------------------------------------------------------------------------


def test_handing_over_ends_the_session_and_the_new_one_holds_the_lending_alone(
    cast: Cast, client: Client, item: Item
) -> None:
    client.force_login(cast.trainee)
    session = client.session
    session["hers"] = "what she looked at"
    session.save()
    before, token = session.session_key, client.cookies.get("csrftoken")
    lend(client, item)
    first = client.cookies["sessionid"].value
    assert Session.objects.filter(session_key__in=[before, session.session_key]).count() == 0
    assert (first != before, dict(client.session)) == (True, {"lent device": Lending.objects.get().pk})
    assert (client.cookies["csrftoken"].value, bool(token)) != ("", True)
    client.post(PROVE, {"code": make.coded(cast.assessor.email)})
    assert client.cookies["sessionid"].value != first  # a copy of the cookie that was made before is worth nothing


def test_what_was_still_to_be_said_to_the_trainee_is_not_said_to_the_assessor(
    cast: Cast, client: Client, item: Item
) -> None:
    other = make.in_review(cast.portfolio, cast.assessor, number=2)
    client.force_login(cast.trainee)
    client.post(reverse("submission_withdraw", args=[cast.portfolio.ref, other.submission.sid]))  # and looks no further
    client.post(reverse("submission_lend", args=[cast.portfolio.ref, item.submission.sid]))
    assert "Withdrawn" not in client.get(LENT).text


def test_every_other_address_answers_as_to_somebody_signed_out(cast: Cast, client: Client, item: Item) -> None:
    other = make.in_review(cast.portfolio, cast.assessor, number=2)
    entered(client, item)
    ref = cast.portfolio.ref
    for name, args in (
        ("progress", [ref]),
        ("submissions", [ref]),
        ("submission", [ref, item.submission.sid]),
        ("history", [ref]),
        ("journal", [ref]),
        ("evidence_list", [ref]),
        ("reviewing", []),
        ("review", [item.submission.sid]),
        ("review", [other.submission.sid]),
    ):
        answer = client.get(reverse(name, args=args))
        assert (name, answer.status_code, answer["Location"].partition("?")[0]) == (name, 302, reverse("account_login"))
    assert "<nav" not in client.get(LENT).text
    assert client.post(LENT, form(other)).status_code == 404


def test_its_files_are_served_and_no_others(cast: Cast, client: Client) -> None:
    page = make.page(cast.portfolio, "With a file")
    shown = make.attachment(page, "notes.pdf")
    make.drafted(cast.portfolio, evidence=page)
    hidden = make.attachment(make.page(cast.portfolio, "Private"), "private.pdf")
    asked = make.page(cast.portfolio, "Asked of the same assessor")
    elsewhere = make.attachment(asked, "elsewhere.pdf")
    make.submit(cast.assessor, make.drafted(cast.portfolio, number=2, evidence=asked))
    (item,) = make.submit(cast.assessor, make.activity(cast.portfolio))
    at = {file: reverse("lent_file", args=[file.fid]) for file in (shown, hidden, elsewhere)}
    assert lend(client, item).get(at[shown]).status_code == 403  # before the code
    client.post(PROVE, {"code": make.coded(cast.assessor.email)})
    assert at[shown] in client.get(LENT).text
    assert [client.get(at[file]).status_code for file in (shown, hidden, elsewhere)] == [200, 404, 404]
    client.post(BACK)
    assert client.get(at[shown])["Content-Type"].startswith("text/html")


def test_its_pages_are_kept_by_no_cache(client: Client, item: Item) -> None:
    assert lend(client, item).get(LENT)["Cache-Control"] == "private, no-store"


def test_the_page_asks_the_database_no_more_for_three_items_than_for_one(
    cast: Cast, client: Client, item: Item
) -> None:
    assert queries(lend(client, item), LENT) <= 15
    of_one = queries(entered(client, item), LENT)
    more = make.submit(cast.assessor, *(make.drafted(cast.portfolio, *place) for place in THREE))
    assert (queries(entered(Client(), more[0]), LENT), of_one <= 15) == (of_one, True)


# --- how it ends --------------------------------------------------------------------------------------------------


def test_it_goes_back_undecided_at_each_stage_and_waits_as_before(cast: Cast, client: Client, item: Item) -> None:
    for begin in (lend, entered):
        answer = begin(client, item).post(BACK, follow=True)
        assert is_over(answer, devices.BACK, 200)
        assert is_over(client.post(LENT, form(item, feedback="Kept.")), "Kept.")
        assert is_over(client.post(PROVE, {"code": "123456"}), devices.BACK)
        assert is_over(client.post(CODE), devices.BACK)
    assert (Decision.objects.count(), Item.objects.get().state) == (0, ItemState.UNDECIDED)


@pytest.mark.parametrize(("minutes", "status"), [(29, 302), (31, 410)])
def test_it_ends_by_itself_after_half_an_hour(client: Client, item: Item, minutes: int, status: int) -> None:
    entered(client, item)
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False):
        assert client.post(LENT, form(item, feedback="Kept.")).status_code == status
        if status == 410:
            assert is_over(client.get(LENT), devices.RUN_OUT)
    assert Decision.objects.count() == (status == 302)


def test_it_ends_when_the_trainee_withdraws_or_asks_somebody_else(cast: Cast, client: Client, item: Item) -> None:
    entered(client, item)
    perform("redirect", item.activity, by=cast.trainee, given=Redirect(cast.second_assessor))
    assert is_over(client.get(LENT), devices.TAKEN_BACK)
    assert is_over(client.post(LENT, form(item)), devices.TAKEN_BACK)
    other = entered(Client(), item)
    perform("withdraw", item.activity, by=cast.trainee)
    assert is_over(other.get(LENT), devices.TAKEN_BACK)
    assert Decision.objects.count() == 0


def test_it_ends_with_the_role_with_another_address_and_with_the_portfolio(
    cast: Cast, client: Client, item: Item
) -> None:
    entered(client, item)

    def answers() -> bool:
        return is_over(client.get(LENT), devices.OVER)

    User.objects.filter(pk=cast.assessor.pk).update(email="other@example.org")
    assert answers()
    User.objects.filter(pk=cast.assessor.pk).update(email=Lending.objects.get().address, is_active=False)
    assert answers()
    User.objects.filter(pk=cast.assessor.pk).update(is_active=True)
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Completed.")
    assert answers()
    perform("reopen portfolio", cast.portfolio, by=cast.administrator, reason="Not yet.")
    assert client.get(LENT).status_code == 200
    cast.portfolio.roles.filter(user=cast.assessor).update(ends_on=make.today() - timedelta(days=1))
    assert answers()


def test_what_is_not_as_it_was_shown_is_not_signed(client: Client, item: Item) -> None:
    answer = entered(client, item).post(LENT, {**form(item, feedback="Kept."), "S-C1-1-seen": "0" * 64})
    assert (answer.status_code, "Kept." in answer.text, Decision.objects.count()) == (409, True, 0)


# --- the code -----------------------------------------------------------------------------------------------------


def test_the_code_goes_at_once_to_the_assessors_address_alone_and_is_told_nowhere(
    cast: Cast, client: Client, item: Item, caplog: pytest.LogCaptureFixture, django_capture_on_commit_callbacks: Any
) -> None:
    User.objects.filter(pk=cast.assessor.pk).update(mail_choice=MailChoice.DAILY)  # which a code does not wait for
    mail.outbox.clear()
    with caplog.at_level(logging.DEBUG), django_capture_on_commit_callbacks(execute=True):
        lend(client, item)
    (letter,) = mail.outbox
    assert letter.to == [cast.assessor.email]
    digits = make.coded(cast.assessor.email)
    assert f"Your code is {digits}" in str(letter.body)
    assert "Priya Raman hands you their device" in str(letter.body)
    told = [client.get(LENT).text, *(record.getMessage() for record in caplog.records), repr(dict(client.session))]
    told += [event.data for event in Event.objects.all()]
    assert [one for one in told if digits in one] == []
    row = SignCode.objects.get()
    assert (row.digest != digits, row.is_for(digits), cast.assessor.email in client.get(LENT).text) == (
        True,
        True,
        False,
    )


def test_a_code_opens_the_device_that_it_was_sent_for_and_no_other(cast: Cast, client: Client, item: Item) -> None:
    other = make.in_review(cast.portfolio, cast.assessor, number=2)
    lend(client, item)
    first = make.coded(cast.assessor.email)
    elsewhere = lend(Client(), other)
    if make.coded(cast.assessor.email) != first:
        assert elsewhere.post(PROVE, {"code": first}).status_code == 422
    assert Client().post(PROVE, {"code": first}).status_code == 401
    assert client.post(PROVE, {"code": first}).status_code == 302


def test_a_code_works_once_and_a_new_one_ends_the_one_before(cast: Cast, client: Client, item: Item) -> None:
    lend(client, item)
    first = make.coded(cast.assessor.email)
    assert client.post(CODE).status_code == 302
    second = make.coded(cast.assessor.email)
    if first != second:
        assert client.post(PROVE, {"code": first}).status_code == 422
    assert client.post(PROVE, {"code": second}).status_code == 302
    again = Client()
    again.cookies["sessionid"] = client.cookies["sessionid"].value
    assert again.post(PROVE, {"code": second}).status_code == 422


@pytest.mark.parametrize(("minutes", "status"), [(9, 302), (11, 422)])
def test_a_code_works_for_ten_minutes(cast: Cast, client: Client, item: Item, minutes: int, status: int) -> None:
    lend(client, item)
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False):
        assert client.post(PROVE, {"code": make.coded(cast.assessor.email)}).status_code == status


def test_five_wrong_codes_spoil_it_and_the_officer_is_told(cast: Cast, client: Client, item: Item) -> None:
    right = make.coded(cast.assessor.email) if lend(client, item) else ""
    assert [client.post(PROVE, {"code": wrong(right)}).status_code for _ in range(5)] == [422] * 5
    assert client.post(PROVE, {"code": right}).status_code == 422
    assert "on the device that Priya Raman handed over to Maya Lind" in make.mailed(cast.officer.email)
    assert client.post(CODE).status_code == 302
    assert client.post(PROVE, {"code": make.coded(cast.assessor.email)}).status_code == 302


def test_fifteen_guesses_are_the_end_of_it_for_a_month_however_they_are_spread(
    cast: Cast, client: Client, item: Item
) -> None:
    """Four a code spoil none, and a new submission and a new device begin nothing anew."""
    other = make.in_review(cast.portfolio, cast.assessor, number=2)
    for number, one in enumerate((item, other, item, other)):
        right = make.coded(cast.assessor.email) if lend(client, one) else ""
        statuses = [client.post(PROVE, {"code": wrong(right)}).status_code for _ in range(4)]
        assert statuses == ([422] * 4 if number < 3 else [422, 422, 410, 410])
    assert is_over(client.get(LENT), devices.BLOCKED)
    client.force_login(cast.trainee)
    answer = client.post(reverse("submission_lend", args=[cast.portfolio.ref, item.submission.sid]))
    assert (answer.status_code, "Wrong codes were entered for this assessor too often." in answer.text) == (409, True)
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        lend(client, item)


def test_codes_are_sent_five_times_an_hour_at_most_however_often_it_is_handed_over(
    cast: Cast, client: Client, item: Item
) -> None:
    lend(client, item)
    assert [client.post(CODE).status_code for _ in range(3)] == [302] * 3
    lend(client, item)
    assert client.post(CODE).status_code == 429
    assert "Codes were asked for too often" in lend(client, item).get(LENT).text
    assert SignCode.objects.count() == 5


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12345a", "１２３４５６", "0" * 21, "-1"])
def test_what_is_no_code_is_422_and_no_try(client: Client, item: Item, code: str) -> None:
    assert lend(client, item).post(PROVE, {"code": code}).status_code == 422
    assert SignCode.objects.get().tries == 0


# --- the step itself ----------------------------------------------------------------------------------------------


def test_without_a_proof_the_step_is_refused_whatever_is_given(cast: Cast, client: Client, item: Item) -> None:
    lend(client, item)
    code = SignCode.objects.get()
    for given in (OnDevice(code.pk), OnDevice(0)):
        with pytest.raises(NotAllowed):
            perform("sign off", item.activity, by=cast.assessor, seen=item.digest, given=given)
    assert client.post(LENT, form(item)).status_code == 403
    client.post(PROVE, {"code": make.coded(cast.assessor.email)})
    devices.hand_back(Lending.objects.get())
    with pytest.raises(NotAllowed):
        perform("sign off", item.activity, by=cast.assessor, seen=item.digest, given=OnDevice(code.pk))
    Lending.objects.update(ended_at=None)
    perform("sign off", item.activity, by=cast.assessor, seen=item.digest, given=OnDevice(code.pk))


def test_a_proof_signs_nothing_else_and_for_nobody_else(cast: Cast, client: Client, item: Item) -> None:
    other = make.in_review(cast.portfolio, cast.assessor, number=2)
    linked, _ = make.linked(cast.portfolio, cast.officer, 3)
    entered(client, item)
    given = OnDevice(SignCode.objects.get().pk)
    for target, by in [
        (other, cast.assessor),
        *((item, who) for who in cast.people().values() if who != cast.assessor),
    ]:
        with pytest.raises(NotAllowed):
            perform("sign off", target.activity, by=by, seen=target.digest, given=given)
    grace = User.objects.get(email=GRACE)
    for proof in (given, ByLink(given.code)):
        with pytest.raises(NotAllowed):
            perform("sign off", linked.activity, by=grace, seen=linked.digest, given=proof)
    assert Decision.objects.count() == 0


def test_the_code_of_a_link_opens_no_device_and_the_other_way_round(cast: Cast, client: Client) -> None:
    item, token = make.linked(cast.portfolio, cast.officer)
    lend(client, item)
    on_device = make.coded()
    visitor = Client()
    visitor.post(reverse("sign_code", args=[token]))
    by_link = make.coded()
    if on_device != by_link:
        assert visitor.post(reverse("sign_prove", args=[token]), {"code": on_device}).status_code == 422
        assert client.post(PROVE, {"code": by_link}).status_code == 422
    assert visitor.post(reverse("sign_prove", args=[token]), {"code": by_link}).status_code == 302
    proved = ByLink(SignCode.objects.get(link__isnull=False).pk)
    with pytest.raises(NotAllowed):
        perform("sign off", item.activity, by=User.objects.get(email=GRACE), seen="", given=OnDevice(proved.code))


def test_of_the_device_and_the_link_one_decides(cast: Cast, client: Client) -> None:
    item, _ = make.linked(cast.portfolio, cast.officer)
    entered(client, item)
    make.decided_by_link(item)
    assert is_over(client.post(LENT, form(item)), devices.TAKEN_BACK)
    code = SignCode.objects.get(lending__isnull=False)
    grace = User.objects.get(email=GRACE)
    with pytest.raises(TooLate):
        perform("sign off", item.activity, by=grace, seen=item.digest, given=OnDevice(code.pk))
    assert Decision.objects.count() == 1


@pytest.mark.parametrize("field", ["proved_address", "by_lending"])
def test_another_address_or_another_device_in_a_decision_is_found(
    cast: Cast, client: Client, item: Item, field: str
) -> None:
    entered(client, item).post(LENT, form(item))
    lend(Client(), make.in_review(cast.portfolio, cast.assessor, number=2))
    other = {"proved_address": "other@example.org", "by_lending": Lending.objects.latest("pk")}[field]
    QuerySet(Decision).update(**{field: other})
    found = [f"{one.subject}" for check in registered().values() for one in check()]
    assert found == [f"portfolio {cast.portfolio.ref}, decision of S-C1 1, submission 1"]


# --- told to the officer ------------------------------------------------------------------------------------------


def test_the_officer_sees_that_somebody_new_decided_on_the_trainees_device(cast: Cast, client: Client) -> None:
    item, _ = make.linked(cast.portfolio, cast.officer)
    entered(client, item).post(LENT, form(item))
    nomination = item.submission.nominations.get()
    address = reverse("nomination", args=[cast.portfolio.ref, nomination.nid])
    for who, sees in ((cast.officer, True), (cast.coordinator, True), (cast.trainee, False)):
        client.force_login(who)
        page = client.get(address).text
        assert (who.name, "on the device of Priya Raman, after a code to grace.hall@example.org" in page) == (
            who.name,
            sees,
        )


def test_the_officer_is_told_when_the_trainee_has_the_link_of_whom_they_asked(
    cast: Cast, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    item, token = make.linked(cast.portfolio, cast.officer)
    client.force_login(cast.trainee)
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            assert client.get(reverse("sign", args=[token])).status_code == 403
    assert "was opened in a browser in which Priya Raman was signed in" in make.mailed(cast.officer.email)
    assert sum("opened where its trainee is signed in" in one.getMessage() for one in caplog.records) == 2
    client.force_login(cast.officer)
    nomination = item.submission.nominations.get()
    page = client.get(reverse("nomination", args=[cast.portfolio.ref, nomination.nid])).text
    assert "in a browser in which Priya Raman was signed in." in page


def test_a_decision_after_signing_in_is_on_no_device(cast: Cast, client: Client, item: Item) -> None:
    lend(client, item)
    make.decide(item)
    row = Decision.objects.get()
    assert (row.by_lending, row.proved_address) == (None, "")
    assert Addressee.objects.get().lendings.count() == 1
    assert codes.newest(Lending.objects.get()) is not None
    assert is_over(client.get(LENT), devices.TAKEN_BACK)
