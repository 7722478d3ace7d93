"""The summary of each portfolio, which lists filter and order by: made from progress, and made again when it is behind.

Every step ends in an event of the portfolio's chain, so a summary that was told of fewer events than there are is
behind: no step has to say so, and none is slowed by it. After a step its summary is made in the background; whatever
that missed, and whatever the day or the instance changes, `manage.py run_due` finds (docs/decisions/0016).
"""

from collections import Counter
from collections.abc import Collection, Iterable
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat
from django.utils import timezone
from django_tasks import task

from audit.models import Chain, Event
from curriculum.structure import INSTANCE
from portfolio.cohort.flags import flags
from portfolio.cohort.row import Row, rows_of
from portfolio.models import Portfolio, Role, Summary
from portfolio.models.portfolio import CHAIN

KEPT = [field.name for field in Summary._meta.fields if not field.primary_key]
AT_A_TIME = 100  # portfolios that are read together
A_RUN = 1000  # portfolios of one run, so that mail is not kept waiting
# Events of the instance that are looked through for whom they concern: a table of 500 rows gives up to 1,500 at once.
LATELY = 2000


def rebuild(ids: Iterable[int]) -> int:
    """Make the summaries of these portfolios; says how many."""
    wanted = sorted(set(ids))
    for first in range(0, len(wanted), AT_A_TIME):
        _make(wanted[first : first + AT_A_TIME])
    return len(wanted)


def _make(ids: Collection[int]) -> None:
    """How far the chain is, is read before what it tells of: a step between the two leaves the summary behind."""
    refs = Portfolio.objects.filter(pk__in=ids).values_list("pk", "ref")
    chains = {f"{CHAIN}{ref}": pk for pk, ref in refs}
    heads = Chain.objects.filter(name__in=chains).values_list("name", "head_seq")
    told, at = {chains[name]: seq for name, seq in heads}, timezone.now()
    portfolios = Portfolio.objects.filter(pk__in=ids).select_related("trainee")
    rows = rows_of(portfolios, today=timezone.localdate(at))
    made = [
        Summary(portfolio=row.portfolio, seq=told.get(row.portfolio.pk, 0), made_at=at, **said(row)) for row in rows
    ]
    Summary.objects.bulk_create(made, update_conflicts=True, unique_fields=["portfolio"], update_fields=KEPT)


def said(row: Row) -> dict[str, Any]:
    """What is kept of a row."""
    found = flags(row)
    return {
        "made_on": row.today,
        "credits": row.progress.credits_signed_off,
        "items": row.progress.items.done,
        "ahead": row.pace.ahead,
        "review_on": row.review.day if row.review else None,
        "waits_since": row.longest.since if row.longest else None,
        "flags": "".join(f" {flag.kind} " for flag in found),
        "flag_count": len(found),
        "name": row.portfolio.trainee.name,
        "asked": _asked(row),
    }


def _asked(row: Row) -> str:
    """Who is asked to decide, each with how many requests are open and how many of those are late."""
    opened = Counter(waiting.assessor_id for waiting in row.requests)
    late = Counter(waiting.assessor_id for waiting in row.requests if waiting.late(row.today))
    return " ".join(f"{assessor}:{number}:{late[assessor]}" for assessor, number in sorted(opened.items()))


def behind() -> QuerySet[Portfolio]:
    """Those without a summary, or with one that was told of too little: by a step, another day, or the instance."""
    events = Chain.objects.filter(name=Concat(Value(CHAIN), OuterRef("ref"))).values("head_seq")[:1]
    rows = Portfolio.objects.annotate(head=Coalesce(Subquery(events), 0, output_field=BigIntegerField()))
    stale = Q(summary=None) | Q(summary__seq__lt=F("head")) | ~Q(summary__made_on=timezone.localdate())
    return rows.filter(stale | _concerned()).order_by(F("summary__made_at").asc(nulls_first=True), "pk")


def _concerned() -> Q:
    """Whom the newest events of the instance concern, and whose summary was made before: by roles and by people.

    Those of an earlier day need no look: every summary of that day is behind. Where there were more today than are
    looked through, so is whatever was made before the oldest of these: nobody asked what the earlier ones concern.
    """
    recent = list(Event.objects.filter(chain__name=INSTANCE).order_by("-seq")[:LATELY])
    told = [event.details for event in recent if timezone.localdate(event.at) == timezone.localdate()]
    refs = {one["portfolio"] for one in told if one.get("portfolio")}
    people = {one["person"] for one in told if one.get("person") and not one.get("portfolio")}
    theirs = Q(trainee__in=people) | Q(pk__in=Role.objects.filter(user__in=people).values("portfolio"))
    concerned = Q(ref__in=refs) | theirs
    if not told:
        return Q(pk__in=())
    missed = Q(summary__made_at__lte=recent[-1].at) if len(told) == LATELY else Q(pk__in=())
    return concerned & Q(summary__made_at__lte=recent[0].at) | missed


def renew() -> int:
    """Make those that are behind, the oldest first, as many as one run takes; says how many. Safe to run twice."""
    return rebuild(behind().values_list("pk", flat=True)[:A_RUN])


@task()
def renew_one(portfolio: int) -> int:
    """After a step."""
    return rebuild([portfolio])


def soon(portfolios: Iterable[int]) -> None:
    """Make these once what is being done is done, in the background. One that gets lost is found by `renew`."""
    for pk in portfolios:
        transaction.on_commit(partial(renew_one.enqueue, pk), robust=True)
