"""What each kind of event tells in words, with the names of what it is about as far as the reader may know them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.text import get_text_list

from accounts.models import User
from portfolio.access import visible_in
from portfolio.ledger import structures_of
from portfolio.models import Assessment, Evidence, Goal, Portfolio, Revision, Submission
from portfolio.requirements.words import a, day, plural
from portfolio.reviews import called
from portfolio.states import AssessmentOutcome, ElsewhereKind, ResultState

Data = dict[str, Any]


@dataclass(frozen=True)
class Names:
    """What the ids in events are called, as far as the reader may know: pages by eid, people by id.

    `readable` are the pages that they can open: one that was erased has nothing behind its events. `assessments` are
    those that they can open. `points` are the review points by their keys, numbered and called as they are today.
    """

    ref: str
    pages: dict[str, str]
    people: dict[int, str]
    readable: frozenset[str]
    goals: dict[str, str] = field(default_factory=dict)
    assessments: frozenset[str] = frozenset()
    points: dict[str, tuple[int, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, user: User, portfolio: Portfolio, told: Iterable[Data]) -> "Names":
        """The same few queries however many events there are."""
        told = list(told)
        eids = {data["evidence"] for data in told if "evidence" in data}
        sids = {data["submission"] for data in told if "submission" in data}
        titles = visible_in(portfolio, user, Revision).filter(evidence__eid__in=eids)
        here = visible_in(portfolio, user, Evidence).filter(eid__in=eids)
        aims = visible_in(portfolio, user, Goal).filter(gid__in={data["goal"] for data in told if "goal" in data})
        asked = visible_in(portfolio, user, Submission).filter(sid__in=sids)
        aids = {data["assessment"] for data in told if "assessment" in data}
        assessed = visible_in(portfolio, user, Assessment).filter(aid__in=aids)
        known = list(assessed.values_list("aid", "addressees__assessor", "addressees__assessor__name"))
        return cls(
            ref=portfolio.ref,
            assessments=frozenset(aid for aid, _, _ in known),
            pages=dict(titles.order_by("number").values_list("evidence__eid", "title")),
            people=dict(asked.values_list("addressees__assessor", "addressees__assessor__name"))
            | {person: name for _, person, name in known if person},
            readable=frozenset(here.values_list("eid", flat=True)),
            goals=dict(aims.values_list("gid", "title")),
            points=called(structures_of([portfolio])[portfolio.curriculum_id]),
        )

    def page(self, data: Data) -> str:
        title = self.pages.get(data["evidence"])
        return f"“{title}”" if title else "a page of evidence"

    def goal(self, data: Data) -> str:
        title = self.goals.get(data["goal"])
        return f"the goal “{title}”" if title else "a goal"

    def point(self, data: Data) -> str:
        """One that the rules do not know any more is called as it was."""
        _, name = self.points.get(data["point"], (0, data["point"]))
        return name

    def person(self, data: Data, key: str = "assessor") -> str:
        """Somebody new is named in the event by a digest alone."""
        if data[key] is None:
            return "somebody new, to be approved"
        return self.people.get(data[key], "an assessor")


def activity(data: Data) -> str:
    return f"{data['module']} {data['number']}"


def _items(data: Data) -> str:
    return get_text_list([activity(item) for item in data["items"]], "and")


def _assessment(data: Data) -> str:
    """a DOPS of S-C1"""
    return f"{a(data['assessed'])} of {data['module']}"


def _what(data: Data) -> str:
    """What is withdrawn or redirected: the items of a submission, or an assessment."""
    return _assessment(data) if "assessment" in data else _items(data)


def _outcome(data: Data) -> str:
    return str(AssessmentOutcome(data["outcome"]).label).lower()


def _date(text: str) -> str:
    """3 March 2026, of an event's 2026-03-03."""
    return day(date.fromisoformat(text))


def _unlocked(names: Names, data: Data) -> str:
    return f"Unlocked {activity(data)}{_also(data)}"


def _decided(what: str, data: Data) -> str:
    """How the signer was known, where it was not by a sign-in. Events from before there were codes do not say."""
    how = ""
    if data.get("by_link"):
        how = ", by a personal link and a code to the assessor’s address"
    if data.get("on_device"):
        how = ", on the trainee’s device, after a code to the assessor’s address"
    return f"{what}{how}"


def _also(data: Data) -> str:
    """That a module sign-off went with it."""
    return f". The sign-off of {data['module']} was voided with it" if data["voids"] else ""


def _of_result(data: Data) -> str:
    return f"{data['module'] or data['award']}: {ResultState(data['outcome']).label.lower()}"


def _decision(data: Data) -> str:
    """What a comment is about."""
    return f"the outcome of {_assessment(data)}" if "assessment" in data else f"the decision on {activity(data)}"


def _assessment_elsewhere(data: Data) -> str:
    return f"an assessment ({ElsewhereKind(data['kind']).label}) of {data['module']}"


def _confirmed(names: Names, data: Data) -> str:
    numbers = [
        f"{data[key]} {word}"
        for key, word in (("activities", "activities"), ("cbd", "CBDs"), ("observed", "DOPS or OCE"))
        if data[key] is not None
    ]
    return f"Confirmed the requirements of {data['module']}: {', '.join(numbers)}"


def _review(names: Names, data: Data) -> str:
    again = f", record {data['record']}" if data["record"] > 1 else ""
    return f"“{names.point(data)}”{again}"


def _on(data: Data, key: str) -> str:
    return day(date.fromisoformat(data[key]))


def _time(data: Data) -> str:
    """Why somebody is away is not told here."""
    if "hundredths" in data:
        return f"working time of {data['hundredths']}% from {_on(data, 'from')}"
    return f"leave from {_on(data, 'from')} {'to ' + _on(data, 'to') if data['to'] else 'without an end'}"


def _closed_feedback(names: Names, data: Data) -> str:
    count = f"{data['answered']} of {data['invited']} answered"
    return f"Closed the feedback round {data['round']}: {count}" + ("" if data["enough"] else ", too few for a report")


# What each kind of event says, and its shape. A test holds it against every kind that the workflow writes.
WORDS: dict[str, tuple[str, Callable[[Names, Data], str]]] = {
    "link": ("clip", lambda names, data: f"Linked {names.page(data)} to {activity(data)}"),
    "unlink": ("clip", lambda names, data: f"Removed the link of {names.page(data)} to {activity(data)}"),
    "submit": ("review", lambda names, data: f"Submitted {_items(data)} to {names.person(data)}"),
    "withdraw": ("stop", lambda names, data: f"Withdrew {_what(data)} from {names.person(data)}"),
    "redirect": (
        "person",
        lambda names, data: (
            f"Asked {names.person(data)} to decide on {_what(data)} in place of {names.person(data, 'from')}"
        ),
    ),
    "hand over": (
        "person",
        lambda names, data: (
            f"Handed {_what(data)} over to {names.person(data)}: {names.person(data, 'from')} decides here no more"
        ),
    ),
    "approve nomination": ("yes", lambda names, data: f"Approved {names.person(data)} as a new assessor"),
    "decline nomination": ("stop", lambda names, data: "Declined a new assessor"),
    "link opened elsewhere": ("alert", lambda names, data: f"The link of {names.person(data)} was opened elsewhere"),
    "lend device": (
        "person",
        lambda names, data: f"Handed the device over to {names.person(data)}, to decide on {_what(data)}",
    ),
    "return": ("returned", lambda names, data: _decided(f"Returned {activity(data)} with feedback", data)),
    "sign off": ("done", lambda names, data: _decided(f"Signed off {activity(data)}", data)),
    "unlock": ("unlock", _unlocked),
    "comment": ("info", lambda names, data: f"Commented on {_decision(data)}"),
    "withdraw comment": ("stop", lambda names, data: f"Withdrew a comment on {_decision(data)}"),
    "comment erased": ("stop", lambda names, data: "Erased the words of a comment that was withdrawn"),
    "sign off module": (
        "module",
        lambda names, data: (
            f"Signed off the module {data['module']}: {data['credits']} {plural(data['credits'], 'credit')}"
        ),
    ),
    "void module sign-off": ("unlock", lambda names, data: f"Voided the sign-off of the module {data['module']}"),
    "confirm requirements": ("info", _confirmed),
    "plan review": (
        "calendar",
        lambda names, data: f"Planned the review {_review(names, data)} for {_on(data, 'planned_on')}",
    ),
    "write review notes": ("draft", lambda names, data: f"Wrote notes for the review {_review(names, data)}"),
    "agree action": ("calendar", lambda names, data: f"Added an action to the review {_review(names, data)}"),
    "drop action": ("stop", lambda names, data: f"Took an action off the review {_review(names, data)}"),
    "sign review as trainee": ("done", lambda names, data: f"Signed the review {_review(names, data)} as the trainee"),
    "sign review as officer": (
        "done",
        lambda names, data: f"Signed the review {_review(names, data)} as the training officer",
    ),
    "record review again": ("info", lambda names, data: f"Made a new record of the review {_review(names, data)}"),
    "complete action": ("done", lambda names, data: f"Marked an action of the review {_review(names, data)} as done"),
    "reopen action": ("unlock", lambda names, data: f"Opened an action of the review {_review(names, data)} again"),
    "record training time": ("calendar", lambda names, data: f"Recorded {_time(data)}"),
    "change training time": ("calendar", lambda names, data: f"Changed to {_time(data)}"),
    "remove training time": ("stop", lambda names, data: f"Removed {_time(data)}"),
    "close portfolio": ("lock", lambda names, data: "Closed the portfolio"),
    "reopen portfolio": ("unlock", lambda names, data: "Reopened the portfolio"),
    "open feedback": ("progress", lambda names, data: f"Opened the feedback round {data['round']}"),
    "invite respondents": (
        "person",
        lambda names, data: f"Asked for {data['round']} feedback by e-mail: {data['count']} more",
    ),
    "withdraw invitation": ("stop", lambda names, data: f"Took back an invitation to the {data['round']} feedback"),
    "remind respondents": ("person", lambda names, data: f"Sent a reminder for {data['round']} feedback"),
    "close feedback": ("review", _closed_feedback),
    "release feedback": ("done", lambda names, data: f"Talked about the {data['round']} feedback: report released"),
    "report used as evidence": ("draft", lambda names, data: f"Made {names.page(data)} from a report of feedback"),
    "evidence saved": ("draft", lambda names, data: f"Saved {names.page(data)}, version {data['revision']}"),
    "evidence shared": ("person", lambda names, data: f"Shared {names.page(data)}"),
    "evidence no longer shared": ("lock", lambda names, data: f"Stopped sharing {names.page(data)}"),
    "evidence archived": ("info", lambda names, data: f"Archived {names.page(data)}"),
    "evidence brought back": ("info", lambda names, data: f"Brought back {names.page(data)} from the archive"),
    "evidence binned": ("stop", lambda names, data: f"Put {names.page(data)} in the bin"),
    "evidence recovered": ("info", lambda names, data: f"Took {names.page(data)} out of the bin"),
    "evidence erased": ("stop", lambda names, data: "Erased a page of evidence after its time in the bin"),
    # what the university, the trainee's choice and other systems say
    "record result": ("info", lambda names, data: f"Recorded the university’s result for {_of_result(data)}"),
    "correct result": ("info", lambda names, data: f"Corrected the university’s result for {_of_result(data)}"),
    "take option": ("person", lambda names, data: f"Took the option {get_text_list(data['codes'], 'and')}"),
    "confirm option": ("yes", lambda names, data: f"Confirmed the option {get_text_list(data['codes'], 'and')}"),
    "refuse option": ("unlock", lambda names, data: f"Refused the option {get_text_list(data['codes'], 'and')}"),
    "record elsewhere": (
        "elsewhere",
        lambda names, data: f"Recorded {activity(data)} as signed in another system",
    ),
    "void elsewhere": ("unlock", lambda names, data: f"Took back the record of {activity(data)}{_also(data)}"),
    "record assessment elsewhere": (
        "elsewhere",
        lambda names, data: f"Recorded {_assessment_elsewhere(data)} as signed in another system",
    ),
    "void assessment elsewhere": (
        "unlock",
        lambda names, data: f"Took back the record of {_assessment_elsewhere(data)}{_also(data)}",
    ),
    "seeded": ("info", lambda names, data: "Filled with fictional work for measuring: no step was taken"),
    # the plan
    "calendar address made": (
        "calendar",
        lambda _, data: f"{'Replaced the' if data['replaced'] else 'Made an'} address for a calendar",
    ),
    "calendar address stopped": ("stop", lambda *_: "Stopped the address for a calendar"),
    "goal set": ("progress", lambda names, data: f"Set {names.goal(data)}"),
    "goal changed": ("draft", lambda names, data: f"Changed {names.goal(data)}"),
    "goal action done": ("yes", lambda names, data: f"Ticked off an action of {names.goal(data)}"),
    "goal action not done": ("no", lambda names, data: f"Took back the tick of an action of {names.goal(data)}"),
    "review goal": ("info", lambda names, data: f"Reviewed {names.goal(data)}"),
    "achieve goal": ("done", lambda names, data: f"Recorded {names.goal(data)} as achieved"),
    "give up goal": ("stop", lambda names, data: f"Gave up {names.goal(data)}"),
    "reopen goal": ("unlock", lambda names, data: f"Opened {names.goal(data)} again"),
    "plan": ("draft", lambda names, data: f"Planned {_assessment(data)}"),
    "ask": ("review", lambda names, data: f"Asked {names.person(data)} to assess {_assessment(data)}"),
    "complete": (
        "info",
        lambda names, data: _decided(f"Recorded {_assessment(data)}: {_outcome(data)}", data),
    ),
    "correct the kind": (
        "info",
        lambda _, data: _decided(f"Corrected the kind of {_assessment(data)}, which was asked as {data['was']}", data),
    ),
    "void assessment": ("stop", lambda names, data: f"Voided {_assessment(data)}{_also(data)}"),
    "assessment reflection": ("draft", lambda names, data: f"Saved a reflection on {_assessment(data)}"),
    "plan placement": (
        "calendar",
        lambda names, data: f"Planned a placement from {_date(data['starts_on'])} to {_date(data['ends_on'])}",
    ),
    "plan activities": (
        "calendar",
        lambda names, data: (
            f"Planned {get_text_list(data['activities'], 'and')} into a placement"
            if data["activities"]
            else "Planned no activity into a placement any more"
        ),
    ),
    "confirm placement": (
        "person",
        lambda names, data: (
            f"Confirmed a placement from {_date(data['starts_on'])} to {_date(data['ends_on'])}"
            + (", with its supervisor" if data["role"] else "")
        ),
    ),
    "end placement": ("stop", lambda names, data: f"Let a placement end earlier, on {_date(data['ends_on'])}"),
    "extend placement": ("calendar", lambda names, data: f"Extended a placement to {_date(data['ends_on'])}"),
    "close placement": ("done", lambda names, data: "Wrote the closing reflection on a placement"),
    "remove placement": ("stop", lambda names, data: "Removed a placement that was not confirmed"),
    "activity named": ("draft", lambda names, data: f"Gave {activity(data)} a label"),
}
