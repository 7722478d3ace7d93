"""What was asked, of whom, and what was said. Nothing here is ever overwritten but an item's state."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.canonical import new_salt, salted
from curriculum.models import TrainingActivity
from portfolio.models.activity import Activity
from portfolio.models.addressing import Addressing, Reminding
from portfolio.models.decided import NAMES_THE_ADDRESS, ONE_WAY, Decided
from portfolio.models.evidence import Revision
from portfolio.models.ids import public_id
from portfolio.models.immutable import Immutable
from portfolio.models.portfolio import Portfolio
from portfolio.models.signed import Signed
from portfolio.states import ActivityState, ItemState, Outcome, ReminderKind


class Submission(models.Model):
    """The trainee asks one assessor to decide on one or more activities."""

    sid = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="submissions")
    submitted_at = models.DateTimeField(default=timezone.now)
    declaration = models.CharField(max_length=20, help_text="The version of the declaration that the trainee made")

    class Meta:
        ordering = ["-submitted_at", "-pk"]

    def __str__(self) -> str:
        return f"Submission {self.sid}"

    @property
    def facts(self) -> dict[str, object]:
        """How an event names it."""
        return {"submission": self.sid}

    @property
    def waiting_modules(self) -> set[int]:
        """The ids of the modules of what waits for a decision; none once nothing does."""
        waiting = Item.objects.filter(submission=self, state=ItemState.UNDECIDED)
        return set(waiting.values_list("activity__module", flat=True))


class Addressee(Addressing):
    """Whom a submission is with, as dated rows: the current one has no `until`."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="addressees")

    class Meta:
        ordering = ["submission", "since", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission"], condition=Q(until=None), name="a_submission_is_with_one_assessor"
            )
        ]

    @property
    def asked_for(self) -> Submission:
        return self.submission


class Reminder(Reminding):
    """What went out while a submission waited with one assessor."""

    addressee = models.ForeignKey(Addressee, on_delete=models.PROTECT, related_name="reminders")

    class Meta:
        ordering = ["addressee", "sent_at"]
        constraints = [
            models.UniqueConstraint(fields=["addressee", "kind"], name="an_assessor_is_reminded_of_a_submission_once"),
            models.CheckConstraint(condition=Q(kind__in=ReminderKind.values), name="a_reminder_is_of_a_known_kind"),
        ]


class Item(models.Model):
    """One activity in a submission, with its evidence as it stood: what the assessor sees and signs.

    `manifest` is the canonical form of that, `digest` its SHA-256 (portfolio/manifest.py). Only `state` ever changes.
    """

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="items", db_index=False)
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="items")
    attempt = models.PositiveSmallIntegerField(help_text="1 for the first submission of this activity, then 2, 3 …")
    came_from = models.CharField(max_length=20, choices=ActivityState, help_text="The state that a withdrawal restores")
    state = models.CharField(max_length=20, choices=ItemState, default=ItemState.UNDECIDED, editable=False)
    type = models.CharField(max_length=3, choices=TrainingActivity.Type, blank=True)
    title = models.CharField(max_length=300, blank=True, help_text="The wording as it stood")
    salt = models.CharField(max_length=64, default=new_salt, editable=False)
    manifest = models.TextField(editable=False)
    digest = models.CharField(max_length=64, editable=False)

    class Meta:
        ordering = ["submission", "activity__module__block__position", "activity__module__position", "activity__number"]
        indexes = [models.Index(fields=["submission", "state"], name="items_of_a_submission")]  # without its manifests
        constraints = [
            models.UniqueConstraint(fields=["activity", "attempt"], name="attempts_are_numbered_once"),
            models.UniqueConstraint(
                fields=["activity"],
                condition=Q(state=ItemState.UNDECIDED),
                name="an_activity_is_in_one_undecided_submission",
            ),
            models.CheckConstraint(condition=Q(state__in=ItemState.values), name="an_item_state_is_a_known_word"),
        ]

    def __str__(self) -> str:
        return f"{self.activity}, submission {self.attempt}"


class ItemPage(Immutable):
    """One page of evidence in an item: the revision, and the reason given for it."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="pages")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="item_pages")
    why = models.CharField(max_length=500)
    salt = models.CharField(max_length=64, default=new_salt, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["item", "revision"], name="a_revision_is_in_an_item_once")]

    def __str__(self) -> str:
        return f"{self.revision} in {self.item}"


class Decision(Decided):
    """What the assessor said of one item: signed off, or returned with feedback. One per item, for ever.

    `portfolio` is that of its submission: those of many portfolios are counted from here.
    """

    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="+", db_index=False)
    item = models.OneToOneField(Item, on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(max_length=20, choices=Outcome)
    feedback = models.TextField(blank=True)

    class Meta:
        ordering = ["-decided_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.RETURNED) | ~Q(feedback=""), name="a_return_comes_with_feedback"
            ),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="an_outcome_is_a_known_word"),
            models.CheckConstraint(
                condition=NAMES_THE_ADDRESS, name="a_decision_by_a_code_names_the_address_that_was_proved"
            ),
            models.CheckConstraint(condition=ONE_WAY, name="a_decision_is_by_a_link_or_on_a_lent_device"),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}: {self.item}"

    @property
    def feedback_digest(self) -> str:
        return salted(self.feedback, self.salt)


class Unlock(Signed):
    """A signed-off activity was opened again. The decision stays in history."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="unlock")
    reason = models.TextField()
    salt = models.CharField(max_length=64, default=new_salt, editable=False)
    unlocked_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="an_unlock_has_a_reason")]

    def __str__(self) -> str:
        return f"Unlocked: {self.decision.item}"

    @property
    def reason_digest(self) -> str:
        return salted(self.reason, self.salt)
