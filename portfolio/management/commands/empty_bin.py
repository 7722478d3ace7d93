"""manage.py empty_bin: delete for good what has been in the bin for too long, and what never came in whole.

Run it once a day.
"""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import ProtectedError

from portfolio import files
from portfolio.workflow import erasing


class Command(BaseCommand):
    help = f"Delete for good the pages of evidence that have been in the bin for more than {settings.BIN_DAYS} days."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Say what would go, and delete nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        pages = list(erasing.due().order_by("binned_at", "pk"))
        if options["dry_run"]:
            self.stdout.write("\n".join([f"{page.eid} would go" for page in pages] or ["Nothing would go."]))
            return
        files.sweep()
        kept = [page.eid for page in pages if not self._erased(page)]
        self.stdout.write(f"Deleted for good: {len(pages) - len(kept)}.")
        if kept:
            raise CommandError(
                f"Not deleted: {', '.join(kept)}. Part of a submission, or taken out of the bin meanwhile."
            )

    def _erased(self, page: Any) -> bool:
        """One page at a time: one that cannot go keeps no other."""
        try:
            return erasing.erase(page)
        except ProtectedError:
            return False
