"""Time in another department: where, with whom, what for, and what came of it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from audit.canonical import digest, new_salt, salted
from curriculum.models import Module
from portfolio.models.evidence import Evidence
from portfolio.models.ids import public_id
from portfolio.models.people import Role
from portfolio.models.portfolio import Portfolio
from portfolio.states import PlacementKind, PlacementState

# The closing reflection, in the order in which it is written and read: the field of each question.
QUESTIONS = {
    "expected": "What I expected",
    "did": "What I did",
    "made": "What I made",
    "learnt": "What I learnt",
    "advice": "What I would tell the next one",
}
PLANNED = Q(state=PlacementState.PLANNED)
CONFIRMED_BY_NOBODY = Q(confirmed_by=None, confirmed_at=None)
CONFIRMED_BY_SOMEBODY = Q(confirmed_by__isnull=False, confirmed_at__isnull=False)


class Placement(models.Model):
    """One placement of a trainee, both dates inclusive. Its `state` is written by workflow.machine alone.

    `modules` are worked on there: of these, and of nothing else, its supervisor sees the contents and decides. `role`
    is the supervisor's, and is there only while the placement is confirmed or closed. A rotation has its `module`,
    beside whose title `title` is shown while that is provisional.
    """

    pid = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="placements")
    kind = models.CharField(max_length=20, choices=PlacementKind, default=PlacementKind.ROTATION)
    state = models.CharField(max_length=20, choices=PlacementState, default=PlacementState.PLANNED, editable=False)
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    modules = models.ManyToManyField(Module, blank=True, related_name="+")
    title = models.CharField(max_length=200)
    department = models.CharField("host department", max_length=200, blank=True)
    organisation = models.CharField("host organisation", max_length=200, blank=True)
    supervisor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    starts_on = models.DateField("first day")
    ends_on = models.DateField("last day")
    aims = models.TextField(blank=True)
    expected = models.TextField(blank=True)
    did = models.TextField(blank=True)
    made = models.TextField(blank=True)
    learnt = models.TextField(blank=True)
    advice = models.TextField(blank=True)
    role = models.OneToOneField(Role, on_delete=models.PROTECT, related_name="placement", null=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, editable=False
    )
    confirmed_at = models.DateTimeField(null=True, editable=False)
    page = models.ForeignKey(
        Evidence,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
        help_text="The page of evidence that its closing reflection was turned into",
    )
    salt = models.CharField(max_length=64, default=new_salt, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    asked_at = models.DateTimeField(
        default=timezone.now, editable=False, help_text="Since when it waits, or waited, to be confirmed"
    )

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="a_placement_ends_no_earlier_than_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(state__in=PlacementState.values), name="a_placement_state_is_a_known_word"
            ),
            models.CheckConstraint(
                condition=Q(kind=PlacementKind.ROTATION, module__isnull=False)
                | Q(kind=PlacementKind.ELECTIVE, module=None),
                name="a_rotation_has_its_module_and_an_elective_has_none",
            ),
            models.CheckConstraint(
                condition=(PLANNED & CONFIRMED_BY_NOBODY) | (~PLANNED & CONFIRMED_BY_SOMEBODY),
                name="a_placement_that_is_more_than_planned_was_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(role=None) | ~PLANNED, name="a_planned_placement_gives_its_supervisor_no_role"
            ),
            models.CheckConstraint(condition=~Q(title=""), name="a_placement_has_a_title"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def texts_digest(self) -> str:
        """The salted digest of all that the trainee wrote in it."""
        names = ("title", "department", "organisation", "aims", *QUESTIONS)
        return salted("\n".join(getattr(self, name) for name in names), self.salt)

    @property
    def seen(self) -> str:
        """A digest of what somebody confirms: the form carries it back, so that nothing else is confirmed."""
        return digest(
            {
                "v": "stp-placement-1",
                "placement": self.pid,
                "kind": self.kind,
                "module": self.module_id,
                "modules": sorted(module.pk for module in self.modules.all()),
                "supervisor": self.supervisor_id,
                "from": self.starts_on.isoformat(),
                "to": self.ends_on.isoformat(),
                "texts": self.texts_digest,
            }
        )


class PlannedActivity(models.Model):
    """A training activity that the trainee means to do in a placement. It plans; it gives nobody sight of anything."""

    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="planned")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["placement", "module__block__position", "module__position", "number"]
        verbose_name_plural = "planned activities"
        constraints = [
            models.UniqueConstraint(
                fields=["placement", "module", "number"], name="an_activity_is_planned_into_a_placement_once"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="planned_places_start_at_1"),
        ]

    def __str__(self) -> str:
        return f"{self.module.code} {self.number}"
