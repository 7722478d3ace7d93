"""verify_audit over portfolios: a whole portfolio passes, and any row changed behind the program's back is named."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from audit.checks import Finding
from audit.models import Event
from portfolio import files, proof
from portfolio.models import Addressee, Decision, StoredFile
from portfolio.proof import signed
from portfolio.workflow import ModuleOf, perform
from tests import make
from tests.cast import Cast


def story(cast: Cast) -> None:
    """One of every kind of row that an event vouches for."""
    make.appointments_told()
    page = make.page(cast.portfolio)
    make.attachment(page)
    make.decide(make.submit(cast.assessor, make.drafted(cast.portfolio, evidence=page))[0], "return", feedback="Go on.")
    make.decide(make.submit(cast.assessor, make.activity(cast.portfolio))[0])
    for number in (2, 3):
        make.signed_off(cast.portfolio, cast.assessor, number=number)
    make.module_signed_off(cast.portfolio, cast.officer)
    perform("void module sign-off", ModuleOf.read(cast.portfolio, "S-C1"), by=cast.officer, reason="A mistake.")
    make.module_signed_off(cast.portfolio, cast.officer)
    perform("unlock", make.activity(cast.portfolio), by=cast.officer, reason="Once more.")
    make.confirmed(cast.portfolio, cast.officer, "S-X1", activities=4, cbd=0, observed=0)
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Left.")
    perform("reopen portfolio", cast.portfolio, by=cast.administrator, reason="Came back.")
    make.in_review(cast.other, cast.assessor)


def behind_its_back(sql: str, *values: Any) -> None:
    """What somebody with the database can do."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        assert cursor.rowcount == 1


def found(*checks: Callable[[], Iterable[Finding]]) -> list[str]:
    checks = checks or (proof.items, proof.states, proof.signed_rows, proof.stored_files)
    return [str(finding) for check in checks for finding in check()]


def test_an_untouched_portfolio_is_whole(cast: Cast) -> None:
    story(cast)
    assert found() == []
    said = StringIO()
    call_command("verify_audit", stdout=said)
    for name in ("files", "items as submitted", "signed rows", "states"):
        assert f"{name}: whole" in said.getvalue()


DECISION = "decision of S-C1 1, submission 1"
ALTERED = "it is not what was recorded when it was made"


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        (
            "UPDATE portfolio_decision SET feedback = 'Fine.' WHERE outcome = 'returned'",
            DECISION,
        ),
        (
            "UPDATE portfolio_decision SET signer_name = 'X' WHERE outcome = 'returned'",
            DECISION,
        ),
        (
            "UPDATE portfolio_decision SET outcome = 'signed_off' WHERE outcome = 'returned'",
            DECISION,
        ),
        (
            "UPDATE portfolio_decision SET manifest_digest = 'x' WHERE outcome = 'returned'",
            DECISION,
        ),
        (
            "UPDATE portfolio_decision SET salt = 'not hex' WHERE outcome = 'returned'",
            DECISION,
        ),
        ("UPDATE portfolio_unlock SET reason = 'Another.'", "unlock of S-C1 1, submission 2"),
        ("UPDATE portfolio_modulesignoff SET credits = 60 WHERE number = 1", "module sign-off of S-C1, number 1"),
        ("UPDATE portfolio_modulesignoff SET manifest = '{}' WHERE number = 2", "module sign-off of S-C1, number 2"),
        (
            "UPDATE portfolio_modulesignoff SET signer_post = 'X' WHERE number = 1",
            "module sign-off of S-C1, number 1",
        ),
        ("UPDATE portfolio_modulevoid SET reason = 'Another.' WHERE reason = 'A mistake.'", "void of S-C1, number 1"),
        ("UPDATE portfolio_modulevoid SET reason = 'Another.' WHERE reason = 'Once more.'", "void of S-C1, number 2"),
        ("UPDATE portfolio_modulevoid SET signer_name = 'X' WHERE reason = 'Once more.'", "void of S-C1, number 2"),
        ("UPDATE portfolio_confirmation SET cbd = 1", "confirmation of S-X1"),
        ("UPDATE portfolio_closure SET reason = 'Another.' WHERE closes", "closure of closed"),
        ("UPDATE portfolio_closure SET audit_seq = 1 WHERE NOT closes", "closure of reopened"),
    ],
)
def test_a_signed_row_that_was_changed_is_named(cast: Cast, sql: str, named: str) -> None:
    story(cast)
    behind_its_back(sql)
    assert f"portfolio {cast.portfolio.ref}, {named}: {ALTERED}" in found(proof.signed_rows)


@pytest.mark.parametrize(
    ("sql", "noun"),
    [
        ("DELETE FROM portfolio_confirmation", "confirmation"),
        ("DELETE FROM portfolio_closure WHERE closes", "closure"),
        ("DELETE FROM portfolio_modulevoid WHERE reason = 'A mistake.'", "void"),
        ("DELETE FROM portfolio_modulevoid WHERE reason = 'Once more.'", "void"),
    ],
)
def test_a_signed_row_that_was_removed_is_named_by_its_event(cast: Cast, sql: str, noun: str) -> None:
    story(cast)
    behind_its_back(sql)
    (finding,) = found(proof.signed_rows)
    assert finding.startswith(f"portfolio {cast.portfolio.ref}, {noun} of event ")
    assert finding.endswith(": its row is missing")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE portfolio_revision SET body = 'Other words.' WHERE number = 1 AND title = 'Page for S-C1 2'",
        "UPDATE portfolio_revision SET title = 'Other' WHERE number = 1 AND title = 'Page for S-C1 2'",
        "UPDATE portfolio_itempage SET why = 'Other.' WHERE why = 'Shows how I did S-C1 2.'",
        "UPDATE portfolio_item SET title = 'Easier' WHERE title = 'Task 2 of S-C1'",
        "UPDATE portfolio_item SET manifest = '{}' WHERE title = 'Task 2 of S-C1'",
        "UPDATE portfolio_item SET digest = 'x' WHERE title = 'Task 2 of S-C1'",
        "UPDATE portfolio_item SET salt = 'not hex' WHERE title = 'Task 2 of S-C1'",
        "DELETE FROM portfolio_itempage WHERE why = 'Shows how I did S-C1 2.'",
    ],
)
def test_an_item_that_is_not_what_was_submitted_is_named(cast: Cast, sql: str) -> None:
    make.signed_off(cast.portfolio, cast.assessor, number=2)
    behind_its_back(sql)
    assert found(proof.items) == [f"portfolio {cast.portfolio.ref}, S-C1 2, submission 1: it is not what was submitted"]


def test_a_state_that_no_row_made_is_named(cast: Cast) -> None:
    make.drafted(cast.portfolio)
    make.in_review(cast.portfolio, cast.assessor, number=2)
    make.signed_off(cast.portfolio, cast.assessor, number=3)
    assert found(proof.states) == []
    for number, state in ((1, "signed_off"), (2, "returned"), (3, "draft")):
        behind_its_back("UPDATE portfolio_activity SET state = %s WHERE number = %s", state, number)
    ref = cast.portfolio.ref
    assert found(proof.states) == [
        f"portfolio {ref}, S-C1 1: nothing was recorded that makes it “signed_off”",
        f"portfolio {ref}, S-C1 2: nothing was recorded that makes it “returned”",
        f"portfolio {ref}, S-C1 3: nothing was recorded that makes it “draft”",
    ]


def test_an_item_state_that_no_decision_made_is_named(cast: Cast) -> None:
    make.in_review(cast.portfolio, cast.assessor)
    behind_its_back("UPDATE portfolio_item SET state = 'decided'")
    ref = cast.portfolio.ref
    assert f"portfolio {ref}, S-C1 1, submission 1: no decision makes it “decided”" in found(proof.states)


def test_a_file_that_was_changed_or_lost_is_named_with_its_page(cast: Cast) -> None:
    page = make.page(cast.portfolio)
    attachment = make.attachment(page)
    sha = StoredFile.objects.get().sha256
    place = files._place(sha)
    named = f"{sha} (portfolio {cast.portfolio.ref}, page {page.eid}, file {attachment.fid})"
    place.write_bytes(b"other bytes")
    assert found(proof.stored_files) == [f"{named}: the file was changed"]
    place.unlink()
    assert found(proof.stored_files) == [f"{named}: the file is missing"]


def test_the_command_ends_with_an_error_and_names_the_row(cast: Cast) -> None:
    story(cast)
    behind_its_back("UPDATE portfolio_confirmation SET cbd = 1")
    said = StringIO()
    with pytest.raises(CommandError, match="Not whole: 1"):
        call_command("verify_audit", stdout=said)
    assert f"BROKEN signed rows: portfolio {cast.portfolio.ref}, confirmation of S-X1" in said.getvalue()


def test_when_it_had_come_is_that_of_whoever_decided_and_of_no_other_time(cast: Cast) -> None:
    first, second = make.submit(cast.assessor, *(make.drafted(cast.portfolio, number=number) for number in (1, 2)))
    make.decide(first)
    for person in (cast.second_assessor, cast.assessor):
        make.redirected(second, person)
    make.decide(second)
    mine, between, again = Addressee.objects.order_by("pk").values_list("since", flat=True)
    assert list(Decision.objects.order_by("pk").values_list("came_at", flat=True)) == [mine, again]
    for decision, others in zip(Decision.objects.order_by("pk"), [(between, again), (mine, between)], strict=True):
        for other in others:
            models.QuerySet(Decision).filter(pk=decision.pk).update(came_at=other)
            assert len(found(proof.signed_rows)) == 1
        models.QuerySet(Decision).filter(pk=decision.pk).update(came_at=decision.came_at)
    assert found(proof.signed_rows) == []


def test_a_decision_whose_event_is_older_than_the_column_is_held_against_the_rows_alone(cast: Cast) -> None:
    make.signed_off(cast.portfolio, cast.assessor)
    event = Event.objects.get(kind="sign off")
    row, said = Decision.objects.get(), {key: value for key, value in event.details.items() if key != "came_at"}
    assert signed.agrees(row, {event.seq: said})
    row.came_at += timedelta(seconds=1)
    assert not signed.agrees(row, {event.seq: said})


def test_many_decisions_are_held_against_their_rows_in_as_many_queries_as_one(cast: Cast) -> None:
    make.signed_off(cast.portfolio, cast.assessor)
    with CaptureQueriesContext(connection) as one:
        assert found(proof.signed_rows) == []
    for number in (2, 3):
        make.signed_off(cast.portfolio, cast.assessor, number=number)
    with CaptureQueriesContext(connection) as many:
        assert found(proof.signed_rows) == []
    assert len(many) == len(one)
