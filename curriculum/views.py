"""Pages of what has to be learnt. They say what is provisional, a place, not recorded or fictional."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from . import structure, use, wording
from .models import Prompt
from .structure import ModuleFacts, Structure

A_PAGE = 25
Crumb = tuple[str, str]


@require_safe
def curricula(request: HttpRequest) -> HttpResponse:
    """Every curriculum that this person may read."""
    ordered = use.visible(request.user).order_by("specialty", "-start_year", "code")
    page = Paginator(ordered, A_PAGE).get_page(request.GET.get("page"))
    wholes = structure.read(row.pk for row in page)
    rows = [{"whole": wholes[row.pk], "known": wording.known(wholes[row.pk])} for row in page]
    return render(request, "curriculum/curricula.html", {"page": page, "rows": rows})


@require_safe
def curriculum(request: HttpRequest, code: str) -> HttpResponse:
    """The programme structure: its blocks, their modules, and the total of the credits."""
    whole = _whole(request, code)
    rows = [
        {
            "block": block,
            "phase": wording.phase(block.phase),
            "choice": wording.choice(block),
            "modules": [{"module": module, "summary": wording.summary(block, module)} for module in block.modules],
        }
        for block in whole.blocks
    ]
    context = {"whole": whole, "rows": rows, "known": wording.known(whole), "crumbs": _crumbs()}
    return render(request, "curriculum/curriculum.html", context)


@require_safe
def module(request: HttpRequest, code: str, module_code: str) -> HttpResponse:
    """What one module asks for."""
    whole = _whole(request, code)
    one = _module(whole, module_code)
    block = whole.block(one)
    context = {
        "whole": whole,
        "block": block,
        "module": one,
        "phase": wording.phase(block.phase),
        "credits": wording.counted(one.credits, "credit"),
        "activities": [{"number": number, "known": one.activity(number)} for number in one.places],
        "activities_words": wording.activities(one),
        "assessments_words": wording.assessments(one),
        "option": wording.place_in_choice(block, one).lower(),
        "choice": wording.choice(block),
        "gaps": not one.complete or one.cbd is None or one.provisional,
        "library": one.url or whole.source,
        "crumbs": _crumbs(whole),
    }
    return render(request, "curriculum/module.html", context)


@require_safe
def activity(request: HttpRequest, code: str, module_code: str, number: int) -> HttpResponse:
    """One training activity, or a place: a number whose wording is not known."""
    whole = _whole(request, code)
    one = _module(whole, module_code)
    if not 1 <= number <= max(one.highest_known, one.expected or 0):
        raise Http404
    known = one.activity(number)
    context = {
        "whole": whole,
        "module": one,
        "number": number,
        "known": known,
        "surplus": known is None and one.complete,
        "total": _total(one),
        "before": max((each for each in one.places if each < number), default=None),
        "after": min((each for each in one.places if each > number), default=None),
        "library": one.url or whole.source,
        "look_up": f"{one.code} activity {number}",
        "crumbs": _crumbs(whole, one),
        **_prompts(whole, known.type if known else ""),
    }
    return render(request, "curriculum/activity.html", context)


def _whole(request: HttpRequest, code: str) -> Structure:
    row = get_object_or_404(use.visible(request.user), code=code)
    return structure.read([row.pk])[row.pk]


def _module(whole: Structure, code: str) -> ModuleFacts:
    if code not in whole.by_code:
        raise Http404
    return whole.module(code)


def _total(one: ModuleFacts) -> int | None:
    """How many activities there are, where a number is also a place in that count: no gaps, and the total is known."""
    known = one.complete or one.expected is not None
    return len(one.places) if known and one.places == tuple(range(1, len(one.places) + 1)) else None


def _prompts(whole: Structure, type_: str) -> dict[str, list[Prompt]]:
    """What evidence of this type should show, and questions to write from."""
    prompts = Prompt.objects.filter(Q(type="") | Q(type=type_), programme__code=whole.programme_code)
    return {
        "shows": [prompt for prompt in prompts if prompt.section == Prompt.Section.SHOWS],
        "questions": [prompt for prompt in prompts if prompt.section == Prompt.Section.REFLECTION],
    }


def _crumbs(whole: Structure | None = None, one: ModuleFacts | None = None) -> list[Crumb]:
    """The way up to the page."""
    crumbs = [("Curricula", reverse("curricula"))]
    if whole:
        crumbs.append((whole.specialty, reverse("curriculum", args=[whole.code])))
    if whole and one:
        crumbs.append((one.code, reverse("curriculum_module", args=[whole.code, one.code])))
    return crumbs
