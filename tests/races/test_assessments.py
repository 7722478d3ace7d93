"""An assessment completed twice at once, or taken back while it is completed: one of the two, never both.

What is recorded is what the page had shown, and the request that comes too late leaves nothing.
"""

import json

import pytest

from audit.canonical import digest
from portfolio.models import Assessment, AssessmentDecision, SignedElsewhere, UsedCase
from portfolio.states import AssessmentState as State
from portfolio.workflow import perform
from tests import make
from tests.portfolio.recorded.test_elsewhere import typed
from tests.races.arena import ROUNDS, Arena, Send, shown_on

pytestmark = pytest.mark.races
MARKS = {"outcome": "satisfactory", "standing": "on", "strengths": "Clear.", "to_develop": "More.", "action": "Again."}
MARKS |= {f"mark_{at}": "Meets expectations" for at in (0, 1)}


def asked(arena: Arena) -> Assessment:
    """A new one with Maya; what the last round left takes no slot, for their number is not known."""
    make.mark_forms(arena.cast.portfolio.programme)
    return make.asked(arena.cast.portfolio, arena.cast.assessor, code="S-X1")


def completing(arena: Arena, row: Assessment, outcome: str) -> tuple[Send, str]:
    """Reads the page now; then completes what it showed, and that is the digest."""
    visitor, address = arena.visitor(arena.cast.assessor), f"/reviewing/assessments/{row.aid}/"
    seen = shown_on(visitor.get(address), "seen")
    return lambda: visitor.send_form(address, MARKS | {"seen": seen, "outcome": outcome}), seen


def decided_as(row: Assessment) -> list[str]:
    """For each decision on this the digest of a page that shows what it was made of: what was asked, and the form."""
    found = []
    for decision in AssessmentDecision.objects.filter(assessment=row):
        kept = json.loads(decision.marks)
        form = {"kind": kept["kind"], "scale": kept["scale"], "criteria": [line["text"] for line in kept["marked"]]}
        parts = {"v": "stp-assessment-page-1", "asked": decision.manifest_digest, "kind": kept["kind"], "form": form}
        found.append(digest(parts))
    return found


def test_of_two_forms_completed_at_once_one_is_recorded(arena: Arena) -> None:
    for number in range(1, ROUNDS + 1):
        row = asked(arena)
        (first, shown), (second, shown_again) = (
            completing(arena, row, outcome) for outcome in ("satisfactory", "not_yet_satisfactory")
        )
        ends = arena.race(first, second)
        assert ends in {(302, 409), (409, 302)}
        won = arena.first_won(ends == (302, 409))
        decision = AssessmentDecision.objects.get(assessment=row)
        assert decision.outcome == ("satisfactory" if won else "not_yet_satisfactory")
        assert make.assessment(row).state == decision.outcome
        assert decided_as(row) == [shown] == [shown_again]
        assert arena.left("complete") == (number, number)
    arena.is_whole()


def test_completing_against_withdrawing(arena: Arena) -> None:
    trainee = arena.visitor(arena.cast.trainee)
    for _ in range(ROUNDS):
        row = asked(arena)
        address = f"{arena.at}/assessments/{row.aid}/withdraw/"
        trainee.get(address)
        complete, shown = completing(arena, row, "satisfactory")
        ends = arena.race(complete, lambda at=address: trainee.send_form(at, {}))
        assert ends in {(302, 409), (409, 302)}
        won = arena.first_won(ends == (302, 409))
        assert make.assessment(row).state == (State.SATISFACTORY if won else State.PLANNED)
        assert decided_as(row) == [shown] * won
        assert arena.left("complete") == (sum(arena.wins),) * 2
        assert arena.left("withdraw") == (arena.wins.count(False),) * 2
    arena.is_whole()


def test_one_case_planned_twice_at_once_serves_one_discussion(arena: Arena) -> None:
    trainee, day = arena.visitor(arena.cast.trainee), make.today()
    address = f"{arena.at}/assessments/new/?module=S-X1&kind=CBD"
    trainee.get(address)
    for number in range(ROUNDS):
        form = {"what": "The case.", "where": "Here.", "case_reference": f"Case {number}"}
        form |= {"happens_on_0": day.day, "happens_on_1": day.month, "happens_on_2": day.year}
        one, two = form | {"title": f"A {number}"}, form | {"title": f"B {number}"}
        ends = arena.race(
            lambda given=one: trainee.send_form(address, given), lambda given=two: trainee.send_form(address, given)
        )
        assert sorted(ends) == [302, 422]
        arena.first_won(ends == (302, 422))
        assert Assessment.objects.filter(case_key=f"case{number}").count() == 1
    arena.is_whole()


def test_a_case_planned_while_it_is_recorded_from_elsewhere_serves_one_discussion(arena: Arena) -> None:
    trainee, officer, day = arena.visitor(arena.cast.trainee), arena.visitor(arena.cast.officer), make.today()
    plan, record = f"{arena.at}/assessments/new/?module=S-X1&kind=CBD", f"{arena.at}/elsewhere/new/"
    trainee.get(plan)
    officer.get(record)
    for number in range(ROUNDS):
        case = {"case_reference": f"Case {number}"}
        on = {"happens_on_0": day.day, "happens_on_1": day.month, "happens_on_2": day.year}
        here = {"what": "The case.", "where": "Here.", "title": f"A {number}", **on, **case}
        away = typed(kind="cbd", number="", module="S-X1", title=f"B {number}", **case)
        ends = arena.race(
            lambda given=here: trainee.send_form(plan, given), lambda given=away: officer.send_form(record, given)
        )
        assert sorted(ends) == [302, 422]
        arena.first_won(ends == (302, 422))
        assert UsedCase.objects.filter(key=f"case{number}").count() == 1
    arena.is_whole()


def test_two_who_correct_and_complete_at_once_leave_one_kind_and_one_outcome(arena: Arena) -> None:
    """Whoever comes second had another page before them."""
    visitor = arena.visitor(arena.cast.assessor)
    for _ in range(ROUNDS):
        row = asked(arena)
        address = f"/reviewing/assessments/{row.aid}/kind/"
        seen = shown_on(visitor.get(address), "seen")
        complete, shown = completing(arena, row, "satisfactory")
        ends = arena.race(complete, lambda at=address, s=seen: visitor.send_form(at, {"seen": s}))
        completed = arena.first_won(ends[0] == 302)
        assert 302 in ends
        assert decided_as(row) == [shown] * completed
        assert arena.left("complete") == (sum(arena.wins),) * 2
        now = make.assessment(row)
        assert (now.state, now.kind) in {
            (State.SATISFACTORY, "DOPS"),
            (State.WITH_ASSESSOR, "OCE"),
            (State.SATISFACTORY, "OCE"),
        }
        if now.state == State.WITH_ASSESSOR:
            perform("withdraw", now, by=arena.cast.trainee)
    arena.is_whole()


def test_one_assessment_recorded_twice_at_once_as_signed_elsewhere_is_recorded_once(arena: Arena) -> None:
    officer, address = arena.visitor(arena.cast.officer), f"{arena.at}/elsewhere/new/"
    officer.get(address)
    told = {"module": "S-C1", "kind": "cbd", "system": "Old", "signed_by": "Lena Voss", "note": "Seen."}
    told |= {"signed_on_0": "3", "signed_on_1": "3", "signed_on_2": "2025"}
    for number in range(ROUNDS):
        form = {**told, "title": f"Case {number}"}
        ends = arena.race(*(lambda sent=form: officer.send_form(address, sent) for _ in range(2)))
        assert sorted(ends) == [302, 422]
        arena.first_won(ends == (302, 422))
        assert SignedElsewhere.objects.filter(title=f"Case {number}").count() == 1
    arena.is_whole()
