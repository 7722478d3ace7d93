"""`manage.py setup`: the first administrator and, if wanted, a trainee with an officer and an assessor."""

import os
import sys
from argparse import ArgumentParser
from getpass import getpass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.urls import reverse

from accounts.invitations import invite
from outbox.delivery import deliver, waiting
from portfolio.management.first_people import FirstPeople, Made, administrators, curricula, make

PASSWORD_VARIABLE = "STP_SETUP_PASSWORD"
OPTIONS = {
    "admin_name": "the administrator's name",
    "admin_email": "the administrator's e-mail address",
    "trainee_name": "a trainee's name",
    "trainee_email": "a trainee's e-mail address",
    "curriculum": "the code of the curriculum that the trainee follows",
    "start": "the first day of the training, for example 2024-09-02",
    "officer_name": "the training officer's name",
    "officer_email": "the training officer's e-mail address",
    "assessor_name": "an assessor's name",
    "assessor_email": "an assessor's e-mail address",
}
NO_TERMINAL = f"""There is no administrator yet, and no terminal to ask at. Give at least:
  --admin-name, --admin-email, and the password in {PASSWORD_VARIABLE} or in the file that --admin-password-file names.
`manage.py setup --help` lists all options. With make: make run SETUP='--admin-name … --admin-email …'"""
NO_PASSWORD = f"Put it into {PASSWORD_VARIABLE}, or into a file and name that with --admin-password-file."


class Command(BaseCommand):
    help = (
        "Makes the first administrator and, if wanted, a trainee with a portfolio, a training officer and an assessor. "
        f"Asks at the terminal, or takes options and the password from {PASSWORD_VARIABLE}. Where there is an "
        "administrator, it changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name, what in OPTIONS.items():
            parser.add_argument(_option(name), help=what, default="")
        parser.add_argument(
            "--admin-password-file", metavar="FILE", default="", help="its first line is the administrator's password"
        )
        parser.add_argument("--trainee-is-admin", action="store_true", help="the administrator is the trainee")

    def handle(self, **options: Any) -> None:
        try:
            if found := administrators():
                self.stdout.write(
                    f"There is an administrator already ({', '.join(found)}). More people are added in the admin site: "
                    f"{settings.SITE_URL}{reverse('admin:index')}"
                )
                return
            if not curricula():
                raise CommandError("No curriculum is loaded. First: manage.py load_curriculum curriculum/data/*.yaml")
            form = self._by_options(options) if self._any(options) else self._by_questions()
            made = make(form.cleaned_data)
        except (EOFError, KeyboardInterrupt) as stopped:
            raise CommandError("Stopped. Nothing was set up.") from stopped
        except DatabaseError as error:
            raise CommandError(f"The database cannot be used ({error}). Has `manage.py migrate` been run?") from error
        self._tell(made)

    def _any(self, options: dict[str, Any]) -> bool:
        return any(options[name] for name in (*OPTIONS, "trainee_is_admin", "admin_password_file"))

    # --- options --------------------------------------------------------------------------------------------------
    def _by_options(self, options: dict[str, Any]) -> FirstPeople:
        given = {name: options[name] for name in (*OPTIONS, "trainee_is_admin")}
        form = FirstPeople({**given, "admin_password": self._password(options["admin_password_file"])})
        if not form.is_valid():
            problems = [f"{_option(name)}: {text}" for name, texts in form.errors.items() for text in texts]
            for problem in problems:
                self.stderr.write(self.style.ERROR(problem))
            count = len(problems)
            raise CommandError(f"{count} problem{'' if count == 1 else 's'}. Nothing was set up.")
        return form

    def _password(self, file: str) -> str:
        """Never an option: what stands on a command line is kept and can be read by others."""
        if file:
            try:
                return Path(file).read_text(encoding="utf-8").split("\n")[0].rstrip("\r")
            except (OSError, UnicodeDecodeError) as error:
                raise CommandError(f"--admin-password-file: {file} cannot be read. Nothing was set up.") from error
        if password := os.environ.get(PASSWORD_VARIABLE, ""):
            return password
        if not sys.stdin.isatty():
            raise CommandError(f"There is no password for the administrator. {NO_PASSWORD} Nothing was set up.")
        return self._twice()

    # --- questions ------------------------------------------------------------------------------------------------
    def _by_questions(self) -> FirstPeople:
        """Every answer is checked at once, with those before it; a wrong one is asked for again."""
        if not sys.stdin.isatty():
            raise CommandError(NO_TERMINAL)
        self.stdout.write("There is no administrator yet. These questions make the first one. Ctrl-C stops.")
        answers: dict[str, Any] = {}
        self._ask(answers, "admin_name", "Your name")
        self._ask(answers, "admin_email", "Your e-mail address")
        self._ask(answers, "admin_password", "Your password")
        if self._yes("Set up a trainee's portfolio now?"):
            answers["trainee_is_admin"] = self._yes("Are you the trainee?")
            if not answers["trainee_is_admin"]:
                self._ask(answers, "trainee_name", "The trainee's name")
                self._ask(answers, "trainee_email", "The trainee's e-mail address")
            self._ask(answers, "curriculum", f"Curriculum ({', '.join(curricula())})")
            self._ask(answers, "start", "First day of the training, for example 2024-09-02")
            for part, whose in (("officer", "The training officer's"), ("assessor", "An assessor's")):
                self._ask(answers, f"{part}_name", f"{whose} name (Enter: none yet)", optional=True)
                if answers[f"{part}_name"]:
                    self._ask(answers, f"{part}_email", f"{whose} e-mail address")
        form = FirstPeople(answers)
        if not form.is_valid():
            raise AssertionError(f"Every answer was taken, and together they are refused: {form.errors.as_json()}")
        return form

    def _ask(self, answers: dict[str, Any], name: str, question: str, *, optional: bool = False) -> None:
        while True:
            answers[name] = self._twice() if name == "admin_password" else input(f"{question}: ").strip()
            wrong = [str(text) for text in FirstPeople(answers).errors.get(name, [])]
            if not answers[name] and not optional:
                wrong = ["Enter an answer."]
            if not wrong:
                return
            for text in wrong:
                self.stdout.write(self.style.ERROR(text))

    def _yes(self, question: str) -> bool:
        while (answer := input(f"{question} [y/n]: ").strip().lower()) not in ("y", "yes", "n", "no"):
            self.stdout.write("Answer y or n.")
        return answer in ("y", "yes")

    def _twice(self) -> str:
        while True:
            password = getpass("Your password, 12 characters or more: ")
            if password == getpass("The same password again: "):
                return password
            self.stdout.write(self.style.ERROR("The two are not the same."))

    # --- the end --------------------------------------------------------------------------------------------------
    def _tell(self, made: Made) -> None:
        invited = [mail.pk for mail in invite(made.invited, by=made.administrator)]
        deliver()  # here and now: no page waits for it, and where mail is printed it stands before these words
        waits = set(waiting().filter(pk__in=invited).values_list("person", flat=True))
        self.stdout.write(self.style.SUCCESS(f"{made.administrator} is the administrator."))
        if portfolio := made.portfolio:
            self.stdout.write(f"{portfolio.trainee.name} has a portfolio on {portfolio.curriculum}.")
            if portfolio.starts_on.year != portfolio.curriculum.start_year:
                self.stdout.write(
                    f"The training starts in {portfolio.starts_on.year}, the curriculum is of "
                    f"{portfolio.curriculum.start_year}. This is allowed. Check that it is what you mean."
                )
        for person in made.invited:
            if person.pk in waits:
                words = f"The mail to {person} has not left yet. It is tried again while the server runs."
                self.stderr.write(self.style.WARNING(words))
            else:
                self.stdout.write(f"{person} gets a mail with a link to set a password.")
        if len(invited) > len(waits) and settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
            self.stdout.write("Mail is printed here and not sent: pass each link above on to its person.")
        self.stdout.write(f"Sign in: {settings.SITE_URL}{reverse('account_login')}")


def _option(name: str) -> str:
    """How a field is called on the command line."""
    return PASSWORD_VARIABLE if name == "admin_password" else f"--{name.replace('_', '-')}"
