"""The trainee's own journal: what nobody else reads until it is turned into evidence."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from portfolio.models.evidence import Evidence
from portfolio.models.ids import public_id
from portfolio.models.portfolio import Portfolio


class JournalNote(models.Model):
    """A dated note. It is the trainee's alone: no event tells of it, and deleting it deletes it."""

    jid = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="notes")
    dated = models.DateField("date")
    happened = models.TextField("what happened", blank=True)
    thought = models.TextField("what I make of it", blank=True)
    page = models.ForeignKey(
        Evidence,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
        help_text="The page of evidence that it was turned into",
    )
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-dated", "-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(happened="", thought=""), name="a_journal_note_says_something"),
        ]
        indexes = [models.Index(fields=["portfolio", "-dated"], name="notes_by_date")]

    def __str__(self) -> str:
        return self.first_words

    @property
    def first_words(self) -> str:
        """What it is called: it has no title of its own."""
        words = (self.happened or self.thought).split()
        called = ""
        for word in words:
            if len(called) + len(word) > 60:
                return f"{called or word[:60]} …"
            called = f"{called} {word}".lstrip()
        return called
