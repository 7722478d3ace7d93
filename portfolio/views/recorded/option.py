"""The option of a block: the trainee takes one, the officer confirms or refuses it, by whose turn it is."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.middleware import SignedIn
from accounts.models import User
from curriculum.structure import BlockFacts, Structure
from portfolio import ledger, proof
from portfolio.access import visible_in
from portfolio.forms.results import OptionForm
from portfolio.forms.steps import RefusalForm, SeenForm
from portfolio.forms.widgets import Hinted
from portfolio.manifest import option_digest
from portfolio.models import OptionConfirmation, OptionRefusal, OptionTaken, Portfolio
from portfolio.requirements import option_state
from portfolio.requirements.words import day
from portfolio.shapes import CHOICE_SHAPES
from portfolio.states import ChoiceState
from portfolio.titles import entitled
from portfolio.views.fetch import as_it_stands, fetch_module, fetch_portfolio, fetch_step, say_on, too_late
from portfolio.views.links import crumbs, module_crumb
from portfolio.views.voice import Voice
from portfolio.workflow import BlockOf, Incomplete, Step, TooLate, available, perform


@require_http_methods(["GET", "HEAD", "POST"])
def option(request: SignedIn, ref: str, code: str) -> HttpResponse:
    portfolio = fetch_portfolio(request, ref)
    record = ledger.read_one(portfolio)
    block = record.structure.block(fetch_module(record, code))
    chosen = option_state(record, block)
    if chosen is None:
        raise Http404
    voice, subject = Voice(request.user, portfolio), BlockOf(portfolio, block)
    taken = _taken(request.user, portfolio, block)
    name = "take option" if voice.own else "confirm option"
    here = reverse("module_option", args=[ref, code])
    form: Form | None = None
    try:
        if request.method == "POST":
            step = fetch_step(request, name, subject, portfolio)
            form = _form(request, step, entitled(record), block, taken)
            if form.is_valid() and _performed(request, subject, step, form):
                messages.success(
                    request,
                    "Taken. It counts once your training officer confirms it."
                    if voice.own
                    else "Confirmed. Work on this option counts from now on.",
                )
                return redirect(here)
        elif step_now := available(subject, portfolio, by=request.user).get(name):
            form = _form(request, step_now, entitled(record), block, taken)
    except TooLate as late:
        return as_it_stands(request, late, option, ref, code)
    context = {
        "portfolio": portfolio,
        "code": code,
        "voice": voice,
        "choice": block,
        "options": _options(entitled(record), block, chosen.taken, record.asked.get(block.position)),
        "form": form,
        "confirming": form is not None and not voice.own,
        "refused": taken[0].refusal if taken and hasattr(taken[0], "refusal") else None,
        "taken": taken,
        "entries": _entries(taken),
        "doubt": "" if _agrees(portfolio, block, taken) else proof.DOUBT,
        "crumbs": crumbs(portfolio, module_crumb(portfolio, code)),
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "portfolio/recorded/option.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: SignedIn, ref: str, code: str) -> HttpResponse:
    """The officer says why not: the choice is open again, and what was confirmed before stands."""
    portfolio = fetch_portfolio(request, ref)
    record = ledger.read_one(portfolio)
    block = record.structure.block(fetch_module(record, code))
    if not block.has_choice:
        raise Http404
    subject, here = BlockOf(portfolio, block), reverse("module_option", args=[ref, code])
    try:
        step = fetch_step(request, "refuse option", subject, portfolio)
        taken = _taken(request.user, portfolio, block)[0]
        data = request.POST if request.method == "POST" else None
        form = RefusalForm(data, step=step, back=here, initial={"seen": option_digest(taken)})
        if request.method == "POST" and form.is_valid():
            typed = form.cleaned_data
            perform(step.name, subject, by=request.user, reason=typed["reason"], seen=typed["seen"])
            messages.success(request, f"Refused. {portfolio.trainee.name} can choose again.")
            return redirect(here)
    except TooLate as late:
        return too_late(request, late, here)
    counts = record.taken.get(block.position)
    context = {
        "portfolio": portfolio,
        "choice": block,
        "taken": taken,
        "titles": _titles(entitled(record), block.options[taken.option.position - 1]),
        "counts": " and ".join(block.options[counts]) if counts is not None else "",
        "form": form,
        "crumbs": [*crumbs(portfolio, module_crumb(portfolio, code)), ("The option", here)],
    }
    return render(request, "portfolio/recorded/option_refuse.html", context, status=422 if form.errors else 200)


def _taken(user: User, portfolio: Portfolio, block: BlockFacts) -> list[OptionTaken]:
    """Every choice of this block, the newest first."""
    rows = visible_in(portfolio, user, OptionTaken).filter(block=block.id).order_by("-number")
    return list(rows.select_related("confirmation", "refusal", "block", "option", "portfolio"))


def _form(
    request: SignedIn, step: Step, structure: Structure, block: BlockFacts, taken: list[OptionTaken]
) -> OptionForm | SeenForm:
    """The trainee's choice, or the officer's confirmation."""
    data = request.POST if request.method == "POST" else None
    back = reverse("progress", args=[request.portfolio.ref])
    if step.name == "take option":
        choices = [
            (at, Hinted(" and ".join(codes), hint=_titles(structure, codes))) for at, codes in enumerate(block.options)
        ]
        return OptionForm(data, choices=choices, step=step, changes=bool(taken), back=back)
    return SeenForm(data, step=step, back=back, initial={"seen": option_digest(taken[0]) if taken else ""})


def _titles(structure: Structure, codes: tuple[str, ...]) -> str:
    return ", ".join(structure.module(code).title for code in codes)


def _performed(request: SignedIn, subject: BlockOf, step: Step, form: Form) -> bool:
    """Whether it was taken. What is missing is said on the form."""
    given = form.given() if isinstance(form, OptionForm) else None
    typed = form.cleaned_data
    try:
        perform(
            step.name,
            subject,
            by=request.user,
            reason=typed.get("reason", ""),
            seen=typed.get("seen"),
            given=given,
        )
    except Incomplete as incomplete:
        say_on(form, incomplete)
        return False
    return True


def _options(structure: Structure, block: BlockFacts, taken: int | None, asked: int | None) -> list[dict[str, Any]]:
    """Each option with its modules, and whether it is the one."""
    states = {taken: ChoiceState.CONFIRMED} | {asked: ChoiceState.TO_BE_CONFIRMED}
    return [
        {
            "modules": [structure.module(code) for code in codes],
            "shape": CHOICE_SHAPES[state := states.get(at, ChoiceState.NOT_TAKEN)],
            "word": state.label,
        }
        for at, codes in enumerate(block.options)
    ]


def _entries(taken: list[OptionTaken]) -> list[dict[str, str]]:
    """As components/timeline.html takes them, the newest first."""
    found = []
    for row in taken:
        if hasattr(row, "confirmation"):
            who = f"{day(row.confirmation.confirmed_at)}, {row.confirmation.signer_name}"
            found.append({"shape": "yes", "what": f"{row.codes} confirmed", "who": who})
        if hasattr(row, "refusal"):
            who = f"{day(row.refusal.refused_at)}, {row.refusal.signer_name}"
            said = row.refusal.reason
            found.append({"shape": "stop", "what": f"{row.codes} refused", "who": who, "said": said})
        who = f"{day(row.taken_at)}, {row.signer_name}"
        found.append({"shape": "person", "what": f"{row.codes} taken", "who": who, "said": row.reason})
    return found


def _agrees(portfolio: Portfolio, block: BlockFacts, taken: list[OptionTaken]) -> bool:
    """Whether every choice, confirmation and refusal of this block is what was recorded when it was made."""
    answers = [getattr(row, of) for row in taken for of in ("confirmation", "refusal") if hasattr(row, of)]
    kinds = [OptionTaken, OptionConfirmation, OptionRefusal]
    return proof.all_agree(portfolio, [*taken, *answers], kinds, block=block.position)
