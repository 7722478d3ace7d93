"""Emptying the bin: the one place where pages of evidence, and the words of comments, are deleted for good.

Of pages only what was put in the bin by its trainee, more than settings.BIN_DAYS days ago, and was never part of a
submission (the database holds that too: ItemPage protects its revision); of comments only the words of one that its
writer withdrew as long ago. What stays is an event with ids and digests.
"""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from audit.chain import append
from portfolio import files
from portfolio.models import CommentWords, Evidence, JournalNote, Placement, Revision, StoredFile
from portfolio.workflow.machine import locked


def due() -> QuerySet[Evidence]:
    """Pages whose time in the bin is over: their last day in it (writing.bin_until) is before today."""
    return Evidence.objects.filter(binned_at__lt=_kept_since())


def words_due() -> QuerySet[CommentWords]:
    """The words of comments that were withdrawn as long ago."""
    rows = CommentWords.objects.filter(comment__withdrawal__at__lt=_kept_since())
    return rows.select_related("comment")


def _kept_since() -> datetime:
    """What was thrown away before this moment goes."""
    last = timezone.localdate() - timedelta(days=settings.BIN_DAYS)
    return timezone.make_aware(datetime.combine(last, time.min))


def erase(page: Evidence) -> bool:
    """Delete one page that is due, with its versions and files. False when it is not due any more.

    Rows first, bytes after: a crash between leaves bytes that `files.fsck` names, never a row without its bytes.
    """
    orphans = _erase_rows(page)
    if orphans is None:
        return False
    for sha256 in orphans:
        if not StoredFile.objects.filter(sha256=sha256).exists():
            files.remove(sha256)
    return True


@transaction.atomic
def _erase_rows(page: Evidence) -> list[str] | None:
    """The SHA-256 of each file that nobody else holds; None when the page is not due under the lock."""
    portfolio = locked(page.portfolio_id)
    row = due().filter(pk=page.pk).first()
    if row is None:
        return None
    revisions = Revision.objects.filter(evidence=row)
    texts = [revision.text_digest for revision in revisions.order_by("number")]
    held = list(row.attachments.values_list("file", flat=True).distinct())
    revisions._erase()
    row.attachments.all().delete()
    for wrote in (JournalNote, Placement):  # what it was made of stays, and can be made a page again
        wrote.objects.filter(page=row).update(page=None)
    row.delete()
    orphans = StoredFile.objects.filter(pk__in=held, attachments=None, elsewhere=None)
    gone = sorted(orphans.values_list("sha256", flat=True))
    orphans._erase()
    append(portfolio.chain, "evidence erased", by=None, data={"evidence": page.eid, "texts": texts, "files": gone})
    return gone


@transaction.atomic
def erase_words(words: CommentWords) -> bool:
    """Delete the words of one comment that are due. False when somebody else did meanwhile."""
    comment = words.comment
    portfolio = locked(comment.portfolio_id)
    if not words_due().filter(pk=words.pk).exists():
        return False
    CommentWords.objects.filter(pk=words.pk)._erase()
    append(portfolio.chain, "comment erased", by=None, data={"comment": comment.cid, "words": comment.words_digest})
    return True
