"""The mark form of one assessment, before somebody who completes it by a code."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from accounts.models import User
from portfolio.forms.assessments import KIND, MarkForm
from portfolio.models import Assessment
from portfolio.models.asking import Asking
from portfolio.views.assessments.marking import about, addressed, check_shown, mark_form, put_right, steps_of
from portfolio.views.fetch import say_on
from portfolio.workflow import Incomplete, TooLate, perform
from portfolio.workflow.one_off import links
from portfolio.workflow.one_off.proofs import Proof


@dataclass(frozen=True)
class Marks:
    """One assessment, whoever it is with, and the form that they fill in."""

    row: Assessment
    by: User
    form: MarkForm

    def context(self, *, status: int) -> dict[str, Any]:
        return about(self.row, self.form, steps=steps_of(self.row, by=self.by), status=status)

    def put_right(self, request: HttpRequest, proof: Proof) -> bool:
        """Whether what was sent says that the kind is the other one; then it is now."""
        if KIND in request.POST:
            messages.success(request, put_right(self.row, request.POST, by=self.by, proof=proof))
        return KIND in request.POST

    def record(self, request: HttpRequest, proof: Proof) -> str:
        """The same step as everybody's, with the proof: what was recorded, or "" where errors stand in the form."""
        check_shown(self.row, request.POST)
        if not self.form.is_valid():
            return ""
        try:
            perform("complete", self.row, by=self.by, given=self.form.given(proof), seen=self.form.cleaned_data["seen"])
        except Incomplete as incomplete:
            say_on(self.form, incomplete)
            return ""
        return f"Recorded: {self.row}."


def lay_out_marks(asking: Asking, data: Any = None, *, typed: Any = None) -> Marks:
    """`typed`: begin with what somebody typed on a page that has changed since."""
    row = addressed(asking.assessor, asking.asked_for.aid) if isinstance(asking.asked_for, Assessment) else None
    if row is None:
        raise TooLate(links.TAKEN_BACK)
    return Marks(row, asking.assessor, mark_form(row, data, by=asking.assessor, typed=typed))
