"""On a device that its trainee handed over: enter the code, decide, and hand the device back.

Handing it over signs the trainee out: the session is a new one, which holds the id of what was lent and, once a code
was entered, that of the code. Nobody is signed in, so every other page asks for a sign-in. Whoever signs in on the
device is past this: nothing here answers them.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.kept import kept_page, typed
from accounts.middleware import SIGNED_OUT, SignedIn
from portfolio.forms.one_off import CodeForm
from portfolio.mail import page_of
from portfolio.models import Activity, Addressee, Assessment, Lending, Portfolio, SignCode
from portfolio.models.asking import AskedFor
from portfolio.views.assessments.fetch import fetch_assessment
from portfolio.views.assessments.record import assessment
from portfolio.views.desk import Desk, about, chosen, lay_out, told_of
from portfolio.views.fetch import as_it_stands, fetch_portfolio, fetch_step, say_on
from portfolio.views.one_off.marks import Marks, lay_out_marks
from portfolio.views.one_off.sign import GET_A_CODE, served, shows
from portfolio.views.submissions import fetch_submission, submission, undecided
from portfolio.workflow import Incomplete, NotAllowed, TooLate, perform, perform_all
from portfolio.workflow.machine import DeadLink, TooOften
from portfolio.workflow.one_off import codes, devices, links
from portfolio.workflow.one_off.devices import OnDevice

LENT, CODE = "lent device", "proved on it"  # in the session: the ids of the lending and of the code
READING = ("GET", "HEAD")
View = Callable[..., HttpResponseBase]


@require_POST
def lend(request: SignedIn, ref: str, sid: str) -> HttpResponse:
    """The trainee hands this device over: they are signed out, and whoever is asked gets a code."""
    portfolio = fetch_portfolio(request, ref)
    row = fetch_submission(request, portfolio, sid)
    try:
        return _lend(request, portfolio, undecided(row)[0], row)
    except TooLate as late:
        return as_it_stands(request, late, submission, ref, sid)


@require_POST
def lend_to_assess(request: SignedIn, ref: str, aid: str) -> HttpResponse:
    """The same of an assessment."""
    portfolio = fetch_portfolio(request, ref)
    row = fetch_assessment(request, portfolio, aid)
    try:
        return _lend(request, portfolio, row, row)
    except TooLate as late:
        return as_it_stands(request, late, assessment, ref, aid)


def _lend(request: SignedIn, portfolio: Portfolio, subject: Activity | Assessment, asked_for: AskedFor) -> HttpResponse:
    fetch_step(request, "lend device", subject, portfolio)
    move = perform("lend device", subject, by=request.user)
    assert move.event is not None  # no step leaves none
    lending = devices.lent_by(move.event.seq, asked_for)
    _hand_over(request, lending)
    try:
        codes.send_code(lending)
    except TooOften as often:
        messages.error(request, often.said)
    return redirect("lent")


def _hand_over(request: HttpRequest, lending: Lending) -> None:
    """From here on nobody is signed in, and nothing of the session before is left, nor what it had still to say."""
    list(messages.get_messages(request))
    logout(request)
    rotate_token(request)
    request.session[LENT] = lending.pk


def on_lent_device(view: View) -> View:
    """For the browser that was handed over. To others it is a page that asks for a sign-in, or, signed in, none."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            raise Http404
        lending = devices.lent(request.session.get(LENT))
        if lending is None:
            reads = request.method in READING
            return redirect("account_login") if reads else kept_page(request, why=SIGNED_OUT, status=401)
        if said := devices.why_over(lending, now=timezone.now()):
            return _over(request, lending, said)
        return view(request, lending, *args, **kwargs)

    return login_not_required(answered)


@on_lent_device
@require_http_methods(["GET", "HEAD", "POST"])
def lent(request: HttpRequest, lending: Lending) -> HttpResponse:
    """The decision, once the code was entered; before that the box for it."""
    proof = _proof(request, lending)
    if proof is None:
        if request.method == "POST":
            way_on = (reverse("lent"), GET_A_CODE)
            return kept_page(request, why=links.NOT_PROVED, status=NotAllowed.status, way_on=way_on)
        return _door(request, lending)
    if not isinstance(lending.asking, Addressee):
        return _assess(request, lending, proof)
    desk = _desk(request, lending)
    if request.method != "POST":
        return _page(request, lending, desk)
    return _decide(request, lending, proof, desk)


@on_lent_device
@require_POST
def code(request: HttpRequest, lending: Lending) -> HttpResponse:
    """Mail another code to whoever the device is with."""
    try:
        codes.send_code(lending)
    except TooOften as often:
        messages.error(request, often.said)
        return _door(request, lending, status=often.status)
    messages.success(request, "A new code was sent. The one before works no longer.")
    return redirect("lent")


@on_lent_device
@require_POST
def prove(request: HttpRequest, lending: Lending) -> HttpResponse:
    """Enter the code: from now on whoever has the device decides."""
    form = CodeForm(request.POST, action=reverse("lent_prove"), shows=shows(lending.asking))
    try:
        if form.is_valid():
            proof = codes.prove(lending, form.cleaned_data["code"])
            request.session.cycle_key()
            request.session[CODE] = proof.pk
            return redirect("lent")
    except Incomplete as incomplete:
        say_on(form, incomplete)
    if said := devices.why_over(lending, now=timezone.now()):
        return _over(request, lending, said)
    return _door(request, lending, form=form, status=Incomplete.status)


@on_lent_device
@require_POST
def back(request: HttpRequest, lending: Lending) -> HttpResponse:
    """The device goes back to its trainee; what was not decided waits as before."""
    devices.hand_back(lending)
    request.session.pop(CODE, None)
    return redirect("lent")


@on_lent_device
@require_safe
def file(request: HttpRequest, lending: Lending, fid: str) -> HttpResponseBase:
    """One file of what is to be decided, as everybody gets it."""
    if _proof(request, lending) is None:
        raise NotAllowed(links.NOT_PROVED)
    return served(request, lending.asking, fid)


def _proof(request: HttpRequest, lending: Lending) -> SignCode | None:
    """What was proved on this device, for this."""
    code, asking = request.session.get(CODE), lending.asking
    proof = devices.proof(code, asking.asked_for, asking.assessor) if isinstance(code, int) else None
    return proof if proof and proof.lending_id == lending.pk else None


def _desk(request: HttpRequest, lending: Lending, *, keep: bool = False) -> Desk:
    assert lending.addressee is not None  # `lent` asks
    desk = lay_out(
        request,
        lending.addressee.submission.sid,
        by=lending.asking.assessor,
        keep=keep,
        file_href=lambda attachment: reverse("lent_file", args=[attachment.fid]),
    )
    if desk is None:
        raise TooLate(devices.TAKEN_BACK)
    return desk


def _decide(request: HttpRequest, lending: Lending, proof: SignCode, desk: Desk) -> HttpResponse:
    """The same step as everybody's, with the proof."""
    try:
        asks = chosen(request, desk, given=OnDevice(proof.pk))
        if any(form.errors for form in desk.forms.values()):
            return _page(request, lending, desk, status=Incomplete.status)
        moves = perform_all(asks, by=lending.asking.assessor)
    except (TooLate, NotAllowed) as refused:
        if said := _ended(lending):
            return _over(request, lending, said)
        messages.error(request, refused.said)
        return _page(request, lending, _desk(request, lending, keep=True), status=refused.status)
    messages.success(request, told_of(moves, left=len(desk.forms) - len(moves)))
    return redirect("lent")


def _assess(request: HttpRequest, lending: Lending, proof: SignCode) -> HttpResponse:
    """The mark form, and the same step, with the proof."""
    if request.method != "POST":
        return _marks(request, lending, lay_out_marks(lending.asking))
    marks = lay_out_marks(lending.asking, request.POST)
    try:
        if marks.put_right(request, OnDevice(proof.pk)):
            return _marks(request, lending, lay_out_marks(lending.asking, typed=request.POST))
        recorded = marks.record(request, OnDevice(proof.pk))
    except (TooLate, NotAllowed) as refused:
        if said := _ended(lending):
            return _over(request, lending, said)
        messages.error(request, refused.said)
        return _marks(request, lending, lay_out_marks(lending.asking, typed=request.POST), status=refused.status)
    if not recorded:
        return _marks(request, lending, marks, status=Incomplete.status)
    messages.success(request, recorded)
    return redirect("lent")


def _marks(request: HttpRequest, lending: Lending, marks: Marks, *, status: int = 200) -> HttpResponse:
    context = marks.context(status=status) | {"lending": lending}
    return render(request, "portfolio/one_off/lent_assess.html", context, status=status)


def _ended(lending: Lending) -> str:
    """Why it is over, as of now."""
    now = devices.lent(lending.pk)
    return devices.why_over(now, now=timezone.now()) if now else devices.OVER


def _page(request: HttpRequest, lending: Lending, desk: Desk, *, status: int = 200) -> HttpResponse:
    context = about(desk, by=lending.asking.assessor, status=status) | {"lending": lending}
    return render(request, "portfolio/one_off/lent_decide.html", context, status=status)


def _door(request: HttpRequest, lending: Lending, *, form: CodeForm | None = None, status: int = 200) -> HttpResponse:
    """Nothing but whose device it is, with whom, and the box for the code."""
    waits = codes.newest(lending) is not None
    form = form or CodeForm(action=reverse("lent_prove"), shows=shows(lending.asking))
    context = {
        "form": form if waits or form.errors else None,
        "waits": waits,
        "lending": lending,
        "person": lending.asking.assessor,
        "trainee": lending.asking.asked_for.portfolio.trainee,
        "host": lending.address.rpartition("@")[2],
        "minutes": settings.SIGN_CODE_MINUTES,
    }
    return render(request, "portfolio/one_off/lent_door.html", context, status=status)


def _over(request: HttpRequest, lending: Lending, said: str) -> HttpResponse:
    """Why nothing goes on here, whose device it is, and the way to their sign-in. What was typed is given back."""
    of = lending.asking.asked_for
    there = page_of(of)
    context = {
        "said": said,
        "done": said == devices.DONE,
        "trainee": of.portfolio.trainee,
        "sign_in": f"{reverse('account_login')}?{urlencode({'next': there})}",
        "kept": typed(request) if request.method == "POST" else [],
    }
    expected = said in (devices.DONE, devices.BACK) and request.method in READING
    status = 200 if expected else DeadLink.status
    return render(request, "portfolio/one_off/lent_over.html", context, status=status)
