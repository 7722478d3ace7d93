"""Somebody new who is named to decide: what can be written of them, and their row."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone

from portfolio.models import Nomination, Portfolio
from portfolio.models.asking import AskedFor, naming
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


def name_somebody(move: Move, asked_for: AskedFor, nominee: Nominee) -> Nomination:
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
