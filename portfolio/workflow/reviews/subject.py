"""A review point with the newest record of its meeting, and what of it is signed."""

import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone

from audit.canonical import digest, sealed
from portfolio import ledger
from portfolio.diary import goals_and_told
from portfolio.manifest import iso, signer_parts
from portfolio.models import Portfolio, ReviewAction, ReviewMeeting, ReviewSignature
from portfolio.pages import with_reminders
from portfolio.record import Record
from portfolio.reviews import Point, agenda, figures, review_points
from portfolio.states import ReviewState, Side


@dataclass(frozen=True)
class ReviewOf:
    """A review point of a portfolio with the records of its meeting, oldest first: what the steps here move."""

    portfolio: Portfolio
    record: Record
    point: Point
    records: tuple[ReviewMeeting, ...]

    @classmethod
    def read(cls, portfolio: Portfolio, number: int) -> "ReviewOf":
        """As it stands now. KeyError for a point that the rules do not have."""
        goals, told = goals_and_told(portfolio)
        record = replace(ledger.read_one(portfolio, reviews=True), goals=goals, told=told)
        point = {point.number: point for point in review_points(record)}[number]
        rows = ReviewMeeting.objects.filter(portfolio=portfolio, point=point.key).order_by("number")
        signatures = Prefetch("signatures", with_reminders(ReviewSignature.objects.all()))
        return cls(portfolio, record, point, tuple(rows.prefetch_related(signatures, "actions")))

    @property
    def meeting(self) -> ReviewMeeting | None:
        """The newest record: the one that can still be written, or the last that was signed."""
        return self.records[-1] if self.records else None

    @property
    def signed(self) -> frozenset[Side]:
        """The sides that have signed the newest record."""
        return _sides(self.meeting) if self.meeting else frozenset()

    @property
    def state(self) -> ReviewState:
        if self.meeting is None:
            return ReviewState.NOT_PLANNED
        if self.signed == set(Side):
            return ReviewState.SIGNED_BY_BOTH
        if not self.signed:
            return ReviewState.PLANNED
        return ReviewState.SIGNED_BY_TRAINEE if Side.TRAINEE in self.signed else ReviewState.SIGNED_BY_OFFICER


@dataclass(frozen=True)
class Plan:
    """When the meeting is."""

    on: date


@dataclass(frozen=True)
class Notes:
    """What one side writes."""

    text: str


@dataclass(frozen=True)
class Agree:
    """Who does what by when."""

    what: str
    side: Side | str
    by_when: date


@dataclass(frozen=True)
class Which:
    """An action, by its id."""

    action: int


def manifest(subject: ReviewOf, today: date) -> dict[str, Any]:
    """What both sign: the figures of the day, what was on the agenda, and digests of all that is written."""
    meeting, point = subject.meeting, subject.point
    assert meeting is not None
    return {
        "v": "stp-review-1",
        "portfolio": subject.portfolio.ref,
        "trainee": subject.portfolio.trainee_id,
        "curriculum": subject.record.structure.code,
        "point": point.key,
        "record": meeting.number,
        **written(meeting),
        "figures": figures(subject.record, point, today=today),
        "agenda": [{"words": one.words, "note": one.note} for one in agenda(subject.record, point, today=today)],
    }


def written(meeting: ReviewMeeting) -> dict[str, Any]:
    """The part of a manifest that its rows still say."""
    return {
        "planned_on": meeting.planned_on.isoformat(),
        "reason": meeting.reason_digest,
        "notes": {side.value: meeting.notes_digest(side) for side in Side},
        "actions": [
            {"id": row.pk, "what": row.what_digest, "who": row.side, "by": row.by_when.isoformat()}
            for row in sorted(meeting.actions.all(), key=lambda row: row.pk)
            if not row.dropped
        ],
    }


def shown(subject: ReviewOf) -> str:
    """The digest that the page shows and the form carries back: what is frozen, else what would be."""
    if subject.meeting is not None and subject.meeting.digest:
        return subject.meeting.digest
    return digest(manifest(subject, timezone.localdate()))


def as_signed(meeting: ReviewMeeting) -> dict[str, Any] | None:
    """The frozen manifest, where its rows still say the same; else None."""
    if not sealed(meeting.manifest, meeting.digest):
        return None
    frozen: dict[str, Any] = json.loads(meeting.manifest)
    try:
        return frozen if written(meeting).items() <= frozen.items() else None
    except ValueError:  # somebody made a salt of what is none
        return None


def signature_digest(row: ReviewSignature) -> str:
    """What the chain holds of a signature."""
    return digest(
        {
            "v": "stp-review-signature-1",
            "side": str(row.side),
            "review": row.digest,
            "at": iso(row.signed_at),
            **signer_parts(row),
        }
    )


def agreed(subject: ReviewOf) -> list[ReviewAction]:
    """The actions of the newest record that both signed."""
    held = [one for one in subject.records if _sides(one) == set(Side)]
    return [row for row in held[-1].actions.all() if not row.dropped] if held else []


def _sides(meeting: ReviewMeeting) -> frozenset[Side]:
    return frozenset(Side(row.side) for row in meeting.signatures.all())
