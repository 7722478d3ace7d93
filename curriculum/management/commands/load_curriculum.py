"""`manage.py load_curriculum FILE…`: loads curricula, their rules, and prompts, from files of facts."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from curriculum.files.plans import Plan
from curriculum.loader import Outcome, load


class Command(BaseCommand):
    help = (
        "Loads curriculum, rules and prompts files: all of them, or none when anything is wrong. Loading publishes. "
        "In messages, the places of a list are counted from 1."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help="YAML files, in any order")
        parser.add_argument("--dry-run", action="store_true", help="show what would change, and change nothing")
        parser.add_argument(
            "--new",
            action="store_true",
            dest="new_only",
            help="load only what this instance never had: what was edited or removed here stays so",
        )
        parser.add_argument("--draft", action="store_true", help="load curricula as drafts, not published")

    def handle(self, *args: Any, files: list[str], dry_run: bool, draft: bool, new_only: bool, **options: Any) -> None:
        try:
            outcome = load(files, draft=draft, dry_run=dry_run, new_only=new_only)
        except DatabaseError as error:
            raise CommandError(f"The database cannot be used ({error}). Has `manage.py migrate` been run?") from error
        for warning in outcome.warnings:
            self.stderr.write(self.style.WARNING(f"Warning: {warning}."))
        if outcome.problems:
            self._refuse(outcome)
        for plan in outcome.plans:
            self._tell(plan, "would change" if dry_run else "changed")
        changed = sum(bool(plan.changes) for plan in outcome.plans)
        if dry_run:
            self.stdout.write(
                f"A dry run: nothing was written. {changed} of {len(files)} files would change something."
            )
        else:
            self.stdout.write(f"{changed} of {len(files)} files changed something.")

    def _refuse(self, outcome: Outcome) -> None:
        for problem in outcome.problems:
            self.stderr.write(self.style.ERROR(str(problem)))
        count = len(outcome.problems)
        raise CommandError(f"{count} problem{'' if count == 1 else 's'}. Nothing was loaded.")

    def _tell(self, plan: Plan, verb: str) -> None:
        if not plan.changes:
            self.stdout.write(f"{plan.kind} {plan.name}: nothing to change.")
            return
        self.stdout.write(f"{plan.kind} {plan.name}: {verb}:")
        for change in plan.changes:
            self.stdout.write(f"  {change}")
