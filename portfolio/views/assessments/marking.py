"""What lies before somebody who assesses: what was asked of them, and the mark form; signed in, or by a code."""

from collections.abc import Collection, Sequence
from typing import Any

from django.utils import timezone

from accounts.models import User
from portfolio import access, proof
from portfolio.forms.assessments import BOXES, DECLARATIONS, KIND, STANDINGS, MarkForm
from portfolio.forms.snippets import PickSnippet
from portfolio.models import Assessment, Snippet
from portfolio.requirements.words import a
from portfolio.states import AssessmentState, Part
from portfolio.views.assessments.shown import facts, marks_of, said_of, whole
from portfolio.workflow import Correct, Incomplete, Step, TooLate, available, perform
from portfolio.workflow.assessments.deciding import NOT_AS_SHOWN, STANDING, is_early, may_correct, other_kind
from portfolio.workflow.assessments.marking import criteria, forms, shown
from portfolio.workflow.one_off.proofs import Proof

COMPLETED = "The outcome was recorded after you opened this form, and the right form asks for more. Open it again."


def addressed(by: User, aid: str) -> Any | None:
    """What is with this person, or was decided by them; None where it is not theirs."""
    return whole(access.addressed_assessments(by)).filter(aid=aid).first()


def mark_form(
    row: Assessment,
    data: Any = None,
    *,
    by: User,
    back: str = "",
    typed: Any = None,
    snippets: Sequence[Snippet] = (),
    pick: PickSnippet | None = None,
) -> MarkForm:
    """`typed`: begin with what somebody typed on a page that has changed since. `pick`: the choice of a snippet.

    The marks on the form of the other kind are of other criteria: they are not begun with.
    """
    right = _right(row)
    found = forms(row, row.kind, *([right] if right else []))
    form = found[row.kind]
    initial = dict(typed.items()) if typed else {}
    if initial.get("criteria_of", row.kind) != row.kind:
        initial = {name: value for name, value in initial.items() if not name.startswith("mark_")}
    role = access.deciding_role(by, row.portfolio, row.module_id)
    part = f", as {str(role.get_kind_display()).lower()}" if role else ""
    signing = f"You sign this record as it is shown here{part}, under your name, {_named(by)}, today."
    return MarkForm(
        data,
        criteria=form,
        standing=STANDINGS[STANDING],
        signing=signing,
        back=back,
        snippets=snippets,
        pick=pick,
        right=(right, shown(row, found[right])) if right else None,
        initial=initial | {"seen": shown(row, form), "criteria_of": row.kind, "standing": False},
    )


def _right(row: Assessment) -> str:
    """The other kind, where whoever it is with can put it right."""
    return other_kind(row.kind) if row.state == AssessmentState.WITH_ASSESSOR and may_correct(row) else ""


def put_right(row: Assessment, data: Any, *, by: User, proof: Proof | None = None) -> str:
    """The button of a mark form that says that the kind is the other one. What was done, in words; or TooLate."""
    try:
        perform("correct the kind", row, by=by, given=Correct(proof=proof), seen=data.get(KIND, ""))
    except Incomplete:  # there is an outcome since
        raise TooLate(COMPLETED) from None
    return f"This is {a(other_kind(row.kind))} now. What you wrote is kept. Mark what its form asks."


def _named(by: User) -> str:
    """Whoever has no account was named by the trainee: they read as what."""
    return ", ".join(filter(None, [by.name, by.post, by.registration_number])) if by.one_off else by.name


def check_shown(row: Assessment, data: Any) -> None:
    """Before what was typed is looked at: the form is of what stands now."""
    if data.get("seen", "") not in ("", shown(row, criteria(row))):
        raise TooLate(NOT_AS_SHOWN.format(row.kind))


def steps_of(row: Assessment, *, by: User) -> dict[str, Step]:
    """What somebody may do with what is addressed to them: while it waits it is with them, and they may decide."""
    waits = row.state == AssessmentState.WITH_ASSESSOR
    return available(row, row.portfolio, by=by, parts=frozenset({Part.ADDRESSED}) if waits else None)


def about(row: Assessment, form: MarkForm, *, steps: Collection[str], status: int) -> dict[str, Any]:
    """What the page of a mark form shows of it. Before its day there is no form, unless something was typed on one."""
    decision = getattr(row, "decision", None)
    early = "complete" in steps and is_early(row, timezone.now())
    typed = status != 200 or any(form.initial.get(name) for name in BOXES)
    is_shown = "complete" in steps and (typed or not early)
    return {
        "row": row,
        "portfolio": row.portfolio,
        "facts": facts(row),
        "form": form if is_shown else None,
        "other_kind": form.right[0] if is_shown and form.right else "",
        "early": early,
        "lost": (),
        "has_errors": status == 422,
        "bad": [form] if form.errors else [],
        "doubt": proof.DOUBT if proof.assessment_doubted(row) else "",
        "declaration": DECLARATIONS.get(row.declaration, proof.DOUBT),
        "addressee": next((one for one in row.addressees.all() if one.until is None), None),
        "decision": decision,
        "standing": STANDINGS.get(decision.standing, proof.DOUBT) if decision else "",
        "marks": marks_of(row),
        "said": said_of(row),
    }
