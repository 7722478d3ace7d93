"""Whole curricula as plain, frozen facts: what pages and calculations read in place of rows.

`read` asks the same seven queries for one curriculum or for a hundred; `current` remembers what it said, for pages.
Unknown numbers are None, never 0.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Subquery

from audit.models import Chain

from .models import AssessmentTitle, Block, Curriculum, Module, Option, Prompt, TrainingActivity


@dataclass(frozen=True)
class ActivityFacts:
    """A training activity whose wording is known; `type` is "" when not recorded."""

    number: int
    type: str
    title: str


@dataclass(frozen=True)
class ModuleFacts:
    """A module; `expected`, `cbd` and `observed` are None when the curriculum does not know them."""

    id: int
    code: str
    title: str
    kind: str
    credits: int
    phase: int | None
    block_position: int
    provisional: bool
    complete: bool
    expected: int | None
    cbd: int | None
    observed: int | None
    university_result: bool
    url: str
    activities: tuple[ActivityFacts, ...]
    titles: tuple[tuple[str, str], ...] = ()

    @cached_property
    def known_numbers(self) -> tuple[int, ...]:
        """The numbers of the activities whose wording is known, in order."""
        return tuple(activity.number for activity in self.activities)

    @property
    def highest_known(self) -> int:
        """The largest known number, 0 when none is."""
        return max(self.known_numbers, default=0)

    @cached_property
    def places(self) -> tuple[int, ...]:
        """Every number that this curriculum shows, known or not: a complete list as it is, else 1 to the larger
        of the highest known number and the expected one. Empty when nothing at all is known."""
        if self.complete:
            return self.known_numbers
        return tuple(range(1, max(self.highest_known, self.expected or 0) + 1))

    @cached_property
    def _by_number(self) -> dict[int, ActivityFacts]:
        return {activity.number: activity for activity in self.activities}

    def activity(self, number: int) -> ActivityFacts | None:
        """The activity of this number, or None: then the number is a place, or none at all."""
        return self._by_number.get(number)


@dataclass(frozen=True)
class BlockFacts:
    """A row of the programme structure; each option lists the codes of its modules."""

    id: int
    position: int
    title: str
    phase: int | None
    credits: int
    modules: tuple[ModuleFacts, ...]
    options: tuple[tuple[str, ...], ...] = ()

    @property
    def has_choice(self) -> bool:
        return bool(self.options)

    @property
    def required(self) -> tuple[ModuleFacts, ...]:
        """The modules that everybody does: those in no option."""
        chosen = {code for option in self.options for code in option}
        return tuple(module for module in self.modules if module.code not in chosen)


@dataclass(frozen=True)
class PromptFacts:
    """What evidence should show, or a question to write from; `type` is "" for activities of every type."""

    section: str
    type: str
    label: str
    text: str


@dataclass(frozen=True)
class Structure:
    """One curriculum. `rules` is the validated content of its rules file, or None; `prompts` are its programme's.

    `remembered` is what was worked out of it, for whoever follows it and is asked the same.
    """

    id: int
    code: str
    specialty: str
    start_year: int
    credits: int
    fictional: bool
    source: str
    programme_code: str
    rules: dict[str, Any] | None = field(hash=False)
    blocks: tuple[BlockFacts, ...] = ()
    note: str = ""
    draft: bool = False
    prompts: tuple[PromptFacts, ...] = ()
    remembered: dict[tuple[Hashable, ...], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def modules(self) -> tuple[ModuleFacts, ...]:
        """All modules, in the order of the programme."""
        return tuple(module for block in self.blocks for module in block.modules)

    @cached_property
    def by_code(self) -> dict[str, ModuleFacts]:
        return {module.code: module for module in self.modules}

    def module(self, code: str) -> ModuleFacts:
        """The module of this code; KeyError when there is none."""
        return self.by_code[code]

    @cached_property
    def _by_position(self) -> dict[int, BlockFacts]:
        return {block.position: block for block in self.blocks}

    def block(self, module: ModuleFacts) -> BlockFacts:
        """The block that holds this module."""
        return self._by_position[module.block_position]


INSTANCE = "instance"  # the chain that tells of accounts, roles, curricula and settings


@dataclass(frozen=True)
class Kept:
    """What was read while the instance's chain ended with the event of this hash."""

    head: str
    structures: dict[int, Structure] = field(default_factory=dict)


_kept = Kept("")


def instance_head() -> Subquery:
    """The head of the instance's chain, as a column of another query: for `current`, which then needs none."""
    return Subquery(Chain.objects.filter(name=INSTANCE).values("head_hash")[:1])


def current(curriculum_ids: Iterable[int], head: str | None = None) -> dict[int, Structure]:
    """The same as `read`, in one query while nothing has happened since this process read them.

    And in none for whoever has just read the chain's `head` with something else.

    Whatever changes a curriculum or a prompt adds an event to the instance's chain in the same transaction (loader.py,
    admin.py). So while the chain's head is the same, the curricula are. The head is read first: what is kept under it
    is as new as it is, or newer. Inside a transaction, where changes may be seen that are never committed, what is kept
    is used and nothing is added to it.
    """
    global _kept
    ids = set(curriculum_ids)
    head = head or Chain.objects.filter(name=INSTANCE).values_list("head_hash", flat=True).first()
    if head is None:
        return read(ids)
    kept = _kept.structures if _kept.head == head else {}
    if missing := ids - kept.keys():
        kept = kept | read(missing)
        if not connection.in_atomic_block:
            _kept = Kept(head, kept)
    return {pk: kept[pk] for pk in ids if pk in kept}


def read(curriculum_ids: Iterable[int]) -> dict[int, Structure]:
    """The curricula of these ids, by id, in seven queries however many they are. Unknown ids are left out."""
    ids = set(curriculum_ids)
    curricula = Curriculum.objects.filter(id__in=ids).select_related("programme", "rules")
    blocks = _grouped("curriculum_id", Block.objects.filter(curriculum_id__in=ids).order_by("position"))
    modules = _grouped("block_id", Module.objects.filter(curriculum_id__in=ids).order_by("position"))
    activities = _grouped(
        "module_id", TrainingActivity.objects.filter(module__curriculum_id__in=ids).order_by("number")
    )
    titles = _grouped("module_id", AssessmentTitle.objects.filter(module__curriculum_id__in=ids).order_by("position"))
    prompts = _grouped("programme_id", Prompt.objects.filter(programme__in=curricula.values("programme")))
    options: dict[int, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    members = Option.objects.filter(block__curriculum_id__in=ids).order_by("position", "modules__position")
    for block_id, position, code in members.values_list("block_id", "position", "modules__code"):
        options[block_id][position].append(code)

    def module_facts(module: Module, block: Block) -> ModuleFacts:
        return ModuleFacts(
            id=module.pk,
            code=module.code,
            title=module.title,
            kind=module.kind,
            credits=module.credits,
            phase=block.phase,
            block_position=block.position,
            provisional=module.provisional,
            complete=module.activities_complete,
            expected=module.expected_activities,
            cbd=module.cbd,
            observed=module.observed,
            university_result=module.university_result,
            url=module.url,
            activities=tuple(ActivityFacts(row.number, row.type, row.title) for row in activities[module.pk]),
            titles=tuple((row.kind, row.title) for row in titles[module.pk]),
        )

    def block_facts(block: Block) -> BlockFacts:
        return BlockFacts(
            id=block.pk,
            position=block.position,
            title=block.title,
            phase=block.phase,
            credits=block.credits,
            modules=tuple(module_facts(module, block) for module in modules[block.pk]),
            options=tuple(tuple(codes) for codes in options[block.pk].values()),
        )

    return {
        row.pk: Structure(
            id=row.pk,
            code=row.code,
            specialty=row.specialty,
            start_year=row.start_year,
            credits=row.credits,
            fictional=row.fictional,
            source=row.source,
            programme_code=row.programme.code,
            rules=row.rules.content if row.rules else None,
            blocks=tuple(block_facts(block) for block in blocks[row.pk]),
            note=row.note,
            draft=row.status == Curriculum.Status.DRAFT,
            prompts=tuple(PromptFacts(one.section, one.type, one.label, one.text) for one in prompts[row.programme_id]),
        )
        for row in curricula
    }


def _grouped(key: str, rows: Iterable[Any]) -> dict[Hashable, list[Any]]:
    groups: dict[Hashable, list[Any]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, key)].append(row)
    return groups
