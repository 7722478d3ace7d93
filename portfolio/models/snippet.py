"""Short texts that somebody who decides keeps for feedback. Nobody else reads them."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from portfolio.models.ids import public_id


class Snippet(models.Model):
    """One of them. They stand in the order that their owner gives them; nothing is told of them anywhere."""

    tid = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["owner", "position", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="a_snippet_says_something")]

    def __str__(self) -> str:
        return f"Snippet {self.tid}"

    @property
    def first_words(self) -> str:
        """One line that tells it from the others in a list of choices."""
        line = " ".join(self.text.split())
        return line if len(line) <= 70 else f"{line[:69].rstrip()}…"
