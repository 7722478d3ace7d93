"""Whether each state is one that the rows and the events make, and which case serves which CBD. They follow."""

from collections.abc import Iterable, Iterator

from django.db.models import Exists, F, OuterRef, Q

from audit.checks import Finding
from portfolio.models import Activity, Assessment, Decision, Item, Portfolio, SignedElsewhere, UsedCase
from portfolio.proof.submitted import name
from portfolio.states import ActivityState, AssessmentState, ItemState, Outcome
from portfolio.workflow.assessments.which import case_key_of


def states() -> Iterator[Finding]:
    """Activities, items, portfolios and cases, each against what was decided, asked, closed or recorded."""
    yield from _activities()
    yield from _items()
    yield from _portfolios()
    yield from _cases()


def _activities() -> Iterator[Finding]:
    """Signed off, in review or decided exactly where a row says so."""
    signed = Decision.objects.filter(item__activity=OuterRef("pk"), outcome=Outcome.SIGNED_OFF, unlock=None)
    waiting = Item.objects.filter(activity=OuterRef("pk"), state=ItemState.UNDECIDED)
    decided = Item.objects.filter(activity=OuterRef("pk"), state=ItemState.DECIDED)
    rows = Activity.objects.select_related("portfolio", "module").order_by("pk")
    elsewhere = SignedElsewhere.objects.filter(
        portfolio=OuterRef("portfolio"), module=OuterRef("module"), number=OuterRef("number"), void=None
    )
    rows = rows.annotate(signed=Exists(signed), waiting=Exists(waiting), decided=Exists(decided))
    for row in rows.annotate(elsewhere=Exists(elsewhere)).iterator(chunk_size=500):
        held = {"signed": row.signed, "waiting": row.waiting, "decided": row.decided, "elsewhere": row.elsewhere}
        if row.state not in possible(**held):
            yield Finding(f"portfolio {row.portfolio.ref}, {row}", f"nothing was recorded that makes it “{row.state}”")


def possible(*, signed: bool, waiting: bool, decided: bool, elsewhere: bool = False) -> set[str]:
    """The states that an activity can be in. One that nobody decided on is started or not: its links say which."""
    if waiting:
        return {ActivityState.IN_REVIEW}
    if signed:
        return {ActivityState.SIGNED_OFF}
    if elsewhere:
        return {ActivityState.SIGNED_ELSEWHERE}
    return {ActivityState.RETURNED} if decided else {ActivityState.NOT_STARTED, ActivityState.DRAFT}


def possible_of(items: Iterable[Item], *, elsewhere: bool = False) -> set[str]:
    """The same, of an activity whose items are all at hand, with their decisions."""
    items = list(items)
    decisions = [item.decision for item in items if hasattr(item, "decision")]
    return possible(
        signed=any(one.outcome == Outcome.SIGNED_OFF and not hasattr(one, "unlock") for one in decisions),
        waiting=any(item.state == ItemState.UNDECIDED for item in items),
        decided=any(item.state == ItemState.DECIDED for item in items),
        elsewhere=elsewhere,
    )


def _items() -> Iterator[Finding]:
    """Decided exactly where there is a decision; and a withdrawal would restore what was there before."""
    rows = Item.objects.select_related("submission__portfolio", "activity__module").order_by("pk")
    decided = Exists(Decision.objects.filter(item=OuterRef("pk")))
    for item in rows.filter(Q(decided, ~Q(state=ItemState.DECIDED)) | Q(~decided, state=ItemState.DECIDED)):
        yield Finding(name(item), f"no decision makes it “{item.state}”")
    earlier = Item.objects.filter(activity=OuterRef("activity"), attempt__lt=OuterRef("attempt"))
    for item in rows.annotate(again=Exists(earlier.filter(state=ItemState.DECIDED))).iterator(chunk_size=500):
        if item.came_from != (ActivityState.RETURNED if item.again else ActivityState.DRAFT):
            yield Finding(name(item), f"it was not “{item.came_from}” when it was submitted")


def _portfolios() -> Iterator[Finding]:
    """Closed exactly since it was closed last, and not opened again."""
    for row in Portfolio.objects.prefetch_related("closures").order_by("pk").iterator(chunk_size=500):
        last = max(row.closures.all(), key=lambda closure: closure.audit_seq, default=None)
        if row.closed_at != (last.at if last and last.closes else None):
            yield Finding(f"portfolio {row.ref}", f"nothing was recorded that makes it “{row.state}” as it is")


def _cases() -> Iterator[Finding]:
    """Each case that is used serves a CBD that stands and has it, and each such CBD has its own."""
    said = "its case is not the one that is held for it"
    own = Q(used_case__portfolio=F("portfolio"), used_case__key=F("case_key"))
    made = Assessment.objects.exclude(case_key="").exclude(state=AssessmentState.VOIDED)
    for row in made.exclude(own).select_related("portfolio", "module").order_by("pk"):
        yield Finding(f"portfolio {row.portfolio.ref}, {row}, {row.aid}", said)
    away = SignedElsewhere.objects.filter(void=None).exclude(case_reference="")
    away = away.select_related("portfolio", "module", "used_case").order_by("pk")
    for record in away.iterator(chunk_size=500):
        used = getattr(record, "used_case", None)
        if used is None or (used.portfolio_id, used.key) != (record.portfolio_id, case_key_of(record.case_reference)):
            yield Finding(f"portfolio {record.portfolio.ref}, {record}, {record.xid}", said)
    over = Q(assessment__state=AssessmentState.VOIDED) | Q(elsewhere__void__isnull=False)
    over |= Q(elsewhere__isnull=False, elsewhere__case_reference="")
    for one in UsedCase.objects.filter(over).select_related("portfolio").order_by("pk"):
        yield Finding(f"portfolio {one.portfolio.ref}", "a case is held for a CBD that does not stand")
