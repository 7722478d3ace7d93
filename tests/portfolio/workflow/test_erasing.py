"""Emptying the bin: what goes, what stays, and that only a digest remains."""

import ast
import os
import time
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db.models import ProtectedError
from django.utils import timezone

from audit.chain import verify
from audit.models import Event
from portfolio import files
from portfolio.models import Attachment, Evidence, Revision, StoredFile
from portfolio.models.immutable import Unchangeable
from portfolio.workflow import erasing, writing
from tests import make
from tests.cast import Cast

ROOT = Path(__file__).resolve().parents[3]


def binned(cast: Cast, title: str = "Gone", *, days: int = 31, content: bytes = make.PDF) -> Evidence:
    """A page with two versions and a file, put in the bin so many days ago."""
    page = make.page(cast.portfolio, title)
    make.attachment(page, content=content)
    with time_machine.travel(timezone.now() - timedelta(days=days), tick=False):
        writing.discard(page, by=cast.trainee)
    return page


def stored(sha256: str, settings) -> Path:
    return settings.FILES_DIR / sha256[:2] / sha256[2:4] / sha256


def age(sha256: str, settings, hours: int = 48) -> Path:
    """As if the bytes had come in so many hours ago."""
    path = stored(sha256, settings)
    os.utime(path, (time.time() - hours * 3600,) * 2)
    return path


def run(*options: str) -> str:
    out = StringIO()
    call_command("empty_bin", *options, stdout=out)
    return out.getvalue()


def test_a_page_goes_after_its_last_day_in_the_bin_and_not_before(cast: Cast) -> None:
    page = binned(cast, days=30)
    assert writing.bin_until(Evidence.objects.get()) == timezone.localdate()
    assert run() == "Deleted for good: 0.\n"
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        assert run() == "Deleted for good: 1.\n"
    assert not Evidence.objects.filter(pk=page.pk).exists()


def test_everything_of_the_page_goes_with_its_bytes(cast: Cast, settings) -> None:
    binned(cast)
    path = age(StoredFile.objects.get().sha256, settings)
    run()
    assert [model.objects.count() for model in (Evidence, Revision, Attachment, StoredFile)] == [0, 0, 0, 0]
    assert not path.exists()


def test_what_stays_is_an_event_with_ids_and_digests_and_a_whole_chain(cast: Cast) -> None:
    page = binned(cast)
    digests = [revision.text_digest for revision in page.revisions.order_by("number")]
    sha256 = StoredFile.objects.get().sha256
    run()
    event = Event.objects.get(kind="evidence erased")
    assert event.details == {"evidence": page.eid, "texts": digests, "files": [sha256]}
    assert (event.actor_id, event.actor_name) == (None, "system")
    assert verify(cast.portfolio.chain) is None


def test_bytes_that_another_page_holds_stay(cast: Cast, settings) -> None:
    binned(cast)
    theirs = make.attachment(make.page(cast.other))
    path = age(theirs.file.sha256, settings)
    run()
    assert (StoredFile.objects.count(), path.read_bytes()) == (1, make.PDF)
    assert list(Attachment.objects.all()) == [theirs]


def test_bytes_that_came_in_today_stay_for_the_form_that_may_hold_them(cast: Cast, settings) -> None:
    binned(cast)
    sha256 = files.store(SimpleUploadedFile("again.pdf", make.PDF)).sha256
    run()
    assert stored(sha256, settings).read_bytes() == make.PDF
    assert list((settings.FILES_DIR / "incoming").iterdir()) == []


def test_what_is_not_in_the_bin_or_came_out_of_it_stays(cast: Cast) -> None:
    make.page(cast.portfolio, "Kept")
    page = binned(cast, "Recovered")
    held = list(erasing.due())
    writing.recover(page, by=cast.trainee)
    assert erasing.erase(held[0]) is False
    run()
    assert sorted(Evidence.objects.values_list("title", flat=True)) == ["Kept", "Recovered"]


def test_a_dry_run_says_what_would_go_and_deletes_nothing(cast: Cast) -> None:
    page = binned(cast)
    assert run("--dry-run") == f"{page.eid} would go\n"
    assert Evidence.objects.count() == 1


def test_what_was_submitted_is_protected_even_if_it_were_in_the_bin(cast: Cast) -> None:
    """It cannot get there (writing.discard); the database holds it all the same, and the other pages go."""
    make.in_review(cast.portfolio, cast.assessor)
    submitted = Evidence.objects.get()
    Evidence.objects.filter(pk=submitted.pk).update(binned_at=timezone.now() - timedelta(days=60))
    binned(cast)
    with pytest.raises(ProtectedError):
        erasing.erase(submitted)
    with pytest.raises(CommandError, match=f"Not deleted: {submitted.eid}"):
        run()
    assert list(Evidence.objects.all()) == [submitted]


def test_revisions_are_erased_nowhere_else(cast: Cast) -> None:
    page = make.page(cast.portfolio)
    for attempt in (page.revisions.all().delete, page.revisions.get().delete):
        with pytest.raises(Unchangeable):
            attempt()
    callers = {
        path.relative_to(ROOT).as_posix()
        for folder in ("accounts", "audit", "config", "curriculum", "outbox", "portfolio")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "_erase"
    }
    assert callers == {"portfolio/workflow/erasing.py"}
