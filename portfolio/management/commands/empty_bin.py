"""manage.py empty_bin: delete for good what was thrown away long ago, and what never came in whole.

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
    help = f"Delete for good what was put in the bin, or withdrawn of comments, more than {settings.BIN_DAYS} days ago."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Say what would go, and delete nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        pages = list(erasing.due().order_by("binned_at", "pk"))
        words = list(erasing.words_due().order_by("pk"))
        if options["dry_run"]:
            going = [page.eid for page in pages] + [f"comment {one.comment.cid}" for one in words]
            self.stdout.write("\n".join([f"{one} would go" for one in going] or ["Nothing would go."]))
            return
        files.sweep()
        kept = [page.eid for page in pages if not self._erased(page)]
        gone = sum(erasing.erase_words(one) for one in words)
        self.stdout.write(f"Deleted for good: {len(pages) - len(kept) + gone}.")
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
