"""The option of a block: the trainee takes one, the officer confirms it, and a change loses nothing."""

import json
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from portfolio import ledger, proof, requirements
from portfolio.manifest import option_confirmation_digest, option_digest
from portfolio.models import ModuleSignOff, OptionConfirmation, OptionRefusal, OptionTaken, Portfolio
from portfolio.progress import do_next, with_others
from portfolio.requirements import At, BlockerKind, Standing, Who
from portfolio.states import ChoiceState as State
from portfolio.workflow import Incomplete, ModuleOf, Refused, TakeOption, TooLate, available, perform
from portfolio.workflow.options import OptionTable
from tests import make
from tests.cast import Cast
from tests.portfolio.workflow.test_activity_table import everything

OFFICERS = {"officer", "coordinator"}
SEES = {"trainee", "officer", "coordinator", "officer_in_training", "administrator", "cohort_administrator"}
ONE = {"kind": "specialist", "activities": 1, **make.KNOWN}
BLOCKS: list[dict[str, Any]] = [
    {
        "title": "A choice",
        "credits": 180,
        "modules": [{"code": code, "credits": 90, **ONE} for code in ("S-A1", "S-B1", "S-B2")],
        "options": [["S-B1"], ["S-B2"]],
    }
]


@pytest.fixture
def choosing(cast: Cast) -> Portfolio:
    Portfolio.objects.filter(pk=cast.portfolio.pk).update(curriculum=make.curriculum("TST4-1-24", blocks=BLOCKS))
    cast.portfolio = Portfolio.objects.get(pk=cast.portfolio.pk)
    return cast.portfolio


def reach(state: str, cast: Cast) -> None:
    if state == State.TO_BE_CONFIRMED:
        make.option_taken(cast.portfolio, "S-B1")
    if state == State.CONFIRMED:
        make.option_confirmed(cast.portfolio, cast.officer, "S-B1")


LEADS_TO = {
    "take option": State.TO_BE_CONFIRMED,
    "confirm option": State.CONFIRMED,
    "refuse option": State.NOT_TAKEN,
}
LEGAL: dict[str, tuple[set[str], set[str]]] = {
    "take option": (set(State), {"trainee"}),
    "confirm option": ({State.TO_BE_CONFIRMED}, OFFICERS),
    "refuse option": ({State.TO_BE_CONFIRMED}, OFFICERS),
}


def test_the_table_has_exactly_these_steps() -> None:
    assert set(OptionTable.steps) == set(LEGAL)


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
def test_every_action_by_everybody(
    cast: Cast, choosing: Portfolio, state: str, closed: bool, django_capture_on_commit_callbacks: Any
) -> None:
    reach(state, cast)
    if closed:
        perform("close portfolio", choosing, by=cast.administrator, reason="Completed.")
    choosing.refresh_from_db()
    before = everything()
    mail.outbox.clear()
    for action, (sources, who) in LEGAL.items():
        for name, person in cast.people().items():
            subject = make.block_of(choosing, "S-B1")
            seen = option_digest(subject.newest) if subject.newest else ""
            asked: dict[str, Any] = {"seen": seen, "given": TakeOption(1), "reason": "It suits my department."}
            said = f"{action} by {name} from {state}"
            assert OptionTable().state(subject) == state
            legal = not closed and state in sources and name in who
            assert (action in available(subject, choosing, by=person)) == legal, said
            if legal:
                with transaction.atomic():
                    perform(action, subject, by=person, **asked)
                    assert OptionTable().state(subject) == LEADS_TO[action]
                    transaction.set_rollback(True)
                continue
            with django_capture_on_commit_callbacks(execute=True), pytest.raises(Refused) as refusal:
                perform(action, subject, by=person, **asked)
            assert refusal.value.status == (403 if closed or state in sources else 409), said
    assert everything() == before
    assert mail.outbox == []


def standings(of: Portfolio) -> list[Standing]:
    record = ledger.read_one(of)
    return [requirements.standing(record, record.structure.module(code)) for code in ("S-A1", "S-B1", "S-B2")]


def test_only_a_confirmed_option_counts(cast: Cast, choosing: Portfolio) -> None:
    open_ = [Standing.REQUIRED, Standing.TO_BE_CHOSEN, Standing.ANOTHER_OPTION]
    assert standings(choosing) == open_
    make.option_taken(choosing, "S-B2")
    assert standings(choosing) == open_
    assert (ledger.read_one(choosing).taken, ledger.read_one(choosing).asked) == ({}, {1: 1})
    subject = make.block_of(choosing, "S-B2")
    assert subject.newest is not None
    perform("confirm option", subject, by=cast.officer, seen=option_digest(subject.newest))
    assert standings(choosing) == [Standing.REQUIRED, Standing.NOT_TAKEN, Standing.REQUIRED]
    assert (ledger.read_one(choosing).taken, ledger.read_one(choosing).asked) == ({1: 1}, {})


def test_the_officer_hears_of_a_module_that_is_ready_once_its_option_counts(
    cast: Cast, choosing: Portfolio, django_capture_on_commit_callbacks: Any
) -> None:
    make.signed_off(choosing, cast.assessor, "S-B1", 1)
    make.option_taken(choosing, "S-B1")
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        make.option_confirmed(choosing, cast.officer, "S-B1")
    ready = [one.to for one in mail.outbox if one.subject == "Ready to sign off: S-B1 of Priya Raman"]
    assert ready == [[cast.officer.email]]
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        make.option_confirmed(choosing, cast.officer, "S-B2", reason="It suits my post better.")
    assert [one.subject for one in mail.outbox if "Ready" in one.subject] == []


def test_whose_turn_it_is_is_said_on_the_module_and_in_what_to_do_next(cast: Cast, choosing: Portfolio) -> None:
    def now() -> tuple[Any, ...]:
        record = ledger.read_one(choosing)
        found = requirements.blockers(record, record.structure.module("S-B1"))
        blocker = next(one for one in found if one.kind is BlockerKind.OPTION_NOT_TAKEN)
        mine = [step.words for step in do_next(record, today=make.today()) if step.at.page == "option"]
        others = [step.words for step in with_others(record, today=make.today())]
        return blocker.words, blocker.who, blocker.at, mine, others

    at = At("option", "S-B1")
    assert now() == ("Choose an option for A choice", Who.TRAINEE, at, ["Choose an option for A choice"], [])
    make.option_taken(choosing, "S-B1")
    waits = ["Confirm the option S-B1 for A choice"]
    assert now() == ("Confirm the option for A choice", Who.OFFICER, at, [], waits)


def test_until_a_change_is_confirmed_the_option_before_counts_and_nothing_is_lost(
    cast: Cast, choosing: Portfolio
) -> None:
    make.option_confirmed(choosing, cast.officer, "S-B1")
    make.drafted(choosing, "S-B1")
    make.option_taken(choosing, "S-B2", reason="The department moves.")
    assert standings(choosing) == [Standing.REQUIRED, Standing.REQUIRED, Standing.NOT_TAKEN]
    subject = make.block_of(choosing, "S-B2")
    assert subject.newest is not None
    perform("confirm option", subject, by=cast.coordinator, seen=option_digest(subject.newest))
    assert standings(choosing) == [Standing.REQUIRED, Standing.NOT_TAKEN, Standing.REQUIRED]
    assert make.activity(choosing, "S-B1").links.count() == 1
    assert list(OptionTaken.objects.order_by("number").values_list("number", "codes", "reason")) == [
        (1, "S-B1", ""),
        (2, "S-B2", "The department moves."),
    ]


def test_a_refused_option_leaves_the_choice_open_and_the_trainee_chooses_again(cast: Cast, choosing: Portfolio) -> None:
    make.option_taken(choosing, "S-B1")
    make.option_refused(choosing, cast.coordinator, "S-B1")
    record = ledger.read_one(choosing)
    assert (record.taken, record.asked) == ({}, {})
    assert [step.words for step in do_next(record, today=make.today()) if step.at.page == "option"] == [
        "Choose an option for A choice"
    ]
    subject = make.block_of(choosing, "S-B1")
    assert OptionTable().state(subject) == State.NOT_TAKEN
    with pytest.raises(Incomplete, match="Say why"):
        make.option_taken(choosing, "S-B1")
    make.option_taken(choosing, "S-B1", reason="There is a supervisor now.")
    assert ledger.read_one(choosing).asked == {1: 0}
    make.option_confirmed(choosing, cast.officer, "S-B1")
    assert ledger.read_one(choosing).taken == {1: 0}
    assert list(proof.signed_rows()) == []


def test_what_was_confirmed_before_stands_after_another_option_was_refused(cast: Cast, choosing: Portfolio) -> None:
    make.option_confirmed(choosing, cast.officer, "S-B1")
    make.option_taken(choosing, "S-B2", reason="The department moves.")
    make.option_refused(choosing, cast.officer, "S-B2")
    assert standings(choosing) == [Standing.REQUIRED, Standing.REQUIRED, Standing.NOT_TAKEN]
    assert ledger.read_one(choosing).asked == {}
    assert OptionTable().state(make.block_of(choosing, "S-B1")) == State.CONFIRMED
    with pytest.raises(Incomplete, match="already"):
        make.option_taken(choosing, "S-B1", reason="So it stays.")


def test_a_choice_that_the_trainee_gave_up_does_not_come_back_when_the_next_is_refused(
    cast: Cast, choosing: Portfolio
) -> None:
    make.option_taken(choosing, "S-B1")
    make.option_taken(choosing, "S-B2", reason="No, this one.")
    make.option_refused(choosing, cast.officer, "S-B2")
    assert ledger.read_one(choosing).asked == {}
    assert OptionTable().state(make.block_of(choosing, "S-B1")) == State.NOT_TAKEN


def test_an_option_can_be_refused_while_a_module_of_the_one_that_counts_is_signed_off(
    cast: Cast, choosing: Portfolio
) -> None:
    make.option_confirmed(choosing, cast.officer, "S-B1")
    make.option_taken(choosing, "S-B2", reason="Perhaps.")
    make.signed_off(choosing, cast.assessor, "S-B1")
    make.module_signed_off(choosing, cast.officer, "S-B1")
    make.option_refused(choosing, cast.officer, "S-B2")
    assert standings(choosing)[1] is Standing.REQUIRED
    assert list(proof.signed_rows()) == []


def test_an_option_does_not_change_while_a_module_of_it_is_signed_off(cast: Cast, choosing: Portfolio) -> None:
    make.option_confirmed(choosing, cast.officer, "S-B1")
    make.option_taken(choosing, "S-B2", reason="Perhaps.")
    make.signed_off(choosing, cast.assessor, "S-B1")
    make.module_signed_off(choosing, cast.officer, "S-B1")
    confirmed = OptionConfirmation.objects.get()
    assert json.loads(ModuleSignOff.objects.get().manifest)["option"] == option_confirmation_digest(confirmed)
    subject = make.block_of(choosing, "S-B2")
    assert subject.newest is not None
    seen = option_digest(subject.newest)
    with pytest.raises(TooLate, match="must be voided first"):
        perform("confirm option", subject, by=cast.officer, seen=seen)
    with pytest.raises(TooLate, match="must be voided first"):
        make.option_taken(choosing, "S-B1", reason="Back again.")
    perform("void module sign-off", ModuleOf.read(choosing, "S-B1"), by=cast.officer, reason="Another option.")
    perform("confirm option", subject, by=cast.officer, seen=seen)
    assert standings(choosing)[2] is Standing.REQUIRED
    assert list(proof.signed_rows()) == []


def test_a_required_module_of_the_block_signed_off_holds_nothing_back(cast: Cast, choosing: Portfolio) -> None:
    make.option_confirmed(choosing, cast.officer, "S-B1")
    make.signed_off(choosing, cast.assessor, "S-A1")
    make.module_signed_off(choosing, cast.officer, "S-A1")
    make.option_confirmed(choosing, cast.officer, "S-B2", reason="The department moves.")
    assert ledger.read_one(choosing).taken == {1: 1}


@pytest.mark.parametrize(
    ("option", "reason", "field"), [(None, "So.", "option"), (2, "So.", "option"), (1, "", "reason")]
)
def test_what_a_choice_lacks_is_said_at_its_field(
    cast: Cast, choosing: Portfolio, option: int | None, reason: str, field: str
) -> None:
    make.option_taken(choosing, "S-B1")
    subject = make.block_of(choosing, "S-B1")
    with pytest.raises(Incomplete) as refusal:
        perform("take option", subject, by=cast.trainee, reason=reason, given=TakeOption(option))
    assert set(refusal.value.errors) == {field}


def test_the_officer_confirms_what_the_page_showed_and_nothing_else(cast: Cast, choosing: Portfolio) -> None:
    subject = make.option_taken(choosing, "S-B1")
    assert subject.newest is not None
    seen = option_digest(subject.newest)
    make.option_taken(choosing, "S-B2", reason="No, this one.")
    with pytest.raises(TooLate):
        perform("confirm option", subject, by=cast.officer, seen=seen)
    with pytest.raises(TooLate):
        perform("refuse option", subject, by=cast.officer, reason="Not this one.", seen=seen)
    assert (OptionConfirmation.objects.count(), OptionRefusal.objects.count()) == (0, 0)


def test_the_database_refuses_a_change_without_a_reason(cast: Cast, choosing: Portfolio) -> None:
    make.option_taken(choosing, "S-B1")
    row = OptionTaken.objects.get()
    row.pk, row._state.adding, row.number = None, True, 2
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


# --- the page -----------------------------------------------------------------------------------------------------


def test_the_page_does_what_is_the_reader_s_turn(
    client: Client, cast: Cast, choosing: Portfolio, django_capture_on_commit_callbacks: Any
) -> None:
    where = reverse("module_option", args=[choosing.ref, "S-B1"])
    for name, person in cast.people().items():
        if name != "deactivated":
            client.force_login(person)
            page = client.get(where)
            assert page.status_code == (200 if name in SEES else 404), name
            assert name not in SEES or (page.context["form"] is not None) == (name == "trainee"), name
    client.force_login(cast.officer)
    assert client.post(where, {}).status_code == 409  # nothing to confirm
    client.force_login(cast.administrator)
    assert client.post(where, {}).status_code == 403
    client.force_login(cast.trainee)
    assert client.post(where, {}).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(where, {"option": "1"}).status_code == 302
    answer = client.post(where, {"option": "0", "reason": ""})
    assert answer.status_code == 422
    assert "Say why you change the option" in answer.content.decode()
    client.force_login(cast.officer)
    page = client.get(where)
    assert "Priya Raman took S-B2" in page.content.decode()
    assert client.post(where, {"seen": "0" * 64}).status_code == 409
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(where, {"seen": page.context["form"]["seen"].value()}).status_code == 302
    assert [(one.to, one.subject) for one in mail.outbox] == [
        ([cast.officer.email], "Option to confirm: S-B2 of Priya Raman"),
        ([cast.trainee.email], "Option confirmed: S-B2"),
    ]


def test_the_officer_refuses_with_a_reason_that_the_trainee_reads(
    client: Client, cast: Cast, choosing: Portfolio, django_capture_on_commit_callbacks: Any
) -> None:
    where = reverse("module_option_refuse", args=[choosing.ref, "S-B1"])
    client.force_login(cast.officer)
    assert client.get(where).status_code == 409  # nothing to refuse
    make.option_taken(choosing, "S-B1")
    page = client.get(reverse("module_option", args=[choosing.ref, "S-B1"]))
    assert f'href="{where}"' in page.text
    seen = client.get(where).context["form"]["seen"].value()
    answer = client.post(where, {"seen": seen, "reason": " "})
    assert (answer.status_code, "Give the reason: the trainee reads it." in answer.text) == (422, True)
    late = client.post(where, {"seen": "0" * 64, "reason": "Nobody here supervises it."})
    assert (late.status_code, "Nobody here supervises it." in late.text) == (409, True)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(where, {"seen": seen, "reason": "Nobody here supervises it."}).status_code == 302
    assert [(one.to, one.subject) for one in mail.outbox] == [([cast.trainee.email], "Option refused: S-B1")]
    assert "supervises" not in mail.outbox[0].body
    client.force_login(cast.trainee)
    page = client.get(reverse("module_option", args=[choosing.ref, "S-B1"]))
    assert "Ana Reyes refused S-B1." in page.text
    assert "Nobody here supervises it." in page.text
    assert page.context["form"] is not None
    history = client.get(reverse("history", args=[choosing.ref]))
    assert "Refused the option S-B1" in history.text


def test_a_block_without_a_choice_has_no_page_for_one(client: Client, cast: Cast) -> None:
    for person, name in ((cast.trainee, "module_option"), (cast.officer, "module_option_refuse")):
        client.force_login(person)
        assert client.get(reverse(name, args=[cast.portfolio.ref, "S-C1"])).status_code == 404
