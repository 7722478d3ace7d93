"""What people say to each other about a decision or an outcome, after it: no part of what was signed."""

from django.db import models
from django.db.models import F, Q

from audit.canonical import new_salt, salted
from portfolio.models.assessment import Assessment
from portfolio.models.ids import public_id
from portfolio.models.immutable import Immutable
from portfolio.models.portfolio import Portfolio
from portfolio.models.signed import Signed
from portfolio.models.submission import Item


class Comment(Signed):
    """Somebody wrote something about the decision on an item, or about the outcome of an assessment.

    Its words are a row of their own, which can be erased.
    """

    cid = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="comments")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="comments", null=True)
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="comments", null=True)
    thread = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="answers",
        null=True,
        help_text="The comment that began the thread; NULL: this one did",
    )
    words_digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(item=None, assessment__isnull=False) | Q(item__isnull=False, assessment=None),
                name="a_comment_is_about_one_decision",
            ),
            models.CheckConstraint(condition=~Q(words_digest=""), name="a_comment_says_something"),
            models.CheckConstraint(
                condition=Q(thread=None) | ~Q(thread=F("id")), name="a_comment_is_no_answer_to_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.of}, comment {self.cid}"

    @property
    def of(self) -> Item | Assessment:
        """What it is about: the database holds that it is one of the two. LookupError where that row is missing."""
        found = self.item or self.assessment
        if found is None:
            raise LookupError("What this comment is about is missing.")
        return found


class CommentWords(Immutable):
    """What a comment says. Of one that was withdrawn it is erased after a while; the digest stays."""

    comment = models.OneToOneField(Comment, on_delete=models.PROTECT, related_name="words")
    text = models.TextField()
    salt = models.CharField(max_length=64, default=new_salt, editable=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="the_words_of_a_comment_are_not_empty")]

    def __str__(self) -> str:
        return f"Words of comment {self.comment.cid}"

    @property
    def digest(self) -> str:
        return salted(self.text, self.salt)


class CommentWithdrawal(Signed):
    """Whoever wrote a comment took it back: nobody reads its words any more."""

    comment = models.OneToOneField(Comment, on_delete=models.PROTECT, related_name="withdrawal")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Withdrawn: comment {self.comment.cid}"
