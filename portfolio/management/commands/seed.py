"""Fills an empty database with fictional trainees, for measuring: `manage.py seed --trainees 300`.

Run again with a larger number it adds the rest. Nobody did any of this work, and each portfolio's chain says so.
"""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from portfolio.management import seeding
from portfolio.management.seeding import people


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--trainees", type=int, default=300, metavar="N", help="how many there are to be (300)")

    def handle(self, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Seeded trainees are fictional: production mode takes none.")
        if User.objects.exclude(email__endswith=f"@{people.DOMAIN}").exists():
            raise CommandError("There are other people in this database: seeding needs an empty one.")
        if not people.published():
            raise CommandError("There is no published curriculum to follow. Run `manage.py load_curriculum` first.")
        seeding.seed(options["trainees"], tell=self.stdout.write)
