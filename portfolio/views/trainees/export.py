"""The pages about many trainees as files: the same rows in the same order, all pages of them, with the same figures."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.middleware import SignedIn
from curriculum import structure
from portfolio import access, cohort
from portfolio.cohort.assessors import loads, with_times
from portfolio.cohort.table import (
    A_MODULE,
    HEAD,
    OF_ASSESSORS,
    OF_MODULES,
    WIDTHS,
    assessor_line,
    line,
    module_lines,
)
from portfolio.models import Portfolio
from portfolio.spreadsheets import Cell, csv_lines, xlsx_parts
from portfolio.views.trainees.asked import Asked

AT_A_TIME = 100  # trainees, or assessors, that are read together
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Lines = Iterator[tuple[Cell, ...]]


@dataclass(frozen=True)
class Table:
    """`rows` begin with the head, and are read as they leave. `widths` of the columns are in signs."""

    name: str
    widths: tuple[int, ...]
    rows: Lines


@require_safe
def trainees_csv(request: SignedIn) -> HttpResponseBase:
    return _csv(_trainees(request))


@require_safe
def trainees_xlsx(request: SignedIn) -> HttpResponseBase:
    return _xlsx(_trainees(request))


@require_safe
def modules_csv(request: SignedIn) -> HttpResponseBase:
    return _csv(_modules(request))


@require_safe
def modules_xlsx(request: SignedIn) -> HttpResponseBase:
    return _xlsx(_modules(request))


@require_safe
def assessors_csv(request: SignedIn) -> HttpResponseBase:
    return _csv(_assessors(request))


@require_safe
def assessors_xlsx(request: SignedIn) -> HttpResponseBase:
    return _xlsx(_assessors(request))


def _csv(table: Table) -> HttpResponseBase:
    """Line by line, as it is read: a list of thousands is never whole in memory."""
    answer = StreamingHttpResponse(csv_lines(table.rows), content_type="text/csv; charset=utf-8")
    return _named(answer, table, "csv")


def _xlsx(table: Table) -> HttpResponseBase:
    """As it is read too; what is sent is packed, about 100 bytes a trainee."""
    parts = xlsx_parts(table.rows, name=table.name, widths=table.widths)
    return _named(StreamingHttpResponse(parts, content_type=XLSX), table, "xlsx")


def _named(answer: HttpResponseBase, table: Table, kind: str) -> HttpResponseBase:
    name = f"{table.name.lower().replace(' ', '-')}-{timezone.localdate().isoformat()}.{kind}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _asked(request: SignedIn) -> Asked:
    """Refused, before anything is sent, to whoever leads and administers nobody: a supervisor's view is no report."""
    asked = Asked(request)
    if not asked.leads:
        raise PermissionDenied
    return asked


def _trainees(request: SignedIn) -> Table:
    asked = _asked(request)
    wanted = list(asked.rows.filter(cohort.IN_WHOLE).values_list("pk", flat=True))

    def lines(lot: list[Portfolio]) -> Lines:
        return (line(row) for row in cohort.rows_of(lot, today=timezone.localdate()))

    return Table("Trainees", WIDTHS, _read(asked, wanted, HEAD, lines))


def _modules(request: SignedIn) -> Table:
    """Modules of one code share a column: curricula have copies of one module."""
    asked = _asked(request)
    wanted = list(asked.rows.filter(cohort.IN_WHOLE).values_list("pk", "curriculum"))
    facts = structure.current({curriculum for _, curriculum in wanted})
    followed = (facts[curriculum] for curriculum in dict.fromkeys(curriculum for _, curriculum in wanted))
    codes = list(dict.fromkeys(module.code for one in followed for module in one.modules))
    head = (*(name for name, _ in OF_MODULES), *codes)
    widths = (*(width for _, width in OF_MODULES), *(A_MODULE for _ in codes))
    rows = _read(asked, [pk for pk, _ in wanted], head, lambda lot: module_lines(lot, codes))
    return Table("Trainees by module", widths, rows)


def _read(asked: Asked, wanted: list[int], head: tuple[Cell, ...], lines: Callable[[list[Portfolio]], Lines]) -> Lines:
    """Each lot is fetched through `looked_after` anew: whose role ends meanwhile gets no more."""
    yield head
    for first in range(0, len(wanted), AT_A_TIME):
        lot = wanted[first : first + AT_A_TIME]
        found = {one.pk: one for one in asked.whole(lot)}
        yield from lines([found[pk] for pk in lot if pk in found])


def _assessors(request: SignedIn) -> Table:
    """What each has is read before anything is sent; the days that they took lot by lot, as what the reader is then."""
    asked, today = _asked(request), timezone.localdate()
    found = loads(access.standing(asked.request.user), today=today)

    def rows() -> Lines:
        yield tuple(name for name, _ in OF_ASSESSORS)
        for first in range(0, len(found), AT_A_TIME):
            reader = access.standing(asked.request.user)
            timed = with_times(found[first : first + AT_A_TIME], reader, today=today)
            yield from (assessor_line(one) for one in timed)

    return Table("Assessors", tuple(width for _, width in OF_ASSESSORS), rows())
