"""The list as a file: the same trainees in the same order as on the page, all of its pages, with the same figures."""

from collections.abc import Iterator

from django.core.exceptions import PermissionDenied
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.middleware import SignedIn
from portfolio import cohort
from portfolio.cohort.table import HEAD, WIDTHS, line
from portfolio.spreadsheets import Cell, csv_lines, xlsx_parts
from portfolio.views.trainees.asked import Asked

AT_A_TIME = 100  # trainees that are read together
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def trainees_csv(request: SignedIn) -> HttpResponseBase:
    """Line by line, as it is read: a list of thousands is never whole in memory."""
    answer = StreamingHttpResponse(csv_lines(_lines(request)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{_name()}.csv"'
    return answer


@require_safe
def trainees_xlsx(request: SignedIn) -> HttpResponseBase:
    """As it is read too; what is sent is packed, about 100 bytes a trainee."""
    answer = StreamingHttpResponse(xlsx_parts(_lines(request), name="Trainees", widths=WIDTHS), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{_name()}.xlsx"'
    return answer


def _name() -> str:
    return f"trainees-{timezone.localdate().isoformat()}"


def _lines(request: SignedIn) -> Iterator[tuple[Cell, ...]]:
    """Refused, before anything is sent, to whoever leads and administers nobody: a supervisor's view is no report."""
    asked = Asked(request)
    if not asked.leads:
        raise PermissionDenied
    return _read(asked, list(asked.rows.filter(cohort.IN_WHOLE).values_list("pk", flat=True)))


def _read(asked: Asked, wanted: list[int]) -> Iterator[tuple[Cell, ...]]:
    """Each lot is fetched through `looked_after` anew: whose role ends meanwhile gets no more."""
    yield HEAD
    for first in range(0, len(wanted), AT_A_TIME):
        lot = wanted[first : first + AT_A_TIME]
        found = {one.pk: one for one in asked.whole(lot)}
        for row in cohort.rows_of([found[pk] for pk in lot if pk in found], today=timezone.localdate()):
            yield line(row)
