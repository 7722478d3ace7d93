"""Multi-source feedback: a round, whom it asks, what was answered, and what came of it.

An answer holds nothing that leads to whoever gave it: no invitation, no address, no time, and a key that is random
(docs/decisions/0009-anonymous-feedback.md).
"""

from typing import Any
from uuid import uuid4

from django.db import models
from django.db.models import Q

from audit.canonical import new_salt, salted
from portfolio.models.immutable import Immutable
from portfolio.models.portfolio import Portfolio
from portfolio.models.signed import Signed
from portfolio.states import RespondentGroup


class FeedbackRound(Signed):
    """The trainee opened a round. It keeps the questions and the least number of answers that it began with.

    `name` is a round of the rules, such as mid-training; a second attempt follows one that had too few answers.
    """

    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="feedback_rounds")
    number = models.PositiveSmallIntegerField(help_text="Of the portfolio, from 1: it stands in the address")
    name = models.CharField(max_length=100)
    attempt = models.PositiveSmallIntegerField(help_text="1, then 2 after one with too few answers, and so on")
    questions = models.JSONField(editable=False)
    least = models.PositiveSmallIntegerField("least number of answers")
    opened_at = models.DateTimeField()

    class Meta:
        ordering = ["portfolio", "number"]
        constraints = [
            models.UniqueConstraint(fields=["portfolio", "number"], name="one_feedback_round_of_each_number"),
            models.UniqueConstraint(fields=["portfolio", "name", "attempt"], name="attempts_at_a_round_are_numbered"),
            models.CheckConstraint(condition=Q(least__gte=1), name="a_round_asks_for_answers"),
        ]

    def __str__(self) -> str:
        return f"{self.name[:1].upper()}{self.name[1:]} feedback"


class FeedbackInvitation(models.Model):
    """One address that a round asks. `answered` is forgotten when the round closes.

    `withdrawn`: the trainee took it back, whether or not somebody had answered by it. It asks nobody any more.
    """

    round = models.ForeignKey(FeedbackRound, on_delete=models.PROTECT, related_name="invitations")
    address = models.EmailField()
    address_key = models.CharField(max_length=254, editable=False, help_text="What tells two addresses apart")
    group = models.CharField(max_length=20, choices=RespondentGroup)
    salt = models.CharField(max_length=64, default=new_salt, editable=False)
    answered = models.BooleanField(default=False, editable=False)
    withdrawn = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["round", "group", "address"]
        constraints = [
            models.UniqueConstraint(fields=["round", "address_key"], name="an_address_is_asked_once_a_round"),
            models.CheckConstraint(condition=Q(group__in=RespondentGroup.values), name="a_respondent_group_is_known"),
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def digest(self) -> str:
        """What the chain holds of it."""
        return salted(f"{self.address}\n{self.group}", self.salt)


class FeedbackLink(Immutable):
    """A link that was mailed: only the digest of its token. A reminder brings another, and both work until one is used.

    Each reminder makes a row for every invitation, mailed or not: the rows do not tell who had answered by then.
    """

    invitation = models.ForeignKey(FeedbackInvitation, on_delete=models.PROTECT, related_name="links")
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    sent_on = models.DateField()

    class Meta:
        ordering = ["invitation", "sent_on"]

    def __str__(self) -> str:
        return f"Link of {self.sent_on:%d.%m.%Y}"


class FeedbackAnswer(models.Model):
    """What one respondent said to one question. Nothing ties it to them, nor to what they said to another question.

    Written and rewritten by workflow.feedback.answering alone: each new answer writes all of the round's anew, in an
    order made by chance, so that not even the order inside the database tells.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    round = models.ForeignKey(FeedbackRound, on_delete=models.PROTECT, related_name="answers")
    question = models.PositiveSmallIntegerField(help_text="Its place in the round's questions, from 1")
    rating = models.PositiveSmallIntegerField(null=True, help_text="The point of the scale, from 1; NULL: cannot say")
    text = models.TextField(blank=True)
    salt = models.CharField(max_length=64, default=new_salt, editable=False)

    class Meta:
        ordering = ["round", "question", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(question__gte=1), name="questions_are_counted_from_1"),
            models.CheckConstraint(condition=Q(rating=None) | Q(text=""), name="an_answer_is_a_rating_or_a_text"),
        ]

    def __str__(self) -> str:
        return f"An answer to question {self.question}"

    @property
    def part(self) -> list[Any]:
        """Its part of what is sealed when the round closes."""
        return [str(self.id), self.question, self.rating, salted(self.text, self.salt)]


class FeedbackClosing(Signed):
    """A round was closed. `enough`: there is a report, and `digest` seals it; else the answers are gone.

    `invited` are all who were ever asked, `withdrawn` those of them whose invitation was taken back.
    """

    round = models.OneToOneField(FeedbackRound, on_delete=models.PROTECT, related_name="closing")
    invited = models.PositiveSmallIntegerField()
    withdrawn = models.PositiveSmallIntegerField(default=0)
    answered = models.PositiveSmallIntegerField()
    enough = models.BooleanField()
    digest = models.CharField(max_length=64, editable=False)
    closed_at = models.DateTimeField()

    class Meta:
        ordering = ["round"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered__lte=models.F("invited")), name="nobody_answers_who_was_not_invited"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn__lte=models.F("invited")), name="no_more_is_withdrawn_than_was_invited"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round}, closed"


class FeedbackRelease(Signed):
    """The officer talked about a report with the trainee, who reads it from then on."""

    closing = models.OneToOneField(FeedbackClosing, on_delete=models.PROTECT, related_name="release")
    discussed_on = models.DateField()
    notes = models.TextField(blank=True)
    salt = models.CharField(max_length=64, default=new_salt, editable=False)
    released_at = models.DateTimeField()

    class Meta:
        ordering = ["closing"]

    def __str__(self) -> str:
        return f"{self.closing.round}, released"

    @property
    def notes_digest(self) -> str:
        return salted(self.notes, self.salt)
