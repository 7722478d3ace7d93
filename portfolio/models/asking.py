"""What somebody can be asked to decide on, and the rows that say with whom it is."""

from django.db.models import Q

from portfolio.models.assessment import Assessment, AssessmentAddressee
from portfolio.models.submission import Addressee, Submission

AskedFor = Submission | Assessment
Asking = Addressee | AssessmentAddressee

ONE_ASKED_FOR = Q(submission__isnull=False, assessment=None) | Q(submission=None, assessment__isnull=False)
ONE_ASKING = Q(addressee__isnull=False, assessment_addressee=None) | Q(
    addressee=None, assessment_addressee__isnull=False
)


def naming(asked_for: AskedFor) -> dict[str, AskedFor]:
    """The field of a nomination that holds it."""
    return {"submission" if isinstance(asked_for, Submission) else "assessment": asked_for}


def holding(asking: Asking) -> dict[str, Asking]:
    """The field of a link, or of a device that is lent, that holds it."""
    return {"addressee" if isinstance(asking, Addressee) else "assessment_addressee": asking}


WAYS = ("addressee__submission", "assessment_addressee__assessment")  # from a link, or a lent device, to what it is for


def way_to(asked_for: AskedFor) -> str:
    """Which of the WAYS leads to it."""
    return WAYS[isinstance(asked_for, Assessment)]
