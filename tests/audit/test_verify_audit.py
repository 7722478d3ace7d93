"""The command that an operator, or a night's job, runs."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from audit import checks
from audit.chain import append
from audit.checks import Finding
from audit.models import Chain

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_other_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_checks", {})


def grow(*names: str) -> None:
    with transaction.atomic():
        for name in names:
            append(name, "x", by=None, data={})
            append(name, "y", by=None, data={})


def spoil(name: str) -> None:
    chain = Chain.objects.get(name=name)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_event SET kind = 'z' WHERE seq = 2 AND chain_id = %s", [chain.pk])


def verify_audit(*arguments: str) -> tuple[int, list[str]]:
    """The exit status and the lines printed."""
    out = StringIO()
    try:
        call_command("verify_audit", *arguments, stdout=out)
    except CommandError as refusal:
        return refusal.returncode, out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


def test_whole_chains_are_counted() -> None:
    grow("portfolio:1", "instance")
    assert verify_audit() == (0, ["instance: whole, 2 events", "portfolio:1: whole, 2 events"])


def test_a_broken_chain_is_named_and_the_others_are_still_read() -> None:
    grow("a", "b", "c")
    spoil("b")
    lines = ["a: whole, 2 events", "BROKEN b: event 2: it was altered", "c: whole, 2 events"]
    assert verify_audit() == (1, lines)


def test_one_chain_can_be_asked_for() -> None:
    checks.register("files", lambda: [Finding("a.pdf", "it is missing")])
    grow("a", "b")
    spoil("b")
    assert verify_audit("--chain", "a") == (0, ["a: whole, 2 events"])
    assert verify_audit("--chain", "b") == (1, ["BROKEN b: event 2: it was altered"])


def test_a_chain_that_does_not_exist_is_an_error() -> None:
    assert verify_audit("--chain", "portfolio:404") == (2, [])


def test_registered_checks_run_too_in_the_order_of_their_names() -> None:
    checks.register("sign-offs", lambda: [Finding("decision 4", "its manifest differs"), Finding("decision 5", "too")])
    checks.register("files", lambda: [])
    lines = ["files: whole", "BROKEN sign-offs: decision 4: its manifest differs", "BROKEN sign-offs: decision 5: too"]
    assert verify_audit() == (1, lines)


def test_a_name_stands_for_one_check() -> None:
    def files() -> list[Finding]:
        return []

    checks.register("files", files)
    checks.register("files", files)
    with pytest.raises(ValueError, match="another check"):
        checks.register("files", lambda: [])
    assert checks.registered() == {"files": files}
