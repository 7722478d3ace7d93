"""Deciding without an account: from the mail to the decision, and every way in which the link must not work."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db.models import QuerySet
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as as_date
from pytest_django import Settings

from accounts.invitations import verified
from accounts.models import User
from audit.checks import registered
from audit.models import Event
from config.logs import OneLine
from outbox.delivery import deliver, waiting
from portfolio import access
from portfolio.models import (
    Activity,
    Addressee,
    Assessment,
    AssessmentDecision,
    Decision,
    Item,
    Nomination,
    Role,
    SignCode,
    SignLink,
)
from portfolio.models.ids import token_digest
from portfolio.states import ReminderKind, RoleKind
from portfolio.workflow import NotAllowed, Redirect, Submit, TooLate, perform, reminding
from portfolio.workflow.activities import newest_revisions
from portfolio.workflow.machine import Incomplete
from portfolio.workflow.one_off import codes, links
from portfolio.workflow.one_off.links import ByLink
from portfolio.workflow.one_off.proofs import Proof
from tests import make
from tests.cast import Cast
from tests.portfolio.views.counting import queries

GRACE = "grace.hall@example.org"
NAMES = ("Priya", "Raman", "S-C1 1", "Page for", "Taking sample", "S-A1")
Thing = Item | Assessment


@pytest.fixture
def submitted(cast: Cast) -> tuple[Item, str]:
    make.appointments_told()
    return make.linked(cast.portfolio, cast.officer, who=make.nominee(post="Consultant", registration="CS04567"))


@pytest.fixture
def to_assess(cast: Cast) -> tuple[Assessment, str]:
    make.appointments_told()
    who = make.nominee(post="Consultant", registration="CS04567")
    return make.linked_to_assess(make.with_assessments(cast.portfolio), cast.officer, who=who)


@pytest.fixture(params=["submitted", "to_assess"])
def link(request: pytest.FixtureRequest) -> tuple[Thing, str]:
    """Of a submission, and of an assessment: the same holds for both."""
    found: tuple[Thing, str] = request.getfixturevalue(request.param)
    return found


def another(cast: Cast, thing: Thing) -> tuple[Thing, str]:
    """One more of its kind, for the same person."""
    if isinstance(thing, Assessment):
        return make.linked_to_assess(thing.portfolio, cast.officer)
    return make.linked(cast.portfolio, cast.officer, 2)


def subject(thing: Thing) -> Activity | Assessment:
    """What the steps are taken with."""
    return thing if isinstance(thing, Assessment) else thing.activity


def signed(thing: Thing, *, by: User, proof: Proof | None) -> None:
    if isinstance(thing, Assessment):
        given = make.completed(thing, proof=proof)
        perform("complete", thing, by=by, seen=make.seen_of(thing), given=given)
    else:
        perform("sign off", thing.activity, by=by, seen=thing.digest, given=proof)


def decisions() -> list[Decision | AssessmentDecision]:
    return [*Decision.objects.all(), *AssessmentDecision.objects.all()]


def at(token: str, what: str = "sign", *args: str) -> str:
    return reverse(what, args=[token, *args])


def proved(client: Client, token: str) -> Client:
    """This browser asks for a code and enters it."""
    assert client.post(at(token, "sign_code")).status_code == 302
    assert client.post(at(token, "sign_prove"), {"code": make.coded()}).status_code == 302
    return client


def form(item: Thing, outcome: str = "signed_off", feedback: str = "") -> dict[str, str]:
    if isinstance(item, Assessment):
        marks = {f"mark_{at}": mark for at, mark in make.marks_of(item).items()}
        said = {"seen": make.seen_of(item), "outcome": "satisfactory", "strengths": feedback, "standing": "on"}
        return said | marks
    key = f"{item.activity.module.code}-{item.activity.number}"
    return {f"{key}-seen": item.digest, f"{key}-outcome": outcome, f"{key}-feedback": feedback}


def tells_nothing(response: HttpResponse) -> bool:
    return not any(name in response.text for name in (*NAMES, "grace.hall", "Grace"))


def person() -> User:
    return User.objects.get(email=GRACE)


# --- the way through ----------------------------------------------------------------------------------------------


def test_somebody_without_an_account_decides_and_the_decision_says_who_and_how(
    cast: Cast, client: Client, submitted: tuple[Item, str]
) -> None:
    item, token = submitted
    assert tells_nothing(client.get(at(token)))
    page = proved(client, token).get(at(token))
    assert (page.status_code, "Priya Raman" in page.text, "Page for S-C1 1" in page.text) == (200, True, True)
    assert "under your name, Grace Hall, Consultant, CS04567, today" in page.text
    done = client.post(at(token), form(item, feedback="Clear."))
    assert (done.status_code, "Signed off S-C1 1." in done.text) == (200, True)
    row = Decision.objects.get()
    assert (row.signer, row.signer_name, row.signer_post) == (person(), "Grace Hall", "Consultant")
    assert (row.signer_registration, row.role_kind, row.feedback) == ("CS04567", "assessor", "Clear.")
    assert (row.by_link, row.proved_address) == (SignLink.objects.get(), GRACE)
    assert row.manifest_digest == item.digest
    assert row.reauthenticated_seconds_ago in range(60)
    assert [one for check in registered().values() for one in check()] == []


def test_the_page_behind_a_link_asks_no_more_than_other_pages(client: Client, link: tuple[Thing, str]) -> None:
    """A mark form asks one more: whether its module is signed off, for then its kind stays as it is."""
    assert queries(proved(client, link[1]), at(link[1])) <= (16 if isinstance(link[0], Assessment) else 15)


def test_they_get_a_copy_in_their_own_words(cast: Cast, client: Client, submitted: tuple[Item, str]) -> None:
    item, token = submitted
    proved(client, token).post(at(token), form(item, "returned", "Add the action plan."))
    copy = make.mailed(GRACE)
    for said in (
        "evidence of Priya Raman",
        "Grace Hall, Consultant, CS04567",
        "Returned",
        "Add the action plan.",
        item.digest,
    ):
        assert said in copy


def test_the_mails_hold_the_curriculums_wording_and_no_words_of_the_trainee(cast: Cast, client: Client) -> None:
    known, _ = make.linked(cast.portfolio, cast.officer)
    assert known.title
    assert f"S-C1 1 {known.title}" in make.mailed(GRACE)
    place = make.drafted(cast.portfolio, "S-X1", 2)
    Activity.objects.filter(pk=place.pk).update(label_type="OTA", label_title="Mr Smith’s scan")
    item, token = make.linked(cast.portfolio, cast.officer, 2, code="S-X1")
    assert item.title == "Mr Smith’s scan"
    assert ("S-X1 2." in make.mailed(GRACE), "Smith" in make.mailed(GRACE)) == (True, False)
    proved(client, token).post(at(token), form(item))
    assert ("S-X1 2" in make.mailed(GRACE), "Smith" in make.mailed(GRACE)) == (True, False)


def test_a_return_needs_feedback_and_keeps_what_was_typed(client: Client, submitted: tuple[Item, str]) -> None:
    item, token = submitted
    response = proved(client, token).post(at(token), form(item, "returned"))
    assert (response.status_code, response.context["bad"] != []) == (422, True)
    assert Decision.objects.count() == 0


def test_two_items_may_be_decided_one_after_the_other_and_the_link_lasts_until_both_are(
    cast: Cast, client: Client
) -> None:
    activities = [make.drafted(cast.portfolio, number=number) for number in (1, 2)]
    pages = {row.pk: [revision.pk for revision in newest_revisions(row)] for row in activities}
    given = Submit(None, pages, declared=True, nominee=make.nominee())
    perform("submit", activities, by=cast.trainee, given=given)
    make.approved(Nomination.objects.get(), cast.officer)
    first, second = Item.objects.order_by("activity__number")
    token = make.mailed(GRACE).partition("/sign/")[2].partition("/")[0]
    response = proved(client, token).post(at(token), form(first), follow=True)
    assert (response.status_code, "1 item still waits for you." in response.text) == (200, True)
    assert client.post(at(token), form(second, "returned", "Again.")).status_code == 200
    assert client.get(at(token)).status_code == 410
    assert Decision.objects.count() == 2


def test_a_file_is_served_through_the_link_and_through_no_other(cast: Cast, client: Client) -> None:
    page = make.page(cast.portfolio, "With a file")
    shown = make.attachment(page, "notes.pdf")
    make.drafted(cast.portfolio, evidence=page)
    perform("link", make.activity(cast.portfolio), by=cast.trainee, given=make.LinkTo(page, "It shows it."))
    hidden = make.attachment(make.page(cast.portfolio, "Private"), "private.pdf")
    asked = make.page(cast.portfolio, "Asked of somebody else")
    elsewhere = make.attachment(asked, "elsewhere.pdf")
    make.submit(cast.assessor, make.drafted(cast.portfolio, number=2, evidence=asked))
    item, token = make.linked(cast.portfolio, cast.officer)
    assert client.get(at(token, "sign_file", shown.fid)).status_code == 403
    assert at(token, "sign_file", shown.fid) in proved(client, token).get(at(token)).text
    assert client.get(at(token, "sign_file", shown.fid)).status_code == 200
    for other in (hidden, elsewhere):
        assert client.get(at(token, "sign_file", other.fid)).status_code == 404
    assert item.pages.count() == 2


def test_of_two_links_of_one_person_each_reaches_its_own_submission_alone(cast: Cast, client: Client) -> None:
    files, tokens = [], []
    for number in (1, 2):
        page = make.page(cast.portfolio, f"Page {number}")
        files.append(make.attachment(page, f"notes-{number}.pdf"))
        make.drafted(cast.portfolio, number=number, evidence=page)
        tokens.append(make.linked(cast.portfolio, cast.officer, number=number)[1])
    first = proved(client, tokens[0])
    assert [first.get(at(tokens[0], "sign_file", file.fid)).status_code for file in files] == [200, 404]
    assert [first.get(at(tokens[1], "sign_file", file.fid)).status_code for file in files] == [403, 403]
    assert [name in first.get(at(tokens[0])).text for name in ("Page 1", "Page 2")] == [True, False]
    second = proved(Client(), tokens[1])
    assert [second.get(at(tokens[1], "sign_file", file.fid)).status_code for file in files] == [404, 200]


def test_the_person_who_is_made_for_it_cannot_sign_in_and_holds_one_role_while_the_link_works(
    cast: Cast, link: tuple[Thing, str], client: Client
) -> None:
    who = person()
    assert (who.one_off, who.has_usable_password(), who.is_active) == (True, False, True)
    role = Role.objects.get(user=who)
    last = timezone.localdate() + timedelta(days=14)
    assert (role.portfolio, role.kind, role.ends_on) == (cast.portfolio, "assessor", last)
    client.post(reverse("account_reset_password"), {"email": GRACE})
    assert [(row.kind, row.person) for row in waiting().filter(about="")] == [("unknown account", None)]
    kinds = list(Event.objects.filter(chain__name="instance").order_by("-seq").values_list("kind", flat=True)[:2])
    assert kinds == ["role given", "person.add"]


def test_who_gets_an_account_later_finds_what_they_signed(
    cast: Cast, client: Client, submitted: tuple[Item, str]
) -> None:
    item, token = submitted
    proved(client, token).post(at(token), form(item))
    who, people = person(), User.objects.count()
    verified(who)
    assert (person().one_off, User.objects.count()) == (False, people)
    later = Client()
    later.force_login(who)
    assert "S-C1 1" in later.get(reverse("reviewing") + "?show=decided").text
    assert later.get(reverse("review", args=[item.submission.sid])).status_code == 200


@pytest.mark.parametrize("on_the_device", [False, True])
def test_what_they_signed_is_found_for_good_and_the_evidence_only_while_their_role_lasts(
    cast: Cast, submitted: tuple[Item, str], on_the_device: bool
) -> None:
    item, _ = submitted
    if on_the_device:
        make.decided_on_device(item)
    else:
        make.decided_by_link(item)
    make.signed_off(cast.portfolio, cast.assessor, number=2)
    Role.objects.filter(portfolio=cast.portfolio, user=cast.assessor).update(ends_on=make.today())
    verified(person())
    make.role(cast.other, person(), RoleKind.ASSESSOR)
    make.signed_off(cast.other, person())
    perform("unlock", make.activity(cast.portfolio), by=cast.officer, reason="Look at it again.")
    viewers = (person(), cast.assessor, cast.officer)

    def decided(user: User) -> list[tuple[str, bool]]:
        browser = Client()
        browser.force_login(user)
        rows = browser.get(reverse("reviewing") + "?show=decided").context["rows"]
        for row in rows:  # what they cannot read tells what they said, and nothing of what became of it
            now = (
                "Unlocked"
                if row["href"] and row["name"].endswith("S-C1 1") and "Priya" in row["name"]
                else "Signed off"
            )
            assert (row["word"], bool(row["title"])) == (now, bool(row["href"]))
        assert {browser.get(row["href"]).status_code for row in rows if row["href"]} <= {200}
        return [(row["name"], bool(row["href"])) for row in rows]

    before = [decided(user) for user in viewers]
    with time_machine.travel(timezone.now() + timedelta(days=20)):
        after = [decided(user) for user in viewers]
        browser = Client()
        browser.force_login(person())
        assert browser.get(reverse("review", args=[item.submission.sid])).status_code == 404
    by_link, signed_in, elsewhere = "Priya Raman: S-C1 1", "Priya Raman: S-C1 2", "Tom Okafor: S-C1 1"
    assert before == [[(elsewhere, True), (by_link, True)], [(signed_in, True)], []]
    # whoever signs in to decide finds it while their role lasts
    assert after == [[(elsewhere, True), (by_link, False)], [], []]


def test_an_administrator_who_adds_that_address_gives_the_same_person_an_account(
    cast: Cast, client: Client, link: tuple[Thing, str]
) -> None:
    people, who = User.objects.count(), person()
    client.force_login(cast.administrator)
    added = {"name": "Grace Hall", "email": GRACE.upper(), "post": "", "registration_number": ""}
    assert client.post(reverse("admin:accounts_user_add"), added).status_code == 302
    assert (User.objects.count(), person().pk, person().one_off) == (people, who.pk, False)


def test_they_are_in_no_list_of_assessors_and_are_asked_again_by_name_alone(
    cast: Cast, submitted: tuple[Item, str]
) -> None:
    assert person().pk not in access.askable(cast.portfolio).values_list("user", flat=True)
    item = make.in_review(cast.portfolio, cast.assessor, number=2)
    with pytest.raises(Incomplete, match="Grace Hall has no account here"):
        perform("redirect", item.activity, by=cast.trainee, given=Redirect(person()))


def test_named_for_another_submission_they_stay_one_person_with_a_link_each(
    cast: Cast, submitted: tuple[Item, str]
) -> None:
    _, token = make.linked(cast.portfolio, cast.officer, 2, who=make.nominee("G. Hall", GRACE.upper()))
    assert (User.objects.filter(email__iexact=GRACE).count(), SignLink.objects.count()) == (1, 2)
    assert token != submitted[1]
    assert Role.objects.filter(user=person()).count() == 1


# --- the code -----------------------------------------------------------------------------------------------------


def test_opening_the_link_sends_nothing_and_asking_for_a_code_sends_one_mail_that_names_nobody(
    client: Client, link: tuple[Thing, str], django_capture_on_commit_callbacks: Any
) -> None:
    _, token = link
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(3):
            client.get(at(token))
            client.head(at(token))
        assert client.get(at(token, "sign_code")).status_code == 405
    assert (mail.outbox, SignCode.objects.count()) == ([], 0)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(at(token, "sign_code"))
    (letter,) = mail.outbox
    assert letter.to == [GRACE]
    assert not any(name in f"{letter.subject} {letter.body}" for name in NAMES)


def test_a_code_is_kept_as_a_salted_digest_alone(client: Client, link: tuple[Thing, str]) -> None:
    client.post(at(link[1], "sign_code"))
    row, digits = SignCode.objects.get(), make.coded()
    assert digits not in f"{row.digest}{row.salt}" or len(row.digest) == 64
    assert row.digest != digits
    assert row.is_for(digits)


def test_a_token_is_long_kept_as_its_digest_alone_and_in_no_event(link: tuple[Thing, str]) -> None:
    token = link[1]
    assert len(token) == 43  # 256 bits
    row = SignLink.objects.get()
    assert row.token_digest == token_digest(token)
    stored = repr(row.__dict__) + " ".join(Event.objects.values_list("data", flat=True))
    assert token not in stored


def test_five_wrong_codes_spoil_it_and_the_right_one_comes_too_late(
    cast: Cast, client: Client, link: tuple[Thing, str]
) -> None:
    token = link[1]
    client.post(at(token, "sign_code"))
    right = make.coded()
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    for _ in range(5):
        assert client.post(at(token, "sign_prove"), {"code": wrong}).status_code == 422
    response = client.post(at(token, "sign_prove"), {"code": right})
    assert (response.status_code, "This code works no longer. Ask for a new one." in response.text) == (422, True)
    assert SignCode.objects.get().tries == 5
    assert "Wrong codes were entered again and again" in make.mailed(cast.officer.email)
    proved(client, token)  # the positive control: a new one works
    assert client.get(at(token)).status_code == 200


def test_fifteen_wrong_codes_are_the_end_of_the_link(client: Client, link: tuple[Thing, str]) -> None:
    token = link[1]
    for _ in range(3):
        client.post(at(token, "sign_code"))
        wrong = f"{(int(make.coded()) + 1) % 1_000_000:06}"
        for _ in range(5):
            response = client.post(at(token, "sign_prove"), {"code": wrong})
    assert response.status_code == 410
    assert client.post(at(token, "sign_code")).status_code == 410


@pytest.mark.parametrize(("minutes", "status"), [(9, 302), (11, 422)])
def test_a_code_works_for_ten_minutes(client: Client, link: tuple[Thing, str], minutes: int, status: int) -> None:
    client.post(at(link[1], "sign_code"))
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False):
        assert client.post(at(link[1], "sign_prove"), {"code": make.coded()}).status_code == status


def test_a_code_works_once_and_a_new_one_ends_the_one_before(client: Client, link: tuple[Thing, str]) -> None:
    token = link[1]
    client.post(at(token, "sign_code"))
    first = make.coded()
    proved(client, token)
    for code in (first, make.coded()):
        assert Client().post(at(token, "sign_prove"), {"code": code}).status_code == 422


def test_codes_are_asked_for_five_times_an_hour_at_most(client: Client, link: tuple[Thing, str]) -> None:
    token = link[1]
    assert [client.post(at(token, "sign_code")).status_code for _ in range(6)] == [302] * 5 + [429]
    assert SignCode.objects.count() == 5
    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=False):
        assert client.post(at(token, "sign_code")).status_code == 302


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12345a", "１２３４５６", "0" * 21, "-1"])
def test_what_is_no_code_is_said_at_its_box_and_counts_as_no_try(
    client: Client, link: tuple[Thing, str], code: str
) -> None:
    client.post(at(link[1], "sign_code"))
    response = client.post(at(link[1], "sign_prove"), {"code": code})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["code"])
    assert SignCode.objects.get().tries == 0


# --- other browsers, and other places -----------------------------------------------------------------------------


def test_a_link_that_is_passed_on_shows_and_decides_nothing_in_another_browser(
    client: Client, link: tuple[Thing, str]
) -> None:
    item, token = link
    proved(client, token)
    other = Client()
    assert tells_nothing(other.get(at(token)))
    response = other.post(at(token), form(item))
    assert (response.status_code, "Priya" in response.text) == (403, False)
    assert decisions() == []
    assert client.post(at(token), form(item)).status_code == 200


def test_the_proof_reaches_no_other_page(cast: Cast, client: Client, submitted: tuple[Item, str]) -> None:
    item, token = submitted
    proved(client, token)
    ref = cast.portfolio.ref
    for where in (
        reverse("progress", args=[ref]),
        reverse("submission", args=[ref, item.submission.sid]),
        reverse("review", args=[item.submission.sid]),
        reverse("reviewing"),
        reverse("curricula"),
    ):
        assert client.get(where).status_code == 302, where
    assert "_auth_user_id" not in client.session


def test_the_proof_of_one_link_opens_no_other(cast: Cast, client: Client, link: tuple[Thing, str]) -> None:
    _, second = another(cast, link[0])
    proved(client, link[1])
    assert tells_nothing(client.get(at(second)))


def test_the_proof_ends_after_two_hours(client: Client, link: tuple[Thing, str]) -> None:
    item, token = link
    proved(client, token)
    with time_machine.travel(timezone.now() + timedelta(minutes=119), tick=False):
        assert "Priya Raman" in client.get(at(token)).text
    with time_machine.travel(timezone.now() + timedelta(minutes=121), tick=False):
        assert tells_nothing(client.get(at(token)))
        late = client.post(at(token), form(item))
        assert (late.status_code, "Get a new code in a new tab" in late.text) == (403, True)
        assert "Sign in again" not in late.text  # they have no account


def test_a_proof_begins_a_new_session(client: Client, link: tuple[Thing, str]) -> None:
    token = link[1]
    client.post(at(token, "sign_code"))
    client.session.save()
    before = client.session.session_key
    client.post(at(token, "sign_prove"), {"code": make.coded()})
    assert client.session.session_key != before


def test_somebody_who_is_signed_in_is_told_to_sign_out_and_sees_nothing(
    cast: Cast, client: Client, link: tuple[Thing, str]
) -> None:
    item, token = link
    proved(client, token)
    client.force_login(cast.trainee)
    for response in (client.get(at(token)), client.post(at(token), form(item)), client.post(at(token, "sign_code"))):
        assert (response.status_code, "Sign out first" in response.text) == (403, True)
    assert "Your text was not saved" not in client.get(at(token)).text  # who opens a link has typed nothing
    assert decisions() == []


# --- the end of a link --------------------------------------------------------------------------------------------

ENDS: dict[str, tuple[Callable[[Cast, Thing], Any], str]] = {
    "withdrawn": (lambda cast, item: perform("withdraw", subject(item), by=cast.trainee), links.TAKEN_BACK),
    "redirected": (
        lambda cast, item: perform("redirect", subject(item), by=cast.officer, given=Redirect(cast.assessor)),
        links.TAKEN_BACK,
    ),
    "closed": (
        lambda cast, item: perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Completed."),
        links.OVER,
    ),
    "deactivated": (lambda cast, item: User.objects.filter(email=GRACE).update(is_active=False), links.OVER),
    "role ended": (
        lambda cast, item: Role.objects.filter(user__email=GRACE).update(
            starts_on=make.today() - timedelta(days=9), ends_on=make.today() - timedelta(days=1)
        ),
        links.OVER,
    ),
    "another address": (lambda cast, item: User.objects.filter(email=GRACE).update(email="x@example.org"), links.OVER),
    "an account": (lambda cast, item: verified(person()), links.HAS_ACCOUNT),
}


@pytest.mark.parametrize("end", ENDS)
def test_a_dead_link_says_so_kindly_tells_nothing_and_decides_nothing(
    cast: Cast, client: Client, link: tuple[Thing, str], end: str
) -> None:
    item, token = link
    proved(client, token)
    ending, said = ENDS[end]
    ending(cast, item)
    for response in (
        client.get(at(token)),
        client.post(at(token), form(item, feedback="Typed long ago.")),
        client.post(at(token, "sign_code")),
        client.post(at(token, "sign_prove"), {"code": "123456"}),
    ):
        assert (response.status_code, said in response.text, tells_nothing(response)) == (410, True, True)
    assert "Typed long ago." in client.post(at(token), {"S-X-1-feedback": "Typed long ago."}).text
    assert decisions() == []


def test_who_decides_by_a_link_is_reminded_of_the_mail_that_has_it_while_it_works_for_three_days_more(
    cast: Cast, client: Client, link: tuple[Thing, str]
) -> None:
    mail.outbox.clear()
    noon = timezone.localtime().replace(hour=12)
    for days, reminders in ((10, 0), (11, 1), (12, 1), (14, 1)):
        with time_machine.travel(noon + timedelta(days=days), tick=False):
            reminding.remind()
            deliver()
            assert client.get(at(link[1])).status_code == 200
        found = [one for one in mail.outbox if one.to == [GRACE] and one.subject.startswith("Due")]
        assert (days, len(found)) == (days, reminders)
    due = as_date(noon + timedelta(days=14), "j F Y")
    assert found[0].subject.startswith(f"Due by {due}: ")
    assert f"It is due by {due}. Open the link in our mail of" in found[0].body
    assert f"It works until {due}." in found[0].body
    assert "/reviewing/" not in found[0].body


@pytest.mark.parametrize(("lasts", "reminded_on"), [(1, 1), (2, 1), (5, 3), (40, 14)])
def test_a_short_link_is_reminded_of_half_way_and_a_long_one_when_it_is_due(
    cast: Cast, settings: Settings, lasts: int, reminded_on: int
) -> None:
    settings.SIGN_LINK_DAYS = lasts
    make.linked(cast.portfolio, cast.officer)
    noon, went = timezone.localtime().replace(hour=12), []
    for days in range(reminded_on + 1):
        with time_machine.travel(noon + timedelta(days=days), tick=False):
            went += [days] * reminding.remind().of[ReminderKind.DUE]
    assert went == [reminded_on]


def test_the_officer_hears_of_a_link_a_week_after_it_was_due_and_not_after_its_reminder(
    cast: Cast, submitted: tuple[Item, str]
) -> None:
    noon, told = timezone.localtime().replace(hour=12), []
    for days in (11, 18, 20, 21):
        with time_machine.travel(noon + timedelta(days=days), tick=False):
            told += [days] * reminding.remind().of[ReminderKind.LATE]
    assert told == [21]


@pytest.mark.parametrize(("days", "status"), [(14, 200), (15, 410)])
def test_a_link_runs_out_and_the_submission_is_with_nobody_then(
    cast: Cast, client: Client, submitted: tuple[Item, str], days: int, status: int
) -> None:
    item, token = submitted
    noon = timezone.localtime().replace(hour=12)
    with time_machine.travel(noon + timedelta(days=days), tick=False):
        answer = client.get(at(token))
        assert (answer.status_code, links.RUN_OUT in answer.text) == (status, status == 410)
    with time_machine.travel(noon + timedelta(days=15), tick=False):
        client.force_login(cast.trainee)
        page = client.get(reverse("submission", args=[cast.portfolio.ref, item.submission.sid])).text
        assert "With nobody" in page


@pytest.mark.parametrize("token", ["x" * 43, "short", "a.b", "é" * 20])
def test_a_link_that_was_never_sent_is_not_found(client: Client, link: tuple[Thing, str], token: str) -> None:
    for answer in (client.get(at(token)), client.post(at(token)), client.post(at(token, "sign_code"))):
        assert (answer.status_code, tells_nothing(answer)) == (404, True)


def test_nothing_near_the_token_opens_it(client: Client, link: tuple[Thing, str]) -> None:
    token = link[1]
    for near in (token[:-1], f"{token}A", token.swapcase(), SignLink.objects.get().token_digest):
        assert client.get(at(near)).status_code == 404


def test_a_used_link_opened_elsewhere_is_logged_and_told_to_the_officer_once(
    cast: Cast, client: Client, link: tuple[Thing, str], caplog: pytest.LogCaptureFixture
) -> None:
    item, token = link
    proved(client, token).post(at(token), form(item))
    client.get(at(token))
    assert SignLink.objects.get().tried_again_at is None  # who used it may look again
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            response = Client().get(at(token))
            assert (response.status_code, links.USED in response.text, tells_nothing(response)) == (410, True, True)
    assert "opened again in another browser" in make.mailed(cast.officer.email)
    assert sum("used already, and opened again" in record.getMessage() for record in caplog.records) == 2
    assert not any(token in OneLine().format(record) for record in caplog.records)


# --- the step itself ----------------------------------------------------------------------------------------------


def test_without_a_proof_the_step_is_refused_whatever_is_given(cast: Cast, link: tuple[Thing, str]) -> None:
    item, _ = link
    codes.send_code(SignLink.objects.get())
    code = SignCode.objects.get()
    for given in (None, ByLink(code.pk), ByLink(0)):
        with pytest.raises(NotAllowed):
            signed(item, by=person(), proof=given)
    code.tries = 1
    code.proved_at = timezone.now()
    code.save()
    signed(item, by=person(), proof=ByLink(code.pk))
    assert [row.by_link for row in decisions()] == [SignLink.objects.get()]


def test_the_proof_of_another_link_signs_nothing_here(cast: Cast, client: Client, link: tuple[Thing, str]) -> None:
    _, second = another(cast, link[0])
    proved(client, second)
    given = ByLink(SignCode.objects.get().pk)
    with pytest.raises(NotAllowed):
        signed(link[0], by=person(), proof=given)


def test_somebody_with_an_account_signs_nothing_by_the_proof_of_another(
    cast: Cast, client: Client, link: tuple[Thing, str]
) -> None:
    proved(client, link[1])
    given = ByLink(SignCode.objects.get().pk)
    for name, who in cast.people().items():
        with pytest.raises(NotAllowed):
            signed(link[0], by=who, proof=given)
        assert (name, decisions()) == (name, [])


def test_what_is_not_as_it_was_shown_is_not_signed(client: Client, submitted: tuple[Item, str]) -> None:
    item, token = submitted
    proved(client, token)
    response = client.post(at(token), {**form(item, feedback="Kept."), "S-C1-1-seen": "0" * 64})
    assert (response.status_code, "Kept." in response.text) == (409, True)
    assert Decision.objects.count() == 0


def test_of_two_browsers_that_both_proved_it_one_decides_and_the_other_is_too_late(
    client: Client, link: tuple[Thing, str]
) -> None:
    item, token = link
    proved(client, token)
    other = proved(Client(), token)
    given = [ByLink(code.pk) for code in SignCode.objects.order_by("pk")]
    signed(item, by=person(), proof=given[0])
    with pytest.raises(TooLate):
        signed(item, by=person(), proof=given[1])
    late = other.post(at(token), form(item))
    assert (late.status_code, '<h1 class="nhsuk-heading-l">There is nothing more to do</h1>' in late.text) == (
        410,
        True,
    )
    assert [row.by_link for row in decisions()] == [SignLink.objects.get()]


def test_its_pages_are_kept_by_no_cache_and_no_robot_and_their_address_goes_nowhere(
    client: Client, link: tuple[Thing, str]
) -> None:
    token = link[1]
    for response in (client.get(at(token)), proved(client, token).get(at(token))):
        assert response["Cache-Control"] == "private, no-store"
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        assert response["Referrer-Policy"] == "strict-origin"
    assert client.get(at("x" * 43))["Referrer-Policy"] == "no-referrer"


def test_what_came_too_late_behind_a_link_keeps_the_address_too(
    client: Client, submitted: tuple[Item, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = proved(client, submitted[1])
    monkeypatch.setattr("portfolio.views.one_off.sign.lay_out", lambda *args, **kwargs: None)
    for answer in (browser.get(at(submitted[1])), browser.post(at(submitted[1]), {})):
        assert (answer.status_code, answer["Referrer-Policy"]) == (409, "strict-origin")


@pytest.mark.parametrize("field", ["proved_address", "by_link"])
def test_another_address_or_another_link_in_a_decision_is_found(
    cast: Cast, client: Client, submitted: tuple[Item, str], field: str
) -> None:
    item, token = submitted
    make.linked(cast.portfolio, cast.officer, 2)
    proved(client, token).post(at(token), form(item))
    other = {"proved_address": "other@example.org", "by_link": SignLink.objects.latest("pk")}[field]
    QuerySet(Decision).update(**{field: other})
    found = [f"{one.subject}" for check in registered().values() for one in check()]
    assert found == [f"portfolio {cast.portfolio.ref}, decision of S-C1 1, submission 1"]


def test_nobody_else_is_addressed(cast: Cast, submitted: tuple[Item, str]) -> None:
    assert [row.assessor for row in Addressee.objects.filter(until=None)] == [person()]
