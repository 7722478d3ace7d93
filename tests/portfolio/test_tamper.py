"""Somebody with the database or the disk changes one thing: it is found, it is named, and no page shows it as true.

Every column of every table that holds what was signed or audited is drawn, in random order; `NOT_COVERED` lists what is
left out, and why. TAMPER_CHANGES=1000 in the environment draws more; TAMPER_SEED repeats what a failure printed.
"""

import os
import random
import string
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, models, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.chain import append
from audit.checks import registered
from audit.models import Chain, Event
from portfolio import files
from portfolio.models import (
    Activity,
    Addressee,
    Administration,
    Attachment,
    Closure,
    Comment,
    CommentWithdrawal,
    CommentWords,
    Confirmation,
    Decision,
    Goal,
    GoalAction,
    GoalReview,
    Item,
    ItemPage,
    ModuleSignOff,
    ModuleVoid,
    Portfolio,
    ReviewAction,
    ReviewMeeting,
    ReviewSignature,
    Revision,
    Role,
    StoredFile,
    Submission,
    Unlock,
)
from portfolio.states import ItemState, Side
from portfolio.views.shown import IN_DOUBT
from portfolio.workflow import ReviewOf, erasing, perform
from portfolio.workflow.comments.about import address_of, called, decision_of, portfolio_of
from portfolio.workflow.reviews import Plan
from tests import make
from tests.cast import Cast
from tests.chains import broken_chains
from tests.portfolio.test_proof import story

CHANGES = int(os.environ.get("TAMPER_CHANGES", "280"))
SEED = int(os.environ.get("TAMPER_SEED", "20261123"))
HELD: type[models.Model] = Revision.attachments.through
TABLES: tuple[type[models.Model], ...] = (
    Activity,
    Addressee,
    Administration,
    Attachment,
    Chain,
    Closure,
    Comment,
    CommentWithdrawal,
    CommentWords,
    Confirmation,
    Decision,
    Event,
    Goal,
    GoalAction,
    GoalReview,
    HELD,
    Item,
    ItemPage,
    ModuleSignOff,
    ModuleVoid,
    ReviewAction,
    ReviewMeeting,
    ReviewSignature,
    Revision,
    Role,
    StoredFile,
    Submission,
    Unlock,
)
NOT_COVERED = {
    "id": "a row's own number says nothing; the database refuses to change one that another row points to",
    "Activity.label_type": "the trainee's own words: an item holds them as they were submitted",
    "Activity.label_title": "the trainee's own words: an item holds them as they were submitted",
    "Attachment.added_at": "when a file came onto the working copy: nobody signs that, and nothing is told of it",
    "Attachment.removed_at": "when a file left the working copy, which is not the version that was saved",
    "ReviewAction.done_at": "whether what was agreed is done is no part of what both signed",
    "ReviewAction.done_by": "whether what was agreed is done is no part of what both signed",
    "ReviewMeeting.created_at": "when a record was begun: both sign on which day the meeting was",
    "StoredFile.stored_at": "when bytes came in first: the same bytes may come in again, for somebody else",
}
# By these a row leaves the page that showed it; the page that shows it now says so.
LEAVES = {
    "Activity.module",
    "Activity.number",
    "Activity.portfolio",
    "Chain.name",
    "Comment.assessment",
    "Goal.gid",
    "Goal.portfolio",
    "Item.activity",
    "Item.submission",
    "ReviewMeeting.point",
    "ReviewMeeting.portfolio",
    "Submission.portfolio",
    "Submission.sid",
}
SHOWN_NOWHERE = {"Item.came_from", "Revision.saved_at", "Revision.saved_by"}  # by the page of a decision
TRIES = 400  # of rows and values, before a column is left for this round: the database refuses some
SAYS_SO = IN_DOUBT[1]
BROKEN_CHAIN = "The chain does not hold"


# --- what there is to change --------------------------------------------------------------------------------------


@pytest.fixture
def whole(cast: Cast) -> Cast:
    """One of every kind of row, with a page that nobody submitted, and an event of the instance."""
    examined = make.portfolio(make.person("Ola Lund"))
    make.role(examined, cast.second_assessor)
    make.mark_forms(examined.programme)
    story(cast)
    make.decide(make.submit(cast.assessor, make.activity(cast.portfolio))[0])
    make.module_signed_off(cast.portfolio, cast.officer)  # beside two that were voided, one that stands
    item = make.in_review(cast.portfolio, cast.assessor, "S-X1", 2)
    perform("withdraw", item.activity, by=cast.trainee)
    make.redirected(again := make.in_review(cast.portfolio, cast.assessor, "S-X1", 3), cast.second_assessor)
    make.lent(again)
    make.decided_on_device(make.in_review(cast.portfolio, cast.assessor, "S-X1", 1))
    first = make.commented(make.activity(cast.portfolio, number=2), cast.trainee, "Why was it so?")
    make.commented(first.item, cast.assessor, "Read it again.", to=first)
    make.comment_withdrawn(make.commented(first.item, cast.officer, "Not here."))
    gone = make.commented(first.item, cast.officer, "Erased since.")
    with time_machine.travel(timezone.now() - timedelta(days=31), tick=False):
        make.comment_withdrawn(gone)
    erasing.erase_words(gone.words)
    make.commented(make.assessed(examined, cast.second_assessor, code="S-X1"), examined.trainee, "Next time?")
    make.assessed(examined, cast.second_assessor, title="Another clinic", code="S-X1")
    by_link, _ = make.linked(cast.portfolio, cast.officer, 4, code="S-X1")
    make.decided_by_link(by_link)
    make.linked(cast.portfolio, cast.officer, 2, code="S-X1")
    make.attachment(make.page(cast.portfolio, "Mine alone"), "alone.txt", b"Mine alone.\n")
    for outcome in ("going_well", "achieved", "given_up"):
        make.reviewed(make.goal(cast.portfolio, outcome, why="It matters.", actions=["Ask", "Do"]), outcome)
    _reviewed(cast)
    with transaction.atomic():
        append("instance", "settings changed", by=cast.administrator, data={"what": "due days"})
    return cast


def _reviewed(cast: Cast) -> None:
    """A review that both signed and recorded again, and one that one of them signed, each with an agreed action."""
    cast.portfolio = of = make.with_rules(cast.portfolio)
    make.review_planned(of, cast.officer)
    make.agreed_action(of, cast.officer, "Ask for a meeting", Side.TRAINEE)
    make.review_signed(of, officer=cast.officer)
    again = {"given": Plan(make.today()), "reason": "An action was missing."}
    perform("record review again", ReviewOf.read(of, 1), by=cast.trainee, **again)
    make.agreed_action(of, cast.officer, "Write it up", Side.OFFICER)
    make.review_signed(of, officer=cast.officer)
    make.review_planned(of, cast.officer, 2)
    make.agreed_action(of, cast.officer, "Read the rules", Side.TRAINEE, number=2)
    make.review_signed(of, 2, officer=None)


def columns() -> list[tuple[type[models.Model], models.Field]]:
    """Every column of the tables that is not left out by name."""
    return [
        (table, field)
        for table in TABLES
        for field in table._meta.concrete_fields
        if field.name not in NOT_COVERED and f"{table.__name__}.{field.name}" not in NOT_COVERED
    ]


def rows(table: type[models.Model]) -> list[Any]:
    """Those that were signed or audited: of files, those that a saved version holds; of activities, those submitted."""
    found = table._base_manager.order_by("pk")
    if table is Attachment:
        found = found.filter(revisions__isnull=False).distinct()
    if table is StoredFile:
        found = found.filter(attachments__revisions__isnull=False).distinct()
    if table is Activity:
        found = found.filter(items__isnull=False).distinct()
    if table is ReviewMeeting:
        found = found.exclude(digest="")
    if table is ReviewAction:
        found = found.exclude(meeting__digest="")
    return list(found)


def another(rng: random.Random, field: models.Field, value: Any) -> Any:
    """Another value of the same type: one character, one unit, one row away."""
    if field.null and value is not None and rng.random() < 0.25:
        return None
    if isinstance(field, models.ForeignKey):
        others = field.related_model._base_manager.exclude(pk=value).order_by("pk").values_list("pk", flat=True)
        return rng.choice(list(others) or [value])
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.JSONField):
        return value[1:]
    if field.choices and rng.random() < 0.5:  # another of its words: the database may refuse what is none
        return rng.choice([word for word, _ in field.choices if word != value])
    if isinstance(field, models.DateTimeField):
        away = timedelta(**{rng.choice(["microseconds", "seconds", "hours", "days"]): rng.choice([1, -1])})
        return (value or timezone.now()) + away
    if isinstance(field, models.DateField):
        return (value or timezone.localdate()) + timedelta(days=rng.choice([1, -1]))
    if isinstance(field, models.IntegerField):
        return 1 if value is None else value + rng.choice([1, -1])
    signs = string.hexdigits if set(value) <= set(string.hexdigits) else string.ascii_letters + string.digits
    if not value:
        return rng.choice(signs)
    at = rng.randrange(len(value))
    return value[:at] + rng.choice(signs.replace(value[at], "")) + value[at + 1 :]


def change(rng: random.Random, row: Any, field: models.Field) -> Any | None:
    """Behind the program's back; the row as it stands then. None when the database itself refuses that value."""
    value = getattr(row, field.attname)
    new = another(rng, field, value)
    if new == value:
        return None
    table, column = connection.ops.quote_name(row._meta.db_table), connection.ops.quote_name(field.column)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} SET {column} = %s WHERE id = %s", [field.get_db_prep_save(new, connection), row.pk]
            )
            assert cursor.rowcount == 1
    except IntegrityError:
        return None
    return type(row)._base_manager.get(pk=row.pk)


# --- what is said of it -------------------------------------------------------------------------------------------


def findings() -> list[str]:
    """What verify_audit finds."""
    chains = [str(broken) for broken in broken_chains()]
    return chains + [str(finding) for check in registered().values() for finding in check()]


def of_item(item: Item) -> str:
    return f"{item.activity}, submission {item.attempt}"


def names(row: Any) -> list[str]:
    """What a finding may call this row."""
    match row:
        case Activity():
            return [f"portfolio {row.portfolio.ref}, {row}"]
        case Submission():
            return [f"submission {row.sid}", *(of_item(item) for item in row.items.all())]
        case Addressee():
            return [f"submission {row.submission.sid}"]
        case Item():
            return [of_item(row), f"{row.activity}: nothing was recorded"]
        case ItemPage() | Decision():
            return [of_item(row.item)]
        case Unlock():
            return [f"unlock of {of_item(row.decision.item)}"]
        case Comment():
            return [f"comment of {called(row.of)}, {row.cid}"]
        case CommentWords():
            return names(row.comment)
        case CommentWithdrawal():
            return [f"withdrawal of a comment of {called(row.comment.of)}, {row.comment.cid}"]
        case Revision():
            return [f"page {row.evidence.eid}, version {row.number}"]
        case Attachment():
            return [name for revision in row.revisions.all() for name in names(revision)]
        case StoredFile():
            return [row.sha256, *(name for attachment in row.attachments.all() for name in names(attachment))]
        case ModuleSignOff():
            return [f"module sign-off of {row.module.code}, number {row.number}"]
        case ModuleVoid():
            return [f"void of {row.sign_off.module.code}, number {row.sign_off.number}"]
        case Confirmation():
            return [f"confirmation of {row.module.code}"]
        case Closure():
            return [f"closure of {'closed' if row.closes else 'reopened'}"]
        case Goal():
            return [f"goal {row.gid}"]
        case GoalAction() | GoalReview():
            return names(row.goal)
        case ReviewMeeting():
            return [f"review signature of {row}, "]
        case ReviewAction() | ReviewSignature():
            return names(row.meeting)
        case Role():
            return [f"role {row.pk}"]
        case Administration():
            return [f"administration {row.pk}"]
        case Event():
            return [f"{row.chain.name}: event {row.seq}:"]
        case Chain():
            return [f"{row.name}: event "]
    return names(row.revision)  # HELD


def pages(row: Any) -> list[tuple[str, str]]:
    """The pages that show what this row holds as true, and what they must say instead."""
    match row:
        case Activity() if row.items.exists():
            return _activity(row)
        case Submission():
            return [_submission(row), *(page for item in row.items.all() for page in pages(item))]
        case Addressee():
            return [_submission(row.submission)]
        case Item():
            here = row.activity.portfolio_id == row.submission.portfolio_id  # elsewhere it is not shown at all
            return [_submission(row.submission), *(_activity(row.activity) if here else [])]
        case ItemPage():
            return [*pages(row.item), *_to_decide(row.item)]
        case Decision():
            return pages(row.item)
        case Unlock():
            return pages(row.decision.item)
        case Comment() if decision_of(row.of) is None:
            return []  # there is no such page
        case Comment():
            return [(f"{address_of(row.of)}?read={portfolio_of(row.of).ref}", SAYS_SO)]
        case CommentWords() | CommentWithdrawal():
            return pages(row.comment)
        case Revision():
            return [page for one in row.item_pages.all() for page in pages(one)]
        case Attachment():
            return [page for revision in row.revisions.all() for page in pages(revision)]
        case StoredFile():
            return [page for attachment in row.attachments.all() for page in pages(attachment)]
        case ModuleSignOff() | Confirmation():
            return _in_module("module", row)
        case ModuleVoid():
            return pages(row.sign_off)
        case Closure():
            return [(reverse("people", args=[row.portfolio.ref]), SAYS_SO)]
        case Goal():
            return [(reverse("goal", args=[row.portfolio.ref, row.gid]), SAYS_SO)]
        case GoalAction() | GoalReview():
            return pages(row.goal)
        case ReviewMeeting():
            return _review(row)
        case ReviewAction() | ReviewSignature():
            return pages(row.meeting)
        case Role() | Administration():
            return []  # what follows from them is asked of them; verify_audit names them
        case Event() | Chain():
            return _of_chain(row)
    return pages(row.revision)  # HELD


def _activity(row: Activity) -> list[tuple[str, str]]:
    return _in_module("activity", row, row.number)


def _in_module(page: str, row: Any, *args: int) -> list[tuple[str, str]]:
    """None in a portfolio on whose curriculum there is no such module."""
    if row.module.curriculum_id != row.portfolio.curriculum_id:
        return []
    return [(reverse(page, args=[row.portfolio.ref, row.module.code, *args]), SAYS_SO)]


def _submission(row: Submission) -> tuple[str, str]:
    return reverse("submission", args=[row.portfolio.ref, row.sid]), SAYS_SO


def _to_decide(row: Item) -> list[tuple[str, str]]:
    """The page on which its assessor is about to decide."""
    waits = row.state == ItemState.UNDECIDED and row.submission.addressees.filter(until=None).exists()
    return [(reverse("review", args=[row.submission.sid]), SAYS_SO)] if waits else []


def _review(row: ReviewMeeting) -> list[tuple[str, str]]:
    """The page of its point, if the rules have it."""
    points = [one["name"] for one in make.REVIEW_RULES["review_points"]]
    if row.point not in points:
        return []
    return [(reverse("review_point", args=[row.portfolio.ref, points.index(row.point) + 1]), SAYS_SO)]


def _of_chain(row: Event | Chain) -> list[tuple[str, str]]:
    """The history, which checks the chain when it is asked to; and what rests on the event."""
    kind, _, ref = (row.chain.name if isinstance(row, Event) else row.name).partition(":")
    if kind != "portfolio" or not Portfolio.objects.filter(ref=ref).exists():
        return []
    found = [(f"{reverse('history', args=[ref])}?verify=1", BROKEN_CHAIN)]
    if isinstance(row, Event) and not _beside(row):
        found += [_submission(one) for one in Submission.objects.filter(sid=_submission_of(row))]
    return found


def _beside(event: Event) -> bool:
    """No submission rests on what was said since, or on a device that was lent; also when a letter of it is another."""
    return "comment" in event.kind + event.data or "lend" in event.kind or "device" in event.kind


def _submission_of(event: Event) -> str:
    """What it tells of; nothing where it is no JSON any more."""
    try:
        return str(event.details.get("submission", ""))
    except ValueError:
        return ""


class Readers:
    """Somebody who may read each portfolio, signed in: of the cast's own its officer, of the others the trainee."""

    def __init__(self, cast: Cast) -> None:
        self.clients = {portfolio.ref: Client(raise_request_exception=False) for portfolio in Portfolio.objects.all()}
        for portfolio in Portfolio.objects.all():
            who = cast.officer if portfolio == cast.portfolio else portfolio.trainee
            self.clients[portfolio.ref].force_login(who)

    def read(self, address: str) -> str:
        client = self.deciding(address) or next(client for ref, client in self.clients.items() if ref in address)
        response = client.get(address)
        return response.text if response.status_code == 200 else f"{response.status_code}"

    def deciding(self, address: str) -> Client | None:
        """Whoever is to decide, for the page of a decision."""
        if not address.startswith(reverse("reviewing")):
            return None
        client = Client(raise_request_exception=False)
        waits = Submission.objects.get(sid=address.strip("/").rpartition("/")[2])
        client.force_login(waits.addressees.get(until=None).assessor)
        return client


# --- the changes --------------------------------------------------------------------------------------------------


def draw(rng: random.Random) -> Iterator[tuple[Any, models.Field]]:
    """A row and a column of it, without end: every column once in random order, then again."""
    while True:
        wanted = columns()
        rng.shuffle(wanted)
        for table, field in wanted:
            for row in rng.choices(rows(table), k=TRIES):
                yield row, field


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_each_change_of_a_signed_or_audited_row_is_found_and_named_and_no_page_shows_it_as_true(whole: Cast) -> None:
    rng, readers = random.Random(SEED), Readers(whole)
    assert findings() == []
    done: dict[str, int] = {}
    refused: dict[str, int] = {}
    wrong: list[str] = []
    last = ""
    for row, field in draw(rng):
        if sum(done.values()) >= CHANGES:
            break
        column = f"{type(row).__name__}.{field.name}"
        if column == last:
            continue
        told, shown = names(row), [] if column in LEAVES else pages(row)
        with undone():
            after = change(rng, row, field)
            if after is None:
                refused[column] = refused.get(column, 0) + 1
                continue
            done[column] = done.get(column, 0) + 1
            last = column
            was, now = getattr(row, field.attname), getattr(after, field.attname)
            said = f"{column} of {row.pk}, {was!r} to {now!r}"
            found = findings()
            if not any(name in finding for name in [*told, *names(after)] for finding in found):
                wrong.append(f"{said}: not named in {found}")
            shown = [] if column in SHOWN_NOWHERE else {*shown, *pages(after)}
            wrong += [f"{said}: {address}" for address, words in shown if words not in readers.read(address)]
    assert wrong == [], f"seed {SEED}"
    assert findings() == []
    never = {f"{table.__name__}.{field.name}" for table, field in columns()} - set(done)
    assert {column: refused.get(column) for column in never} == {}, f"seed {SEED}: columns that were never changed"


def test_nothing_is_said_where_nothing_was_changed(whole: Cast) -> None:
    """The positive control: the same rows, the same pages."""
    readers = Readers(whole)
    assert findings() == []
    addresses = {page for table in TABLES for row in rows(table) for page in pages(row)}
    assert {words for _, words in addresses} == {SAYS_SO, BROKEN_CHAIN}
    assert [address for address, words in addresses if words in readers.read(address)] == []


def test_each_changed_byte_of_a_file_is_found_and_named_and_the_file_is_not_served(whole: Cast) -> None:
    rng, readers = random.Random(SEED), Readers(whole)
    stored = list(StoredFile.objects.all())
    assert len(stored) == 2
    for _ in range(20):
        row = rng.choice(stored)
        path: Path = files._place(row.sha256)
        before = path.read_bytes()
        at = rng.randrange(len(before))
        path.write_bytes(before[:at] + bytes([before[at] ^ (1 << rng.randrange(8))]) + before[at + 1 :])
        attachment = row.attachments.get()
        page = attachment.evidence
        ref = page.portfolio.ref
        named = f"{row.sha256} (portfolio {ref}, page {page.eid}, file {attachment.fid}): the file was changed"
        assert named in findings(), f"seed {SEED}"
        for address, words in pages(row):
            assert words in readers.read(address), f"seed {SEED}: {address}"
        reader = Client()
        reader.force_login(whole.trainee)
        address = reverse("evidence_file", args=[ref, page.eid, attachment.fid])
        assert reader.get(address).status_code == 410
        path.write_bytes(before)
        assert reader.get(address).status_code == 200
    assert findings() == []


@pytest.mark.parametrize("table", [Decision, Event, HELD], ids=["decision", "event", "file of a version"])
def test_the_command_names_what_was_changed_and_what_was_removed(whole: Cast, table: type[models.Model]) -> None:
    rng = random.Random(SEED)
    field = {Decision: "feedback", Event: "actor_name", HELD: "attachment"}[table]
    row = rows(table)[0]
    with undone():
        assert change(rng, row, table._meta.get_field(field)) is not None
        assert any(name in verify_audit() for name in names(row))
    told = names(row)
    with undone():
        models.QuerySet(table).filter(pk=row.pk)._raw_delete("default")
        assert any(name in verify_audit() for name in told)


def verify_audit() -> str:
    """What the command says when something is broken."""
    said = StringIO()
    with pytest.raises(CommandError, match="Not whole"):
        call_command("verify_audit", stdout=said)
    return said.getvalue()


def test_a_portfolio_closed_behind_its_back_is_named(whole: Cast) -> None:
    Portfolio.objects.filter(pk=whole.portfolio.pk).update(closed_at=timezone.now())
    assert findings() == [
        f"portfolio {whole.portfolio.ref}: nothing was recorded that makes it “closed” as it is",
    ]
