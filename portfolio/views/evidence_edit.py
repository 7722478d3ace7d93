"""Writing a page: one form for a new one and for an old one.

What was typed is kept first, whatever else is wrong; then files, then links, then (to save) a revision. So an error
anywhere loses nothing, and the form that comes back can be sent again.
"""

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.kept import kept_page
from accounts.middleware import SignedIn
from curriculum.models import Prompt
from portfolio import ledger, pages, prose
from portfolio.access import visible_in
from portfolio.forms.checked import warning
from portfolio.forms.evidence import STAYS, EvidenceForm, made_by
from portfolio.forms.picker import key_of, rows_of
from portfolio.models import Attachment, Evidence, Portfolio
from portfolio.templatetags.look import moment
from portfolio.views.evidence import fetch_evidence, file_row
from portfolio.views.fetch import fetch_own, say_on
from portfolio.views.voice import about
from portfolio.workflow import Incomplete, NotAllowed, Refused, TooLate, perform_all, writing
from portfolio.workflow.machine import CLOSED

NOT_DONE = "Your text and files are kept. No link was changed and no version was saved."


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn, ref: str) -> HttpResponse:
    """A new page; `?activity=S-C1/4` ticks one. Sent twice, the form finds the page that it made the first time."""
    portfolio = fetch_own(request, ref)
    made = visible_in(portfolio, request.user, Evidence).filter(eid=made_by(portfolio, request.POST))
    return _write(request, portfolio, made.first() if request.method == "POST" else None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, ref: str, eid: str) -> HttpResponse:
    """The working copy of a page."""
    portfolio = fetch_own(request, ref)
    page = fetch_evidence(request, portfolio, eid)
    if page.binned_at is not None and request.method != "POST":
        messages.error(request, writing.IN_BIN)
        return redirect("evidence", ref, eid)
    return _write(request, portfolio, page)


def _write(request: SignedIn, portfolio: Portfolio, page: Evidence | None) -> HttpResponse:
    """One round of the form. What the workflow refuses is answered with everything that was typed."""
    if not writing.may_write(portfolio, by=request.user):
        if request.method == "POST":
            return kept_page(request, why=CLOSED, status=NotAllowed.status)
        raise NotAllowed(CLOSED)
    form = _form(request, portfolio, page)
    if request.method != "POST":
        return _form_page(request, form)
    form.is_valid()
    try:
        return _take(request, form)
    except TooLate as late:
        messages.error(request, late.said)
        return _form_page(request, form, status=TooLate.status, stale=isinstance(late, writing.Stale))
    except Incomplete as incomplete:
        say_on(form, incomplete)
        return _form_page(request, form, status=Incomplete.status)
    except NotAllowed as refused:
        return kept_page(request, why=refused.said, status=NotAllowed.status)


def _form(request: SignedIn, portfolio: Portfolio, page: Evidence | None) -> EvidenceForm:
    """The form with everything that can be chosen, in a constant number of queries."""
    links = pages.links(request.user, portfolio, [page] if page else [])
    by_key = {key_of(link.activity.module.code, link.activity.number): link for link in links}
    record = ledger.read([portfolio], people=False)[portfolio.pk]
    groups = rows_of(record, by_key, pages.signed_with(page) if page else set())
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    return EvidenceForm(
        *sent,
        portfolio=portfolio,
        evidence=page,
        facts=record.structure,
        groups=groups,
        chosen=request.GET.get("activity", ""),
        asked=(request.POST if sent else request.GET).getlist("show"),
    )


def _take(request: SignedIn, form: EvidenceForm) -> HttpResponse:
    """Keep, attach, link, save; then on to where the button leads."""
    if form.evidence is None and (form.non_field_errors() or not form.anything_typed):
        return _form_page(request, form, status=200 if form.go == "show" and form.is_valid() else 422)
    page = form.keep(by=request.user)
    if form.go == "remove":
        for file in writing.current_files(page):
            if file.fid == request.POST["remove"]:
                writing.detach(file, by=request.user)
    if not form.is_valid():
        return _form_page(request, form, status=422)
    if form.go in STAYS:
        return _form_page(request, form, preview=form.go == "preview")
    _link(request, form, page)
    if form.go == "draft":
        messages.success(request, "Kept as a draft. Only you see what is not saved.")
        return redirect("evidence", form.portfolio.ref, page.eid)
    revision = writing.save(page, by=request.user)
    messages.success(request, f"Saved as version {revision.number}.")
    if form.go == "submit":
        return redirect(f"{reverse('submit', args=[form.portfolio.ref])}?evidence={page.eid}")
    return redirect("evidence", form.portfolio.ref, page.eid)


def _link(request: SignedIn, form: EvidenceForm, page: Evidence) -> None:
    """Make, reword and remove links: all or none."""
    asks = form.asks(page)
    if not asks:
        return
    try:
        perform_all(asks, by=request.user)
    except TooLate as late:
        raise TooLate(f"{late.said} {NOT_DONE}") from late


def _form_page(
    request: SignedIn, form: EvidenceForm, *, status: int = 200, preview: bool = False, stale: bool = False
) -> HttpResponse:
    page, portfolio = form.evidence, form.portfolio
    files = writing.current_files(page) if page else []
    groups = form.shown_groups()
    assert form.facts is not None  # autosave alone leaves them out, and shows no page
    context = about(portfolio) | {
        "form": form,
        "groups": groups,
        "evidence": page,
        "stale": stale,
        "preview": prose.render(form["body"].value() or "") if preview else "",
        "previewed": preview,
        "files": [file_row(portfolio, page, file) | {"remove": file.fid} for file in files if page],
        "action": reverse("evidence_edit", args=[portfolio.ref, page.eid]) if page else "",
        "kept": _kept(page, files) if page else "Nothing kept yet",
        "chosen": sum(group["chosen"] for group in groups),
        "prompts": [one for one in form.facts.prompts if one.section == Prompt.Section.REFLECTION],
        "warning": warning((form["title"], form["body"])),
        "autosave": reverse("evidence_autosave", args=[portfolio.ref]),
        "crumbs": [("Progress", reverse("progress", args=[portfolio.ref])), _back(portfolio, page)],
    }
    return render(request, "portfolio/evidence_edit.html", context, status=status)


def _kept(page: Evidence, files: list[Attachment]) -> str:
    """When it was kept last, and whether that is in a version."""
    newest = writing.newest(page)
    if newest is None:
        return f"Kept {moment(page.changed_at)}. Not saved yet"
    saved = "Not saved since" if writing.differs(page, files, newest) else "Saved as"
    return f"Kept {moment(page.changed_at)}. {saved} version {newest.number}"


def _back(portfolio: Portfolio, page: Evidence | None) -> tuple[str, str]:
    if page:
        return str(page), reverse("evidence", args=[portfolio.ref, page.eid])
    return "Evidence", reverse("evidence_list", args=[portfolio.ref])


@require_POST
def autosave(request: SignedIn, ref: str) -> JsonResponse:
    """Keep the text as it is typed: no files, no links, no version. The form's own mark says which page it is."""
    portfolio = fetch_own(request, ref)
    made = made_by(portfolio, request.POST)
    eid = request.POST.get("eid", "")
    if eid and not eid.isalnum():
        raise Http404
    page = visible_in(portfolio, request.user, Evidence).filter(eid=eid or made).first()
    if page is None and (eid or not made):
        raise Http404
    form = EvidenceForm(request.POST, portfolio=portfolio, evidence=page)
    form.is_valid()
    if page is None and not form.anything_typed:
        return JsonResponse({"said": ""})
    try:
        page = form.keep(by=request.user)
    except Refused as refused:
        return JsonResponse({"said": refused.said}, status=refused.status)
    return JsonResponse(
        {
            "eid": page.eid,
            "edit_url": reverse("evidence_edit", args=[ref, page.eid]),
            "saved_at": page.changed_at.isoformat(),
            "kept": _kept(page, writing.current_files(page)),
            "seen": writing.seen(page),
            "said": " ".join(str(text) for field in form if field.name in writing.FIELDS for text in field.errors),
        }
    )
