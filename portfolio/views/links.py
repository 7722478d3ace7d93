"""Where something is mended, as an address: requirements and progress say it as data (`requirements.At`)."""

from collections.abc import Callable, Collection
from functools import lru_cache
from urllib.parse import urlencode

from django.urls import reverse

from portfolio.models import Portfolio
from portfolio.requirements import At
from portfolio.requirements.words import plural
from portfolio.workflow.comments.about import Decided, address_of

# Pages that are a step, and the step's name: who may not take it is shown the module in their place.
STEP_OF = {"requirements": "confirm requirements", "sign_off": "sign off module", "assessment_new": "plan"}
# "option", "result" and "awards" are pages that everybody with sight of the portfolio reads.
ADDRESSES: dict[str, Callable[[Portfolio, At], str]] = {
    "progress": lambda portfolio, at: reverse("progress", args=[portfolio.ref]),
    "module": lambda portfolio, at: reverse("module", args=[portfolio.ref, at.module]),
    "activity": lambda portfolio, at: reverse("activity", args=[portfolio.ref, at.module, at.number]),
    "submission": lambda portfolio, at: reverse("submission", args=[portfolio.ref, at.sid]),
    "requirements": lambda portfolio, at: reverse("module_requirements", args=[portfolio.ref, at.module]),
    "sign_off": lambda portfolio, at: reverse("module_sign_off", args=[portfolio.ref, at.module]),
    "goal": lambda portfolio, at: reverse("goal", args=[portfolio.ref, at.gid]),
    "result": lambda portfolio, at: reverse("module_result", args=[portfolio.ref, at.module]),
    "option": lambda portfolio, at: reverse("module_option", args=[portfolio.ref, at.module]),
    "awards": lambda portfolio, at: reverse("awards", args=[portfolio.ref]),
    "feedback": lambda portfolio, at: reverse("feedback", args=[portfolio.ref]),
    "feedback_round": lambda portfolio, at: reverse("feedback_round", args=[portfolio.ref, at.number]),
    "review_point": lambda portfolio, at: reverse("review_point", args=[portfolio.ref, at.number]),
    "assessments": lambda portfolio, at: reverse("assessments", args=[portfolio.ref]),
    "assessment": lambda portfolio, at: reverse("assessment", args=[portfolio.ref, at.aid]),
    "assessment_new": lambda portfolio, at: plan_address(portfolio, at.module, at.kind),
    "curriculum_module": lambda portfolio, at: reverse(
        "curriculum_module", args=[portfolio.curriculum.code, at.module]
    ),
}


# What a placement supervisor finds no page of their own behind: there is no way there for them.
NOT_IN_PART = frozenset(
    {"goal", "result", "option", "awards", "review_point", "assessment_new", "feedback", "feedback_round"}
)


def address(portfolio: Portfolio, at: At, *, may: Collection[str] = (), in_whole: bool = True) -> str:
    """The address of a place. `may` names the steps that the reader may take now (workflow.available).

    "" where there is no page for who does not read the portfolio `in_whole`.
    """
    if not in_whole and at.page in NOT_IN_PART:
        return ""
    if at.page in STEP_OF and STEP_OF[at.page] not in may:
        return reverse("module", args=[portfolio.ref, at.module])
    return ADDRESSES[at.page](portfolio, at)


@lru_cache(maxsize=4096)
def page_of(name: str, ref: str, *further: str | int) -> str:
    """The address of a page of a portfolio. A list of 25 trainees has a hundred of these: each is put together once."""
    return reverse(name, args=[ref, *further])


def elsewhere_address(ref: str, xid: str) -> str:
    """Where a record of another system stands in their list: on the page of the list that has it."""
    return f"{reverse('elsewhere', args=[ref])}?{urlencode({'x': xid})}#{xid}"


def plan_address(portfolio: Portfolio, code: str, kind: str, after: str = "") -> str:
    """Where an attempt is planned from an open slot: a CBD's, or an observed one's. `after`: the attempt before it."""
    asked = {"module": code, "kind": kind} | ({"after": after} if after else {})
    return f"{reverse('assessment_new', args=[portfolio.ref])}?{urlencode(asked)}"


def crumbs(portfolio: Portfolio, *further: tuple[str, str]) -> list[tuple[str, str]]:
    """The way up from a page of a portfolio."""
    return [("Progress", reverse("progress", args=[portfolio.ref])), *further]


def module_crumb(portfolio: Portfolio, code: str) -> tuple[str, str]:
    return code, reverse("module", args=[portfolio.ref, code])


def submissions_crumb(portfolio: Portfolio) -> tuple[str, str]:
    return "Submissions", reverse("submissions", args=[portfolio.ref])


def goals_crumb(portfolio: Portfolio) -> tuple[str, str]:
    return "Goals", reverse("goals", args=[portfolio.ref])


def way_to_comments(of: Decided) -> dict[str, str]:
    """To what was said since of a decision or an outcome, for the rows of `pages.counting_comments`."""
    number = getattr(of, "comments_said", None) or 0
    words = f"{number} {plural(number, 'comment')}" if number else "Comments: none yet"
    return {"text": words, "href": address_of(of)}


def assessments_crumb(portfolio: Portfolio) -> tuple[str, str]:
    return "Assessments", reverse("assessments", args=[portfolio.ref])
