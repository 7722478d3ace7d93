"""Lists of evidence: what each reader sees of a page, and which states it is in."""

import pytest
from django.utils import timezone

from portfolio import pages
from portfolio.models import Evidence
from portfolio.pages import Wanted
from portfolio.states import EvidenceState
from portfolio.workflow import LinkTo, perform, writing
from tests import make
from tests.cast import Cast


def titles(user, portfolio, **wanted) -> list[str]:
    return [row.shown_title for row in pages.listed(user, portfolio, Wanted(**wanted))]


def states(cast: Cast, evidence: Evidence, user=None) -> list[EvidenceState]:
    return pages.states_of(pages.listed(user or cast.trainee, cast.portfolio).get(pk=evidence.pk))


def test_a_page_without_a_link_is_unlinked(cast: Cast) -> None:
    assert states(cast, make.page(cast.portfolio)) == [EvidenceState.UNLINKED]


def test_a_linked_page_is_a_draft(cast: Cast) -> None:
    page = make.page(cast.portfolio)
    make.drafted(cast.portfolio, evidence=page)
    assert states(cast, page) == [EvidenceState.DRAFT]


def test_a_submitted_page_is_in_review(cast: Cast) -> None:
    page = make.page(cast.portfolio)
    make.submit(cast.assessor, make.drafted(cast.portfolio, evidence=page))
    assert states(cast, page) == [EvidenceState.IN_REVIEW]


def test_a_returned_page_is_returned_for_the_trainee_and_their_people(cast: Cast) -> None:
    page = make.page(cast.portfolio)
    item = make.submit(cast.assessor, make.drafted(cast.portfolio, evidence=page))[0]
    make.decide(item, "return", feedback="Add the action plan.")
    assert states(cast, page) == [EvidenceState.RETURNED]
    assert states(cast, page, cast.officer) == [EvidenceState.RETURNED]


def test_a_signed_page_is_signed_off_until_it_is_unlocked(cast: Cast) -> None:
    page = make.page(cast.portfolio)
    item = make.submit(cast.assessor, make.drafted(cast.portfolio, evidence=page))[0]
    activity = make.decide(item)
    assert states(cast, page) == [EvidenceState.SIGNED_OFF]
    perform("unlock", activity, by=cast.officer, reason="Signed by mistake.")
    assert states(cast, page) == [EvidenceState.RETURNED]


def test_a_page_can_be_in_several_states_at_once(cast: Cast) -> None:
    page = make.page(cast.portfolio)
    make.submit(cast.assessor, make.drafted(cast.portfolio, number=1, evidence=page))
    make.drafted(cast.portfolio, number=2, evidence=page)
    assert states(cast, page) == [EvidenceState.DRAFT, EvidenceState.IN_REVIEW]


def test_a_page_linked_after_sign_off_is_a_draft_not_signed_off(cast: Cast) -> None:
    make.signed_off(cast.portfolio, cast.assessor)
    page = make.page(cast.portfolio)
    make.drafted(cast.portfolio, evidence=page)
    assert states(cast, page) == [EvidenceState.DRAFT]


@pytest.mark.parametrize("save", [True, False])
def test_text_changed_after_submission_is_changed_saved_or_not(cast: Cast, save: bool) -> None:
    page = make.page(cast.portfolio)
    make.submit(cast.assessor, make.drafted(cast.portfolio, evidence=page))
    make.change(page, body="Something else.", save=save)
    assert states(cast, page) == [EvidenceState.IN_REVIEW, EvidenceState.CHANGED]


def test_a_file_added_or_removed_after_submission_changes_the_page(cast: Cast) -> None:
    page = make.page(cast.portfolio)
    held = make.attachment(page)
    make.submit(cast.assessor, make.drafted(cast.portfolio, evidence=page))
    assert states(cast, page) == [EvidenceState.IN_REVIEW]
    added = make.attachment(page, "more.pdf", make.PDF + b"more", save=False)
    assert EvidenceState.CHANGED in states(cast, page)
    writing.detach(added, by=cast.trainee)
    assert states(cast, page) == [EvidenceState.IN_REVIEW]
    writing.detach(held, by=cast.trainee)
    assert EvidenceState.CHANGED in states(cast, page)


def test_what_was_typed_and_put_back_is_not_unsaved(cast: Cast) -> None:
    page = make.page(cast.portfolio, body="One.")
    make.change(page, body="Two.", save=False)
    assert pages.listed(cast.trainee, cast.portfolio).get().is_unsaved is True
    make.change(page, body="One.", save=False)
    assert pages.listed(cast.trainee, cast.portfolio).get().is_unsaved is False


def test_the_newest_page_comes_first_and_one_without_a_date_before_all(cast: Cast) -> None:
    make.page(cast.portfolio, "Older", happened_on=timezone.localdate().replace(year=2025))
    make.page(cast.portfolio, "Newer")
    undated = writing.Page("Undated", None, "reflection", "")
    writing.keep(cast.portfolio, undated, by=cast.trainee)
    assert titles(cast.trainee, cast.portfolio) == ["Undated", "Newer", "Older"]


def test_text_is_found_in_title_and_body_and_every_word_must_be_there(cast: Cast) -> None:
    make.page(cast.portfolio, "Audit of samples", "We counted 100% of the tubes_x.")
    make.page(cast.portfolio, "Ward visit", "An audit on the ward.")
    assert titles(cast.trainee, cast.portfolio, text="AUDIT") == ["Ward visit", "Audit of samples"]
    assert titles(cast.trainee, cast.portfolio, text="audit ward") == ["Ward visit"]
    assert titles(cast.trainee, cast.portfolio, text="100%") == ["Audit of samples"]
    assert titles(cast.trainee, cast.portfolio, text="s_x") == ["Audit of samples"]
    assert titles(cast.trainee, cast.portfolio, text="a_d_t") == []


def test_pages_are_found_by_module_number_and_kind(cast: Cast) -> None:
    page = make.page(cast.portfolio, "Report", kind="report")
    make.drafted(cast.portfolio, "S-X1", 1, evidence=page)
    make.drafted(cast.portfolio, "S-C1", 2)
    assert titles(cast.trainee, cast.portfolio, module="S-X1") == ["Report"]
    assert titles(cast.trainee, cast.portfolio, module="S-X1", number=2) == []
    assert titles(cast.trainee, cast.portfolio, module="S-C1", number=2) == ["Page for S-C1 2"]
    assert titles(cast.trainee, cast.portfolio, kind="report") == ["Report"]


def test_archived_and_binned_pages_are_lists_of_their_own(cast: Cast) -> None:
    for title in ("Kept", "Archived", "Binned"):
        make.page(cast.portfolio, title)
    writing.archive(Evidence.objects.get(title="Archived"), on=True, by=cast.trainee)
    writing.discard(Evidence.objects.get(title="Binned"), by=cast.trainee)
    assert titles(cast.trainee, cast.portfolio) == ["Kept"]
    assert titles(cast.trainee, cast.portfolio, archived=True) == ["Archived"]
    assert titles(cast.trainee, cast.portfolio, binned=True) == ["Binned"]


# --- their people -------------------------------------------------------------------------------------------------


def test_their_people_see_nothing_that_is_neither_submitted_nor_shared(cast: Cast) -> None:
    make.drafted(cast.portfolio)
    for reader in (
        cast.officer,
        cast.coordinator,
        cast.administrator,
        cast.assessor,
        cast.other_trainee,
        cast.stranger,
    ):
        assert titles(reader, cast.portfolio) == []


def test_their_people_read_the_shared_revision_not_the_working_copy(cast: Cast) -> None:
    page = make.page(cast.portfolio, "Saved", "Saved words")
    writing.share(page, on=True, by=cast.trainee)
    make.change(page, title="Unsaved", body="Unsaved words", kind="report", save=False)
    assert titles(cast.officer, cast.portfolio) == ["Saved"]
    assert titles(cast.officer, cast.portfolio, text="Unsaved") == []
    assert titles(cast.officer, cast.portfolio, kind="report") == []
    assert titles(cast.officer, cast.portfolio, text="saved words") == ["Saved"]


def test_each_row_of_a_list_tells_of_its_own_page(cast: Cast) -> None:
    """Two pages, and in each query that looks into another table the right one of them."""
    one, two = make.page(cast.portfolio, "One", kind="report"), make.page(cast.portfolio, "Two", "Other words")
    make.attachment(one)
    make.attachment(one, "more.pdf", make.PDF + b"more")
    writing.share(two, on=True, by=cast.trainee)
    make.submit(cast.assessor, make.drafted(cast.portfolio, evidence=one))
    make.change(two, body="Unsaved", save=False)
    told = [
        (row.shown_title, row.shown_kind, row.files, pages.states_of(row))
        for row in pages.listed(cast.officer, cast.portfolio)
    ]
    assert told == [("Two", "reflection", 0, []), ("One", "report", 2, [EvidenceState.IN_REVIEW])]
    own = [(row.shown_title, row.is_unsaved) for row in pages.listed(cast.trainee, cast.portfolio)]
    assert own == [("Two", True), ("One", False)]


def test_their_people_read_what_was_submitted_and_not_what_was_saved_since(cast: Cast) -> None:
    page = make.page(cast.portfolio, "Submitted")
    make.submit(cast.assessor, make.drafted(cast.portfolio, evidence=page))
    make.change(page, title="Saved since")
    assert titles(cast.officer, cast.portfolio) == ["Submitted"]
    assert states(cast, page, cast.officer) == [EvidenceState.IN_REVIEW]


def test_their_people_cannot_ask_for_what_tells_of_unsubmitted_work(cast: Cast) -> None:
    page = make.page(cast.portfolio)
    make.submit(cast.assessor, make.drafted(cast.portfolio, evidence=page))
    make.change(page, body="Changed", save=False)
    make.drafted(cast.portfolio, "S-X1", 1, evidence=page)
    assert titles(cast.officer, cast.portfolio, state="changed") == []
    assert titles(cast.officer, cast.portfolio, state="draft") == []
    assert titles(cast.officer, cast.portfolio, module="S-X1") == []
    assert titles(cast.officer, cast.portfolio, module="S-C1", state="in_review") == ["What I did"]


def test_a_withdrawn_page_leaves_the_list_of_their_people(cast: Cast) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    assert len(titles(cast.officer, cast.portfolio)) == 1
    perform("withdraw", item.activity, by=cast.trainee)
    assert titles(cast.officer, cast.portfolio) == []


def test_every_page_of_a_trainee_is_in_some_state(cast: Cast) -> None:
    """Nothing can be lost to every filter: a page left out of a submission is still a draft."""
    page, other = make.page(cast.portfolio, "Sent"), make.page(cast.portfolio, "Left out")
    activity = make.drafted(cast.portfolio, evidence=page)
    make.submit(cast.assessor, activity)
    activity.refresh_from_db()
    make.signed_off(cast.portfolio, cast.assessor, number=2)
    perform("link", make.activity(cast.portfolio, number=2), by=cast.trainee, given=LinkTo(other, "More."))
    make.returned(cast.portfolio, cast.assessor, number=3)
    make.page(cast.portfolio)
    assert [row for row in pages.listed(cast.trainee, cast.portfolio) if not pages.states_of(row)] == []


def test_the_count_of_files_is_of_what_the_reader_sees(cast: Cast) -> None:
    page = make.page(cast.portfolio)
    make.attachment(page)
    make.submit(cast.assessor, make.drafted(cast.portfolio, evidence=page))
    make.attachment(page, "later.pdf", make.PDF + b"later")
    assert pages.listed(cast.trainee, cast.portfolio).get().files == 2
    assert pages.listed(cast.officer, cast.portfolio).get().files == 1
