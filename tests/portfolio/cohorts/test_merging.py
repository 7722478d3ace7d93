"""Two accounts of one person become one; what was signed keeps its signer as recorded."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from accounts.invitations import password_link, verified
from accounts.models import User
from audit.models import Event
from outbox.models import Mail
from portfolio import access
from portfolio.models import Decision, Item, Role, Snippet
from portfolio.models.signed import Signed
from portfolio.states import RoleKind
from portfolio.workflow import Correct, ModuleOf, perform
from tests import make
from tests.cast import Cast

pytestmark = pytest.mark.django_db
PLACE = "/cohorts/merge/"


@pytest.fixture
def twin(cast: Cast) -> User:
    """Maya's second account, in which she is asked and has signed."""
    return make.person("Maya Lind", email="maya.second@example.org")


def shown(client: Client, by: User, gone: User, kept: User) -> Any:
    client.force_login(by)
    return client.post(PLACE, {"gone": gone.email, "kept": kept.email})


def merged(client: Client, by: User, gone: User, kept: User) -> Any:
    """Looked at, and confirmed."""
    page = shown(client, by, gone, kept)
    assert page.status_code == 200, page.context["form"].errors
    form = {"gone": gone.email, "kept": kept.email, "seen": page.context["pair"].seen, "confirm": "1"}
    return client.post(PLACE, form, follow=True)


def refusal(client: Client, by: User, gone: User, kept: User) -> str:
    answer = shown(client, by, gone, kept)
    assert answer.status_code == 422
    ((said,),) = answer.context["form"].errors.values()
    return str(said)


@pytest.fixture(autouse=True)
def appointed(cast: Cast) -> None:
    make.appointments_told()


def everything_agrees() -> None:
    call_command("verify_audit", stdout=StringIO())


def test_the_account_that_stays_corrects_the_kind_of_what_the_other_assessed(
    client: Client, cast: Cast, twin: User
) -> None:
    of = make.with_assessments(cast.portfolio)
    Role.objects.filter(portfolio=of, user=cast.assessor).delete()
    make.role(of, twin)
    row = make.assessed(of, twin)
    merged(client, cast.administrator, twin, cast.assessor)
    client.force_login(cast.assessor)
    assert reverse("assess_kind", args=[row.aid]) in client.get(reverse("assess", args=[row.aid])).text
    perform(
        "correct the kind",
        make.assessment(row),
        by=cast.assessor,
        seen=make.seen_of(row, "OCE"),
        given=Correct(make.marks_of(row, "OCE")),
    )
    assert (make.assessment(row).kind, row.decision.signer) == ("OCE", twin)


def test_looking_changes_nothing(client: Client, cast: Cast, twin: User) -> None:
    make.role(cast.other, twin)
    answer = shown(client, cast.administrator, twin, cast.assessor)
    assert "maya.second@example.org" in answer.content.decode()
    twin.refresh_from_db()
    assert (twin.is_active, twin.merged_into, twin.roles.count()) == (True, None, 1)


MAY_BE_TWO = "These may be two people."


@pytest.mark.parametrize(
    ("name", "number", "doubts"),
    [
        ("Maya Lind", "CS00001", []),
        ("LIND, Dr Máya", "cs 00001", []),
        ("Maya Lind", "", []),
        ("Maya Blum", "CS00001", ["The names differ: “Maya Blum” and “Maya Lind”."]),
        ("Maya Lind", "CS00002", ["The registration numbers differ: CS00002 and CS00001."]),
        (
            "Nia <b>Obi</b>",
            "CS00002",
            [
                "The names differ: “Nia <b>Obi</b>” and “Maya Lind”.",
                "The registration numbers differ: CS00002 and CS00001.",
            ],
        ),
    ],
)
def test_whoever_merges_is_told_before_what_speaks_for_two_people(
    client: Client, cast: Cast, name: str, number: str, doubts: list[str]
) -> None:
    User.objects.filter(pk=cast.assessor.pk).update(registration_number="CS00001")
    cast.assessor.refresh_from_db()
    twin = make.person(name, email="maya.second@example.org")
    User.objects.filter(pk=twin.pk).update(registration_number=number)
    answer = shown(client, cast.administrator, twin, cast.assessor)
    assert answer.context["pair"].doubts == doubts
    content = answer.content.decode()
    assert (MAY_BE_TWO in content) == bool(doubts)
    assert all(escape(said) in content for said in doubts)
    merged(client, cast.administrator, twin, cast.assessor)
    twin.refresh_from_db()
    assert twin.merged_into == cast.assessor  # told, and not held back: names change


def test_another_registration_number_than_was_shown_is_not_merged(client: Client, cast: Cast, twin: User) -> None:
    page = shown(client, cast.administrator, twin, cast.assessor)
    User.objects.filter(pk=twin.pk).update(registration_number="CS00002")
    form = {"gone": twin.email, "kept": cast.assessor.email, "seen": page.context["pair"].seen, "confirm": "1"}
    answer = client.post(PLACE, form)
    assert (answer.status_code, MAY_BE_TWO in answer.content.decode()) == (409, False)
    twin.refresh_from_db()
    assert twin.merged_into is None


def test_what_is_to_come_goes_to_the_account_that_stays(client: Client, cast: Cast, twin: User) -> None:
    role = make.role(cast.portfolio, twin, since=-50)
    item = make.in_review(cast.portfolio, twin)
    decided = make.in_review(cast.portfolio, twin, number=2)
    make.decide(decided)
    kept = make.snippet(twin, "Clear account.")
    assert Mail.objects.filter(person=twin).count() == 2
    client.post("/accounts/password/reset/", {"email": twin.email})
    merged(client, cast.administrator, twin, cast.assessor)
    twin.refresh_from_db()
    assert (twin.is_active, twin.merged_into, twin.has_usable_password()) == (False, cast.assessor, False)
    role.refresh_from_db()
    assert role.user == cast.assessor
    assert [row.assessor for row in item.submission.addressees.order_by("pk")] == [twin, cast.assessor]
    assert {one.sort for one in access.what_waits(cast.assessor)} == {"submission"}
    (left,) = Mail.objects.filter(person=twin)
    assert left.kind == "password reset key"  # of the account that went: nobody gets it
    assert list(access.visible(cast.assessor, Snippet)) == [kept]
    told = [event.kind for event in Event.objects.filter(chain__name="instance").order_by("seq")]
    assert told[-2:] == ["role changed", "person.merge"]
    last = Event.objects.filter(chain__name="instance").latest("seq")
    assert last.details == {"person": twin.pk, "into": cast.assessor.pk, "mails": 2}
    assert Event.objects.filter(chain__name=cast.portfolio.chain).latest("seq").kind == "hand over"
    everything_agrees()


def test_what_was_signed_keeps_its_signer_and_is_found_by_the_account_that_stays(
    client: Client, cast: Cast, twin: User
) -> None:
    make.role(cast.portfolio, twin, since=-50)
    item = make.in_review(cast.portfolio, twin)
    make.decide(item)
    before = Decision.objects.values().get()
    merged(client, cast.administrator, twin, cast.assessor)
    assert Decision.objects.values().get() == before
    assert before["signer_id"] == twin.pk
    assert list(access.addressed_items(cast.assessor)) == [Item.objects.get(pk=item.pk)]
    client.force_login(cast.assessor)
    assert client.get(reverse("review", args=[item.submission.sid])).status_code == 200
    client.force_login(cast.trainee)
    assert (
        "Maya Lind"
        in client.get(reverse("submission", args=[cast.portfolio.ref, item.submission.sid])).content.decode()
    )
    everything_agrees()


def test_an_account_that_was_merged_twice_over_leads_to_the_last(client: Client, cast: Cast, twin: User) -> None:
    third = make.person("Maya Lind", email="maya.third@example.org")
    merged(client, cast.administrator, twin, third)
    merged(client, cast.administrator, third, cast.assessor)
    assert {one.merged_into for one in User.objects.filter(pk__in=[twin.pk, third.pk])} == {cast.assessor}


def test_an_assessment_that_the_other_account_completed_is_found_too(client: Client, cast: Cast, twin: User) -> None:
    of = make.with_assessments(cast.portfolio)
    make.role(of, twin, since=-50)
    row = make.assessed(of, twin)
    merged(client, cast.administrator, twin, cast.assessor)
    assert [one.pk for one in access.addressed_assessments(cast.assessor)] == [row.pk]
    everything_agrees()


def test_what_the_other_account_decided_stands_in_the_list_of_what_the_person_decided(
    client: Client, cast: Cast, twin: User
) -> None:
    make.role(cast.portfolio, twin, since=-50)
    make.signed_off(cast.portfolio, twin)
    make.assessed(cast.portfolio, twin, code="S-X1")
    make.signed_off(cast.portfolio, cast.second_assessor, number=2)
    merged(client, cast.administrator, twin, cast.assessor)

    def decided(person: User) -> list[str]:
        client.force_login(person)
        return [row["name"] for row in client.get(reverse("reviewing") + "?show=decided").context["rows"]]

    assert decided(cast.assessor) == ["Priya Raman: DOPS of S-X1", "Priya Raman: S-C1 1"]
    assert decided(cast.second_assessor) == ["Priya Raman: S-C1 2"]
    assert decided(cast.officer) == []


def test_the_account_that_stays_hears_what_becomes_of_what_the_other_signed(
    client: Client, cast: Cast, twin: User
) -> None:
    make.role(cast.portfolio, twin, since=-50)
    activity, row = make.signed_off(cast.portfolio, twin), make.assessed(cast.portfolio, twin, code="S-X1")
    merged(client, cast.administrator, twin, cast.assessor)
    before = set(Mail.objects.values_list("pk", flat=True))
    perform("unlock", activity, by=cast.officer, reason="Wrong file.")
    perform("void assessment", row, by=cast.officer, reason="Wrong trainee.")
    told = Mail.objects.exclude(pk__in=before).filter(person=cast.assessor).order_by("pk")
    assert [mail.kind for mail in told] == ["unlock", "void assessment"]


def test_the_account_that_stays_hears_that_a_module_which_the_other_signed_is_void(
    client: Client, cast: Cast, twin: User
) -> None:
    make.role(cast.portfolio, twin, RoleKind.COORDINATOR, since=-50)
    for number in (1, 2, 3):
        make.signed_off(cast.portfolio, cast.second_assessor, number=number)
    make.module_signed_off(cast.portfolio, twin)
    merged(client, cast.administrator, twin, cast.assessor)
    perform("void module sign-off", ModuleOf.read(cast.portfolio, "S-C1"), by=cast.officer, reason="Too early.")
    told = Mail.objects.filter(kind="void module sign-off")
    assert {mail.person for mail in told} == {cast.trainee, cast.assessor}


def test_the_same_role_from_the_same_day_is_held_once_and_as_long_as_the_longer(
    client: Client, cast: Cast, twin: User
) -> None:
    make.role(cast.portfolio, twin)
    Role.objects.filter(user=cast.assessor, portfolio=cast.portfolio).update(ends_on=make.today() + timedelta(days=3))
    merged(client, cast.administrator, twin, cast.assessor)
    kept, gone = (cast.portfolio.roles.get(user=person) for person in (cast.assessor, twin))
    assert (kept.ends_on, gone.ends_on) == (None, make.today())


def test_an_open_session_and_a_link_of_the_account_that_goes_are_dead(client: Client, cast: Cast, twin: User) -> None:
    verified(twin)
    link = password_link(twin)
    there = Client()
    there.force_login(twin)
    assert there.get("/accounts/mail/").status_code == 200
    merged(client, cast.administrator, twin, cast.assessor)
    assert there.get("/accounts/mail/").status_code == 302
    page = Client().get("/" + link.split("/", 3)[3])
    assert page.status_code == 200
    assert page.context["token_fail"] is True


def test_who_would_be_their_own_assessor_is_not_merged(client: Client, cast: Cast, twin: User) -> None:
    said = "{} has or had a part in the portfolio of Priya Raman. Merged, they would be their own assessor."
    for person in (cast.assessor, cast.former_officer, cast.future_assessor):
        gone = person.email
        assert refusal(client, cast.administrator, person, cast.trainee) == said.format(gone)
    make.nominated(cast.portfolio, who=make.nominee("Maya Lind", twin.email))
    assert refusal(client, cast.administrator, twin, cast.trainee) == said.format(twin.email)
    assert not User.objects.exclude(merged_into=None).exists()


def test_a_portfolio_stays_with_the_account_that_owns_it(client: Client, cast: Cast, twin: User) -> None:
    assert refusal(client, cast.administrator, cast.trainee, cast.other_trainee) == (
        "Both have a portfolio of the same programme. Two portfolios do not become one."
    )
    assert refusal(client, cast.administrator, cast.trainee, twin).startswith(f"{cast.trainee.email} has a portfolio")
    assert merged(client, cast.administrator, twin, cast.trainee).status_code == 200
    everything_agrees()


def test_what_is_wrong_is_said_in_words(client: Client, cast: Cast, twin: User) -> None:
    by = cast.administrator
    not_managed = "You do not manage the account of {}."
    elsewhere = make.portfolio(make.person("Zed Oak"), make.curriculum("HST1-1-24", programme_code="HSST")).trainee
    grace = make.person("Grace Todd", email="grace@example.org", one_off=True)
    assert refusal(client, by, twin, twin) == "These are the same account. Name two."
    assert refusal(client, by, twin, by) == "One of these is your own account. Another administrator merges it."
    assert refusal(client, by, twin, elsewhere) == not_managed.format(elsewhere.email)
    assert refusal(client, by, twin, cast.cohort_administrator) == not_managed.format(cast.cohort_administrator.email)
    assert refusal(client, by, cast.superuser, twin) == not_managed.format(cast.superuser.email)
    assert refusal(client, cast.superuser, cast.administrator, twin).endswith("It can be the one that stays.")
    assert refusal(client, by, twin, cast.deactivated).endswith("It can be the one that goes.")
    assert refusal(client, by, twin, grace).endswith("It can be the one that goes.")
    answer = shown(client, by, twin, User(email="nobody@example.org"))
    assert answer.context["form"].errors == {"kept": ["Nobody has an account with this address."]}
    merged(client, by, twin, cast.assessor)
    assert refusal(client, by, twin, cast.second_assessor) == f"The account of {twin.email} was merged already."


def test_nobody_but_an_administrator_of_both_merges(client: Client, cast: Cast, twin: User) -> None:
    make.role(cast.other, twin)
    for name, person in cast.people().items():
        client.force_login(person)
        answer = client.post(PLACE, {"gone": twin.email, "kept": cast.assessor.email})
        may = name in ("administrator", "cohort_administrator", "superuser")
        enters = may or (name.startswith("other_") and name.endswith("administrator"))
        expected = 200 if may else 422 if enters else 401 if name == "deactivated" else 403
        assert answer.status_code == expected, name


def test_what_changed_since_the_page_is_not_merged(client: Client, cast: Cast, twin: User) -> None:
    before = shown(client, cast.administrator, twin, cast.assessor).context["pair"].seen
    form = {"gone": twin.email, "kept": cast.assessor.email, "confirm": "1"}
    for seen in ("", "0" * 64):
        assert client.post(PLACE, {**form, "seen": seen}).status_code == 409
    make.role(cast.other, twin, RoleKind.COORDINATOR)
    assert client.post(PLACE, {**form, "seen": before}).status_code == 409
    twin.refresh_from_db()
    assert (twin.is_active, twin.merged_into) == (True, None)


def test_a_merged_account_is_not_active_and_nobody_makes_it_so(client: Client, cast: Cast, twin: User) -> None:
    merged(client, cast.administrator, twin, cast.assessor)
    client.force_login(cast.superuser)
    place = reverse("admin:accounts_user_change", args=[twin.pk])
    client.post(place, {"name": "Maya Lind", "email": twin.email, "is_active": "on"})
    twin.refresh_from_db()
    assert twin.is_active is False
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=twin.pk).update(is_active=True)


def test_a_nomination_of_the_address_that_went_is_that_of_the_person(client: Client, cast: Cast, twin: User) -> None:
    row = make.nominated(cast.portfolio, who=make.nominee("Maya Lind", twin.email))
    merged(client, cast.administrator, twin, cast.assessor)
    perform("approve nomination", row, by=cast.officer)
    row.refresh_from_db()
    assert row.answer.assessor == cast.assessor
    everything_agrees()


# What becomes of each column that names a person, when their account goes. Whatever is new is thought about here.
MOVES = {
    "Role.user",
    "Mail.person",
    "Addressee.assessor",
    "AssessmentAddressee.assessor",
    "Handover.successor",
    "Snippet.owner",
}
REFUSED = {"Portfolio.trainee", "Administration.user"}
STAYS = {
    "EmailAddress.user",
    "Handover.named_by",
    "Intake.by",
    "LogEntry.user",
    "NominationAnswer.assessor",
    "Placement.confirmed_by",
    "Placement.supervisor",
    "User.merged_into",
}


def test_every_column_that_names_a_person_is_thought_about() -> None:
    found = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model is User and not (issubclass(model, Signed) and field.name == "signer")
    }
    said = {name for name in found if name.rpartition(".")[2] in ("by", "saved_by", "done_by")}
    assert found - said == (MOVES | REFUSED | STAYS) - said
