"""Behind a personal link: ask for a code, enter it, and decide, without an account and without reaching anything else.

The link alone shows nothing of the trainee. What the code proves is kept in the session of this browser, for this link:
nobody is signed in by it. No log holds the link (config/logs.py), and no page sends it to another site
(config/middleware.py).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.kept import kept_page, typed
from portfolio import access, files
from portfolio.forms.one_off import CodeForm
from portfolio.models import Addressee, AssessmentAddressee, SignCode, SignLink
from portfolio.models.asking import Asking
from portfolio.views.desk import Desk, about, chosen, lay_out, told_of
from portfolio.views.fetch import say_on
from portfolio.views.one_off.marks import Marks, lay_out_marks
from portfolio.workflow import Incomplete, NotAllowed, TooLate, perform_all
from portfolio.workflow.machine import DeadLink, NoLink, TooOften
from portfolio.workflow.one_off import codes, links
from portfolio.workflow.one_off.links import ByLink

SESSION = "proved by code"  # the ids of codes, by those of links
SIGNED_IN = "You are signed in here. Sign out first, then open the link again."
GET_A_CODE = "Get a new code in a new tab"
View = Callable[..., HttpResponseBase]


def behind_a_link(view: View) -> View:
    """Not for somebody who is signed in; NoLink and DeadLink are pages of their own, which give back what was typed."""

    @wraps(view)
    def behind(request: HttpRequest, key: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            link = links.link_of(key)
            said = links.why_dead(link, now=timezone.now())
            _tell_of(request, link, said)
            if request.user.is_authenticated:
                return kept_page(request, why=SIGNED_IN, status=NotAllowed.status)
            if said:
                return _dead(request, DeadLink(said), link)
        except NoLink as none:
            return _dead(request, none)
        return view(request, link, key, *args, **kwargs)

    return login_not_required(behind)


def _tell_of(request: HttpRequest, link: SignLink, dead: str) -> None:
    """The officer is told of whoever has a link of somebody else; not of one that ran out, or was taken back.

    Of a browser in which nobody is signed in only if it asks for a code or sends one: a mail filter looks too.
    """
    person, user, portfolio = link.asking.assessor, request.user, link.asking.asked_for.portfolio
    if request.method == "HEAD":
        return
    if user.pk == portfolio.trainee_id:
        codes.opened_by_trainee(link)
    elif user.is_authenticated:
        theirs = user.pk in (person.pk, person.merged_into_id)
        if dead in ("", links.USED) and not theirs and user not in access.leaders(portfolio):
            codes.opened_elsewhere(link, by=user)
    elif request.method == "POST" and not dead and _entered(request, link) is None and links.is_bound(link):
        codes.opened_elsewhere(link, by=None)


@behind_a_link
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, link: SignLink, key: str) -> HttpResponse:
    """The decision, for the browser that proved the mailbox; for others the way to a code. Opening it sends nothing."""
    proof = _proof(request, link)
    if proof is None:
        if request.method == "POST":
            way_on = (reverse("sign", args=[key]), GET_A_CODE)
            return kept_page(request, why=links.NOT_PROVED, status=NotAllowed.status, way_on=way_on)
        return _door(request, link, key)
    if isinstance(link.asking, AssessmentAddressee):
        return _assess(request, link, key, proof)
    desk = _desk(request, link, key)
    if request.method != "POST":
        return _page(request, link, desk)
    return _decide(request, link, key, proof, desk)


@behind_a_link
@require_POST
def code(request: HttpRequest, link: SignLink, key: str) -> HttpResponse:
    """Mail a code to the address of the link."""
    try:
        codes.send_code(link)
    except TooOften as often:
        messages.error(request, often.said)
        return _door(request, link, key, status=often.status)
    messages.success(request, "A code was sent to the address that has your link.")
    return redirect("sign", key)


@behind_a_link
@require_POST
def prove(request: HttpRequest, link: SignLink, key: str) -> HttpResponse:
    """Enter the code: from now on this browser decides, for a while."""
    form = CodeForm(request.POST, action=reverse("sign_prove", args=[key]), shows=shows(link.asking))
    try:
        if form.is_valid():
            proof = codes.prove(link, form.cleaned_data["code"])
            request.session.cycle_key()
            request.session[SESSION] = {**request.session.get(SESSION, {}), str(link.pk): proof.pk}
            return redirect("sign", key)
    except Incomplete as incomplete:
        say_on(form, incomplete)
    if said := links.why_dead(link, now=timezone.now()):
        return _dead(request, DeadLink(said), link)
    return _door(request, link, key, form=form, status=Incomplete.status)


@behind_a_link
@require_safe
def file(request: HttpRequest, link: SignLink, key: str, fid: str) -> HttpResponseBase:
    """One file of what is to be decided, as everybody gets it."""
    if _proof(request, link) is None:
        raise NotAllowed(links.NOT_PROVED)
    return served(request, link.asking, fid)


def served(request: HttpRequest, asking: Asking, fid: str) -> HttpResponseBase:
    """A file of what this person is asked here; 404 for any other."""
    found = access.addressed_files(asking).filter(fid=fid).select_related("file").first()
    if found is None:
        raise Http404
    try:
        inline = request.GET.get("inline") == "1"
        return files.serve(found.file.sha256, found.name, found.file.media_type, inline=inline)
    except files.Damaged:
        return render(request, "portfolio/file_damaged.html", {"name": found.name}, status=DeadLink.status)


def _proof(request: HttpRequest, link: SignLink) -> SignCode | None:
    """What this browser proved for this link, if it did and that holds still."""
    code = _entered(request, link)
    return links.proof(code, link.asking.asked_for, link.asking.assessor, now=timezone.now()) if code else None


def _entered(request: HttpRequest, link: SignLink) -> int | None:
    """The id of the code that this browser entered for this link, however long ago."""
    code: int | None = request.session.get(SESSION, {}).get(str(link.pk))
    return code


def shows(asking: Asking) -> str:
    """What a code opens, in words."""
    return "the evidence" if isinstance(asking, Addressee) else "the mark form"


def _desk(request: HttpRequest, link: SignLink, key: str, *, keep: bool = False) -> Desk:
    assert link.addressee is not None  # `sign` asks
    desk = lay_out(
        request,
        link.addressee.submission.sid,
        by=link.asking.assessor,
        keep=keep,
        file_href=lambda attachment: reverse("sign_file", args=[key, attachment.fid]),
    )
    if desk is None:
        raise TooLate(links.TAKEN_BACK)
    return desk


def _decide(request: HttpRequest, link: SignLink, key: str, proof: SignCode, desk: Desk) -> HttpResponse:
    """The same step as everybody's, with the proof."""
    person = link.asking.assessor
    try:
        asks = chosen(request, desk, given=ByLink(proof.pk))
        if any(form.errors for form in desk.forms.values()):
            return _page(request, link, desk, status=Incomplete.status)
        moves = perform_all(asks, by=person)
    except TooLate as late:
        if (gone := _gone(request, key, late)) is not None:
            return gone
        messages.error(request, late.said)
        return _page(request, link, _desk(request, link, key, keep=True), status=late.status)
    said = told_of(moves, left=len(desk.forms) - len(moves))
    if len(moves) < len(desk.forms):
        messages.success(request, said)
        return redirect("sign", key)
    return render(request, "portfolio/one_off/done.html", {"said": said})


def _assess(request: HttpRequest, link: SignLink, key: str, proof: SignCode) -> HttpResponse:
    """The mark form, and the same step as everybody's, with the proof."""
    if request.method != "POST":
        return _marks(request, lay_out_marks(link.asking))
    marks = lay_out_marks(link.asking, request.POST)
    try:
        if marks.put_right(request, ByLink(proof.pk)):
            return _marks(request, lay_out_marks(link.asking, typed=request.POST))
        said = marks.record(request, ByLink(proof.pk))
    except TooLate as late:
        if (gone := _gone(request, key, late)) is not None:
            return gone
        messages.error(request, late.said)
        return _marks(request, lay_out_marks(link.asking, typed=request.POST), status=late.status)
    if not said:
        return _marks(request, marks, status=Incomplete.status)
    return render(request, "portfolio/one_off/done.html", {"said": said})


def _marks(request: HttpRequest, marks: Marks, *, status: int = 200) -> HttpResponse:
    return render(request, "portfolio/one_off/assess.html", marks.context(status=status), status=status)


def _gone(request: HttpRequest, key: str, late: TooLate) -> HttpResponse | None:
    """The link has died meanwhile: that it was too late, and what was typed."""
    said = links.why_dead(links.link_of(key), now=timezone.now())
    if not said:
        return None
    context = {"said": late.said, "kept": typed(request), "done": said == links.USED}
    return render(request, "portfolio/dead_link.html", context, status=late.status)


def _page(request: HttpRequest, link: SignLink, desk: Desk, *, status: int = 200) -> HttpResponse:
    context = about(desk, by=link.asking.assessor, status=status)
    return render(request, "portfolio/one_off/decide.html", context, status=status)


def _door(
    request: HttpRequest, link: SignLink, key: str, *, form: CodeForm | None = None, status: int = 200
) -> HttpResponse:
    """Nothing but the way to a code, and where one was sent, the box for it."""
    waits = codes.newest(link) is not None
    form = form or CodeForm(action=reverse("sign_prove", args=[key]), shows=shows(link.asking))
    context = {
        "form": form if waits or form.errors else None,
        "waits": waits,
        "key": key,
        "minutes": settings.SIGN_CODE_MINUTES,
    }
    return render(request, "portfolio/one_off/door.html", context, status=status)


def _dead(request: HttpRequest, dead: NoLink | DeadLink, link: SignLink | None = None) -> HttpResponse:
    """Why it does not work, and nothing more; what was typed is given back. A used link tried by others is told."""
    if link is not None and request.method != "HEAD" and links.is_used(link) and _proof(request, link) is None:
        codes.tried_again(link)
    kept = typed(request) if request.method == "POST" else []
    context = {"said": dead.said, "kept": kept, "done": dead.said == links.USED}
    answer = render(request, "portfolio/dead_link.html", context, status=dead.status)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
