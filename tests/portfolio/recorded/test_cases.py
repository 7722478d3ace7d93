"""One case serves one CBD, whether that is planned or decided here or was signed in another system."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from portfolio import proof
from portfolio.manifest import elsewhere_digest
from portfolio.models import Assessment, Portfolio, SignedElsewhere, UsedCase
from portfolio.workflow import Incomplete, elsewhere, perform
from portfolio.workflow.assessments.planning import CASE_TAKEN, planned_seen
from tests import make
from tests.cast import Cast
from tests.portfolio.recorded.test_elsewhere import cbd, typed
from tests.portfolio.test_tamper import undone

HEADINGS = "module,kind,title,system,date,signed by,note,case"


def recorded(cast: Cast, case: str, **fields: Any) -> SignedElsewhere:
    return make.signed_elsewhere(cast.portfolio, cast.officer, cbd(case_reference=case, **fields))


def planned(cast: Cast, case: str) -> Assessment:
    return make.planned(cast.portfolio, "CBD", code="S-X1", case_reference=case)


def used(of: Portfolio) -> set[tuple[str, str]]:
    """Each case that is used, and where its discussion was signed."""
    return {(one.key, "here" if one.assessment_id else "elsewhere") for one in UsedCase.objects.filter(portfolio=of)}


def test_a_case_that_serves_a_discussion_elsewhere_is_planned_for_none_here(cast: Cast) -> None:
    row = recorded(cast, "Case 7")
    with pytest.raises(Incomplete) as refusal:
        planned(cast, "case-7")
    assert refusal.value.errors == {"case_reference": CASE_TAKEN}
    plan = planned(cast, "Case 8")
    given = make.plan("CBD", plan.title, case_reference="CASE 7", happens_on=plan.happens_on)
    with pytest.raises(Incomplete):
        perform("plan", plan, by=cast.trainee, given=given, seen=planned_seen(plan))
    assert used(cast.portfolio) == {("case7", "elsewhere"), ("case8", "here")}
    make.elsewhere_voided(row, cast.officer)
    planned(cast, "case-7")
    assert used(cast.portfolio) == {("case7", "here"), ("case8", "here")}


def test_a_case_that_serves_a_discussion_here_is_recorded_for_none_elsewhere(cast: Cast) -> None:
    """A plan uses its case too: of it no more is told than that the case is taken."""
    row = planned(cast, "Case 7")
    with pytest.raises(Incomplete) as refusal:
        recorded(cast, "case 7")
    assert refusal.value.errors == {"case_reference": elsewhere.CASE_TAKEN}
    given = make.plan("CBD", row.title, case_reference="Case 8", happens_on=row.happens_on)
    perform("plan", row, by=cast.trainee, given=given, seen=planned_seen(row))
    recorded(cast, "case 7")
    done = make.assessed(cast.portfolio, cast.assessor, kind="CBD", code="S-X1", case_reference="Case 9")
    with pytest.raises(Incomplete):
        recorded(cast, "case 9", title="Another")
    perform("void assessment", done, by=cast.officer, reason="Of another trainee.")
    recorded(cast, "case 9", title="Another")
    assert used(cast.portfolio) == {("case7", "elsewhere"), ("case8", "here"), ("case9", "elsewhere")}
    assert [*proof.states(), *proof.signed_rows(), *proof.assessments()] == []


def test_two_records_of_one_case_are_one_too_many_and_without_a_case_there_is_none_to_compare(cast: Cast) -> None:
    first, second = (cbd(title=title, case_reference="Case 7") for title in ("One", "Another"))
    with pytest.raises(Incomplete):
        make.signed_elsewhere(cast.portfolio, cast.officer, first, second)
    assert SignedElsewhere.objects.count() == 0
    make.signed_elsewhere(cast.portfolio, cast.officer, cbd(title="One"), cbd(title="Another"))
    make.role(cast.other, cast.officer, "coordinator")
    for of in (cast.portfolio, cast.other):
        make.signed_elsewhere(of, cast.officer, cbd(title="A third", case_reference="Case 7"))
    assert used(cast.portfolio) == used(cast.other) == {("case7", "elsewhere")}


def test_the_database_holds_that_one_case_serves_one_discussion_of_one_place(cast: Cast) -> None:
    here, away = planned(cast, "Case 7"), recorded(cast, "")
    for wrong in (
        {"key": "case7", "elsewhere": away},
        {"key": "case8", "elsewhere": away, "assessment": here},
        {"key": "case8"},
        {"key": "", "elsewhere": away},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            UsedCase.objects.create(portfolio=cast.portfolio, **wrong)
    other = make.signed_elsewhere(cast.portfolio, cast.officer, make.entry(number=1))
    other.pk, other._state.adding, other.xid, other.case_reference = None, True, "another", "Case 9"
    with pytest.raises(IntegrityError), transaction.atomic():
        other.save()


def test_a_record_holds_its_case_in_the_chain_and_one_without_a_case_what_it_held_before(cast: Cast) -> None:
    row = recorded(cast, "Case 7")
    before = elsewhere_digest(row)
    row.case_reference = "Case 8"
    assert elsewhere_digest(row) != before


def test_the_form_asks_for_the_case_of_a_discussion_and_for_no_other(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    where = reverse("elsewhere_new", args=[cast.portfolio.ref])
    discussion = typed(kind="cbd", number="", title="A case of mine", case_reference="Case 7")
    wrong = client.post(where, {**discussion, "kind": "dops"})
    assert (wrong.status_code, wrong.context["form"].errors["case_reference"]) == (422, [elsewhere.NO_CASE])
    assert client.post(where, discussion).status_code == 302
    assert SignedElsewhere.objects.get().case_reference == "Case 7"
    assert "Case: Case 7" in client.get(reverse("elsewhere", args=[cast.portfolio.ref])).text
    again = client.post(where, {**discussion, "title": "Another", "case_reference": "CASE-7"})
    assert (again.status_code, again.context["form"].errors["case_reference"]) == (422, [elsewhere.CASE_TAKEN])
    assert again.context["form"]["case_reference"].value() == "CASE-7"
    assert client.post(where, {**discussion, "title": "Another", "case_reference": "x" * 61}).status_code == 422
    assert SignedElsewhere.objects.count() == 1


def test_a_table_has_a_column_for_cases_and_says_in_which_rows_one_is_taken(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    where = reverse("elsewhere_table", args=[cast.portfolio.ref])
    planned(cast, "Case 1")

    def read(*rows: str, **more: str) -> Any:
        lines = [f"S-C1,{kind},{title},Old,3 May 2025,Lena,Seen,{case}" for kind, title, case in map(str.split, rows)]
        return client.post(where, {"rows": "\n".join([HEADINGS, *lines]), **more})

    wrong = read("CBD One case-1", "CBD Two case2", "CBD Three CASE2", "DOPS Four case4")
    assert wrong.status_code == 422
    assert [row["problems"] for row in wrong.context["rows"]] == [
        (elsewhere.CASE_TAKEN,),
        (),
        ("Row 3 has this case. One case serves one CBD.",),
        (elsewhere.NO_CASE,),
    ]
    preview = read("CBD One case2", "CBD Two case3")
    assert (preview.status_code, "Case: case2" in preview.text) == (200, True)
    seen = preview.context["form"]["seen"].value()
    assert read("CBD One case2", "CBD Two case4", seen=seen, confirm="1").status_code == 409
    assert read("CBD One case2", "CBD Two case3", seen=seen, confirm="1").status_code == 302
    assert used(cast.portfolio) == {("case1", "here"), ("case2", "elsewhere"), ("case3", "elsewhere")}


def test_a_case_that_is_not_the_one_of_its_discussion_is_found_and_named(cast: Cast) -> None:
    row, record = planned(cast, "Case 41"), recorded(cast, "Case 42")
    assert list(proof.states()) == []
    for one, named in ((row.used_case, row.aid), (record.used_case, record.xid)):
        for change in ({"key": "case43"}, {"portfolio": cast.other}, None):
            with undone():
                held = UsedCase.objects.filter(pk=one.pk)
                held.update(**change) if change else held.delete()
                (found,) = proof.states()
                assert (named in found.subject, found.what) == (True, "its case is not the one that is held for it")
    make.elsewhere_voided(record, cast.officer)
    assert list(proof.states()) == []
    with undone():
        UsedCase.objects.create(portfolio=cast.portfolio, key="case42", elsewhere=record)
        assert [one.what for one in proof.states()] == ["a case is held for a CBD that does not stand"]
