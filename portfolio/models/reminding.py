"""What went out because something other than a decision waited for somebody's signature, confirmation or word."""

from django.db import models
from django.db.models import Q

from portfolio.models.addressing import Reminding
from portfolio.models.feedback import FeedbackClosing
from portfolio.models.option import OptionTaken
from portfolio.models.placement import Placement
from portfolio.models.review import ReviewSignature
from portfolio.states import ReminderKind

WAITS = ("signature", "taken", "placement", "closing")


def _of_one_alone() -> Q:
    one = Q()
    for waits in WAITS:
        one |= Q(**{f"{other}__isnull": other != waits for other in WAITS})
    return one


class WaitingReminder(Reminding):
    """Of one of these: a review that one side signed, an option taken, a placement planned, a report to discuss.

    A placement that is planned anew waits anew: what went out before goes with that. Of the rest nothing is deleted.
    """

    signature = models.ForeignKey(ReviewSignature, on_delete=models.PROTECT, related_name="reminders", null=True)
    taken = models.ForeignKey(OptionTaken, on_delete=models.PROTECT, related_name="reminders", null=True)
    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="reminders", null=True)
    closing = models.ForeignKey(FeedbackClosing, on_delete=models.PROTECT, related_name="reminders", null=True)

    class Meta:
        ordering = ["sent_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=_of_one_alone(), name="a_waiting_reminder_is_of_one_thing"),
            models.CheckConstraint(
                condition=Q(kind__in=ReminderKind.values), name="a_waiting_reminder_is_of_a_known_kind"
            ),
            *(
                models.UniqueConstraint(fields=[waits, "kind"], name=f"one_reminder_of_each_kind_of_a_{waits}")
                for waits in WAITS
            ),
        ]
