"""One file of a page, for whoever may see a version that holds it."""

import logging

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import SignedIn
from portfolio import files
from portfolio.access import visible
from portfolio.models import Attachment
from portfolio.views.evidence import evidence
from portfolio.views.fetch import as_it_stands, fetch_own
from portfolio.workflow import TooLate, writing

logger = logging.getLogger(__name__)
GONE = 410  # not 404: they may know of it. Not 500: nothing is wrong with the program, and asking again does not help


@require_safe
def file(request: SignedIn, ref: str, eid: str, fid: str) -> HttpResponseBase:
    """The file to save, or with `?inline=1` to look at, where that does no harm. All its bytes are checked first."""
    rows = visible(request.user, Attachment).select_related("file", "evidence__portfolio")
    found = get_object_or_404(rows, fid=fid, evidence__eid=eid, evidence__portfolio__ref=ref)
    inline = request.GET.get("inline") == "1"
    try:
        return files.serve(found.file.sha256, found.name, found.file.media_type, inline=inline)
    except files.Damaged as damage:
        logger.error("A stored file is damaged: %s", damage)
        return render(request, "portfolio/file_damaged.html", {"name": found.name}, status=GONE)


@require_POST
def remove(request: SignedIn, ref: str, eid: str, fid: str) -> HttpResponse:
    """Take the file off the page. Versions that held it keep it."""
    portfolio = fetch_own(request, ref)
    rows = visible(request.user, Attachment).filter(evidence__portfolio=portfolio, removed_at=None)
    found = get_object_or_404(rows.select_related("evidence"), fid=fid, evidence__eid=eid)
    try:
        writing.detach(found, by=request.user)
    except TooLate as late:
        return as_it_stands(request, late, evidence, ref, eid)
    messages.success(request, f"{found.name} is no longer on this page. Save the page to make that a version.")
    return redirect("evidence", ref, eid)
