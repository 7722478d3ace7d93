"""What the pages that lead around offer: a link or a button to a step stands there exactly for whom it is legal.

OFFERED says by hand what is offered to whom, page by page and state by state. It is held against the tables of steps as
well: of those who see a page, a step that is offered there is offered to all who may take it now, and to nobody else.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import Resolver404, ResolverMatch, resolve, reverse

from portfolio.models import Assessment, FeedbackRound, Goal, Nomination, Placement, Portfolio, SignedElsewhere
from portfolio.states import ElsewhereKind
from portfolio.workflow import (
    TABLES,
    AssessmentElsewhere,
    BlockOf,
    ModuleOf,
    ResultOf,
    ReviewOf,
    RoundOf,
    TimeOf,
    available,
    elsewhere,
    perform,
)
from tests import make
from tests.world import World, undone

pytestmark = pytest.mark.django_db
TRAINEE, OFFICERS = {"trainee"}, {"officer", "coordinator"}
ADMINISTRATORS = {"administrator", "cohort_administrator"}
BOTH, KEEPERS = TRAINEE | OFFICERS, OFFICERS | ADMINISTRATORS
# Everybody who sees something of the portfolio, and two who no longer do or never did.
LOOKING = BOTH | ADMINISTRATORS | {"officer_in_training", "supervisor", "assessor", "second_assessor"}
LOOKING |= {"former_officer", "stranger"}

# The steps that each address takes.
STEPS: dict[str, tuple[str, ...]] = {
    "assessment_new": ("plan",),
    "assessment_edit": ("plan",),
    "assessment_ask": ("ask",),
    "assessment_withdraw": ("withdraw",),
    "assessment_redirect": ("redirect",),
    "assessment_void": ("void assessment",),
    "assess": ("complete", "correct the kind"),
    "assess_kind": ("correct the kind",),
    "assessment_lend": ("lend device",),
    "module_option": ("confirm option",),
    "module_option_refuse": ("refuse option",),
    "module_result": ("record result", "correct result"),
    "module_sign_off": ("sign off module",),
    "module_void": ("void module sign-off",),
    "module_requirements": ("confirm requirements",),
    "elsewhere_new": ("record assessment elsewhere",),
    "elsewhere_table": ("record assessment elsewhere",),
    "elsewhere_void": ("void elsewhere", "void assessment elsewhere"),
    "placement_new": ("plan placement",),
    "placement_change": ("plan placement",),
    "placement_activities": ("plan activities",),
    "placement_confirm": ("confirm placement",),
    "placement_end": ("end placement",),
    "placement_extend": ("extend placement",),
    "placement_close": ("close placement",),
    "placement_remove": ("remove placement",),
    "feedback_open": ("open feedback",),
    "feedback_invite": ("invite respondents",),
    "feedback_withdraw": ("withdraw invitation",),
    "feedback_remind": ("remind respondents",),
    "feedback_close": ("close feedback",),
    "feedback_release": ("release feedback",),
    "review_plan": ("plan review",),
    "review_notes": ("write review notes",),
    "review_action": ("agree action",),
    "review_action_drop": ("drop action",),
    "review_action_done": ("complete action",),
    "review_action_reopen": ("reopen action",),
    "review_sign": ("sign review as trainee", "sign review as officer"),
    "review_again": ("record review again",),
    "goal_review": ("review goal",),
    "goal_reopen": ("reopen goal",),
    "training_time_record": ("record training time",),
    "training_time_change": ("change training time",),
    "training_time_remove": ("remove training time",),
    "nomination": ("approve nomination", "decline nomination"),
    "portfolio_close": ("close portfolio",),
    "portfolio_reopen": ("reopen portfolio",),
}


# Of these everybody reads the page; who finds a form there is held by test_late_steps_over_http.py.
READ = {"module_option", "module_result", "nomination"}
# The table lets both sides of a review; of an action it is only the one who is to do it.
ONE_SIDE = {"review_action_done", "review_action_reopen"}

# With the form of a review of a goal, where a role ends, and on the page of an option, which everybody reads.
NOT_BY_ITSELF = {"achieve goal", "give up goal", "hand over", "take option"}

CONFIRMED = {
    "placement_change": TRAINEE,
    "placement_activities": TRAINEE,
    "placement_close": TRAINEE,
    "placement_end": OFFICERS,
    "placement_extend": OFFICERS,
}

# On each page, and on the page of each thing in each of its states, who is offered what. Nothing else is offered there.
OFFERED: dict[str, dict[str, set[str]]] = {
    "progress": {},
    "plan": {},
    "awards": {},
    "assessments": {"assessment_new": TRAINEE},
    "assessment planned": {"assessment_edit": TRAINEE, "assessment_ask": TRAINEE},
    "assessment asked": {"assessment_withdraw": TRAINEE, "assessment_redirect": BOTH, "assessment_lend": TRAINEE},
    "assessment with a link": {"assessment_withdraw": TRAINEE, "assessment_redirect": BOTH, "assessment_lend": TRAINEE},
    "assessment assessed": {"assessment_void": KEEPERS},
    "assessment not yet": {"assessment_void": KEEPERS, "assessment_new": TRAINEE},
    "assessment voided": {"assessment_new": TRAINEE},
    "assessing planned": {},
    "assessing asked": {"assess": {"assessor"}},
    "assessing with a link": {},
    "assessing assessed": {},
    "assessing not yet": {},
    "assessing voided": {},
    "elsewhere": {"elsewhere_new": OFFICERS, "elsewhere_table": OFFICERS, "elsewhere_void": KEEPERS},
    "placements": {"placement_new": TRAINEE},
    "placement planned": {
        "placement_change": TRAINEE,
        "placement_activities": TRAINEE,
        "placement_confirm": OFFICERS,
        "placement_remove": TRAINEE,
    },
    "placement going on": CONFIRMED,
    "placement over": CONFIRMED,
    "feedback": {"feedback_open": TRAINEE},
    "feedback 1, open": {
        "feedback_invite": TRAINEE,
        "feedback_withdraw": TRAINEE,
        "feedback_remind": TRAINEE,
        "feedback_close": BOTH,
    },
    "feedback 2, with the officer": {"feedback_release": OFFICERS},
    "feedback 3, released": {},
    "reviews": {},
    "review 1, planned": {
        "review_plan": BOTH,
        "review_notes": BOTH,
        "review_action": BOTH,
        "review_action_drop": BOTH,
        "review_sign": BOTH,
    },
    "review 2, signed by both": {"review_action_done": TRAINEE, "review_again": BOTH},
    "training_time": {
        "training_time_record": KEEPERS,
        "training_time_change": KEEPERS,
        "training_time_remove": KEEPERS,
    },
    "goals": {},
    "open goal": {"goal_review": BOTH},
    "achieved goal": {"goal_reopen": TRAINEE},
    "people": {"portfolio_close": ADMINISTRATORS},
    "module S-C1": {},
    "module S-P1": {},
    "module S-B1": {},
    "module S-B2": {},
    "module S-A1": {"assessment_new": TRAINEE},
    "signing S-A1": {},
    "module S-X1": {"module_requirements": OFFICERS},
    "module S-R1": {"module_sign_off": OFFICERS},
    "module S-D1": {"module_void": KEEPERS},
    "queue": {
        "assess": {"assessor"},
        "module_option": OFFICERS,
        "module_sign_off": OFFICERS,
        "nomination": OFFICERS,
    },
}
# Once the portfolio is closed: nothing, but for whoever can open it again. What Tom asks for goes on waiting.
CLOSED = {"people": {"portfolio_reopen": ADMINISTRATORS}, "queue": {"assess": {"assessor"}}}


def subject(of: Portfolio, match: ResolverMatch) -> Any:
    """What the steps at this address move."""
    name, at = match.url_name or "", match.kwargs
    family = name.partition("_")[0]
    match family:
        case "assessment" | "assess":
            return Assessment.objects.get(aid=at["aid"]) if "aid" in at else make.slot(of)
        case "placement":
            return Placement.objects.get(pid=at["pid"]) if "pid" in at else Placement(portfolio=of)
        case "feedback":
            return RoundOf.read(of, _round(of, at))
        case "review":
            return ReviewOf.read(of, at["number"])
        case "goal":
            return Goal.objects.get(gid=at["gid"])
        case "training":
            return TimeOf(of)
        case "nomination":
            return Nomination.objects.get(nid=at["nid"])
        case "portfolio":
            return of
        case "elsewhere":
            return _elsewhere(of, at)
    return _of_module(of, name, at["code"])


def _round(of: Portfolio, at: dict[str, Any]) -> str:
    """The name of one that was opened, by its number; else of the one in this place of the rules."""
    if "number" in at:
        return FeedbackRound.objects.get(portfolio=of, number=at["number"]).name
    rules = Portfolio.objects.get(pk=of.pk).curriculum.rules
    assert rules is not None
    name: str = rules.content["multi_source_feedback"][at["place"] - 1]["round"]
    return name


def _of_module(of: Portfolio, name: str, code: str) -> Any:
    if name.startswith("module_option"):
        return make.block_of(of, code)
    return make.result_of(of, code) if name == "module_result" else ModuleOf.read(of, code)


def _elsewhere(of: Portfolio, at: dict[str, Any]) -> Any:
    if "xid" not in at:
        return AssessmentElsewhere(of)
    row = SignedElsewhere.objects.get(xid=at["xid"])
    return elsewhere.activity_of(row) if row.kind == ElsewhereKind.ACTIVITY else AssessmentElsewhere(of, row=row)


def pages(world: World) -> dict[str, str]:
    """The address of each page of OFFERED."""
    ref = world.portfolio.ref
    found = {"queue": reverse("reviewing")}
    for name in OFFERED:
        kind, _, which = name.partition(" ")
        match kind:
            case "module":
                found[name] = reverse("module", args=[ref, which])
            case "signing":
                found[name] = reverse("module_sign_off", args=[ref, which])
            case "assessment":
                found[name] = reverse("assessment", args=[ref, world.assessments[which].aid])
            case "assessing":
                found[name] = reverse("assess", args=[world.assessments[which].aid])
            case "placement":
                found[name] = reverse("placement", args=[ref, world.placements[which].pid])
            case "open" | "achieved":
                found[name] = reverse("goal", args=[ref, world.goals[name].gid])
            case "review":
                found[name] = reverse("review_point", args=[ref, int(which[0])])
            case "feedback" if which:
                found[name] = reverse("feedback_round", args=[ref, int(which[0])])
            case _ if name != "queue":
                found[name] = reverse(name, args=[ref])
    return found


def offers(page: str) -> Iterator[tuple[str, ResolverMatch]]:
    """Each address of a step in the page, as a link or as where a form is sent."""
    (main,) = re.findall(r"<main.*</main>", page, re.DOTALL)
    for address in sorted(set(re.findall(r'(?:href|action)="([^"#?]*)', main))):
        try:
            match = resolve(address)
        except Resolver404:
            continue
        if match.url_name in STEPS:
            yield address, match


class Page:
    """A page as everybody sees it: who does, and who is offered which address there."""

    def __init__(self, world: World, name: str) -> None:
        self.world = world
        self.seers: set[str] = set()
        self.offered: dict[str, set[str]] = defaultdict(set)
        self.matches: dict[str, ResolverMatch] = {}
        for person in sorted(LOOKING):
            answer = world.ask(person, "GET", pages(world)[name])
            if answer.status_code == 200:
                self.seers.add(person)
                for address, match in offers(answer.content.decode()):
                    if name == "queue" or match.url_name not in READ:
                        self.offered[address].add(person)
                        self.matches[address] = match

    def by_name(self) -> dict[str, set[str]]:
        """Who is offered each kind of step."""
        found: dict[str, set[str]] = defaultdict(set)
        for address, people in self.offered.items():
            found[self.matches[address].url_name or ""] |= people
        return dict(found)

    def legal(self) -> dict[str, set[str]]:
        """Of those who see it, who may take a step at each of these addresses now."""
        return {address: {name for name in self.seers if self._may(name, address)} for address in self.offered}

    def _may(self, name: str, address: str) -> bool:
        match, person = self.matches[address], self.world.people[name]
        thing = subject(self.world.portfolio, match)
        of = getattr(thing, "portfolio", thing)
        assert person is not None
        return not available(thing, of, by=person).keys().isdisjoint(STEPS[match.url_name or ""])


@pytest.mark.parametrize("name", list(OFFERED))
def test_a_step_is_offered_to_whom_it_is_legal_and_to_nobody_else(world: World, name: str) -> None:
    page = Page(world, name)
    assert page.by_name() == OFFERED[name]
    both_sides = {address for address, match in page.matches.items() if match.url_name in ONE_SIDE}
    assert {address: people for address, people in page.offered.items() if address not in both_sides} == {
        address: people for address, people in page.legal().items() if address not in both_sides
    }


def test_in_a_closed_portfolio_nothing_is_offered_but_opening_it_again(world: World) -> None:
    with undone():
        perform("close portfolio", world.portfolio, by=world.cast.administrator, reason="Completed.")
        found = {name: Page(world, name).by_name() for name in OFFERED}
    assert found == {name: CLOSED.get(name, {}) for name in OFFERED}


def test_every_step_of_the_newer_tables_has_its_address_here() -> None:
    """A step that no page offers by itself is left out with its reason."""
    newer = (Assessment, BlockOf, ResultOf, AssessmentElsewhere, Placement, RoundOf, ReviewOf, Goal, Nomination, TimeOf)
    steps = {step for table in newer for step in TABLES[table].steps}
    assert steps - {step for found in STEPS.values() for step in found} == NOT_BY_ITSELF
