"""A table of people that waits between its preview and its confirmation."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from portfolio.models.ids import public_id


class Intake(models.Model):
    """What one administrator uploaded, as it was read: theirs alone. Its rows go when it is taken in, or in a day."""

    iid = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    file_name = models.CharField(max_length=150)
    sha256 = models.CharField(max_length=64, help_text="Of the file")
    left_out = models.JSONField(default=list, help_text="The names of sheets that were not read")
    rows = models.JSONField(default=list)
    taken_at = models.DateTimeField(null=True)
    done = models.JSONField(default=dict, help_text="How many of each were made")

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken_at=None) | Q(rows=[]), name="a_table_that_was_taken_in_keeps_no_rows"
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_name}, {self.made_at:%d.%m.%Y}"
