"""Personal development: what the trainee means to reach, what they will do for it, and how it went."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from audit.canonical import canonical, new_salt, salted
from portfolio.models.ids import public_id
from portfolio.models.portfolio import Portfolio
from portfolio.models.signed import Signed
from portfolio.states import GoalOutcome, GoalState


class Goal(models.Model):
    """What a trainee means to reach by a day, and how anybody will know. Their people read it, they alone write it."""

    gid = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="goals")
    title = models.CharField(max_length=200)
    why = models.TextField(blank=True)
    criteria = models.TextField("success criteria")
    salt = models.CharField(max_length=64, default=new_salt, editable=False)
    set_on = models.DateField(default=timezone.localdate)
    target_on = models.DateField("target date")
    state = models.CharField(max_length=20, choices=GoalState, default=GoalState.OPEN)
    ended_on = models.DateField(null=True, blank=True, help_text="The day it was achieved or given up")

    class Meta:
        ordering = ["target_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=GoalState.values), name="a_goal_is_in_a_state_that_we_know"),
            models.CheckConstraint(condition=~Q(title=""), name="a_goal_has_a_title"),
            models.CheckConstraint(condition=~Q(criteria=""), name="a_goal_has_success_criteria"),
            models.CheckConstraint(condition=Q(target_on__gte=F("set_on")), name="a_target_is_not_before_its_goal"),
            models.CheckConstraint(
                condition=Q(state=GoalState.OPEN, ended_on=None)
                | (~Q(state=GoalState.OPEN) & Q(ended_on__isnull=False)),
                name="a_goal_has_ended_unless_it_is_open",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("set_on")), name="a_goal_ends_after_it_was_set"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def text_digest(self) -> str:
        return salted(canonical([self.title, self.why, self.criteria]).decode(), self.salt)


class GoalAction(models.Model):
    """Something to do for a goal, by a day. It is done once there is a day on which it was."""

    aid = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="actions")
    what = models.CharField(max_length=300)
    salt = models.CharField(max_length=64, default=new_salt, editable=False)
    set_on = models.DateField(default=timezone.localdate)
    due_on = models.DateField("by when")
    done_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(what=""), name="an_action_says_what_is_done"),
            models.CheckConstraint(condition=Q(due_on__gte=F("set_on")), name="an_action_is_due_after_it_was_set"),
            models.CheckConstraint(
                condition=Q(done_on=None) | Q(done_on__gte=F("set_on")), name="an_action_is_done_after_it_was_set"
            ),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def what_digest(self) -> str:
        return salted(self.what, self.salt)


class GoalReview(Signed):
    """What had happened by that day, and what comes next, in the words of the trainee or of their officer.

    The newest says where the goal stands: achieved, given up, or else open.
    """

    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="reviews")
    outcome = models.CharField(max_length=20, choices=GoalOutcome)
    happened = models.TextField("what happened")
    next_steps = models.TextField("what comes next", blank=True)
    salt = models.CharField(max_length=64, default=new_salt, editable=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["goal", "-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=GoalOutcome.values), name="a_review_has_an_outcome_that_we_know"
            ),
            models.CheckConstraint(condition=~Q(happened=""), name="a_review_says_what_happened"),
        ]

    def __str__(self) -> str:
        return f"{self.goal}: {self.get_outcome_display().lower()}, {self.signer_name}"

    @property
    def text_digest(self) -> str:
        return salted(canonical([self.happened, self.next_steps]).decode(), self.salt)
