"""An assessment that is completed without an account, or on the trainee's device: what differs from a submission."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.invitations import verified
from accounts.models import User
from audit.checks import registered
from outbox.delivery import deliver
from portfolio.forms.assessments import KIND
from portfolio.models import (
    Assessment,
    AssessmentAddressee,
    AssessmentDecision,
    KindCorrection,
    Lending,
    Nomination,
    Role,
    SignCode,
    SignLink,
    Submission,
)
from portfolio.states import AssessmentOutcome, AssessmentState, NominationState
from portfolio.workflow import AskFor, Correct, Incomplete, NotAllowed, Redirect, TooLate, perform, reminding
from portfolio.workflow.one_off import codes, links
from portfolio.workflow.one_off.devices import OnDevice
from portfolio.workflow.one_off.links import ByLink
from tests import make
from tests.cast import Cast
from tests.portfolio.one_off.test_signing_by_link import GRACE, at, form, person, proved, tells_nothing

OWN = "their own, in capitals"
WHO = {"post": "Consultant", "registration": "CS04567"}


@pytest.fixture
def link(cast: Cast) -> tuple[Assessment, str]:
    make.appointments_told()
    of = make.with_assessments(cast.portfolio)
    return make.linked_to_assess(of, cast.officer, who=make.nominee(**WHO))


def doubts() -> list[str]:
    return [one.subject for check in registered().values() for one in check()]


def page_of(row: Assessment, name: str = "assessment") -> str:
    return reverse(name, args=[row.portfolio.ref, row.aid])


def test_the_time_for_an_assessment_runs_from_its_day_while_that_is_still_to_come(cast: Cast) -> None:
    of, ahead = make.with_assessments(cast.portfolio), make.today() + timedelta(days=30)
    rows = [make.asked(of, cast.assessor, happens_on=ahead), make.asked(of, cast.assessor)]
    assert [row.addressees.get().due_on - make.today() for row in rows] == [timedelta(days=44), timedelta(days=14)]
    named = make.named_to_assess(of, happens_on=ahead)
    assert named.due_on == make.today() + timedelta(days=14)  # the officer's word waits for no day
    row = make.approved(named, cast.officer)
    assert row.assessment is not None
    asking = row.assessment.addressees.get()
    assert asking.due_on == make.today() + timedelta(days=44)
    assert timezone.localdate(asking.link.expires_at) == make.today() + timedelta(days=44)
    role = of.roles.get(user=asking.assessor)
    assert role.ends_on == make.today() + timedelta(days=44)


# --- naming somebody ----------------------------------------------------------------------------------------------


def test_the_trainee_names_somebody_new_on_the_form_and_the_officer_is_asked_to_approve(
    cast: Cast, client: Client
) -> None:
    row = make.planned(make.with_assessments(cast.portfolio))
    client.force_login(cast.trainee)
    typed = {"assessor": "0", "new_name": "Grace Hall", "new_address": GRACE, "declared": "on"}
    answer = client.post(page_of(row, "assessment_ask"), typed, follow=True)
    assert "Your training officer is asked to approve Grace Hall" in answer.text
    assert "The training officer has still to approve Grace Hall. Nobody can assess until then." in answer.text
    named = Nomination.objects.get()
    assert (named.assessment, named.submission, named.state) == (row, None, NominationState.WAITING)
    assert (make.assessment(row).state, row.addressees.count()) == (AssessmentState.WITH_ASSESSOR, 0)
    client.force_login(cast.officer)
    where = reverse("nomination", args=[row.portfolio.ref, named.nid])
    assert where in client.get(reverse("reviewing")).text
    here = reverse("assessment", args=[cast.portfolio.ref, row.aid])
    assert f'asks for an assessment, <a href="{here}">{row}</a>,' in client.get(where).text
    client.post(where, {"step": "approve nomination", "reason": ""})
    assert [one.assessor for one in row.addressees.all()] == [person()]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"assessor": "0", "new_name": "", "new_address": GRACE}, "new_name"),
        ({"assessor": "0", "new_name": "Grace", "new_address": "grace@example.org\nBcc: x@example.org"}, "new_address"),
        ({"assessor": "0", "new_name": "Me", "new_address": OWN}, "new_address"),
        ({"assessor": "", "new_name": "Grace", "new_address": GRACE}, "assessor"),
    ],
)
def test_what_cannot_be_named_is_said_at_its_box_and_nothing_changes(
    cast: Cast, client: Client, typed: dict[str, str], field: str
) -> None:
    row = make.planned(make.with_assessments(cast.portfolio))
    client.force_login(cast.trainee)
    sent = {name: cast.trainee.email.upper() if text == OWN else text for name, text in typed.items()}
    answer = client.post(page_of(row, "assessment_ask"), {**sent, "declared": "on"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert (Nomination.objects.count(), make.assessment(row).state) == (0, AssessmentState.PLANNED)


def test_the_officer_names_nobody_by_redirecting(cast: Cast) -> None:
    row = make.asked(make.with_assessments(cast.portfolio), cast.assessor)
    with pytest.raises(Incomplete, match="Only the trainee names somebody new"):
        perform("redirect", row, by=cast.officer, given=Redirect(None, make.nominee()))


def test_nobody_assesses_before_the_officer_approved_them(cast: Cast) -> None:
    row = make.named_to_assess(make.with_assessments(cast.portfolio)).assessment
    assert row is not None
    for who in cast.people().values():
        with pytest.raises((NotAllowed, TooLate)):
            perform("complete", row, by=who, seen=make.seen_of(row), given=make.completed(row))
    assert AssessmentDecision.objects.count() == 0


def test_a_declined_nominee_leaves_it_with_nobody_and_the_trainee_reads_why(cast: Cast, client: Client) -> None:
    make.appointments_told()
    named = make.declined(make.named_to_assess(make.with_assessments(cast.portfolio)), cast.officer)
    assert named.assessment is not None
    client.force_login(cast.trainee)
    said = client.get(page_of(named.assessment)).text
    assert ("With nobody" in said, "has not approved Grace Hall: “We do not know them.”" in said) == (True, True)
    module = client.get(reverse("module", args=[cast.portfolio.ref, "S-A1"])).text
    assert ("With nobody" in module, "Choose another assessor" in module) == (True, True)
    perform("redirect", named.assessment, by=cast.trainee, given=Redirect(cast.assessor))
    assert Nomination.objects.get().until is not None
    assert doubts() == []


TAKEN: dict[str, Callable[[Cast, Assessment], object]] = {
    "withdrawn": lambda cast, row: perform("withdraw", row, by=cast.trainee),
    "redirected": lambda cast, row: perform("redirect", row, by=cast.trainee, given=Redirect(cast.assessor)),
}


@pytest.mark.parametrize("how", TAKEN)
def test_a_nomination_that_was_taken_back_is_approved_no_more(cast: Cast, how: str) -> None:
    make.appointments_told()
    named = make.named_to_assess(make.with_assessments(cast.portfolio))
    assert named.assessment is not None
    TAKEN[how](cast, named.assessment)
    with pytest.raises(TooLate):
        perform("approve nomination", named, by=cast.officer)
    assert (SignLink.objects.count(), doubts()) == (0, [])


def test_a_nomination_waits_in_the_slot_and_in_the_list_with_its_name(cast: Cast, client: Client) -> None:
    make.named_to_assess(make.with_assessments(cast.portfolio))
    client.force_login(cast.officer)
    for page in (
        reverse("module", args=[cast.portfolio.ref, "S-A1"]),
        reverse("assessments", args=[cast.portfolio.ref]),
    ):
        assert "With Grace Hall (to be approved by the training officer)" in client.get(page).text, page


def test_one_nomination_is_for_one_thing_alone(cast: Cast, link: tuple[Assessment, str]) -> None:
    named, submission = Nomination.objects.get(), Submission.objects.create(portfolio=cast.portfolio)
    for both in ({"submission": submission}, {"assessment": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Nomination.objects.filter(pk=named.pk).update(**both)
    for rows in (SignLink.objects, Lending.objects):
        if rows.exists():
            with pytest.raises(IntegrityError), transaction.atomic():
                rows.update(assessment_addressee=None)


# --- the way through ----------------------------------------------------------------------------------------------


def test_somebody_without_an_account_completes_the_mark_form_and_the_record_says_who_and_how(
    cast: Cast, client: Client, link: tuple[Assessment, str]
) -> None:
    row, token = link
    asked = make.mailed(GRACE)
    assert "to complete a mark form: a DOPS (direct observation of practical skills) of S-A1 Module S-A1" in asked
    assert row.title not in asked
    assert tells_nothing(client.get(at(token)))
    page = proved(client, token).get(at(token))
    assert (page.status_code, row.title in page.text, "Prepares (DOPS)" in page.text) == (200, True, True)
    assert "as assessor, under your name, Grace Hall, Consultant, CS04567, today" in page.text
    for other in ("reviewing", "assess_kind", "snippets"):
        where = reverse(other, args=[row.aid] if other == "assess_kind" else [])
        assert f'href="{where}"' not in page.text, other
    done = client.post(at(token), form(row, feedback="Calm."))
    assert (done.status_code, f"Recorded: {row}." in done.text) == (200, True)
    decision = AssessmentDecision.objects.get()
    assert (decision.signer, decision.signer_name, decision.signer_post) == (person(), "Grace Hall", "Consultant")
    assert (decision.by_link, decision.proved_address) == (SignLink.objects.get(), GRACE)
    assert decision.reauthenticated_seconds_ago in range(60)
    assert make.assessment(row).state == AssessmentState.SATISFACTORY
    assert doubts() == []


def test_they_get_a_copy_with_their_marks_and_words(cast: Cast, client: Client, link: tuple[Assessment, str]) -> None:
    row, token = link
    proved(client, token).post(at(token), form(row, feedback="Calm and clear."))
    copy = make.mailed(GRACE)
    for said in ("an assessment of Priya Raman", "Grace Hall, Consultant, CS04567", "Satisfactory", row.digest):
        assert said in copy
    assert ("Prepares (DOPS): Meets expectations" in copy, "Strengths: Calm and clear." in copy) == (True, True)
    assert row.title not in copy
    assert "If it was of the other kind, DOPS or OCE, tell Priya Raman" in copy


def test_pages_and_history_say_how_the_assessor_was_known(
    cast: Cast, client: Client, link: tuple[Assessment, str]
) -> None:
    make.assessed_by_link(link[0])
    client.force_login(cast.trainee)
    for page in (page_of(link[0]), reverse("history", args=[cast.portfolio.ref])):
        assert "y a personal link and a code to the assessor’s address" in client.get(page).text, page


def test_a_form_that_is_not_complete_says_so_and_keeps_what_was_typed(
    client: Client, link: tuple[Assessment, str]
) -> None:
    row, token = link
    typed = {**form(row, feedback="Kept."), "outcome": AssessmentOutcome.NOT_YET}
    answer = proved(client, token).post(at(token), typed)
    assert (answer.status_code, sorted(answer.context["form"].errors)) == (422, ["action", "to_develop"])
    assert ("Kept." in answer.text, AssessmentDecision.objects.count()) == (True, 0)


def test_what_is_not_as_it_was_shown_is_not_recorded(client: Client, link: tuple[Assessment, str]) -> None:
    row, token = link
    answer = proved(client, token).post(at(token), {**form(row, feedback="Kept."), "seen": "0" * 64})
    assert (answer.status_code, "Kept." in answer.text, "not as this page showed it" in answer.text) == (
        409,
        True,
        True,
    )
    assert AssessmentDecision.objects.count() == 0


def test_the_proof_reaches_no_other_page_and_no_file(cast: Cast, client: Client, link: tuple[Assessment, str]) -> None:
    row, token = link
    file = make.attachment(make.page(cast.portfolio, "Private"), "private.pdf")
    proved(client, token)
    for where in (page_of(row), reverse("assess", args=[row.aid]), reverse("assess_kind", args=[row.aid])):
        assert client.get(where).status_code == 302, where
    assert client.get(at(token, "sign_file", file.fid)).status_code == 404


def test_of_two_links_of_one_person_each_reaches_its_own_assessment_alone(
    cast: Cast, client: Client, link: tuple[Assessment, str]
) -> None:
    other, second = make.linked_to_assess(link[0].portfolio, cast.officer)
    shown = proved(client, link[1]).get(at(link[1])).text
    assert (link[0].title in shown, other.title in shown) == (True, False)
    assert client.post(at(link[1]), form(other)).status_code == 409
    assert client.post(at(second), form(other)).status_code == 403
    assert AssessmentDecision.objects.count() == 0


def test_the_proof_of_one_person_completes_nothing_for_another_and_that_of_a_link_nothing_on_a_device(
    cast: Cast, link: tuple[Assessment, str]
) -> None:
    codes.send_code(way := SignLink.objects.get())
    proof = ByLink(codes.prove(way, make.coded()).pk)
    for who, given in ((cast.assessor, proof), (person(), OnDevice(proof.code))):
        filled, seen = make.completed(link[0], proof=given), make.seen_of(link[0])
        with pytest.raises(NotAllowed):
            perform("complete", link[0], by=who, seen=seen, given=filled)


def test_the_kind_is_corrected_by_nobody_who_did_not_prove_their_mailbox(
    cast: Cast, link: tuple[Assessment, str]
) -> None:
    row, _ = link
    for _ in range(2):
        with pytest.raises(NotAllowed, match="Prove your address"):
            perform("correct the kind", row, by=person(), seen=make.seen_of(row, "OCE"), given=Correct())
        if make.assessment(row).state == AssessmentState.WITH_ASSESSOR:
            make.assessed_by_link(row)


def test_the_kind_is_put_right_behind_a_link_and_what_was_typed_stays(
    cast: Cast, client: Client, link: tuple[Assessment, str]
) -> None:
    row, token = link
    page = proved(client, token).get(at(token))
    typed = {**form(row, feedback="Calm and clear."), KIND: page.context["form"].right[1], "criteria_of": "DOPS"}
    shown = client.post(at(token), typed)
    assert (shown.status_code, make.assessment(row).kind) == (200, "OCE")
    assert ("Calm and clear." in shown.text, "Explains (OCE)" in shown.text) == (True, True)
    assert client.post(at(token), typed).status_code == 409  # once more: it is put right already
    correction = KindCorrection.objects.get()
    assert (correction.by_link, correction.proved_address) == (SignLink.objects.get(), GRACE)
    assert client.post(at(token), form(make.assessment(row), feedback="Calm.")).status_code == 200
    assert AssessmentDecision.objects.get().assessment.kind == "OCE"
    client.force_login(cast.trainee)
    for where in (page_of(row), reverse("history", args=[cast.portfolio.ref])):
        assert client.get(where).text.count("y a personal link and a code to the assessor’s address") == 2
    assert doubts() == []


def test_the_kind_is_put_right_on_a_lent_device_and_what_was_typed_stays(cast: Cast, client: Client) -> None:
    make.appointments_told()
    row = make.asked(make.with_assessments(cast.portfolio), cast.assessor)
    client.force_login(cast.trainee)
    client.post(page_of(row, "assessment_lend"))
    client.post(reverse("lent_prove"), {"code": make.coded(cast.assessor.email)})
    page = client.get(reverse("lent"))
    typed = {**form(row, feedback="Calm and clear."), KIND: page.context["form"].right[1], "criteria_of": "DOPS"}
    shown = client.post(reverse("lent"), typed)
    assert (shown.status_code, make.assessment(row).kind) == (200, "OCE")
    assert ("Calm and clear." in shown.text, "Explains (OCE)" in shown.text) == (True, True)
    assert KindCorrection.objects.get().by_lending == Lending.objects.get()
    assert client.post(reverse("lent"), form(make.assessment(row), feedback="Calm.")).status_code == 302
    assert (AssessmentDecision.objects.get().assessment.kind, doubts()) == ("OCE", [])


# --- the end of a link --------------------------------------------------------------------------------------------


def test_asked_again_after_a_withdrawal_the_old_link_and_its_proof_open_nothing(
    cast: Cast, client: Client, link: tuple[Assessment, str]
) -> None:
    """An assessment that is withdrawn is asked again as the same row."""
    row, token = link
    proved(client, token)
    proof = ByLink(SignCode.objects.get().pk)
    perform("withdraw", row, by=cast.trainee)
    perform("ask", row, by=cast.trainee, given=AskFor(None, declared=True, nominee=make.nominee()))
    make.approved(Nomination.objects.get(until=None), cast.officer)
    again, dead = make.assessment(row), client.get(at(token))
    assert (dead.status_code, links.TAKEN_BACK in dead.text, tells_nothing(dead)) == (410, True, True)
    with pytest.raises(NotAllowed):
        perform("complete", again, by=person(), seen=make.seen_of(again), given=make.completed(again, proof=proof))
    make.assessed_by_link(again)
    assert doubts() == []


@pytest.mark.parametrize(("days", "status"), [(14, 200), (15, 410)])
def test_a_link_runs_out_and_the_assessment_is_with_nobody_then(
    cast: Cast, client: Client, link: tuple[Assessment, str], days: int, status: int
) -> None:
    row, token = link
    noon = timezone.localtime().replace(hour=12)
    with time_machine.travel(noon + timedelta(days=days), tick=False):
        assert client.get(at(token)).status_code == status
    with time_machine.travel(noon + timedelta(days=15), tick=False):
        client.force_login(cast.trainee)
        assert "With nobody" in client.get(page_of(row)).text


def test_who_assesses_by_a_link_is_reminded_of_the_mail_that_has_it(cast: Cast, link: tuple[Assessment, str]) -> None:
    mail.outbox.clear()
    with time_machine.travel(timezone.localtime().replace(hour=12) + timedelta(days=14), tick=False):
        reminding.remind()
        deliver()
    (reminder,) = (one for one in mail.outbox if one.subject.startswith("Due today"))
    assert (reminder.to, "Open the link in our mail of" in reminder.body) == ([GRACE], True)
    assert reverse("assess", args=[link[0].aid]) not in reminder.body


def test_a_nomination_that_is_not_answered_is_reminded_of(cast: Cast) -> None:
    make.named_to_assess(make.with_assessments(cast.portfolio))
    mail.outbox.clear()
    with time_machine.travel(timezone.localtime().replace(hour=12) + timedelta(days=14), tick=False):
        reminding.remind()
        deliver()
    told = [one.subject for one in mail.outbox if one.to == [cast.officer.email]]
    assert told[-1] == "Waiting for you: a new assessor for Priya Raman"


def test_voided_it_tells_its_assessor_without_a_page_that_they_cannot_open(
    cast: Cast, link: tuple[Assessment, str]
) -> None:
    row = make.assessed_by_link(link[0])
    perform("void assessment", row, by=cast.officer, reason="It was not observed.")
    letter = make.mailed(GRACE)
    assert ("has voided" in letter, reverse("assess", args=[row.aid]) in letter) == (True, False)


@pytest.mark.parametrize("complete", [make.assessed_by_link, make.assessed_on_device], ids=["link", "device"])
def test_who_gets_an_account_later_finds_what_they_assessed(
    cast: Cast, link: tuple[Assessment, str], complete: Callable[[Assessment], Assessment]
) -> None:
    complete(link[0])
    verified(person())
    later = Client()
    later.force_login(person())
    assert later.get(reverse("assess", args=[link[0].aid])).status_code == 200
    assert link[0].title in later.get(reverse("reviewing") + "?show=decided").text
    with time_machine.travel(timezone.now() + timedelta(days=20)):
        later.force_login(person())
        (row,) = later.get(reverse("reviewing") + "?show=decided").context["rows"]
        assert (row["name"], row["href"], row["title"]) == (f"Priya Raman: {link[0]}", "", "")
        assert later.get(reverse("assess", args=[link[0].aid])).status_code == 404
        assert reverse("reviewing") + "?show=decided" in later.get("/").text


def test_a_wrong_kind_after_the_outcome_is_put_right_with_an_account_and_the_page_says_which_ways_there_are(
    cast: Cast, client: Client, link: tuple[Assessment, str]
) -> None:
    row, later = make.assessed_by_link(link[0]), Client()
    where = reverse("assess_kind", args=[row.aid])

    def said(by: User) -> list[str]:
        client.force_login(by)
        later.force_login(person())
        page = client.get(page_of(row)).text
        ways = ["Grace Hall has no account", "Grace Hall can no longer decide here", "voids this assessment"]
        return [words for words in (*ways, "Grace Hall can correct the kind until S-A1") if words in page]

    for reader in (cast.trainee, cast.officer):
        assert said(reader) == ["Grace Hall has no account", "voids this assessment"]
    verified(person())
    assert (said(cast.trainee), later.get(where).status_code) == (["Grace Hall can correct the kind until S-A1"], 200)
    with time_machine.travel(timezone.now() + timedelta(days=20)):
        assert said(cast.officer) == ["Grace Hall can no longer decide here", "voids this assessment"]
        assert later.get(where).status_code == 404
        make.role(cast.portfolio, person())
        assert said(cast.officer) == ["Grace Hall can correct the kind until S-A1"]
        marks = {f"mark_{at}": "Meets expectations" for at in make.marks_of(row, "OCE")}
        assert later.post(where, {"seen": make.seen_of(row, "OCE"), **marks}).status_code == 302
    assert (make.assessment(row).kind, KindCorrection.objects.get().signer) == ("OCE", person())


@pytest.mark.parametrize("field", ["proved_address", "by_link"])
def test_another_address_or_another_link_in_an_outcome_is_found(
    cast: Cast, link: tuple[Assessment, str], field: str
) -> None:
    make.linked_to_assess(link[0].portfolio, cast.officer)
    make.assessed_by_link(link[0])
    other = {"proved_address": "other@example.org", "by_link": SignLink.objects.latest("pk")}[field]
    QuerySet(AssessmentDecision).update(**{field: other})
    assert len(doubts()) == 1


@pytest.mark.parametrize("field", ["name", "address", "post", "registration"])
def test_another_nominee_than_was_named_is_found(cast: Cast, link: tuple[Assessment, str], field: str) -> None:
    assert doubts() == []
    QuerySet(Nomination).update(**{field: "Somebody Else"})
    assert doubts() != []


# --- on the trainee's device --------------------------------------------------------------------------------------


@pytest.fixture
def asked(cast: Cast) -> Assessment:
    make.appointments_told()
    return make.asked(make.with_assessments(cast.portfolio), cast.assessor)


def handed_over(client: Client, cast: Cast, row: Assessment) -> Client:
    client.force_login(cast.trainee)
    assert client.post(page_of(row, "assessment_lend")).status_code == 302
    return client


def test_on_the_device_of_the_trainee_the_assessor_completes_it_by_a_code_and_reaches_nothing_else(
    cast: Cast, client: Client, asked: Assessment
) -> None:
    client.force_login(cast.trainee)
    assert f"Hand over this device to {cast.assessor.name}" in client.get(page_of(asked)).text
    handed_over(client, cast, asked)
    door = client.get(reverse("lent"))
    assert (asked.title in door.text, "Show me the mark form" in door.text) == (False, True)
    assert client.post(reverse("lent"), form(asked)).status_code == 403
    code = make.coded(cast.assessor.email)
    assert "hands you their device, to assess them" in make.mailed(cast.assessor.email)
    assert client.post(reverse("lent_prove"), {"code": code}).status_code == 302
    assert asked.title in client.get(reverse("lent")).text
    assert client.get(page_of(asked)).status_code == 302
    bad = client.post(reverse("lent"), {**form(asked, feedback="Kept."), "standing": ""})
    assert (bad.status_code, "Kept." in bad.text) == (422, True)
    late = client.post(reverse("lent"), {**form(asked, feedback="Kept."), "seen": "0" * 64})
    assert (late.status_code, "Kept." in late.text) == (409, True)
    done = client.post(reverse("lent"), form(asked), follow=True)
    assert "Your decision is recorded" in done.text
    decision = AssessmentDecision.objects.get()
    assert (decision.by_lending, decision.proved_address) == (Lending.objects.get(), cast.assessor.email)
    assert "on the device of Priya Raman, after a code" in make.mailed(cast.assessor.email)
    assert doubts() == []


def test_history_and_page_say_that_it_was_on_the_device(cast: Cast, client: Client, asked: Assessment) -> None:
    make.assessed_on_device(asked)
    client.force_login(cast.officer)
    said = client.get(reverse("history", args=[cast.portfolio.ref])).text
    assert f"Handed the device over to {cast.assessor.name}, to decide on a DOPS of S-A1" in said
    assert "on the trainee’s device, after a code to the assessor’s address" in said
    assert "On the trainee’s device, after a code to the assessor’s address" in client.get(page_of(asked)).text


def test_with_somebody_new_who_decides_on_the_device_the_officer_is_told_and_the_link_is_dead(
    cast: Cast, client: Client, link: tuple[Assessment, str]
) -> None:
    row, token = link
    make.assessed_on_device(row)
    dead = client.get(at(token))
    assert (dead.status_code, links.ON_THE_DEVICE in dead.text) == (410, True)
    client.force_login(cast.officer)
    page = client.get(reverse("nomination", args=[row.portfolio.ref, Nomination.objects.get().nid])).text
    assert "They decided on" in page
    assert "void what was recorded" in page


def test_nobody_but_the_trainee_hands_over_and_only_to_who_may_decide(cast: Cast, asked: Assessment) -> None:
    for who in cast.people().values():
        if who != cast.trainee:
            with pytest.raises(NotAllowed):
                perform("lend device", asked, by=who)
    Role.objects.filter(user=cast.assessor).update(
        ends_on=make.today() - timedelta(days=1), starts_on=make.today() - timedelta(days=9)
    )
    with pytest.raises(TooLate, match="It is with nobody"):
        perform("lend device", asked, by=cast.trainee)
    assert Lending.objects.count() == 0


def test_fifteen_guesses_for_one_person_count_for_submissions_and_assessments_together(
    cast: Cast, link: tuple[Assessment, str]
) -> None:
    row, _ = link
    for _ in range(3):
        codes.send_code(SignLink.objects.get())
        SignCode.objects.filter(pk=SignCode.objects.latest("pk").pk).update(tries=5)
    with pytest.raises(TooLate, match="Wrong codes were entered"):
        perform("lend device", row, by=cast.trainee)


def test_one_device_is_lent_for_an_assessment(cast: Cast, asked: Assessment) -> None:
    for _ in range(2):
        perform("lend device", asked, by=cast.trainee)
    assert [one.ended_at is None for one in Lending.objects.order_by("pk")] == [False, True]
    with pytest.raises(IntegrityError), transaction.atomic():
        Lending.objects.update(ended_at=None)
    assert [one.assessor for one in AssessmentAddressee.objects.all()] == [cast.assessor]
    assert User.objects.filter(one_off=True).count() == 0
