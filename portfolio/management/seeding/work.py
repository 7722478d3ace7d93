"""What the trainees of a group did and what was said of it: the rows that the steps would have left."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.utils import timezone

from accounts.models import User
from portfolio import files
from portfolio.management.demo import samples
from portfolio.management.seeding import words
from portfolio.management.seeding.people import Seeded
from portfolio.management.seeding.plan import SPARE, Size, Work, plan
from portfolio.management.seeding.writing import write
from portfolio.manifest import DECLARATION, decision_digest, file_parts, iso, seal, unlock_digest
from portfolio.models import (
    Activity,
    Addressee,
    Attachment,
    Decision,
    Evidence,
    Item,
    ItemPage,
    Link,
    Revision,
    StoredFile,
    Submission,
    Unlock,
)
from portfolio.states import ActivityState, EvidenceKind, ItemState, Outcome
from portfolio.workflow.activities.which import place

FILES = [f"notes-{number}.{kind}" for number in range(1, 6) for kind in samples.KINDS]
EVERY_FILE, EVERY_SECOND_VERSION, EVERY_SHARED = 6, 5, 10  # one page in so many
TO_BUSY, TO_OFFICER = 0.75, 0.9  # of what waits, three quarters are with the busy assessor, a tenth with the officer
TOGETHER = 2  # activities in one submission that waits
KINDS = [kind.value for kind in EvidenceKind]


# --- evidence -----------------------------------------------------------------------------------------------------


def stored() -> list[StoredFile]:
    """A few real files, in the store and known; pages share them."""
    for name in FILES:
        kept = files.store(samples.upload(name, name.rpartition(".")[2]))
        StoredFile.objects.get_or_create(
            sha256=kept.sha256, defaults={"size": kept.size, "media_type": kept.media_type}
        )
    return list(StoredFile.objects.order_by("pk"))


def evidence(group: Sequence[Seeded], size: Size, kept: Sequence[StoredFile]) -> None:
    """Pages with their files and saved versions. Of the last three one is archived, one binned, one never saved."""
    for one in group:
        one.pages = [_page(one, number, size) for number in range(size.pages)]
    write([page for one in group for page in one.pages])
    attached = [
        Attachment(evidence=page, file=(file := one.chance.choice(kept)), name=_name(file), added_at=page.created_at)
        for one in group
        for page in one.pages[::EVERY_FILE]
    ]
    write(attached)
    for one in group:
        for number, page in enumerate(one.pages):
            one.revisions[number] = _revisions(one, number, page, size)
    written = [revision for one in group for saved in one.revisions.values() for revision in saved]
    write(written)
    on_page = {file.evidence_id: file for file in attached}
    held = Revision.attachments.through
    write(
        [
            held(revision_id=revision.pk, attachment_id=on_page[revision.evidence_id].pk)
            for revision in written
            if revision.evidence_id in on_page
        ]
    )
    prefetch_related_objects(written, "attachments__file")
    for one in group:
        for revision in (revision for saved in one.revisions.values() for revision in saved):
            _tell_of_saving(one, revision)


def _tell_of_saving(one: Seeded, revision: Revision) -> None:
    said = {"evidence": revision.evidence.eid, "revision": revision.number, "text": revision.text_digest}
    files_of = file_parts(revision.attachments.all())
    one.tell("evidence saved", one.portfolio.trainee, revision.saved_at, said | {"files": files_of})


def _page(one: Seeded, number: int, size: Size) -> Evidence:
    made = _moment(one, 330 - 300 * number // size.pages)
    left = size.pages - 1 - number  # 0 for the last page
    spare = left < SPARE <= number
    return Evidence(
        portfolio=one.portfolio,
        title=f"{one.chance.choice(words.TASKS)} ({number + 1})",
        happened_on=_day(made) - timedelta(days=1),
        kind=KINDS[number % len(KINDS)],
        body=words.body(one.chance),
        shared=number % EVERY_SHARED == 0 and not spare,
        created_at=made,
        changed_at=made,
        archived_at=made if spare and left == 2 else None,
        binned_at=timezone.now() - timedelta(days=3) if spare and left == 1 else None,
    )


def _revisions(one: Seeded, number: int, page: Evidence, size: Size) -> list[Revision]:
    """The saved versions of a page; the newest says what the page says."""
    assert page.happened_on is not None  # _page
    if size.pages - 1 == number >= SPARE:
        return []
    texts = [page.body]
    if number % EVERY_SECOND_VERSION == 0:
        texts.insert(0, page.body.partition("\n\n")[0])
    return [
        Revision(
            evidence=page,
            number=version,
            title=page.title,
            happened_on=page.happened_on,
            kind=page.kind,
            body=text,
            saved_at=page.created_at + timedelta(hours=version),
            saved_by=one.portfolio.trainee,
        )
        for version, text in enumerate(texts, start=1)
    ]


def _name(file: StoredFile) -> str:
    kind = next(kind for kind, media_type in files.MEDIA_TYPES.items() if media_type == file.media_type)
    return f"{words.SPECIMEN}.{kind}"


# --- activities and submissions -----------------------------------------------------------------------------------


def activities(group: Sequence[Seeded], size: Size) -> dict[int, list[Work]]:
    """Activities in every state, with their links; what each trainee did, by trainee."""
    planned = {one.number: plan(one.chance, one.number, one.follows.facts, size) for one in group}
    for one in group:
        one.activities = [_activity(one, work) for work in planned[one.number]]
    write([activity for one in group for activity in one.activities])
    write(
        [
            Link(
                activity=activity,
                evidence=one.pages[page],
                why=words.REASONS[(page + activity.number) % len(words.REASONS)],
                linked_at=one.pages[page].created_at,
            )
            for one in group
            for activity, work in zip(one.activities, planned[one.number], strict=True)
            for page in work.pages
        ]
    )
    return planned


def _activity(one: Seeded, work: Work) -> Activity:
    """A place without wording has the trainee's own."""
    known = work.module.activity(work.number)
    return Activity(
        portfolio=one.portfolio,
        module=one.follows.modules[work.module.id],
        number=work.number,
        state=work.state,
        label_title="" if known else f"{words.TASKS[work.number % len(words.TASKS)]}, as we agreed",
        label_type="" if known else "DTA",
    )


@dataclass
class Asked:
    """One submission with its items and what became of them; None waits."""

    submission: Submission
    addressee: Addressee
    items: list[tuple[Item, list[ItemPage], Outcome | None, Work]]


def submissions(group: Sequence[Seeded], planned: dict[int, list[Work]]) -> None:
    """What was asked, as it stood, and what was said."""
    asked = {one.number: list(_asked(one, planned[one.number])) for one in group}
    every = [sent for sents in asked.values() for sent in sents]
    write([sent.submission for sent in every])
    write([sent.addressee for sent in every])
    for sent in every:
        for item, pages, _, _ in sent.items:
            seal(item, pages)
    write([item for sent in every for item, _, _, _ in sent.items])
    write([page for sent in every for _, pages, _, _ in sent.items for page in pages])
    for one in group:
        for sent in asked[one.number]:
            _tell_of_asking(one, sent)
    decided = [(one, decision, work) for one in group for decision, work in _decided(one, asked[one.number])]
    write([decision for _, decision, _ in decided])
    write([_unlock(one, decision) for one, decision, work in decided if work.unlocked and _is_signed(decision)])


def _tell_of_asking(one: Seeded, sent: Asked) -> None:
    said = {
        "submission": sent.submission.sid,
        "assessor": sent.addressee.assessor_id,
        "due_on": sent.addressee.due_on.isoformat(),
        "declaration": sent.submission.declaration,
        "items": [
            {**place(item.activity), "attempt": item.attempt, "manifest": item.digest} for item, _, _, _ in sent.items
        ],
    }
    one.tell("submit", one.portfolio.trainee, sent.submission.submitted_at, said)


def _asked(one: Seeded, planned: Sequence[Work]) -> Iterable[Asked]:
    """Earlier submissions one by one; what waits is sent two at a time."""
    waiting: list[tuple[Activity, Work]] = []
    for activity, work in zip(one.activities, planned, strict=True):
        for attempt, outcome in enumerate(work.outcomes, start=1):
            if outcome is None:
                waiting.append((activity, work))
            else:
                yield _send(one, [(activity, work)], attempt, outcome)
    for at in range(0, len(waiting), TOGETHER):
        yield _send(one, waiting[at : at + TOGETHER], None, None)


def _send(one: Seeded, sent: Sequence[tuple[Activity, Work]], attempt: int | None, outcome: Outcome | None) -> Asked:
    assessor, at = _assessor(one, waits=outcome is None), _submitted(one, sent[0][1], attempt)
    submission = Submission(portfolio=one.portfolio, submitted_at=at, declaration=DECLARATION)
    due_on = _day(at) + timedelta(days=settings.DECISION_DUE_DAYS)
    addressee = Addressee(submission=submission, assessor=assessor, since=at, due_on=due_on)
    asked = Asked(submission, addressee, [])
    for activity, work in sent:
        number = attempt or len(work.outcomes)
        item = _item(submission, activity, work, number, outcome)
        asked.items.append((item, _item_pages(one, item, work, number), outcome, work))
    return asked


def _item(submission: Submission, activity: Activity, work: Work, attempt: int, outcome: Outcome | None) -> Item:
    known = work.module.activity(work.number)
    return Item(
        submission=submission,
        activity=activity,
        attempt=attempt,
        came_from=ActivityState.DRAFT if attempt == 1 else ActivityState.RETURNED,
        state=ItemState.UNDECIDED if outcome is None else ItemState.DECIDED,
        type=known.type if known else activity.label_type,
        title=known.title if known else activity.label_title,
    )


def _item_pages(one: Seeded, item: Item, work: Work, attempt: int) -> list[ItemPage]:
    """The first submission of several took the first version of each page."""
    version = 0 if attempt < len(work.outcomes) else -1
    return [
        ItemPage(
            item=item,
            revision=one.revisions[page][version],
            why=words.REASONS[(page + work.number) % len(words.REASONS)],
        )
        for page in work.pages
    ]


def _decided(one: Seeded, asked: Iterable[Asked]) -> Iterable[tuple[Decision, Work]]:
    for sent in asked:
        for item, _, outcome, work in sent.items:
            if outcome is not None:
                yield _decision(one, sent, item, outcome), work


def _decision(one: Seeded, sent: Asked, item: Item, outcome: Outcome) -> Decision:
    assessor = sent.addressee.assessor
    row = Decision(
        portfolio=one.portfolio,
        item=item,
        outcome=outcome,
        feedback=one.chance.choice(words.RETURNED if outcome == Outcome.RETURNED else words.FEEDBACK),
        manifest_digest=item.digest,
        came_at=sent.addressee.since,
        decided_at=sent.submission.submitted_at + timedelta(days=4),
        **signer(one, assessor),
    )
    said = {"manifest": item.digest, "feedback": row.feedback_digest, "decision": decision_digest(row)}
    said["came_at"] = iso(row.came_at)
    action = "sign off" if outcome == Outcome.SIGNED_OFF else "return"
    row.audit_seq = one.tell(action, assessor, row.decided_at, _of_item(item) | said)
    return row


def _is_signed(decision: Decision) -> bool:
    return decision.outcome == Outcome.SIGNED_OFF


def _unlock(one: Seeded, decision: Decision) -> Unlock:
    row = Unlock(
        decision=decision,
        reason="The wrong page was attached. The right one is asked for.",
        unlocked_at=decision.decided_at + timedelta(days=2),
        **signer(one, one.officer),
    )
    said = {"reason": row.reason_digest, "unlock": unlock_digest(row), "voids": None, "void": None}
    row.audit_seq = one.tell("unlock", one.officer, row.unlocked_at, _of_item(decision.item) | said)
    return row


def _of_item(item: Item) -> dict[str, Any]:
    return {**place(item.activity), "submission": item.submission.sid, "attempt": item.attempt}


def signer(one: Seeded, person: User) -> dict[str, Any]:
    """Who acted, as a step stores it (workflow/signing.py)."""
    role = one.roles[person.pk]
    return {
        "signer": person,
        "signer_name": person.name,
        "signer_post": person.post,
        "signer_registration": person.registration_number,
        "role": role,
        "role_kind": role.kind,
        "reauthenticated_seconds_ago": None,
        "second_factor": None,
    }


def _assessor(one: Seeded, *, waits: bool) -> User:
    chance = one.chance.random()
    if waits and chance < TO_BUSY:
        return one.busy
    return one.officer if chance > TO_OFFICER else one.chance.choice(one.assessors)


def _submitted(one: Seeded, work: Work, attempt: int | None) -> datetime:
    """What waits was sent within the last month; what is decided, in the year before it."""
    if attempt is None:
        return _moment(one, one.chance.randint(1, 25))
    return _moment(one, 260 - 3 * work.number - 5 * len(work.module.code)) + timedelta(days=20 * attempt)


def _moment(one: Seeded, days: int) -> datetime:
    """So many days ago, at a time of day of the trainee's own."""
    return timezone.now() - timedelta(days=days, minutes=one.number % 400)


def _day(moment: datetime) -> date:
    return timezone.localdate(moment)
