"""Two tabs on one plan, reflection or note: the second takes the place of nothing that it did not show."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portfolio.models import JournalNote, Placement
from portfolio.states import PlacementState
from portfolio.workflow import EndOn, Reflect, TooLate, journal, perform
from tests import make
from tests.cast import Cast
from tests.portfolio.placements.test_journal import typed as note_typed
from tests.portfolio.placements.test_placement_pages import typed, words


@pytest.fixture
def priya(client: Client, cast: Cast) -> Client:
    client.force_login(cast.trainee)
    return client


def opened(browser: Client, path: str) -> str:
    """What the form of a tab that is opened now carries."""
    return str(browser.get(path).context["form"]["seen"].value())


def both(answer: Any, mine: str, theirs: str) -> bool:
    """Whether what was typed stands in the form, and beside it what stands now."""
    text = words(answer)
    return mine in text and theirs in text and "It is not kept yet" in text


def test_a_plan_of_a_stale_tab_is_kept_in_the_form_and_replaces_only_what_it_then_showed(
    priya: Client, cast: Cast
) -> None:
    of = cast.portfolio
    row = make.placement_planned(of)
    path = reverse("placement_change", args=[of.ref, row.pid])
    modules = [module.pk for module in row.modules.all()]
    first, second = opened(priya, path), opened(priya, path)
    assert priya.post(path, typed(aims="Of the first tab.", modules=modules, seen=first)).status_code == 302
    again = priya.post(path, typed(aims="Of the first tab.", modules=modules, seen=first))
    assert again.status_code == 302  # sent twice, it says nothing new
    late = typed(aims="Of the second tab.", modules=modules, seen=second)
    answer = priya.post(path, late)
    assert answer.status_code == 409
    assert both(answer, "Of the second tab.", "Of the first tab.")
    assert answer.context["form"]["modules"].value() == [str(pk) for pk in modules]
    assert Placement.objects.get().aims == "Of the first tab."
    now = answer.context["form"]["seen"].value()
    assert priya.post(path, late | {"seen": now}).status_code == 302
    assert Placement.objects.get().aims == "Of the second tab."


@pytest.mark.parametrize(
    "changes",
    [{"until": 30}, {"title": "Other"}, {"codes": ("S-X1", "S-C1")}, {"aims": "Other."}, {"department": "Other"}],
    ids=str,
)
def test_every_part_of_a_plan_makes_another_tab_stale(cast: Cast, changes: dict[str, Any]) -> None:
    row = make.placement_planned(cast.portfolio)
    make.replanned(row, make.placement_plan(cast.portfolio, **changes))
    given = make.placement_plan(cast.portfolio, aims="Mine.")
    for seen in (None, "", "0" * 64):
        with pytest.raises(TooLate):
            perform("plan placement", Placement.objects.get(), by=cast.trainee, given=given, seen=seen)


def test_a_plan_of_a_tab_that_was_open_while_the_officer_let_it_end_earlier_is_asked_about(
    priya: Client, cast: Cast
) -> None:
    row = make.placed(cast.portfolio, cast.officer)
    path = reverse("placement_change", args=[cast.portfolio.ref, row.pid])
    seen = opened(priya, path)
    perform("end placement", row, by=cast.officer, given=EndOn(make.today()))
    assert priya.post(path, typed(seen=seen)).status_code == 409
    row = Placement.objects.get()
    assert (row.ends_on, row.state) == (make.today(), PlacementState.CONFIRMED)


def test_a_reflection_of_a_stale_tab_is_kept_in_the_form_and_replaces_only_what_it_then_showed(
    priya: Client, cast: Cast
) -> None:
    row = make.placed(cast.portfolio, cast.officer)
    path = reverse("placement_close", args=[cast.portfolio.ref, row.pid])
    first, second = opened(priya, path), opened(priya, path)
    for _ in range(2):
        assert priya.post(path, {"did": "Of the first tab.", "seen": first}).status_code == 302
    answer = priya.post(path, {"learnt": "Of the second tab.", "seen": second})
    assert answer.status_code == 409
    assert both(answer, "Of the second tab.", "Of the first tab.")
    assert Placement.objects.get().did == "Of the first tab."
    with pytest.raises(TooLate):
        perform("close placement", Placement.objects.get(), by=cast.trainee, given=Reflect({"did": "Unseen."}))
    now = answer.context["form"]["seen"].value()
    assert priya.post(path, {"learnt": "Of the second tab.", "seen": now}).status_code == 302
    assert (Placement.objects.get().did, Placement.objects.get().learnt) == ("", "Of the second tab.")


def test_a_note_of_a_stale_tab_is_kept_in_the_form_and_replaces_only_what_it_then_showed(
    priya: Client, cast: Cast
) -> None:
    note = make.note(cast.portfolio)
    path = reverse("journal_edit", args=[cast.portfolio.ref, note.jid])
    first, second = opened(priya, path), opened(priya, path)
    for _ in range(2):
        assert priya.post(path, note_typed(thought="Of the first tab.", seen=first)).status_code == 302
    late = note_typed(thought="Of the second tab.", seen=second)
    answer = priya.post(path, late)
    assert answer.status_code == 409
    assert both(answer, "Of the second tab.", "Of the first tab.")
    assert JournalNote.objects.get().thought == "Of the first tab."
    with pytest.raises(TooLate):
        journal.keep(cast.portfolio, journal.Note(make.today(), "Unseen.", ""), by=cast.trainee, row=note)
    assert priya.post(path, late | {"seen": answer.context["form"]["seen"].value()}).status_code == 302
    assert JournalNote.objects.get().thought == "Of the second tab."


def test_the_form_of_a_new_note_gone_back_to_replaces_nothing_unasked(priya: Client, cast: Cast) -> None:
    path = reverse("journal_new", args=[cast.portfolio.ref])
    token = priya.get(path).context["form"]["note_token"].value()
    assert priya.post(path, note_typed(thought="At first.", note_token=token)).status_code == 302
    answer = priya.post(path, note_typed(thought="Gone back.", note_token=token))
    assert answer.status_code == 409
    assert both(answer, "Gone back.", "At first.")
    assert JournalNote.objects.get().thought == "At first."
    now = answer.context["form"]["seen"].value()
    assert priya.post(path, note_typed(thought="Gone back.", note_token=token, seen=now)).status_code == 302
    assert JournalNote.objects.get().thought == "Gone back."


def test_a_plan_of_a_placement_that_is_closed_by_now_is_given_back(priya: Client, cast: Cast) -> None:
    row = make.placement_planned(cast.portfolio, until=0)
    path = reverse("placement_change", args=[cast.portfolio.ref, row.pid])
    seen = opened(priya, path)
    make.reflected(make.placement_confirmed(row, cast.officer))
    answer = priya.post(path, typed(aims="Too late.", seen=seen))
    assert answer.status_code == 409
    assert "Too late." in words(answer)
    assert Placement.objects.get().state == PlacementState.CLOSED
