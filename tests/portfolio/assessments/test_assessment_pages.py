"""The life of an assessment through its pages: planned from an open slot, asked, completed, reflected on."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from curriculum.models import AssessmentTitle, Criterion, Module
from portfolio.forms.assessments import KIND
from portfolio.models import Assessment, AssessmentDecision, AssessmentReflection, KindCorrection, Portfolio
from portfolio.states import AssessmentState as State
from portfolio.states import ElsewhereKind
from portfolio.templatetags.look import day
from portfolio.views.assessments import assess
from portfolio.workflow import AskFor, Incomplete, perform
from portfolio.workflow.assessments import marking
from portfolio.workflow.assessments.planning import planned_seen
from tests import make
from tests.cast import Cast


def new(of: Portfolio, kind: str, after: str = "") -> str:
    where = f"{reverse('assessment_new', args=[of.ref])}?module=S-A1&kind={kind}"
    return f"{where}&after={after}" if after else where


def on(day: Any) -> dict[str, Any]:
    return {"happens_on_0": day.day, "happens_on_1": day.month, "happens_on_2": day.year}


def typed(**fields: Any) -> dict[str, Any]:
    day = fields.pop("day", make.today() - make.timedelta(days=2))
    words = {"title": "Taking a sample", "what": "I take it and explain it.", "where": "Clinic", "go": "save"}
    return {**words, **on(day), **fields}


def at(row: Assessment, name: str = "assessment") -> str:
    return reverse(name, args=[row.portfolio.ref, row.aid])


def test_of_two_tabs_on_one_plan_the_second_is_told_what_stands_and_keeps_what_was_typed(
    client: Client, cast: Cast, priya: Portfolio
) -> None:
    client.force_login(cast.trainee)
    where = at(row := make.planned(priya), "assessment_edit")
    seen = client.get(where).context["form"]["seen"].value()
    sent = typed(which="own-DOPS", seen=seen)
    assert client.post(where, sent | {"title": "From the first tab"}).status_code == 302
    second = sent | {"title": "From the second tab", "what": "Typed for long."}
    late = client.post(where, second)
    assert late.status_code == 409
    assert Assessment.objects.get().title == "From the first tab"
    for words in (
        "This plan was changed in another tab or window",
        "DOPS: From the first tab",
        'value="From the second tab"',
        "Typed for long.",
    ):
        assert words in late.text
    assert (
        client.post(where, sent | {"title": "From the first tab"}).status_code == 302
    )  # sent twice it says nothing new
    again = second | {"seen": late.context["form"]["seen"].value()}
    assert client.post(where, again).status_code == 302
    assert Assessment.objects.get().title == "From the second tab"
    assert client.post(where, sent | {"seen": "", "title": "Without a mark"}).status_code == 409
    perform("ask", make.assessment(row), by=cast.trainee, given=AskFor(cast.assessor, declared=True))
    gone = client.post(where, again)
    assert (gone.status_code, "Typed for long." in gone.text) == (409, True)


def test_a_trainee_plans_from_an_open_slot_and_asks_and_the_assessor_completes(
    client: Client, cast: Cast, priya: Portfolio
) -> None:
    client.force_login(cast.trainee)
    page = client.get(reverse("module", args=[priya.ref, "S-A1"])).content.decode()
    assert page.count("Plan a DOPS or OCE</a>") == 3
    assert client.post(new(priya, "observed"), typed(which="own-OCE", go="ask")).status_code == 302
    row = Assessment.objects.get()
    assert (row.kind, row.state, row.module.code) == ("OCE", State.PLANNED, "S-A1")
    asked = client.post(at(row, "assessment_ask"), {"assessor": cast.assessor.pk, "declared": "on"})
    assert asked.status_code == 302
    client.force_login(cast.assessor)
    queue = client.get("/reviewing/")
    assert [found["key"] for found in queue.context["rows"]] == [row.aid]
    where = reverse("assess", args=[row.aid])
    seen = client.get(where).context["form"]["seen"].value()
    form = {"seen": seen, "outcome": "satisfactory", "standing": "on", "strengths": "Clear."}
    marks = {"mark_0": "Meets expectations", "mark_1": "Not observed"}
    assert client.post(where, form).status_code == 422
    assert client.post(where, form | marks).status_code == 302
    assert Assessment.objects.get().state == State.SATISFACTORY
    assert "Clear." in client.get(where).content.decode()
    client.force_login(cast.trainee)
    page = client.get(at(row)).content.decode()
    assert "Meets expectations" in page
    assert "Maya Lind" in page
    module = client.get(reverse("module", args=[priya.ref, "S-A1"])).content.decode()
    assert "1 of 3 satisfactory" in module
    assert module.count("Plan a DOPS or OCE</a>") == 2


def test_what_looks_like_a_patient_in_a_plan_is_said_before_an_assessor_is_asked(
    client: Client, cast: Cast, priya: Portfolio
) -> None:
    client.force_login(cast.trainee)
    sent = typed(which="own-DOPS", what="The sample of 999 000 0018.", go="ask")
    shown = client.post(new(priya, "observed"), sent, follow=True)
    assert shown.context["warning"] == "Something in the text looks like an NHS number."
    assert "Check for patient data." in shown.content.decode()
    clean = client.get(at(make.planned(priya), "assessment_ask"))
    assert (clean.context["warning"], "Check for patient data" in clean.content.decode()) == ("", False)


def test_a_title_of_the_curriculum_brings_its_kind(client: Client, cast: Cast, priya: Portfolio) -> None:
    module = Module.objects.get(code="S-A1")
    for position, (kind, title) in enumerate((("OCE", "Explaining a result"), ("DOPS", "A calibration")), start=1):
        AssessmentTitle.objects.create(module=module, position=position, kind=kind, title=title)
    client.force_login(cast.trainee)
    for which in ("listed-0", "listed-1"):
        assert client.post(new(priya, "observed"), typed(which=which, title="")).status_code == 302
    assert list(Assessment.objects.order_by("pk").values_list("kind", "title", "from_curriculum")) == [
        ("OCE", "Explaining a result", True),
        ("DOPS", "A calibration", True),
    ]
    refused = client.post(new(priya, "observed"), typed(which="own-DOPS", title=""))
    assert (refused.status_code, "Give it a title" in refused.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("kind", "sent", "said"),
    [
        ("observed", {}, "Choose what is observed."),
        ("observed", {"which": "own-CBD"}, "Choose one of the observations in the list."),
        ("observed", {"which": "own-OCE", "what": " "}, "Say what will be, or was, observed or discussed."),
        ("observed", {"which": "own-OCE", "where": ""}, "Say where, for example"),
        ("observed", {"which": "own-OCE", "happens_on_0": ""}, "The date must include a day"),
        ("observed", {"which": "own-OCE", "day": make.date(1999, 1, 1)}, "Enter a day after your training started."),
        ("observed", {"which": "own-OCE", "day": make.date(2999, 1, 1)}, "Enter a day in the next two years."),
        ("CBD", {"case_reference": " "}, "Give your own reference for the case"),
        ("CBD", {"case_reference": "x" * 61}, "Enter 60 characters or fewer."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    client: Client, cast: Cast, priya: Portfolio, kind: str, sent: dict[str, Any], said: str
) -> None:
    client.force_login(cast.trainee)
    answer = client.post(new(priya, kind), typed(title="Kept words", **sent))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "Kept words" in page
    assert not Assessment.objects.exists()


@pytest.mark.parametrize("again", ["Case 7", " case-7 ", "CASE  7"])
def test_one_case_serves_one_discussion(client: Client, cast: Cast, priya: Portfolio, again: str) -> None:
    make.planned(priya, "CBD", case_reference="Case 7")
    client.force_login(cast.trainee)
    answer = client.post(new(priya, "CBD"), typed(case_reference=again))
    assert answer.status_code == 422
    assert "You have used this case for another CBD." in answer.content.decode()
    assert Assessment.objects.count() == 1


def test_a_new_attempt_is_asked_about_any_but_those_that_it_follows(cast: Cast, priya: Portfolio) -> None:
    day, title = make.today() - timedelta(days=5), "Taking a sample"
    first = make.assessed(priya, cast.assessor, "not_yet_satisfactory", kind="DOPS", title=title, happens_on=day)
    second = make.assessed(
        priya, cast.assessor, "not_yet_satisfactory", kind="DOPS", title=title, happens_on=day, attempt_of=first
    )
    make.planned(priya, "OCE", "Something else", happens_on=day)
    third = make.plan("DOPS", "taking  a SAMPLE", happens_on=day, attempt_of=second)
    made = make.assessment(perform("plan", make.slot(priya), by=cast.trainee, given=third).subject)
    alike = make.plan("OCE", title, happens_on=day, attempt_of=None)
    with pytest.raises(Incomplete) as refusal:
        perform("plan", make.slot(priya), by=cast.trainee, given=alike)
    assert list(refusal.value.errors) == ["another"]
    perform("plan", make.slot(priya), by=cast.trainee, given=replace(alike, another=True))
    changed = replace(third, title="Taking another", attempt_of=None)
    perform("plan", made, by=cast.trainee, given=changed, seen=planned_seen(made))
    made.refresh_from_db()
    back = replace(third, attempt_of=None)  # to a title that a record beside its own attempts has by now
    with pytest.raises(Incomplete) as refusal:
        perform("plan", made, by=cast.trainee, given=back, seen=planned_seen(made))
    assert list(refusal.value.errors) == ["another"]


def test_one_that_another_system_signed_on_that_day_is_asked_about(cast: Cast, priya: Portfolio) -> None:
    entry = make.entry("S-A1", None, kind=ElsewhereKind.DOPS, title="Taking a sample")
    row = make.signed_elsewhere(priya, cast.officer, entry)
    given = make.plan("DOPS", "taking a  sample", happens_on=entry.signed_on)
    with pytest.raises(Incomplete) as refusal:
        perform("plan", make.slot(priya), by=cast.trainee, given=given)
    assert list(refusal.value.errors) == ["another"]
    make.elsewhere_voided(row, cast.officer)
    made = perform("plan", make.slot(priya), by=cast.trainee, given=given).subject
    assert (made.title, made.another) == ("taking a  sample", False)


def test_the_same_day_and_title_is_asked_about_and_can_be_confirmed(
    client: Client, cast: Cast, priya: Portfolio
) -> None:
    client.force_login(cast.trainee)
    sent = typed(which="own-DOPS")
    assert client.post(new(priya, "observed"), sent).status_code == 302
    asked = client.post(new(priya, "observed"), sent | {"title": "taking  a SAMPLE"})
    assert asked.status_code == 422
    assert "This is another observation" in asked.content.decode()
    assert client.post(new(priya, "observed"), sent | {"another": "on"}).status_code == 302
    assert list(Assessment.objects.order_by("pk").values_list("another", flat=True)) == [False, True]


def test_no_more_than_the_slots_can_be_planned(client: Client, cast: Cast, priya: Portfolio) -> None:
    for _ in range(2):
        make.planned(priya, "CBD")
    client.force_login(cast.trainee)
    assert client.get(new(priya, "CBD")).status_code == 409
    assert client.post(new(priya, "CBD"), typed(case_reference="Case 99")).status_code == 409
    assert Assessment.objects.count() == 2


def test_when_every_slot_is_a_dops_one_more_oce_may_be_planned(client: Client, cast: Cast, priya: Portfolio) -> None:
    for _ in range(3):
        make.assessed(priya, cast.assessor, kind="DOPS")
    client.force_login(cast.trainee)
    assert client.get(new(priya, "DOPS")).status_code == 409
    assert client.get(new(priya, "OCE")).context["form"]["which"].value() == "own-OCE"  # the only choice is taken
    assert client.post(new(priya, "OCE"), typed(which="own-OCE")).status_code == 302
    row = Assessment.objects.get(state=State.PLANNED)
    sent = typed(which="own-DOPS", title="Other words", seen=planned_seen(row))
    other = client.post(at(row, "assessment_edit"), sent)  # a fourth DOPS would count nothing
    assert (other.status_code, list(other.context["form"].errors)) == (422, ["which"])
    assert client.post(at(row, "assessment_edit"), sent | {"which": "own-OCE"}).status_code == 302
    row.refresh_from_db()
    assert (row.kind, row.title) == ("OCE", "Other words")


def test_the_next_attempt_is_linked_to_the_one_before(client: Client, cast: Cast, priya: Portfolio) -> None:
    first = make.assessed(priya, cast.assessor, "not_yet_satisfactory", kind="CBD")
    make.planned(priya, "CBD")
    client.force_login(cast.trainee)
    page = client.get(at(first))
    assert "Plan the next attempt" in page.content.decode()
    assert client.post(new(priya, "CBD"), typed(case_reference="Another")).status_code == 302
    second = Assessment.objects.get(case_reference="Another")
    assert second.attempt_of == first
    assert client.post(new(priya, "CBD", first.aid), typed(case_reference="A third")).status_code == 409
    assert "Plan the next attempt" not in client.get(at(first)).content.decode()


def test_a_plan_is_its_trainees_alone_until_somebody_is_asked(client: Client, cast: Cast, priya: Portfolio) -> None:
    row = make.planned(priya, title="A secret plan")
    for person, status in ((cast.officer, 404), (cast.assessor, 404), (cast.trainee, 200)):
        client.force_login(person)
        assert client.get(at(row)).status_code == status
    client.force_login(cast.officer)
    for where in (reverse("module", args=[priya.ref, "S-A1"]), reverse("assessments", args=[priya.ref])):
        page = client.get(where).content.decode()
        assert "A secret plan" not in page
        assert "lanned" in page


def test_the_assessor_sees_that_record_and_no_other(client: Client, cast: Cast, priya: Portfolio) -> None:
    mine, other = make.asked(priya, cast.assessor), make.asked(priya, cast.second_assessor)
    client.force_login(cast.assessor)
    assert client.get(reverse("assess", args=[mine.aid])).status_code == 200
    assert client.get(reverse("assess", args=[other.aid])).status_code == 404
    assert client.get(at(mine)).status_code == 404


def test_a_form_that_was_changed_meanwhile_is_409_and_keeps_the_text(
    client: Client, cast: Cast, priya: Portfolio
) -> None:
    row = make.asked(priya, cast.assessor)
    client.force_login(cast.assessor)
    where = reverse("assess", args=[row.aid])
    seen = client.get(where).context["form"]["seen"].value()
    Criterion.objects.filter(form__kind="DOPS", position=1).update(text="Prepares with care")
    words = {"seen": seen, "outcome": "satisfactory", "standing": "on", "strengths": "Typed with care."}
    answer = client.post(where, words | {"mark_0": "Meets expectations", "mark_1": "Meets expectations"})
    assert answer.status_code == 409
    assert "Typed with care." in answer.content.decode()
    assert "Prepares with care" in answer.content.decode()
    assert not AssessmentDecision.objects.exists()


@pytest.mark.parametrize("taken", ["withdraw", "redirect"])
def test_what_was_taken_away_meanwhile_is_409_and_gives_the_text_back(
    client: Client, cast: Cast, priya: Portfolio, taken: str
) -> None:
    row = make.asked(priya, cast.assessor)
    seen = make.seen_of(row)
    given = make.Redirect(cast.second_assessor) if taken == "redirect" else None
    perform(taken, row, by=cast.trainee, given=given)
    client.force_login(cast.assessor)
    words = {"seen": seen, "outcome": "satisfactory", "standing": "on", "strengths": "Typed with care."}
    answer = client.post(reverse("assess", args=[row.aid]), words)
    assert answer.status_code == 409
    assert "Typed with care." in answer.content.decode()


def test_an_outcome_that_is_not_yet_satisfactory_says_what_to_develop(
    client: Client, cast: Cast, priya: Portfolio
) -> None:
    row = make.asked(priya, cast.assessor)
    client.force_login(cast.assessor)
    marks = {"mark_0": "Meets expectations", "mark_1": "Below expectations"}
    sent = {"seen": make.seen_of(row), "outcome": "not_yet_satisfactory", "standing": "on", **marks}
    answer = client.post(reverse("assess", args=[row.aid]), sent)
    assert answer.status_code == 422
    assert "Say what to develop: the trainee reads it." in answer.content.decode()
    assert "Say what you agreed that the trainee does next." in answer.content.decode()


def test_a_day_that_has_not_come_is_not_assessed(client: Client, cast: Cast, priya: Portfolio) -> None:
    row = make.asked(priya, cast.assessor, happens_on=make.today() + make.timedelta(days=1))
    client.force_login(cast.assessor)
    marks = {"mark_0": "Meets expectations", "mark_1": "Meets expectations"}
    sent = {"seen": make.seen_of(row), "outcome": "satisfactory", "standing": "on", **marks}
    answer = client.post(reverse("assess", args=[row.aid]), sent)
    assert answer.status_code == 422
    assert "It is planned for a day that has not come yet." in answer.content.decode()


def test_before_its_day_the_page_says_from_when_an_outcome_can_be_recorded_and_offers_no_form(
    client: Client, cast: Cast, priya: Portfolio
) -> None:
    tomorrow = make.today() + make.timedelta(days=1)
    row = make.asked(priya, cast.assessor, happens_on=tomorrow)
    client.force_login(cast.assessor)
    page = client.get(reverse("assess", args=[row.aid]))
    assert f"You can record the outcome from {day(tomorrow)} on." in page.text
    assert page.context["form"] is None
    assert client.get(reverse("assess", args=[make.asked(priya, cast.assessor).aid])).context["form"] is not None


def test_what_cannot_be_corrected_any_more_is_said_on_a_page_that_speaks_of_no_text(
    client: Client, cast: Cast, priya: Portfolio
) -> None:
    row = make.asked(priya, cast.assessor, kind="CBD")
    client.force_login(cast.assessor)
    page = client.get(reverse("assess_kind", args=[row.aid]))
    assert (page.status_code, "The kind of this CBD cannot be changed now." in page.text) == (409, True)
    assert "Your text was not saved" not in page.text


def test_an_outcome_that_is_sent_twice_is_recorded_once_and_the_record_is_shown(
    client: Client, cast: Cast, priya: Portfolio
) -> None:
    """A double click without a script, or Back and once more. What is recorded is not said to be lost."""
    row = make.asked(priya, cast.assessor)
    client.force_login(cast.assessor)
    where, marks = reverse("assess", args=[row.aid]), dict.fromkeys(("mark_0", "mark_1"), "Meets expectations")
    words = {"strengths": "Calm.\r\nClear.", "to_develop": "Label it."}
    sent = {"seen": make.seen_of(row), "outcome": "satisfactory", "standing": "on", **words, **marks}
    assert client.post(where, sent).status_code == 302
    again = client.post(where, sent)
    assert (again.status_code, again.context["lost"]) == (409, [])
    assert "The outcome of this is recorded already. What you sent now changed nothing." in again.text
    assert (again.context["decision"].strengths, again.context["form"]) == ("Calm.\r\nClear.", None)
    other = client.post(where, sent | {"to_develop": "Written in the second tab."})
    assert (other.status_code, other.context["lost"]) == (409, [("“What to develop”", "Written in the second tab.")])
    assert "Written in the second tab." in other.text
    assert AssessmentDecision.objects.count() == 1


def test_the_assessor_corrects_the_kind_and_fills_in_the_right_form(
    client: Client, cast: Cast, priya: Portfolio
) -> None:
    row = make.assessed(priya, cast.assessor)
    client.force_login(cast.assessor)
    where = reverse("assess_kind", args=[row.aid])
    page = client.get(where)
    assert "Prepares (OCE)" in page.content.decode()
    seen = page.context["form"]["seen"].value()
    assert client.post(where, {"seen": seen}).status_code == 422
    sent = {"seen": seen, "mark_0": "Meets expectations", "mark_1": "Above expectations"}
    assert client.post(where, sent).status_code == 302
    assert KindCorrection.objects.count() == 1
    shown = client.get(reverse("assess", args=[row.aid])).content.decode()
    assert "Kind corrected: DOPS to OCE" in shown
    assert "Prepares (DOPS)" in shown
    assert "Prepares (OCE)" in shown


def test_a_kind_put_right_in_the_mark_form_keeps_what_both_forms_share(
    client: Client, cast: Cast, priya: Portfolio
) -> None:
    row = make.asked(priya, cast.assessor)
    client.force_login(cast.assessor)
    where = reverse("assess", args=[row.aid])
    page = client.get(where)
    assert ('href="#other_kind"' in page.text, 'id="other_kind"' in page.text) == (True, True)
    right, seen = page.context["form"].right
    words = {"strengths": "Calm.", "to_develop": "Label it.", "action": "In May.", "outcome": "satisfactory"}
    typed = {
        "criteria_of": "DOPS",
        "seen": make.seen_of(row),
        "mark_0": "Meets expectations",
        "standing": "on",
        **words,
    }
    shown = client.post(where, {**typed, KIND: seen})
    assert (shown.status_code, right, make.assessment(row).kind) == (200, "OCE", "OCE")
    form = shown.context["form"]
    assert {name: form[name].value() for name in words} == words
    assert (form["mark_0"].value(), form["standing"].value(), form.right[0]) == (None, False, "DOPS")
    assert ("Prepares (OCE)" in shown.text, "Prepares (DOPS)" in shown.text) == (True, False)
    late = client.post(where, {**typed, KIND: seen})
    assert (late.status_code, late.context["form"]["strengths"].value()) == (409, "Calm.")
    assert late.context["form"]["mark_0"].value() is None  # it was of the other form
    assert KindCorrection.objects.count() == 1
    marks = dict.fromkeys(("mark_0", "mark_1"), "Meets expectations")
    sent = {"seen": make.seen_of(make.assessment(row)), "standing": "on", **words, **marks}
    assert client.post(where, sent).status_code == 302
    assert client.post(where, {**typed, KIND: seen}).status_code == 409
    assert KindCorrection.objects.count() == 1


def test_what_was_typed_stays_when_the_kind_is_put_right_before_its_day(
    client: Client, cast: Cast, priya: Portfolio
) -> None:
    row = make.asked(priya, cast.assessor, happens_on=make.today() + make.timedelta(days=1))
    client.force_login(cast.assessor)
    where = reverse("assess", args=[row.aid])
    assert client.get(where).context["form"] is None
    seen = marking.shown(row, marking.criteria(row, "OCE"))
    page = client.post(where, {"of": "DOPS", "strengths": "Calm and clear.", KIND: seen})
    assert (page.status_code, make.assessment(row).kind) == (200, "OCE")
    assert page.context["form"]["strengths"].value() == "Calm and clear."


def test_no_mark_form_offers_another_kind_of_a_discussion_or_of_a_signed_module(
    client: Client, cast: Cast, priya: Portfolio
) -> None:
    client.force_login(cast.assessor)
    row = make.asked(priya, cast.assessor, kind="CBD")
    page = client.get(reverse("assess", args=[row.aid]))
    assert (page.context["form"].right, "other_kind" in page.text) == (None, False)
    answer = client.post(reverse("assess", args=[row.aid]), {KIND: make.seen_of(row), "strengths": "Kept."})
    assert (answer.status_code, "Kept." in answer.text, KindCorrection.objects.count()) == (409, True, 0)


def test_a_kind_that_is_corrected_while_the_outcome_is_recorded_is_told_to_open_the_form_again(
    client: Client, cast: Cast, priya: Portfolio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the reading of the form, which asks for no marks yet, and the step."""
    row = make.asked(priya, cast.assessor)
    client.force_login(cast.assessor)
    where = reverse("assess_kind", args=[row.aid])
    seen = client.get(where).context["form"]["seen"].value()

    def perform_late(*what: Any, **given: Any) -> Any:
        make.complete(make.assessment(row))
        return perform(*what, **given)

    monkeypatch.setattr(assess, "perform", perform_late)
    answer = client.post(where, {"seen": seen})
    assert answer.status_code == 409
    assert "The outcome was recorded after you opened this form, and" in answer.content.decode()
    assert KindCorrection.objects.count() == 0


def test_a_reflection_is_kept_version_by_version_and_its_people_read_it(
    client: Client, cast: Cast, priya: Portfolio
) -> None:
    row = make.assessed(priya, cast.assessor)
    client.force_login(cast.trainee)
    for text in ("First thoughts.", "First thoughts.", "Second thoughts."):
        assert client.post(at(row, "assessment_reflection"), {"text": text}).status_code == 302
    assert list(AssessmentReflection.objects.order_by("number").values_list("number", "text")) == [
        (1, "First thoughts."),
        (2, "Second thoughts."),
    ]
    client.force_login(cast.officer)
    page = client.get(at(row)).content.decode()
    assert "Second thoughts." in page
    assert "First thoughts." in page
    client.force_login(cast.assessor)
    assert "Second thoughts." not in client.get(reverse("assess", args=[row.aid])).content.decode()


def test_what_is_voided_names_whoever_voided_it_beside_that_word(client: Client, cast: Cast, priya: Portfolio) -> None:
    row = make.assessed(priya, cast.assessor, kind="DOPS")
    perform("void assessment", row, by=cast.officer, reason="Recorded for the wrong trainee.")
    client.force_login(cast.trainee)
    page = client.get(reverse("assessment", args=[priya.ref, row.aid]))
    bar = page.text.partition('class="app-statusbar')[2].partition("</div>")[0]
    assert (cast.officer.name in bar, cast.assessor.name in bar) == (True, False)
    (line,) = client.get(reverse("assessments", args=[priya.ref])).context["attempts"]
    assert (line["tag"], line["note"]) == ("Voided", f"{day(make.today())}, {cast.officer.name}")


def test_where_nobody_knows_how_many_slots_there_are_what_is_on_its_way_is_shown(
    client: Client, cast: Cast, priya: Portfolio
) -> None:
    make.assessed(priya, cast.assessor, kind="DOPS")
    make.asked(priya, cast.assessor, "OCE")
    make.planned(priya, "CBD")
    Module.objects.filter(curriculum=priya.curriculum).update(cbd=None, observed=None)
    client.force_login(cast.trainee)
    page = client.get(reverse("assessments", args=[priya.ref]))
    (line,) = page.context["modules"]
    assert [(sort["words"], [pip["word"] for pip in sort["pips"]]) for sort in line["sorts"]] == [
        ("Number not recorded yet", ["planned"]),
        ("Number not recorded yet, 1 satisfactory", ["satisfactory", "with assessor"]),
    ]
    module = client.get(reverse("module", args=[priya.ref, "S-A1"]))
    assert (module.context["assessment_pips"], "Number not recorded yet" in module.text) == ([], True)


def test_a_module_of_which_no_number_is_known_says_so_once_and_both_can_be_planned(
    client: Client, cast: Cast, priya: Portfolio
) -> None:
    """On a phone a curriculum full of these was two paragraphs and two lines for each of them."""
    Module.objects.filter(curriculum=priya.curriculum).update(cbd=None, observed=None)
    where = reverse("assessments", args=[priya.ref])
    client.force_login(cast.trainee)
    page = client.get(where).text
    assert page.count("Number not recorded yet") == 1
    assert [page.count(f">Plan a {name}<") for name in ("CBD", "DOPS or OCE")] == [1, 1]
    client.force_login(cast.officer)
    assert "Plan a" not in client.get(where).text


def test_what_another_system_signed_has_a_shape_and_words_of_its_own(
    client: Client, cast: Cast, priya: Portfolio
) -> None:
    """Never satisfactory: nobody here decided on it."""
    for kind in (ElsewhereKind.DOPS, ElsewhereKind.OCE):
        make.signed_elsewhere(priya, cast.officer, make.entry("S-A1", None, kind=kind))
    make.assessed(priya, cast.assessor, kind="OCE")
    client.force_login(cast.trainee)
    page = client.get(reverse("assessments", args=[priya.ref]))
    (line,) = (line for line in page.context["modules"] if line["module"].code == "S-A1")
    observed = line["sorts"][-1]
    assert observed["words"] == "3 of 3 done, 2 signed elsewhere"
    assert [(pip["shape"], pip["word"]) for pip in observed["pips"]] == [
        ("elsewhere", "signed elsewhere"),
        ("elsewhere", "signed elsewhere"),
        ("done", "satisfactory"),
    ]
    module = client.get(reverse("module", args=[priya.ref, "S-A1"]))
    group = module.context["slots"][-1]
    assert group["words"] == observed["words"]
    assert [(one["shape"], one["word"], one["type"]) for one in group["slots"]] == [
        ("elsewhere", "Signed elsewhere", "DOPS"),
        ("elsewhere", "Signed elsewhere", "OCE"),
        ("done", "Satisfactory", "OCE"),
    ]
    assert "3 of 3 DOPS or OCE done, 2 signed elsewhere" in [one["title"] for one in module.context["rule"]]
    assert "3 of 3 satisfactory" not in page.text + module.text
