"""`manage.py setup`: the first people, from options or from answers, all or nothing."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from pytest_django import Settings

from accounts.models import User
from audit.models import Event
from curriculum.models import Curriculum
from outbox.delivery import waiting
from portfolio import access
from portfolio.management import first_people
from portfolio.management.commands import setup
from portfolio.models import Administration, Portfolio, Role
from portfolio.states import RoleKind
from tests import make

pytestmark = pytest.mark.django_db
PASSWORD = "a long and private phrase"
RUTH = {"admin_name": "Ruth Clarke", "admin_email": "Ruth.Clarke@Example.org"}
TRAINEE = {
    "trainee_name": "Priya Raman",
    "trainee_email": "priya@example.org",
    "curriculum": "TST1-1-24",
    "start": "2024-09-02",
}
OFFICER = {"officer_name": "Ana Reyes", "officer_email": "ana@example.org"}
ASSESSOR = {"assessor_name": "Maya Lind", "assessor_email": "maya@example.org"}


@pytest.fixture(autouse=True)
def nobody_at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup.sys.stdin, "isatty", lambda: False, raising=False)
    monkeypatch.delenv(setup.PASSWORD_VARIABLE, raising=False)


@pytest.fixture
def curriculum(db: None) -> Curriculum:
    return make.curriculum()


@pytest.fixture
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(setup.PASSWORD_VARIABLE, PASSWORD)


def run(**options: Any) -> tuple[list[str], list[str], str]:
    """The lines it prints, the problems it tells, and the last word when it gives up."""
    out, err = StringIO(), StringIO()
    refusal = ""
    try:
        call_command("setup", stdout=out, stderr=err, no_color=True, **options)
    except CommandError as error:
        refusal = str(error)
    return out.getvalue().splitlines(), err.getvalue().splitlines(), refusal


def kinds() -> list[str]:
    return list(Event.objects.filter(chain__name="instance").order_by("seq").values_list("kind", flat=True))


def nothing_made() -> bool:
    return not any(
        model._default_manager.exists() for model in (User, EmailAddress, Administration, Portfolio, Role, Event)
    )


# --- options ------------------------------------------------------------------------------------------------------


def test_an_administrator_alone(curriculum: Curriculum, password: None) -> None:
    make.programme("HSST")
    out, err, refusal = run(**RUTH)
    ruth = User.objects.get()
    assert (refusal, err) == ("", [])
    assert out == [
        "Ruth Clarke (ruth.clarke@example.org) is the administrator.",
        "Sign in: http://127.0.0.1:8000/accounts/login/",
    ]
    assert (ruth.is_superuser, ruth.name, authenticate(email=ruth.email, password=PASSWORD)) == (
        True,
        RUTH["admin_name"],
        ruth,
    )
    assert EmailAddress.objects.filter(user=ruth, email=ruth.email, verified=True, primary=True).count() == 1
    assert sorted(ruth.administrations.values_list("programme__code", "cohort_year", "starts_on", "ends_on")) == [
        ("HSST", None, make.today(), None),
        ("STP", None, make.today(), None),
    ]
    assert kinds() == ["person.add", "administration given", "administration given"]
    assert mail.outbox == []


def test_a_trainee_with_officer_and_assessor(curriculum: Curriculum, password: None) -> None:
    out, err, refusal = run(**RUTH, **TRAINEE, **OFFICER, **ASSESSOR)
    assert (refusal, err) == ("", [])
    portfolio = Portfolio.objects.get()
    assert (portfolio.trainee.name, portfolio.curriculum, portfolio.programme.code, portfolio.cohort_year) == (
        "Priya Raman",
        curriculum,
        "STP",
        2024,
    )
    assert sorted(portfolio.roles.values_list("user__name", "kind", "starts_on", "ends_on")) == [
        ("Ana Reyes", RoleKind.OFFICER, make.today(), None),
        ("Maya Lind", RoleKind.ASSESSOR, make.today(), None),
    ]
    assert [person.name for person in access.may_decide_on(portfolio)] == ["Ana Reyes", "Maya Lind"]
    invited = ["priya@example.org", "ana@example.org", "maya@example.org"]
    assert [sent.to[0] for sent in mail.outbox] == invited
    assert all("/accounts/password/reset/key/" in sent.body for sent in mail.outbox)
    assert EmailAddress.objects.filter(verified=True, email__in=invited).count() == 3
    assert kinds() == [
        "person.add",
        "administration given",
        "person.add",
        "portfolio added",
        "person.add",
        "role given",
        "person.add",
        "role given",
        *["person.invite"] * 3,
    ]
    assert out == [
        "Ruth Clarke (ruth.clarke@example.org) is the administrator.",
        "Priya Raman has a portfolio on Test Science (TST1-1-24).",
        "Priya Raman (priya@example.org) gets a mail with a link to set a password.",
        "Ana Reyes (ana@example.org) gets a mail with a link to set a password.",
        "Maya Lind (maya@example.org) gets a mail with a link to set a password.",
        "Sign in: http://127.0.0.1:8000/accounts/login/",
    ]


def test_one_trainee_runs_it_alone(curriculum: Curriculum, password: None) -> None:
    of = {"curriculum": "TST1-1-24", "start": "2024-09-02"}
    _, _, refusal = run(**RUTH, **of, **OFFICER, trainee_is_admin=True)
    assert refusal == ""
    ruth = User.objects.get(email="ruth.clarke@example.org")
    assert (Portfolio.objects.get().trainee, ruth.is_superuser, User.objects.count()) == (ruth, True, 2)
    assert [sent.to for sent in mail.outbox] == [["ana@example.org"]]


def test_officer_and_assessor_may_be_one_person(curriculum: Curriculum, password: None) -> None:
    both = {**OFFICER, "assessor_name": "Ana Reyes", "assessor_email": "Ana@example.org"}
    run(**RUTH, **TRAINEE, **both)
    ana = User.objects.get(email="ana@example.org")
    assert sorted(ana.roles.values_list("kind", flat=True)) == [RoleKind.ASSESSOR, RoleKind.OFFICER]
    assert len(mail.outbox) == 2


def test_a_start_in_another_year_than_the_curriculums_is_allowed_and_said(
    curriculum: Curriculum, password: None
) -> None:
    out, _, refusal = run(**RUTH, **{**TRAINEE, "start": "2025-01-06"})
    assert refusal == ""
    assert (
        "The training starts in 2025, the curriculum is of 2024. This is allowed. Check that it is what you mean."
    ) in out


def test_the_password_may_be_in_a_file(curriculum: Curriculum, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n")
    assert run(**RUTH, admin_password_file=str(file))[2] == ""
    assert authenticate(email="ruth.clarke@example.org", password=PASSWORD) is not None


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"admin_email": ""}, "--admin-email: Enter the administrator's e-mail address."),
        ({"admin_email": "ruth"}, "--admin-email: Enter a valid email address."),
        ({"admin_name": " "}, "--admin-name: Enter the administrator's name."),
        ({**TRAINEE, "trainee_name": ""}, "--trainee-name: Enter the trainee's name."),
        ({**TRAINEE, "trainee_email": ""}, "--trainee-email: Enter the trainee's e-mail address."),
        ({**TRAINEE, "curriculum": ""}, "--curriculum: Enter the code of a curriculum."),
        ({**TRAINEE, "curriculum": "DRF1-1-24"}, "--curriculum: Choose one of the curricula: TST1-1-24."),
        ({**TRAINEE, "start": ""}, "--start: Enter the first day of the training."),
        (
            {**TRAINEE, "start": "2 September 2024"},
            "--start: Write the date as year-month-day, for example 2024-09-02.",
        ),
        ({**TRAINEE, "start": "2024-02-30"}, "--start: Write the date as year-month-day, for example 2024-09-02."),
        ({**TRAINEE, "start": "0204-09-02"}, "--start: Check the year. It must be from 2000 to 2100."),
        ({**TRAINEE, "officer_name": "Ana Reyes"}, "--officer-email: Enter the officer's e-mail address."),
        ({**TRAINEE, "assessor_email": "maya@example.org"}, "--assessor-name: Enter the assessor's name."),
        (
            OFFICER,
            "--trainee-email: Enter the trainee's e-mail address: these things belong to a trainee.",
        ),
        (
            {**TRAINEE, "trainee_is_admin": True},
            "--trainee-is-admin: Either the administrator is the trainee, or somebody else is. Choose one.",
        ),
        (
            {**TRAINEE, "trainee_email": RUTH["admin_email"]},
            "--trainee-email: This is the administrator. Say that the administrator is the trainee.",
        ),
        (
            {**TRAINEE, **OFFICER, "officer_email": "PRIYA@example.org"},
            "--officer-email: Officer and assessor are other people than administrator and trainee.",
        ),
        (
            {**TRAINEE, **ASSESSOR, "assessor_email": RUTH["admin_email"]},
            "--assessor-email: Officer and assessor are other people than administrator and trainee.",
        ),
        (
            {**TRAINEE, **OFFICER, **ASSESSOR, "assessor_email": "ana@example.org"},
            "--assessor-email: This is the officer's address, under another name. Use one name.",
        ),
    ],
)
def test_each_mistake_is_told_at_its_option_and_nothing_is_made(
    curriculum: Curriculum, password: None, given: dict[str, Any], problem: str
) -> None:
    draft = make.curriculum("DRF1-1-24")
    draft.status = Curriculum.Status.DRAFT
    draft.save()
    out, err, refusal = run(**{**RUTH, **given})
    assert (out, err, refusal) == ([], [problem], "1 problem. Nothing was set up.")
    assert nothing_made()


def test_all_mistakes_are_told_at_once(curriculum: Curriculum, password: None) -> None:
    _, err, refusal = run(admin_email="x", start="soon", officer_email="y")
    assert sorted(line.split(":")[0] for line in err) == [
        "--admin-email",
        "--admin-name",
        "--officer-email",
        "--officer-name",
        "--start",
        "--trainee-email",
    ]
    assert refusal == "6 problems. Nothing was set up."
    assert nothing_made()


@pytest.mark.parametrize(
    ("word", "problem"),
    [
        ("short", "This password is too short. It must contain at least 12 characters."),
        ("qwerty123456", "This password is too common."),
        ("ruth.clarke@example.org", "The password is too similar to the e-mail address."),
    ],
)
def test_a_weak_password_is_refused(
    curriculum: Curriculum, monkeypatch: pytest.MonkeyPatch, word: str, problem: str
) -> None:
    monkeypatch.setenv(setup.PASSWORD_VARIABLE, word)
    _, err, _ = run(**RUTH)
    assert f"STP_SETUP_PASSWORD: {problem}" in err
    assert nothing_made()


def test_an_address_that_has_an_account_is_refused(curriculum: Curriculum, password: None) -> None:
    make.person("Old Hand", email="ruth.clarke@example.org", is_superuser=True, is_active=False)
    _, err, _ = run(**RUTH)
    assert err == ["--admin-email: Somebody already has an account with this address."]


def test_without_a_password_or_with_a_file_that_is_not_there_it_says_what_to_do(curriculum: Curriculum) -> None:
    assert run(**RUTH)[2] == (
        "There is no password for the administrator. Put it into STP_SETUP_PASSWORD, or into a file and name that with "
        "--admin-password-file. Nothing was set up."
    )
    assert run(**RUTH, admin_password_file="/nowhere/at/all")[2] == (
        "--admin-password-file: /nowhere/at/all cannot be read. Nothing was set up."
    )
    assert nothing_made()


def test_without_options_and_without_a_terminal_it_says_which_options_to_give(curriculum: Curriculum) -> None:
    out, err, refusal = run()
    assert (out, err) == ([], [])
    assert refusal.startswith(
        "There is no administrator yet, and no terminal to ask at. Give at least:\n  --admin-name"
    )
    assert nothing_made()


@pytest.mark.parametrize("who", ["superuser", "administrator"])
def test_where_there_is_an_administrator_it_says_so_and_changes_nothing(curriculum: Curriculum, who: str) -> None:
    person = make.person("Sue Oakes", is_superuser=who == "superuser")
    if who == "administrator":
        make.administration(person)
    for options in ({}, RUTH):
        out, err, refusal = run(**options)
        assert (err, refusal, len(out)) == ([], "", 1)
        assert out[0].startswith("There is an administrator already (Sue Oakes).")
        assert out[0].endswith("http://127.0.0.1:8000/admin/")
    assert User.objects.count() == 1


def test_without_a_curriculum_it_says_what_to_load_first(db: None, password: None) -> None:
    assert run(**RUTH)[2] == "No curriculum is loaded. First: manage.py load_curriculum curriculum/data/*.yaml"


def test_without_tables_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_table() -> list[str]:
        raise DatabaseError("no such table: accounts_user")

    monkeypatch.setattr(setup, "administrators", no_table)
    assert run()[2] == ("The database cannot be used (no such table: accounts_user). Has `manage.py migrate` been run?")


def test_what_fails_half_way_leaves_nothing_behind(
    curriculum: Curriculum, password: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: Any, **kwargs: Any) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(first_people.Role, "save", fails)
    assert "disk full" in run(**RUTH, **TRAINEE, **OFFICER)[2]
    assert nothing_made()
    assert mail.outbox == []


def test_mail_that_does_not_leave_does_not_undo_the_setup_and_leaves_later(
    curriculum: Curriculum, password: None, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    _, err, refusal = run(**RUTH, **TRAINEE)
    assert (refusal, Portfolio.objects.count()) == ("", 1)
    assert err == [
        "The mail to Priya Raman (priya@example.org) has not left yet. It is tried again while the server runs."
    ]
    assert [(row.kind, row.text, row.to) for row in waiting()] == [("invitation", "", "priya@example.org")]


# --- questions ----------------------------------------------------------------------------------------------------


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Somebody at a terminal. The answers that they will give, in order; a password is given twice."""
    answers: list[str] = []

    def answer(question: str) -> str:
        if not answers:
            raise EOFError
        return answers.pop(0)

    monkeypatch.setattr(setup.sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", answer)
    monkeypatch.setattr(setup, "getpass", answer)
    yield answers
    assert answers == []


def test_answers_make_an_administrator(curriculum: Curriculum, terminal: list[str]) -> None:
    terminal += ["Ruth Clarke", "ruth@example.org", PASSWORD, PASSWORD, "n"]
    assert run()[2] == ""
    assert (User.objects.get().is_superuser, Portfolio.objects.count()) == (True, 0)


def test_answers_make_a_trainee_who_runs_it_alone(curriculum: Curriculum, terminal: list[str]) -> None:
    terminal += ["Ruth Clarke", "ruth@example.org", PASSWORD, PASSWORD, "y", "y", "TST1-1-24", "2024-09-02"]
    terminal += ["Ana Reyes", "ana@example.org", ""]
    assert run()[2] == ""
    assert Portfolio.objects.get().trainee.name == "Ruth Clarke"
    assert [role.user.name for role in Role.objects.all()] == ["Ana Reyes"]


def test_a_wrong_answer_is_explained_and_asked_for_again(curriculum: Curriculum, terminal: list[str]) -> None:
    terminal += ["", "Ruth Clarke", "ruth", "ruth@example.org", "short", "short", PASSWORD, "else", PASSWORD, PASSWORD]
    terminal += ["perhaps", "y", "n", "Priya Raman", "ruth@example.org", "priya@example.org"]
    terminal += ["NONE", "TST1-1-24", "yesterday", "2024-09-02"]
    terminal += [
        "Ana Reyes",
        "priya@example.org",
        "ana@example.org",
        "Maya Lind",
        "ana@example.org",
        "maya@example.org",
    ]
    out, _, refusal = run()
    assert refusal == ""
    assert out[1:11] == [
        "Enter an answer.",
        "Enter a valid email address.",
        "This password is too short. It must contain at least 12 characters.",
        "The two are not the same.",
        "Answer y or n.",
        "This is the administrator. Say that the administrator is the trainee.",
        "Choose one of the curricula: TST1-1-24.",
        "Write the date as year-month-day, for example 2024-09-02.",
        "Officer and assessor are other people than administrator and trainee.",
        "This is the officer's address, under another name. Use one name.",
    ]
    assert sorted(role.user.name for role in Role.objects.all()) == ["Ana Reyes", "Maya Lind"]


def test_somebody_who_stops_half_way_leaves_nothing_behind(curriculum: Curriculum, terminal: list[str]) -> None:
    terminal += ["Ruth Clarke", "ruth@example.org"]
    assert run()[2] == "Stopped. Nothing was set up."
    assert nothing_made()
