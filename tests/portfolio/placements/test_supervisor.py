"""Who sees what of a placement, and what its supervisor sees, before, in and after its dates. Written by hand."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db.models import Model
from django.test import override_settings
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from accounts.models import User
from portfolio import access, ledger
from portfolio.access import IN_PORTFOLIO, SUPERVISED, visible, visible_in
from portfolio.models import (
    Activity,
    AssessmentDecision,
    AssessmentReflection,
    AssessmentVoid,
    Attachment,
    Closure,
    Comment,
    Confirmation,
    Decision,
    ElsewhereVoid,
    Evidence,
    Item,
    JournalNote,
    KindCorrection,
    Link,
    ModuleSignOff,
    ModuleVoid,
    Placement,
    Portfolio,
    Revision,
    Role,
    Submission,
    Unlock,
)
from portfolio.states import Part, RoleKind
from portfolio.workflow import EndOn, ModuleOf, perform, writing
from tests import make
from tests.cast import Cast, assemble
from tests.world import undone

PEOPLE = {"officer", "coordinator", "officer_in_training", "administrator", "cohort_administrator"}
KNOWN = {"kind": "specialist", "credits": 60, **make.KNOWN}
BLOCKS = [
    {
        "title": "All",
        "credits": 180,
        "modules": [
            {"code": "S-C1", **KNOWN, "activities": 4},
            {"code": "S-X1", **KNOWN, "activities": 4},
            {"code": "S-X2", **KNOWN, "activities": 4},
        ],
    }
]


@dataclass
class Here:
    """Priya's placement in S-X1, with work in S-X1 and in S-C1. Hugh supervises it; others almost do."""

    cast: Cast
    placement: Placement
    hugh: User
    ended: User  # supervised until yesterday
    ahead: User  # supervises from tomorrow
    unconfirmed: User  # named in a placement that is not confirmed
    elsewhere: User  # supervises Tom, in the same module
    pages: dict[str, Evidence]
    files: Path

    @property
    def of(self) -> Portfolio:
        return self.cast.portfolio

    def outsiders(self) -> dict[str, User]:
        names = ("ended", "ahead", "unconfirmed", "elsewhere")
        return {name: getattr(self, name) for name in names}


@pytest.fixture(scope="module")
def built(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Here]:
    files = tmp_path_factory.mktemp("files")
    with django_db_blocker.unblock(), override_settings(FILES_DIR=files), undone():
        yield build(files)


@pytest.fixture
def here(built: Here, db: None, settings: Any) -> Here:
    settings.FILES_DIR = built.files
    return deepcopy(built)


def build(files: Path) -> Here:
    make.curriculum(blocks=BLOCKS)
    cast = assemble()
    names = ("Hugh Sole", "Ines Marr", "Jan Koch", "Kit Dale", "Lou Penn")
    hugh, ended, ahead, unconfirmed, elsewhere = map(make.person, names)
    of, officer = cast.portfolio, cast.officer
    placement = make.placed(of, officer, hugh)
    make.placed(of, officer, ended, ("S-X1", "S-C1"), since=-60, until=-50)
    make.placed(of, officer, ahead, ("S-X1", "S-C1"), since=50, until=60)
    make.placement_planned(of, unconfirmed, ("S-X1", "S-C1"), since=100, until=110)
    make.placed(cast.other, cast.other_officer, elsewhere)
    return Here(cast, placement, hugh, ended, ahead, unconfirmed, elsewhere, _work(cast), files)


def _work(cast: Cast) -> dict[str, Evidence]:
    """A page in each situation, in S-X1 and in S-C1, named after both, each with a file."""
    of, pages = cast.portfolio, {}
    for code in ("S-X1", "S-C1"):
        for number, name in enumerate(("asked", "decided", "drafted", "withdrawn"), start=1):
            page = pages[f"{name} {code}"] = make.page(of, f"{name} {code}")
            make.attachment(page, f"{name}-{code}.pdf")
            activity = make.drafted(of, code, number, evidence=page)
            if name != "drafted":
                item = make.submit(cast.assessor, activity)[0]
            if name == "decided":
                make.commented(make.decide(item), cast.trainee, f"About {code}.")
                perform("unlock", make.activity(of, code, number), by=cast.officer, reason=f"Wrong file in {code}.")
                make.decide(make.submit(cast.assessor, make.activity(of, code, number))[0])
            if name == "withdrawn":
                perform("withdraw", item.activity, by=cast.trainee)
        shared = pages[f"shared {code}"] = make.page(of, f"shared {code}")
        make.drafted(of, code, 3, evidence=shared)
        writing.share(shared, on=True, by=cast.trainee)
    both = pages["in both"] = make.page(of, "in both")
    make.submit(cast.second_assessor, make.drafted(of, "S-X2", 1, evidence=both))
    pages["shared, not linked"] = make.page(of, "shared, not linked")
    writing.share(pages["shared, not linked"], on=True, by=cast.trainee)
    pages["private"] = make.page(of, "private")
    make.note(of)
    return pages


IN_THEIRS = {"asked S-X1", "decided S-X1", "shared S-X1"}


def titles(person: User, model: type[Model] = Evidence) -> set[str]:
    return set(visible(person, model).values_list("title", flat=True))


def test_in_its_dates_a_supervisor_reads_what_is_submitted_or_shared_in_its_modules_and_no_other(here: Here) -> None:
    assert titles(here.hugh) == IN_THEIRS
    assert titles(here.hugh, Revision) == IN_THEIRS
    files = visible(here.hugh, Attachment).values_list("name", flat=True)
    assert set(files) == {"asked-S-X1.pdf", "decided-S-X1.pdf"}


@pytest.mark.parametrize("name", ["ended", "ahead", "unconfirmed", "elsewhere"])
def test_before_after_unconfirmed_or_elsewhere_a_supervisor_sees_nothing_of_it(here: Here, name: str) -> None:
    person = here.outsiders()[name]
    for model in SUPERVISED:
        path = "pk" if model is Portfolio else _way(model)
        assert not visible(person, model).filter(**{path: here.of.pk}).exists(), model.__name__
    assert not access.may_decide_on(here.of, [make.activity(here.of, "S-X1").module_id]).filter(pk=person.pk).exists()
    assert access.parts(person, here.of, addressed=person.pk, module=make.activity(here.of, "S-X1").module_id) == set()


def _way(model: type[Model]) -> str:
    ways = {
        **dict.fromkeys((Decision, Comment), "item__submission__portfolio"),
        Unlock: "decision__item__submission__portfolio",
        Attachment: "evidence__portfolio",
        ModuleVoid: "sign_off__portfolio",
        ElsewhereVoid: "record__portfolio",
        **dict.fromkeys(
            (AssessmentDecision, AssessmentReflection, AssessmentVoid, KindCorrection), "assessment__portfolio"
        ),
    }
    return ways[model] if model in ways else IN_PORTFOLIO[model][0]


def test_the_states_of_everything_and_the_decisions_of_its_modules(here: Here) -> None:
    assert list(visible(here.hugh, Portfolio)) == [here.of]
    assert set(visible(here.hugh, Activity)) == set(Activity.objects.filter(portfolio=here.of))
    for model, path in (
        (Item, "activity"),
        (Submission, "items__activity"),
        (Decision, "item__activity"),
        (Unlock, "decision__item__activity"),
    ):
        rows = visible(here.hugh, model)
        assert rows.exists(), model.__name__
        assert set(rows.values_list(f"{path}__module__code", flat=True)) == {"S-X1"}, model.__name__


@pytest.mark.parametrize("model", [Closure, Role, Link, JournalNote])
def test_what_is_nobodys_of_a_placement(here: Here, model: type[Model]) -> None:
    assert not visible(here.hugh, model).exists()


def test_module_decisions_of_its_modules_alone(here: Here) -> None:
    cast = here.cast
    other = make.placed(cast.other, cast.other_officer, here.hugh, ("S-X2",), since=100, until=110)
    assert other.role is not None
    for code in ("S-X1", "S-X2"):
        for number in range(1, 5):
            make.signed_off(cast.other, cast.assessor, code, number)
        make.module_signed_off(cast.other, cast.other_officer, code)
        void = ModuleOf.read(cast.other, code)
        perform("void module sign-off", void, by=cast.other_officer, reason="Too soon.")
    person = here.elsewhere  # supervises Tom in S-X1
    for model, path in ((ModuleSignOff, "module"), (ModuleVoid, "sign_off__module")):
        assert list(visible(person, model).values_list(f"{path}__code", flat=True)) == ["S-X1"], model.__name__
        assert not visible(here.hugh, model).exists(), model.__name__
    Confirmation(
        portfolio=cast.other,
        module=make.activity(cast.other, "S-X1").module,
        source="Read",
        read_on=make.today(),
        confirmed_at=timezone.now(),
        signer=cast.other_officer,
        signer_name="N",
        audit_seq=1,
    ).save()
    assert (visible(person, Confirmation).count(), visible(here.hugh, Confirmation).count()) == (1, 0)


def test_what_a_supervisor_is_today_is_what_the_querysets_say(here: Here) -> None:
    for person in (here.hugh, here.elsewhere, *here.outsiders().values(), *here.cast.people().values()):
        held, roles = access.standing(person), access.deciding_supervisors().filter(user=person)
        modules = roles.filter(modules__isnull=False).values_list("portfolio", "modules")
        assert held.somewhere == set(modules), person.name
        listed, now = access.looked_after(person), access.looked_after_now(held)
        seen = [{(pk, bool(whole)) for pk, whole in rows.values_list("pk", "in_whole")} for rows in (listed, now)]
        assert seen[0] == seen[1], person.name
        for portfolio in Portfolio.objects.all():
            assert held.supervised.get(portfolio.pk, set()) == access.supervised_modules(person, portfolio), person.name
            assert held.sees(portfolio) == visible(person, Portfolio).filter(pk=portfolio.pk).exists(), person.name
            for module in portfolio.curriculum.modules.all():
                asked = access.parts(person, portfolio, person.pk, module.pk)
                assert held.parts(portfolio, person.pk, module.pk) == asked, (person.name, module.code)
    assert access.standing(here.hugh).somewhere
    assert not access.looked_after_now(access.standing(here.hugh)).get().in_whole


@pytest.mark.parametrize("fetched", [True, False])
def test_one_portfolio_and_all_of_them_give_a_supervisor_the_same_rows(here: Here, fetched: bool) -> None:
    for person in (here.hugh, here.elsewhere):
        for row in visible(person, Portfolio):
            portfolio = access.portfolio_at(row.ref, access.standing(person)) if fetched else row
            assert portfolio is not None
            for model, (path, _) in IN_PORTFOLIO.items():
                narrow = set(visible_in(portfolio, person, model).values_list("pk", flat=True))
                wide = set(visible(person, model).filter(**{path: portfolio}).values_list("pk", flat=True))
                assert narrow == wide, model.__name__


def test_one_portfolio_gives_nothing_to_whoever_does_not_see_it(here: Here) -> None:
    for person in (*here.outsiders().values(), here.cast.assessor, here.cast.stranger):
        for model in IN_PORTFOLIO:
            assert not visible_in(here.of, person, model).exists(), model.__name__


def test_a_shared_page_is_read_as_it_was_saved_last_and_not_from_the_bin(here: Here) -> None:
    make.change(here.pages["shared S-X1"], title="shared, changed")
    assert titles(here.hugh, Revision) == IN_THEIRS - {"shared S-X1"} | {"shared, changed"}
    Evidence.objects.filter(pk=here.pages["shared S-X1"].pk).update(binned_at=timezone.now())
    assert titles(here.hugh, Revision) == IN_THEIRS - {"shared S-X1"}
    assert titles(here.hugh) == IN_THEIRS - {"shared S-X1"}


def test_a_placement_is_seen_by_its_trainee_their_people_and_its_supervisor_in_dates(here: Here) -> None:
    for name, person in here.cast.people().items():
        seen = visible(person, Placement).filter(portfolio=here.of).count()
        assert seen == (4 if name in PEOPLE | {"trainee"} else 0), name
    assert list(visible(here.hugh, Placement)) == [here.placement]


def test_the_journal_is_its_trainees_alone(here: Here) -> None:
    people = {**here.cast.people(), "hugh": here.hugh}
    assert {name for name, person in people.items() if visible(person, JournalNote).exists()} == {"trainee"}
    assert {name for name, person in people.items() if visible_in(here.of, person, JournalNote).exists()} == {"trainee"}


def test_a_page_that_fetches_a_portfolio_knows_whether_its_reader_sees_all_of_it(here: Here) -> None:
    for name, person in {**here.cast.people(), "hugh": here.hugh, **here.outsiders()}.items():
        found = access.portfolios(person).filter(pk=here.of.pk).first()
        in_whole = {True: True, False: False}.get(found.in_whole) if found else None
        assert in_whole == (True if name in PEOPLE | {"trainee"} else False if name == "hugh" else None), name


def test_whoever_leads_and_supervises_too_sees_all_of_it(here: Here) -> None:
    make.role(here.of, here.hugh, RoleKind.COORDINATOR)
    assert access.portfolios(here.hugh).get(pk=here.of.pk).in_whole


# --- what ends, ends at the next request --------------------------------------------------------------------------


def test_both_dates_count(here: Here) -> None:
    for days, sees in ((-21, False), (-20, True), (20, True), (21, False)):
        with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
            assert visible(here.hugh, Portfolio).exists() == sees, days
            assert visible(here.hugh, Revision).exists() == sees, days


def test_a_placement_that_ends_earlier_ends_its_supervisors_sight(here: Here) -> None:
    last = make.today() - timedelta(days=1)
    perform("end placement", here.placement, by=here.cast.officer, given=EndOn(last))
    for model in SUPERVISED:
        assert not visible(here.hugh, model).exists(), model.__name__


def test_a_placement_that_is_extended_keeps_its_supervisors_sight_to_its_new_last_day_and_no_longer(here: Here) -> None:
    last = make.today() + timedelta(days=30)
    perform("extend placement", here.placement, by=here.cast.officer, given=EndOn(last))
    for days, sees in ((21, True), (30, True), (31, False)):
        with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
            assert visible(here.hugh, Revision).exists() == sees, days


@pytest.mark.parametrize(
    "change",
    [{"until": 25}, {"codes": ("S-X1", "S-C1")}, {"supervisor": None}, {"since": 5}],
    ids=["dates", "modules", "supervisor", "ahead"],
)
def test_a_change_that_is_not_confirmed_ends_it_at_once(here: Here, change: dict) -> None:
    given = {"supervisor": here.hugh, "codes": ("S-X1",), **change}
    make.replanned(here.placement, make.placement_plan(here.of, **given))
    for model in SUPERVISED:
        assert not visible(here.hugh, model).exists(), model.__name__
    row = Placement.objects.get(pk=here.placement.pk)
    assert (row.state, row.role, row.confirmed_by) == ("planned", None, None)


def test_what_is_confirmed_anew_gives_what_it_says_now(here: Here) -> None:
    given = make.placement_plan(here.of, here.hugh, ("S-C1",), since=-20, until=30)
    make.replanned(here.placement, given)
    row = make.placement_confirmed(Placement.objects.get(pk=here.placement.pk), here.cast.officer)
    assert titles(here.hugh) == {"asked S-C1", "decided S-C1", "shared S-C1"}
    assert row.role is not None
    assert row.role.ends_on == make.today() + timedelta(days=30)
    assert Role.objects.filter(user=here.hugh, portfolio=here.of).count() == 1


def test_somebody_deactivated_sees_nothing(here: Here) -> None:
    User.objects.filter(pk=here.hugh.pk).update(is_active=False)
    person = User.objects.get(pk=here.hugh.pk)
    for model in SUPERVISED:
        assert not visible(person, model).exists(), model.__name__
    module = make.activity(here.of, "S-X1").module_id
    assert person not in access.may_decide_on(here.of, [module])
    assert access.parts(person, here.of, addressed=person.pk, module=module) == set()


def test_a_role_of_a_supervisor_without_a_placement_gives_nothing(here: Here) -> None:
    person = make.person("Early Bird")
    role = make.role(here.of, person, RoleKind.SUPERVISOR)
    role.modules.set([make.activity(here.of, "S-X1").module])
    for model in SUPERVISED:
        assert not visible(person, model).exists(), model.__name__
    assert person not in access.may_decide_on(here.of, [make.activity(here.of, "S-X1").module_id])


# --- deciding -----------------------------------------------------------------------------------------------------


def module(here: Here, code: str) -> int:
    return make.activity(here.of, code).module_id


def test_whom_the_trainee_may_ask_depends_on_the_modules(here: Here) -> None:
    everywhere = {here.cast.officer, here.cast.coordinator, here.cast.assessor, here.cast.second_assessor}
    x1, c1 = module(here, "S-X1"), module(here, "S-C1")
    assert set(access.may_decide_on(here.of, [x1])) == everywhere | {here.hugh}
    assert set(access.may_decide_on(here.of, [c1])) == everywhere
    assert set(access.may_decide_on(here.of, [x1, c1])) == everywhere
    assert set(access.may_decide_on(here.of)) == everywhere
    assert {role.user for role in access.askable(here.of)} == everywhere | {here.hugh}
    assert {role.user for role in access.askable(here.of, [x1, c1])} == everywhere
    decides = access.who_decides(here.of)
    assert (decides.may(here.hugh.pk, {x1}), decides.may(here.hugh.pk, {x1, c1})) == (True, False)
    assert decides.may(here.cast.assessor.pk, {x1, c1})
    assert not decides.may(here.elsewhere.pk, {x1})
    assert not decides.may(here.cast.other_officer.pk, {x1})


def test_of_several_modules_a_supervisor_decides_on_each_and_on_all(here: Here) -> None:
    given = make.placement_plan(here.of, here.hugh, ("S-X1", "S-C1"))
    make.replanned(here.placement, given)
    make.placement_confirmed(Placement.objects.get(pk=here.placement.pk), here.cast.officer)
    x1, c1, x2 = (module(here, code) for code in ("S-X1", "S-C1", "S-X2"))
    for wanted, may in (([x1], True), ([c1], True), ([x1, c1], True), ([x1, c1, x2], False)):
        assert (here.hugh in access.may_decide_on(here.of, wanted)) == may, wanted


def test_a_supervisor_is_addressed_in_their_modules_and_in_no_other(here: Here) -> None:
    x1, c1 = module(here, "S-X1"), module(here, "S-C1")
    me = here.hugh
    assert access.parts(me, here.of, addressed=me.pk, module=x1) == {Part.ADDRESSED, Part.SUPERVISOR}
    assert access.parts(me, here.of, addressed=me.pk, module=c1) == set()
    assert access.parts(me, here.of, addressed=me.pk) == set()
    assert access.parts(me, here.of, module=x1) == {Part.SUPERVISOR}
    assert access.parts(me, here.of, module=c1) == set()
    assert access.deciding_role(me, here.of, x1) == here.placement.role
    assert access.deciding_role(me, here.of, c1) is None
    assert access.supervised_modules(me, here.of) == {x1}
    assert access.supervised_modules(me, here.cast.other) == set()
    assert access.supervised_modules(here.elsewhere, here.of) == set()


def test_a_supervisor_of_no_module_sees_states_and_is_asked_nothing(here: Here) -> None:
    given = make.placement_plan(here.of, here.hugh, ())
    make.replanned(here.placement, given)
    make.placement_confirmed(Placement.objects.get(pk=here.placement.pk), here.cast.officer)
    assert visible(here.hugh, Activity).exists()
    assert not visible(here.hugh, Evidence).exists()
    assert here.hugh not in {role.user for role in access.askable(here.of)}
    assert not access.standing(here.hugh).decides


def test_an_assessor_who_supervises_too_decides_as_assessor(here: Here) -> None:
    make.role(here.of, here.hugh, RoleKind.ASSESSOR)
    role = access.deciding_role(here.hugh, here.of, module(here, "S-X1"))
    assert role is not None
    assert role.kind == RoleKind.ASSESSOR


def test_whoever_is_in_training_on_the_programme_sees_and_does_not_decide(here: Here) -> None:
    make.portfolio(here.hugh)
    assert titles(here.hugh) >= IN_THEIRS
    assert here.hugh not in access.may_decide_on(here.of, [module(here, "S-X1")])
    assert access.deciding_role(here.hugh, here.of, module(here, "S-X1")) is None


def test_what_is_sent_to_a_supervisor_waits_for_them_and_their_decision_holds_their_role(here: Here) -> None:
    item = make.submit(here.hugh, make.drafted(here.of, "S-X1", 3))[0]
    assert list(access.with_me(here.hugh)) == [item]
    assert {row.key for row in access.what_waits(here.hugh)} == {item.submission.sid}
    make.decide(item)
    decision = Decision.objects.get(item=item)
    assert (decision.signer, decision.role, decision.role_kind) == (here.hugh, here.placement.role, "supervisor")


def test_in_the_ledger_it_is_with_them_only_while_they_may_decide(here: Here) -> None:
    make.submit(here.hugh, make.drafted(here.of, "S-X1", 3))

    def waits_with() -> str | None:
        waiting = ledger.read_one(here.of).modules["S-X1"].activities[3].waiting
        assert waiting is not None
        return waiting.assessor

    assert waits_with() == "Hugh Sole"
    assert access.standing(here.hugh).decides
    assert access.standing(here.hugh).supervised
    given = make.placement_plan(here.of, here.hugh, ("S-C1",))
    make.replanned(here.placement, given)
    make.placement_confirmed(Placement.objects.get(pk=here.placement.pk), here.cast.officer)
    assert waits_with() is None
    assert not access.with_me(here.hugh).exists()
    assert not access.once_asked(here.hugh).exists()
    assert not access.addressed_items(here.hugh).exists()


def test_what_others_said_elsewhere_is_not_in_the_record_of_a_supervisor(here: Here) -> None:
    for code in ("S-X1", "S-C1"):
        item = Item.objects.get(activity__module__code=code, activity__number=1, submission__portfolio=here.of)
        make.decide(item, "return", feedback=f"Secret of {code}.")
    record = ledger.read_one(here.of)
    bare = ledger.without_what_was_said(record, access.supervised_modules(here.hugh, here.of))
    told = {code: bare.modules[code].activities[1].feedback for code in ("S-X1", "S-C1")}
    assert told["S-X1"] is not None
    assert told["S-X1"].text == "Secret of S-X1."
    assert told["S-C1"] is None
    assert bare.modules["S-C1"].activities[1].state == record.modules["S-C1"].activities[1].state
