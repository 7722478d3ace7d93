"""Whom something is with: an assessor, or somebody new who is named: what can be written of them, and their row."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone

from accounts.models import User
from portfolio.models import Nomination, Portfolio
from portfolio.models.asking import AskedFor, Asking, naming
from portfolio.workflow.addressing import check_assessor, due_on
from portfolio.workflow.machine import Incomplete, Move

LONGEST = {"name": 200, "address": 254, "post": 200, "registration": 40}
WORDS = {"name": "name", "address": "e-mail address", "post": "post", "registration": "registration number"}
ONE_ADDRESS = "Enter one e-mail address, such as name@hospital.example."
OWN = "This is your own address. Somebody else decides on your work."


@dataclass(frozen=True)
class Nominee:
    """Whoever the trainee names, as typed."""

    name: str
    address: str
    post: str = ""
    registration: str = ""


def problems(nominee: Nominee, portfolio: Portfolio) -> dict[str, str]:
    """What is wrong with it, by field."""
    found = {field: said for field in LONGEST if (said := _problem(field, getattr(nominee, field)))}
    if "address" not in found and nominee.address.lower() == portfolio.trainee.email.lower():
        found["address"] = OWN
    return found


def _problem(field: str, text: str) -> str:
    """One line, not too long; a name and one address are needed."""
    if len(text) > LONGEST[field] or len(unicodedata.normalize("NFKC", text)) > LONGEST[field]:
        return f"Write {LONGEST[field]} characters or fewer for the {WORDS[field]}."
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp", "Cs") for letter in text):
        return f"Take out line breaks, and characters that cannot be shown, from the {WORDS[field]}."
    if field == "name" and not re.search(r"\w", text):
        return "Enter the name of the person you ask."
    return _not_an_address(text) if field == "address" else ""


def _not_an_address(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError:
        return ONE_ADDRESS
    return ""


def check_nominee(move: Move, nominee: Nominee) -> None:
    """The trainee's to name; the first of what is wrong with it."""
    if move.by.pk != move.portfolio.trainee_id:
        raise Incomplete("Only the trainee names somebody new. Choose somebody who may decide.", "assessor")
    for field, said in problems(nominee, move.portfolio).items():
        raise Incomplete(said, f"new_{field}")


def check_whom(move: Move) -> None:
    """Of a step that asks: somebody who may decide on all of it, or somebody new."""
    if move.given.nominee is not None:
        check_nominee(move, move.given.nominee)
    else:
        check_assessor(move, move.given.assessor)


def check_somebody_else(move: Move, asked: Asking | None) -> None:
    """Of a step that asks again: not whoever it is with."""
    check_whom(move)
    if asked and move.given.assessor and asked.assessor_id == move.given.assessor.pk:
        raise Incomplete(f"It is with {asked.assessor.name} already. Choose somebody else.", "assessor")


def ask(move: Move, asked_for: AskedFor) -> Asking | Nomination:
    """A row that says whom it is with from now on, or whom the officer is to approve."""
    if move.given.nominee is not None:
        return _name_somebody(move, asked_for, move.given.nominee)
    due = due_on(move, asked_for)
    asked: Asking = asked_for.addressees.create(assessor=move.given.assessor, since=move.now, due_on=due)
    return asked


def _name_somebody(move: Move, asked_for: AskedFor, nominee: Nominee) -> Nomination:
    """The officer's word is due in time for any day: it does not wait for that of an assessment."""
    return Nomination.objects.create(
        portfolio=move.portfolio,
        **naming(asked_for),
        name=nominee.name,
        address=nominee.address,
        post=nominee.post,
        registration=nominee.registration,
        since=move.now,
        due_on=timezone.localdate(move.now) + timedelta(days=settings.DECISION_DUE_DAYS),
    )


def as_told(row: Asking | Nomination) -> dict[str, object]:
    """How an event tells of such a row: the one who is named, as a digest."""
    due = {"due_on": row.due_on.isoformat()}
    if isinstance(row, Nomination):
        return due | {"assessor": None, "nomination": row.nid, "nominee": row.digest}
    return due | {"assessor": row.assessor_id}


def with_whom(asked_for: AskedFor) -> Asking | None:
    """The row that says whom it is with, if it is with anybody."""
    found: Asking | None = asked_for.addressees.filter(until=None).select_related("assessor").first()
    return found


def end(move: Move, asked_for: AskedFor) -> User | None:
    """Whom it is with, if anybody, from now on no more; nor is whoever was named."""
    asked_for.nominations.filter(until=None).update(until=move.now)
    asked = with_whom(asked_for)
    if asked is None:
        return None
    asked.until = move.now
    asked.save(update_fields=["until"])
    return asked.assessor
