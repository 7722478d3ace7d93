"""What others say of a portfolio's items: the university's results, the option taken, and what other systems hold.

For the ledger, which reads all of it in one query, whatever the number of portfolios.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.db.models import CharField, DateField, F, IntegerField, Value
from django.db.models.functions import Coalesce

from portfolio.models import OptionTaken, SignedElsewhere, UniversityResult
from portfolio.states import ElsewhereKind, ResultState


@dataclass(frozen=True)
class Elsewhere:
    """That another system holds the signature of an activity: which one, by whom and when."""

    system: str
    by: str
    on: date


@dataclass(frozen=True)
class Result:
    """What the university says of a module or an award: the newest row."""

    state: ResultState
    on: date

    @property
    def passed(self) -> bool:
        return self.state is ResultState.PASSED


@dataclass
class Outside:
    """What one portfolio holds of these.

    Results are by module, options by block position (counted from 0), what was signed elsewhere by module and number,
    and how many assessments were, by module and kind.
    """

    results: dict[int, Result] = field(default_factory=dict)
    awards: dict[str, date] = field(default_factory=dict)
    taken: dict[int, int] = field(default_factory=dict)
    asked: dict[int, int] = field(default_factory=dict)
    elsewhere: dict[tuple[int, int], Elsewhere] = field(default_factory=dict)
    assessments: dict[tuple[int, str], int] = field(default_factory=lambda: defaultdict(int))


class _Row(NamedTuple):
    """One row of the query: `where` is a module's id or a block's position, `option` an option's."""

    table: str
    portfolio: int
    where: int | None
    number: int
    option: int
    kind: str
    text: str
    by: str
    on: date | None


def said_outside(portfolios: Iterable[int]) -> dict[int, Outside]:
    """By portfolio, in one query: three tables, each in the columns of a _Row."""
    zero, blank, never = Value(0, IntegerField()), Value("", CharField()), Value(None, DateField())
    result, option, elsewhere = (Value(table, CharField()) for table in ("result", "option", "elsewhere"))
    results = UniversityResult.objects.filter(portfolio__in=portfolios).order_by()
    options = OptionTaken.objects.filter(portfolio__in=portfolios).order_by()
    signed = SignedElsewhere.objects.filter(portfolio__in=portfolios, void=None).order_by()
    block, which = F("block__position"), F("option__position")
    by, number = Coalesce("confirmation__signer_name", blank), Coalesce("number", zero)
    rows = results.values_list(
        result, "portfolio", "module", "number", zero, "result", "award", blank, "dated_on"
    ).union(
        options.values_list(option, "portfolio", block, "number", which, blank, blank, by, never),
        signed.values_list(elsewhere, "portfolio", "module", number, zero, "kind", "system", "signed_by", "signed_on"),
        all=True,
    )
    found: dict[int, Outside] = defaultdict(Outside)
    for row in sorted(map(_Row._make, rows), key=lambda row: row.number):  # so that the newest comes last
        _keep(found[row.portfolio], row)
    return found


def _keep(outside: Outside, row: _Row) -> None:
    match row:
        case _Row(table="option", where=int(block)):
            outside.asked[block] = row.option - 1
            if row.by:
                outside.taken[block] = outside.asked.pop(block)
        case _Row(table="result", where=int(module), on=date() as day):
            outside.results[module] = Result(ResultState(row.kind), day)
        case _Row(table="result", on=date() as day):
            outside.awards.pop(row.text, None)
            if row.kind == ResultState.PASSED:
                outside.awards[row.text] = day
        case _Row(kind=ElsewhereKind.ACTIVITY, where=int(module), on=date() as day):
            outside.elsewhere[module, row.number] = Elsewhere(row.text, row.by, day)
        case _Row(where=int(module)):
            outside.assessments[module, row.kind] += 1
