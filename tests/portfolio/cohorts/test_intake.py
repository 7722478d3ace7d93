"""A table of people: what its preview says of each row, and what is taken in, whole or not at all."""

from collections.abc import Callable
from datetime import date, timedelta
from time import process_time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings
from time_machine import travel

from accounts.models import User
from audit.models import Event
from curriculum.models import Curriculum
from outbox.delivery import deliver
from outbox.models import Mail
from portfolio.intake import taking
from portfolio.models import Intake, Portfolio, Role
from portfolio.states import RoleKind
from portfolio.workflow import perform
from tests import make
from tests.cast import Cast
from tests.portfolio.cohorts.tables import HEADINGS, role, table, text, trainee, upload, workbook

pytestmark = pytest.mark.django_db
ADA = "ada.moss@example.org"
COHORT = [
    trainee(organisation="Northmoor hospitals", department="Imaging", post="Trainee"),
    trainee("Ben Frost"),
    role("training officer", "Olga Dunn", ADA, "ben.frost@example.org", **{"from": "2024-09-03"}),
    role("assessor", "Maya Blum", ADA, **{"registration number": "CS00009"}),
]


@pytest.fixture
def administrator(client: Client, cast: Cast) -> User:
    """Of the whole programme, signed in."""
    make.organisation()
    client.force_login(cast.administrator)
    return cast.administrator


def preview(client: Client, *rows: dict[str, str]) -> Any:
    answer = client.post(reverse("intakes"), {"file": table(*rows)}, follow=True)
    assert answer.status_code == 200, answer.context["form"].errors
    return answer


def confirm(client: Client, shown: Any) -> Any:
    intake = shown.context["intake"]
    return client.post(reverse("intake", args=[intake.iid]), {"seen": shown.context["seen"]}, follow=True)


def wrong(client: Client, *rows: dict[str, str]) -> list[str]:
    """Every problem that the preview names, in the order of the table."""
    shown = preview(client, *rows)
    by_line = sorted(shown.context["rows"], key=lambda row: row["line"])
    found = [said for row in by_line for said in row["judged"].problems]
    content = shown.content.decode()
    assert ("Check the rows, then confirm" in content) == (not found and not shown.context["nothing_new"])
    return found


def notes(client: Client, *rows: dict[str, str]) -> list[str]:
    return [said for row in preview(client, *rows).context["rows"] for said in row["judged"].notes]


def there_is() -> tuple[int, ...]:
    return tuple(model._default_manager.count() for model in (User, Portfolio, Role, Event, Mail, EmailAddress))


def told() -> list[str]:
    return [event.kind for event in Event.objects.filter(chain__name="instance").order_by("seq")]


@pytest.mark.parametrize("name", ["cohort.csv", "cohort.xlsx"])
def test_ten_thousand_rows_are_answered_in_words_and_soon_and_nothing_is_kept(
    client: Client, administrator: User, name: str
) -> None:
    rows = [trainee(f"Ada Moss{number}") for number in range(10_000)]
    lines = [[row.get(heading, "") for heading in HEADINGS] for row in rows]
    content = text(rows) if name.endswith("csv") else workbook(HEADINGS, *lines)
    before, began = there_is(), process_time()
    answer = client.post(reverse("intakes"), {"file": upload(content, name)})
    assert (answer.status_code, process_time() - began < 5) == (422, True)
    assert "The file has more than 500 rows. Upload 500 or fewer at a time." in answer.content.decode()
    assert (there_is(), Intake.objects.count()) == (before, 0)


def test_every_problem_of_a_row_is_named_at_once_also_those_with_what_is_here(
    client: Client, administrator: User, cast: Cast
) -> None:
    formula = "The cell “department” holds a formula, or begins like one. Enter its value."
    row = trainee("Another Name", organisation="Nowhere", department="=A1", **{"e-mail": cast.trainee.email})
    assert [said.partition(" “")[0] for said in wrong(client, row)] == [
        formula.partition(" “")[0],
        "The account with this address is that of",
        "No organisation is called",
    ]
    assigned = role("training officer", "Olga Dunn", "nobody@example.org", post="=A1", **{"from": "soon"})
    assert [said[:20] for said in wrong(client, assigned)] == [
        "The cell “post” hold",
        "“soon” is no date th",
        "No trainee of yours ",
    ]
    assert Intake.objects.exclude(taken_at=None).count() == 0


# --- in whole -----------------------------------------------------------------------------------------------------


def test_a_preview_does_nothing_and_says_what_each_row_would_do(client: Client, administrator: User) -> None:
    before = there_is()
    shown = preview(client, *COHORT)
    assert there_is() == before
    assert shown.context["sums"] == {"account": 4, "portfolio": 2, "role": 3}
    assert [row["judged"].does for row in shown.context["rows"]] == [
        ["Account, with an invitation by e-mail", "Portfolio, TST1-1-24, cohort 2024, from 3 September 2024"],
        ["Account, with an invitation by e-mail", "Portfolio, TST1-1-24, cohort 2024, from 3 September 2024"],
        [
            "Account, with an invitation by e-mail",
            f"Training officer of {ADA}, from 3 September 2024",
            "Training officer of ben.frost@example.org, from 3 September 2024",
        ],
        [
            "Account, with an invitation by e-mail",
            f"Assessor of {ADA}, from {make.today().day} {make.today():%B %Y}",
        ],
    ]


def test_a_table_is_taken_in_whole_with_an_event_for_everything(client: Client, administrator: User) -> None:
    answer = confirm(client, preview(client, *COHORT))
    assert answer.status_code == 200
    ada = Portfolio.objects.get(trainee__email=ADA)
    assert (ada.curriculum.code, ada.programme.code, ada.cohort_year, ada.starts_on) == (
        "TST1-1-24",
        "STP",
        2024,
        date(2024, 9, 3),
    )
    assert (str(ada.organisation), ada.department, ada.trainee.post) == ("Northmoor Hospitals", "Imaging", "Trainee")
    assert [(row.user.name, row.kind, row.starts_on, row.ends_on) for row in ada.roles.order_by("kind")] == [
        ("Maya Blum", "assessor", make.today(), None),
        ("Olga Dunn", "officer", date(2024, 9, 3), None),
    ]
    assert User.objects.get(email="maya.blum@example.org").registration_number == "CS00009"
    assert EmailAddress.objects.get(email=ADA).verified
    assert told() == [
        *["person.add"] * 4,
        *["person.invite"] * 4,
        *["portfolio added"] * 2,
        *["role given"] * 3,
        "cohort.intake",
    ]
    intake = Intake.objects.get()
    assert (intake.rows, intake.done) == ([], {"people": 4, "portfolios": 2, "roles": 3})
    last = Event.objects.filter(chain__name="instance").latest("seq")
    assert last.details == {"intake": intake.iid, "file": intake.sha256, "done": intake.done}


def test_the_same_table_again_changes_nothing(client: Client, administrator: User) -> None:
    confirm(client, preview(client, *COHORT))
    before = there_is()
    shown = preview(client, *COHORT)
    assert shown.context["nothing_new"] is True
    assert "All of this is here already." in shown.content.decode()
    assert confirm(client, shown).status_code == 200
    counts = there_is()
    assert counts[:3] + counts[4:] == before[:3] + before[4:]
    assert told()[-1] == "cohort.intake"


def test_no_mail_leaves_in_the_request_and_the_link_stands_in_no_table(
    client: Client, administrator: User, settings: Settings
) -> None:
    confirm(client, preview(client, COHORT[0]))
    row = Mail.objects.get()
    assert (mail.outbox, row.kind, row.text, row.person) == ([], "invitation", "", User.objects.get(email=ADA))
    with pytest.MonkeyPatch.context() as patch:
        sent: list[Any] = []
        patch.setattr("outbox.line.Line.open", lambda line: None)
        patch.setattr("outbox.line.Line.hand_over", lambda line, message, last: (last(), sent.append(message)))
        deliver()
    (one,) = sent
    assert (one.to, one.subject) == ([ADA], "Set your password for STP Portfolio")
    (link,) = [word for word in one.body.split() if "/password/reset/key/" in word]
    assert Client().get(link.removeprefix(settings.SITE_URL)).status_code == 302


def test_an_invitation_of_somebody_who_has_signed_in_meanwhile_is_not_sent(client: Client, administrator: User) -> None:
    confirm(client, preview(client, COHORT[0]))
    Client().force_login(User.objects.get(email=ADA))
    deliver()
    row = Mail.objects.get()
    assert (mail.outbox, row.last_failure) == ([], "there is nothing to say any more")


def test_people_who_are_here_get_roles_and_no_invitation(client: Client, cast: Cast, administrator: User) -> None:
    maya = role("assessor", cast.assessor.name, ADA, **{"e-mail": cast.assessor.email.upper()})
    there = role("assessor", "Olga Dunn", cast.trainee.email)
    answer = confirm(client, preview(client, trainee(), maya, there))
    assert answer.status_code == 200
    assert {ADA, "olga.dunn@example.org"} == {row.person.email for row in Mail.objects.all() if row.person}
    assert cast.assessor.roles.filter(portfolio__trainee__email=ADA).count() == 1
    assert cast.portfolio.roles.filter(user__name="Olga Dunn").count() == 1


def test_a_role_is_given_in_the_portfolio_that_the_administrator_keeps_and_in_no_other_of_the_trainee(
    client: Client, cast: Cast, administrator: User
) -> None:
    elsewhere = make.portfolio(cast.trainee, Portfolio.objects.get(trainee=cast.other_programme_trainee).curriculum)
    confirm(client, preview(client, role("assessor", "Olga Dunn", cast.trainee.email)))
    assert [row.portfolio for row in Role.objects.filter(user__name="Olga Dunn")] == [cast.portfolio]
    assert not elsewhere.roles.exists()


def test_whoever_signed_by_links_has_an_account_from_then_on(client: Client, cast: Cast, administrator: User) -> None:
    grace = make.person("Grace Todd", email="grace@example.org", one_off=True)
    shown = preview(client, role("assessor", "Grace Todd", cast.trainee.email, **{"e-mail": "grace@example.org"}))
    assert shown.context["sums"] == {"account": 1, "portfolio": 0, "role": 1}
    confirm(client, shown)
    grace.refresh_from_db()
    assert (grace.one_off, Mail.objects.get().person) == (False, grace)


def test_a_specialty_stands_for_the_one_curriculum_of_the_cohort(client: Client, administrator: User) -> None:
    assert wrong(client, trainee(curriculum="test science")) == []
    make.curriculum("TST2-1-24")
    assert wrong(client, trainee(curriculum="test science")) == [
        "Cohort 2024 has more than one curriculum of “test science”: TST1-1-24, TST2-1-24."
    ]


# --- what keeps a row out -----------------------------------------------------------------------------------------


def test_what_the_database_holds_against_a_trainee_is_said(client: Client, cast: Cast, administrator: User) -> None:
    make.person("Gil Lowe", email="gil@example.org", is_active=False)
    draft = make.curriculum("DRF1-1-24")
    draft.status = "draft"
    draft.save()
    priya = {"e-mail": cast.trainee.email}
    neither = (
        "“{}” is neither the code of a published curriculum that you administer, nor the specialty of one that "
        "started in 2024."
    )
    assert wrong(
        client,
        trainee("Gil Lowe", **{"e-mail": "gil@example.org"}),
        trainee("Someone Else", **priya),
        trainee("Una Dale", curriculum="XYZ"),
        trainee("Una Dean", curriculum="DRF1-1-24"),
        trainee("Una Dorn", organisation="Northmor Hospitals"),
        trainee("Una Dyer", organisation="Zzz"),
        trainee("Una Dyson", **{"e-mail": "una@"}),
    ) == [
        "The account of Gil Lowe is not active. Reactivate it under People first, or remove the row.",
        "The account with this address is that of “Priya Raman”. Write the name so, or correct the address.",
        neither.format("XYZ"),
        neither.format("DRF1-1-24"),
        "No organisation is called “Northmor Hospitals”. Did you mean “Northmoor Hospitals”? "
        "Correct it, or add it under Organisations first.",
        "No organisation is called “Zzz”. Correct it, or add it under Organisations first.",
        "“una@” is no e-mail address. Enter one e-mail address, such as name@hospital.example.",
    ]
    make.curriculum("TST7-1-24")
    assert wrong(client, trainee("Priya Raman", **priya, curriculum="TST7-1-24")) == [
        "Priya Raman has an open portfolio of STP programme already. Close that one first."
    ]


def test_what_the_database_holds_against_a_role_is_said(client: Client, cast: Cast, administrator: User) -> None:
    priya = cast.trainee.email
    assert wrong(
        client,
        role("assessor", "Maya Blum", "nobody@example.org"),
        role("assessor", cast.administrator.name, priya, **{"e-mail": cast.administrator.email}),
        role("assessor", "Priya Raman", priya, **{"e-mail": priya}),
        role("training officer", "Olga Dunn", priya),
        role("training officer", "Olga Dunn", ADA),
        role("training officer", "Otto Dunn", ADA),
        trainee(),
    ) == [
        "No trainee of yours has the address nobody@example.org. Add them in a row of this table, or correct it.",
        "Nobody appoints themselves. Another administrator does it.",
        "Nobody holds a role in their own portfolio. Name another person.",
        f"Ana Reyes is the training officer of {priya}. Change that with “Another training officer”, "
        "or remove the row.",
        f"Row 6 names another training officer of {ADA}. Keep one.",
    ]


def test_one_person_is_not_opened_two_portfolios_of_one_programme(client: Client, administrator: User) -> None:
    make.curriculum("TST2-1-24")
    assert wrong(client, trainee(), trainee(curriculum="TST2-1-24")) == [
        "Row 2 opens a portfolio of STP programme for them. Remove one."
    ]


def test_a_row_that_stands_twice_is_wrong_once_and_not_in_the_rows_that_rest_on_it(
    client: Client, administrator: User
) -> None:
    rows = [trainee(), trainee(), role("assessor", "Maya Blum", ADA)]
    assert wrong(client, *rows) == ["This trainee is in row 2 already. Remove one of the two."]


def test_what_is_odd_and_allowed_is_noted(client: Client, cast: Cast, administrator: User) -> None:
    assert notes(client, trainee("Raman Priya", **{"from": "1/9/2025"})) == [
        f"Somebody with this name is here as {cast.trainee.email}. Is it the same person?",
        "The curriculum is of 2024, the cohort of 2024, and the training starts in 2025. This is allowed.",
    ]
    assert notes(client, trainee(), trainee(**{"e-mail": "a.moss@example.org"})) == [
        "Row 2 has this name with another address. Is it the same person?"
    ]
    assert notes(client, trainee("Priya Raman", **{"e-mail": cast.trainee.email, "department": "Physics"}))[-1] == (
        "First day, organisation or department are otherwise here. They stay as they are."
    )
    owen = cast.officer_in_training
    assert notes(client, role("assessor", owen.name, cast.other_trainee.email, **{"e-mail": owen.email})) == [
        "Owen Hart is in training on the same programme, and signs nothing in it until that is over."
    ]


def test_the_same_table_after_a_portfolio_was_closed_opens_no_second_one(client: Client, administrator: User) -> None:
    confirm(client, preview(client, *COHORT))
    perform("close portfolio", Portfolio.objects.get(trainee__email=ADA), by=administrator, reason="She left.")
    before = there_is()
    shown = preview(client, *COHORT)
    assert [said for row in shown.context["rows"] for said in row["judged"].problems] == [
        "Ada Moss has a closed portfolio of TST1-1-24. Reopen that one, or remove the row."
    ]
    assert (confirm(client, shown).status_code, there_is()) == (409, before)
    perform("reopen portfolio", Portfolio.objects.get(trainee__email=ADA), by=administrator, reason="She is back.")
    assert preview(client, *COHORT).context["nothing_new"] is True


def test_a_closed_portfolio_of_another_curriculum_is_noted_to_those_who_administer_it(
    client: Client, cast: Cast, administrator: User
) -> None:
    make.curriculum("TST2-1-24")
    confirm(client, preview(client, trainee()))
    perform("close portfolio", Portfolio.objects.get(trainee__email=ADA), by=administrator, reason="She changes.")
    other = trainee(curriculum="TST2-1-24")
    assert notes(client, other) == ["Ada Moss has a closed portfolio of TST1-1-24 too. This opens another one."]
    assert wrong(client, other) == []
    Portfolio.objects.filter(trainee__email=ADA).update(cohort_year=2019)
    client.force_login(cast.cohort_administrator)
    assert (notes(client, other), wrong(client, trainee())) == ([], [])


def test_an_address_whose_account_was_merged_leads_to_the_one_that_goes_on(
    client: Client, cast: Cast, administrator: User
) -> None:
    confirm(client, preview(client, trainee(), role("training officer", "Olga Dunn", ADA)))
    olga = User.objects.get(email="olga.dunn@example.org")
    make.person("Olga Dunn", email="a.dunn@example.org", is_active=False, merged_into=olga)
    old = role("training officer", "Olga Dunn", ADA, **{"e-mail": "a.dunn@example.org"})
    assert wrong(client, old) == [
        "The account of this address was merged into another. Olga Dunn goes on as olga.dunn@example.org: "
        "enter that address."
    ]
    assert notes(client, role("assessor", "Olga Dunn", ADA, **{"e-mail": "new@example.org"})) == [
        "Somebody with this name is here as olga.dunn@example.org. Is it the same person?"
    ]
    make.role(make.portfolio(make.person("Uma Voss"), of=make.curriculum("OTH1-1-24", programme_code="OTH")), olga)
    Role.objects.filter(user=olga, portfolio__trainee__email=ADA).delete()
    assert wrong(client, old) == [
        "The account of this address was merged into another. Olga Dunn goes on with another address: enter that one."
    ]


def test_a_registration_number_under_two_addresses_is_noted(client: Client, cast: Cast, administrator: User) -> None:
    cast.assessor.registration_number = "HCPC CS-04711"
    cast.assessor.save()
    hers = {"registration number": "cs04711"}
    assert notes(client, role("assessor", "Maya Blum", cast.trainee.email, **hers)) == [
        f"Somebody with this registration number is here as {cast.assessor.email}. Is it the same person?"
    ]
    known = role("assessor", cast.assessor.name, cast.trainee.email, **hers, **{"e-mail": cast.assessor.email})
    assert notes(client, known) == []
    first, second = ({"registration number": said} for said in ("CS00009", "HCPC CS 00009"))
    assert notes(client, trainee(), role("assessor", "Maya Blum", ADA, **first), trainee("Ben Frost", **second)) == [
        "Row 4 has this registration number with another address. Is it the same person?"
    ]
    pending = {"registration number": "pending"}
    assert notes(client, trainee(**pending), trainee("Ben Frost", **pending)) == []


def test_one_bad_row_keeps_the_whole_table_out(client: Client, administrator: User) -> None:
    before = there_is()
    shown = preview(client, *COHORT, trainee("Una Dale", curriculum="XYZ"))
    content = shown.content.decode()
    assert "<b>1 row of 5 cannot be taken in.</b>" in content
    assert [row["line"] for row in shown.context["rows"]] == [6, 2, 3, 4, 5]  # what is wrong stands first
    assert confirm(client, shown).status_code == 409
    assert there_is() == before


@pytest.mark.parametrize("content", [b"", "part,name\x00", b"\xff\xfe", "a,b,c\n", "name\n" * 10_001])
def test_a_file_that_is_no_table_is_refused_at_its_field_and_nothing_is_kept(
    client: Client, administrator: User, content: bytes | str
) -> None:
    answer = client.post(reverse("intakes"), {"file": upload(content)})
    assert answer.status_code == 422
    assert len(answer.context["form"].errors["file"]) == 1
    assert not Intake.objects.exists()


# --- whose it is --------------------------------------------------------------------------------------------------


def test_an_administrator_of_another_cohort_or_programme_takes_in_none_of_this(client: Client, cast: Cast) -> None:
    role_of_hers = role("assessor", "Maya Blum", cast.trainee.email)
    client.force_login(cast.other_cohort_administrator)
    assert wrong(client, trainee(), role_of_hers) == [
        "You do not administer cohort 2024 of STP programme.",
        f"No trainee of yours has the address {cast.trainee.email}. Add them in a row of this table, or correct it.",
    ]
    client.force_login(cast.other_programme_administrator)
    first, second = wrong(client, trainee(), role_of_hers)
    assert first.startswith("“TST1-1-24” is neither the code of a published curriculum that you administer")
    assert second.startswith("No trainee of yours")
    client.force_login(cast.cohort_administrator)
    assert wrong(client, trainee(), role_of_hers) == []


def test_nobody_but_an_administrator_reads_or_uploads(client: Client, cast: Cast) -> None:
    for name, person in cast.people().items():
        client.force_login(person)
        enters = (name.endswith("administrator") and not name.startswith("former")) or name == "superuser"
        out = 302 if name == "deactivated" else 403
        for place in ("intakes", "intake_template", "change_officer"):
            assert client.get(reverse(place)).status_code == (200 if enters else out), (name, place)


def test_a_table_is_its_uploaders_alone(client: Client, cast: Cast, administrator: User) -> None:
    shown = preview(client, *COHORT)
    for other in (cast.cohort_administrator, cast.superuser):
        client.force_login(other)
        assert client.get(reverse("intake", args=[shown.context["intake"].iid])).status_code == 404
        assert confirm(client, shown).status_code == 404
    assert not Portfolio.objects.filter(trainee__email=ADA).exists()


def test_whose_administration_has_ended_confirms_nothing(client: Client, cast: Cast, administrator: User) -> None:
    shown = preview(client, *COHORT)
    cast.administrator.administrations.update(ends_on=make.today() - timedelta(days=1))
    assert confirm(client, shown).status_code == 403
    make.administration(cast.administrator, cohort=2019)
    assert confirm(client, shown).status_code == 409
    assert not Portfolio.objects.filter(trainee__email=ADA).exists()


# --- between preview and confirmation -----------------------------------------------------------------------------


def _somebody_makes_the_account(cast: Cast) -> None:
    make.person("Ada Moss", email=ADA)


def _the_curriculum_is_a_draft_again(cast: Cast) -> None:
    Curriculum.objects.filter(code="TST1-1-24").update(status="draft")


def _somebody_names_an_officer(cast: Cast) -> None:
    make.role(cast.other, make.person("Ann Other"), RoleKind.OFFICER, since=1)


@pytest.mark.parametrize(
    "meanwhile", [_somebody_makes_the_account, _the_curriculum_is_a_draft_again, _somebody_names_an_officer]
)
def test_what_changed_meanwhile_is_shown_anew_and_nothing_is_done(
    client: Client, cast: Cast, administrator: User, meanwhile: Callable[[Cast], None]
) -> None:
    Role.objects.filter(portfolio=cast.other, kind=RoleKind.OFFICER).update(ends_on=make.today() - timedelta(days=1))
    shown = preview(client, *COHORT, role("training officer", "Olga Dunn", cast.other_trainee.email))
    assert not any(row["judged"].problems for row in shown.context["rows"])
    meanwhile(cast)
    answer = confirm(client, shown)
    assert answer.status_code == 409
    assert taking.CHANGED in answer.content.decode()
    assert not Portfolio.objects.filter(trainee__email=ADA).exists()
    assert "cohort.intake" not in told()


def test_what_is_confirmed_is_what_was_shown(client: Client, administrator: User) -> None:
    shown = preview(client, *COHORT)
    place = reverse("intake", args=[shown.context["intake"].iid])
    for forged in ({}, {"seen": ""}, {"seen": "0" * 64}, {"seen": shown.context["seen"][:-1]}):
        assert client.post(place, forged).status_code == 409
    assert Portfolio.objects.filter(trainee__email=ADA).count() == 0
    again = preview(client, trainee("Cara Lund"))
    assert client.post(place, {"seen": again.context["seen"]}).status_code == 404  # gave way to the newer table


def test_a_table_is_taken_in_once(client: Client, administrator: User) -> None:
    shown = preview(client, *COHORT)
    assert confirm(client, shown).status_code == 200
    before = there_is()
    answer = confirm(client, shown)
    assert (answer.status_code, taking.TAKEN in answer.content.decode()) == (409, True)
    assert there_is() == before


def test_portfolios_are_locked_before_whoever_confirms_as_in_every_step(
    client: Client, cast: Cast, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other way round, a step and a table of one administrator could each wait for what the other has."""
    order: list[object] = []
    locked, acting = taking.locked, taking.acting
    monkeypatch.setattr(taking, "locked", lambda pk: order.append(pk) or locked(pk))
    monkeypatch.setattr(taking, "acting", lambda by: order.append(by) or acting(by))
    shown = preview(client, role("assessor", "Olga Dunn", cast.trainee.email))
    assert confirm(client, shown).status_code == 200
    assert order == [cast.portfolio.pk, administrator]


def test_a_fault_half_way_leaves_nothing(client: Client, administrator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    shown, before = preview(client, *COHORT), there_is()
    monkeypatch.setattr(Role, "save", lambda row: (_ for _ in ()).throw(RuntimeError("power")))
    with pytest.raises(RuntimeError):
        confirm(client, shown)
    assert there_is() == before
    assert Intake.objects.get().taken_at is None


def test_a_table_that_nobody_confirms_is_forgotten_after_a_day(client: Client, administrator: User) -> None:
    preview(client, *COHORT)
    assert taking.forget() == 0
    with travel(make.today() + timedelta(days=2), tick=False):
        assert taking.forget() == 1
    confirm(client, preview(client, *COHORT))
    with travel(make.today() + timedelta(days=2), tick=False):
        assert taking.forget() == 0  # that it was taken in is kept


def test_a_preview_asks_as_much_for_five_hundred_rows_as_for_one(client: Client, administrator: User) -> None:
    def asked(*rows: dict[str, str]) -> int:
        iid = preview(client, *rows).context["intake"].iid
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("intake", args=[iid])).status_code == 200
        return len(queries)

    one = asked(trainee(), role("assessor", "Maya Blum", ADA))
    many = [trainee(f"Ada Moss{number}") for number in range(250)]
    many += [role("assessor", f"Maya Blum{at}", f"ada.moss{at}@example.org") for at in range(250)]
    assert (asked(*many), one <= 15) == (one, True)


def test_the_template_holds_the_headings_that_are_read(client: Client, administrator: User) -> None:
    answer = client.get(reverse("intake_template"))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="people.csv"'
    content = answer.content + b"trainee,Ada Moss,ada@example.org,,,TST1-1-24,2024,3/9/2024,,,\r\n"
    shown = client.post(reverse("intakes"), {"file": upload(content)}, follow=True)
    assert shown.context["wrong"] == 0
