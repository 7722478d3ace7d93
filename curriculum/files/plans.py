"""What loading a file would do: compared with the database first, then written, or not.

A plan is made and written in one transaction, with the row of its curriculum locked between.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Protocol

from django.db.models import Model

from .. import changes, structure, use
from ..models import (
    Block,
    Criterion,
    Curriculum,
    MarkForm,
    Module,
    Prompt,
    Question,
    Rules,
    TrainingActivity,
)
from ..schema import CurriculumSaid, MarkFormsSaid, PromptsSaid, QuestionsSaid, RulesSaid
from . import facts
from .facts import Facts, Key
from .questionnaire import rows
from .rules import binding_differs
from .writing import programme, write_titles, write_whole


@dataclass(frozen=True)
class Change:
    """One fact, or one whole thing, that is different in the file; `why` is what stands against it, or ""."""

    key: Key
    old: Any = None
    new: Any = None
    why: str = ""

    @property
    def where(self) -> str:
        return facts.words(self.key)

    def __str__(self) -> str:
        if isinstance(self.new, Added | Removed):
            return f"{self.where}: {self.new.word}"
        return f"{self.where}: {facts.value_words(self.old)} -> {facts.value_words(self.new)}"


class Added:
    """Stands in a change for a new thing."""

    word = "added"


class Removed:
    """Stands in a change for a thing that goes."""

    word = "removed"


class Plan(Protocol):
    """What one file would change; `write` does it."""

    kind: str
    name: str
    changes: list[Change]

    @property
    def is_new(self) -> bool:
        """Whether nothing of what the file holds is stored."""

    def write(self) -> None: ...


class Compared:
    """What has been held against the database: one change says that all of it is new."""

    changes: list[Change]

    @property
    def is_new(self) -> bool:
        return any(isinstance(one.new, Added) and len(one.key) == 1 for one in self.changes)


# --- curricula ----------------------------------------------------------------------------------------------------
class CurriculumPlan(Compared):
    """Fills in a curriculum that portfolios follow; makes any other what the file says."""

    kind = "curriculum"

    def __init__(self, said: CurriculumSaid, *, draft: bool) -> None:
        self.said, self.draft, self.name = said, draft, said.code
        self.row = Curriculum.objects.select_for_update().filter(code=said.code).first()
        self.used = self.row is not None and use.in_use(self.row)
        self.stored: Facts = {}
        if self.row is not None:
            self.stored = facts.of_stored(self.row, structure.read([self.row.pk])[self.row.pk])
        self.said_facts = facts.of_file(said, draft=draft)
        self.changes = list(self._fillings() if self.used else self._differences())

    def _differences(self) -> Iterable[Change]:
        if self.row is None:
            yield Change(("curriculum",), new=Added())
            return
        yield from _compare(self.stored, self.said_facts)

    def _fillings(self) -> Iterable[Change]:
        silent = facts.left_out(self.said)
        heard = dict(self.stored)
        for key, new in self.said_facts.items():
            if key not in self.stored or not (key in silent or facts.says_nothing(key, self.stored[key], new)):
                heard[key] = new
        said = facts.things(self.said_facts)
        for thing in facts.things(self.stored):
            if thing not in said and thing[0] != "activity":
                yield Change(thing, new=Removed(), why=changes.may_add_or_remove(used=True) or "")
        for change in _compare(self.stored, heard):
            yield replace(change, why=self._refusal(change) or "")

    def _refusal(self, change: Change) -> str | None:
        if isinstance(change.new, Added):
            kind, code, *_ = change.key
            if kind == "activity" and ("module", code, "title") in self.stored:
                return changes.may_add_activity(self._module(code), used=True)
            return changes.may_add_or_remove(used=True)
        field = change.key[-1]
        if field == "activities_complete" and (missing := self._known_but_not_listed(change.key[1])):
            return f"the file calls the list complete, but activity {', '.join(map(str, missing))} is not in it"
        row = self._stored_row(change.key)
        signed = isinstance(row, Module) and use.signed(row)
        return changes.may_change(row, field, change.old, change.new, used=True, signed=signed)

    def _known_but_not_listed(self, code: str) -> list[int]:
        """Numbers that are known already but missing from a list that the file gives. An empty list says nothing."""
        listed = {key[2] for key in self.said_facts if key[:2] == ("activity", code)}
        known = {key[2] for key in self.stored if key[:2] == ("activity", code)}
        return sorted(known - listed) if listed else []

    def _module(self, code: str) -> Module:
        return Module.objects.get(curriculum=self.row, code=code)

    def _stored_row(self, key: Key) -> Model:
        match key:
            case ("curriculum", _):
                assert self.row is not None
                return self.row
            case ("block", position, _):
                return Block.objects.get(curriculum=self.row, position=position)
            case ("module", code, _):
                return self._module(code)
            case ("activity", code, number, _):
                return TrainingActivity.objects.get(module__curriculum=self.row, module__code=code, number=number)
        raise KeyError(key)

    @property
    def warnings(self) -> list[str]:
        """What is allowed and yet worth a word."""
        unsaid = facts.left_out(self.said)
        retitled = [change.key[1] for change in self.changes if self.used and change.key[0::2] == ("module", "title")]
        return [
            f"{code} gets another title and stays provisional: `provisional: false` confirms it"
            for code in retitled
            if ("module", code, "provisional") in unsaid
        ]

    def write(self) -> None:
        if not self.used:
            write_whole(self.said, self.row, draft=self.draft)
            return
        for change in self.changes:
            self._write(change)

    def _write(self, change: Change) -> None:
        match change.key:
            case ("activity", code, number):
                said = {key[-1]: value for key, value in self.said_facts.items() if key[:-1] == change.key}
                TrainingActivity.objects.create(module=self._module(code), number=number, **said)
            case ("module", code, "titles"):
                write_titles(self._module(code), change.new)
            case ("module", code, "cbd" | "observed"):
                numbers = {name: self.said_facts["module", code, name] for name in ("cbd", "observed")}
                Module.objects.filter(curriculum=self.row, code=code).update(**numbers)
            case _:
                row = self._stored_row(change.key)
                setattr(row, change.key[-1], change.new)
                row.save(update_fields=[change.key[-1]])


def _compare(old: Facts, new: Facts) -> Iterable[Change]:
    """What is different, thing by thing: a thing on one side only is one change."""
    was, will_be = facts.things(old), facts.things(new)
    for thing in {**was, **will_be}:
        if thing not in was:
            yield Change(thing, new=Added())
        elif thing not in will_be:
            yield Change(thing, new=Removed())
    for key, value in new.items():
        if key in old and old[key] != value:
            yield Change(key, old[key], value)


# --- rules and prompts --------------------------------------------------------------------------------------------
class RulesPlan(Compared):
    """Rules that a curriculum in use refers to stay as they are: other rules take another name.

    What a report of feedback can show, and what a review point with a key is called, is no rule, and may change.
    """

    kind = "rules"

    def __init__(self, said: RulesSaid) -> None:
        self.said, self.name = said, said.name
        row = Rules.objects.select_for_update().filter(name=said.name).first()
        if row is None:
            self.changes = [Change(("rules",), new=Added())]
            return
        followed = any(use.in_use(each) for each in row.curricula.all())
        why = "a curriculum that portfolios follow refers to these rules: give the changed ones a name of their own"
        self.changes = [
            Change(
                ("rules", name),
                "as stored",
                "as in the file",
                why if followed and binding_differs(name, row.content, said.content) else "",
            )
            for name in dict.fromkeys([*row.content, *said.content])
            if row.content.get(name) != said.content.get(name)
        ]
        if row.source != said.source:
            self.changes.append(Change(("rules", "source"), row.source, said.source))

    def write(self) -> None:
        given = {"source": self.said.source, "content": self.said.content}
        Rules.objects.update_or_create(name=self.said.name, defaults=given)


class PromptsPlan(Compared):
    """The prompts of a programme become those of the file, in its order."""

    kind = "prompts"

    def __init__(self, said: PromptsSaid) -> None:
        self.said, self.name = said, said.programme
        stored = Prompt.objects.filter(programme__code=said.programme)
        old = {(row.section, row.type, row.position): (row.label, row.text) for row in stored}
        new = self._rows()
        self.changes = [
            Change(("prompt", *key), ": ".join(old.get(key, ())), ": ".join(new.get(key, ())))
            for key in dict.fromkeys([*new, *old])
            if old.get(key) != new.get(key)
        ]
        if not old:
            self.changes = [Change(("prompts",), new=Added())]

    def _rows(self) -> dict[tuple[str, str, int], tuple[str, str]]:
        """By section, type and the position within them, the label and the text."""
        rows: dict[tuple[str, str, int], tuple[str, str]] = {}
        for each in self.said.prompts:
            position = 1 + sum(key[:2] == (each.section, each.type or "") for key in rows)
            rows[each.section, each.type or "", position] = (each.label, each.text)
        return rows

    def write(self) -> None:
        owner = programme(self.said.programme)
        owner.prompts.all().delete()
        Prompt.objects.bulk_create(
            Prompt(programme=owner, section=section, type=type_, position=position, label=label, text=text)
            for (section, type_, position), (label, text) in self._rows().items()
        )


class QuestionsPlan(Compared):
    """The questions of a programme become those of the file, in its order. Rounds that are open keep theirs."""

    kind = "questions"

    def __init__(self, said: QuestionsSaid) -> None:
        self.said, self.name = said, said.programme
        stored = Question.objects.filter(programme__code=said.programme).order_by("position")
        old = {row.position: (row.kind, row.text, row.hint, row.scale) for row in stored}
        new = dict(enumerate(rows(said), start=1))
        self.changes = [
            Change(("question", at), "; ".join(old.get(at, ())), "; ".join(new.get(at, ())))
            for at in dict.fromkeys([*new, *old])
            if old.get(at) != new.get(at)
        ]
        if not old:
            self.changes = [Change(("questions",), new=Added())]

    def write(self) -> None:
        owner = programme(self.said.programme)
        owner.questions.all().delete()
        Question.objects.bulk_create(
            Question(programme=owner, position=at, kind=kind, text=text, hint=hint, scale=scale)
            for at, (kind, text, hint, scale) in enumerate(rows(self.said), start=1)
        )


class MarkFormsPlan(Compared):
    """The mark forms of a programme, of the kinds in the file, become those of the file."""

    kind = "mark forms"

    def __init__(self, said: MarkFormsSaid) -> None:
        self.said, self.name = said, said.programme
        stored = MarkForm.objects.filter(programme__code=said.programme).prefetch_related("criteria")
        old = {form.kind: self._words(form.words, [row.text for row in form.criteria.all()]) for form in stored}
        new = {form.kind: self._words(form.scale, form.criteria) for form in said.mark_forms}
        self.changes = [
            Change(("mark form", kind), old.get(kind, ""), words)
            for kind, words in new.items()
            if old.get(kind) != words
        ]
        if not old:
            self.changes = [Change(("mark forms",), new=Added())]

    @staticmethod
    def _words(scale: Iterable[str], criteria: Iterable[str]) -> str:
        return "; ".join([" / ".join(scale), *criteria])

    def write(self) -> None:
        owner = programme(self.said.programme)
        for said in self.said.mark_forms:
            scale = "\n".join(said.scale)
            form, _ = MarkForm.objects.update_or_create(programme=owner, kind=said.kind, defaults={"scale": scale})
            form.criteria.all().delete()
            Criterion.objects.bulk_create(
                Criterion(form=form, position=position, text=text)
                for position, text in enumerate(said.criteria, start=1)
            )
