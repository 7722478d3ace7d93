"""A whole curriculum written from its file: its blocks, modules, options, activities and titles."""

from collections.abc import Iterable

from ..models import AssessmentTitle, Block, Curriculum, Module, Option, Programme, Rules, TrainingActivity
from ..schema import BlockSaid, CurriculumSaid, ModuleSaid

KNOWN_PROGRAMMES = {"STP": "Scientist Training Programme"}


def programme(code: str) -> Programme:
    """The programme of this code. The STP is made when it is missing; others are made in the admin first."""
    if code in KNOWN_PROGRAMMES:
        return Programme.objects.get_or_create(code=code, defaults={"name": KNOWN_PROGRAMMES[code]})[0]
    return Programme.objects.get(code=code)


def write_whole(said: CurriculumSaid, row: Curriculum | None, *, draft: bool) -> Curriculum:
    """Makes the curriculum exactly what the file says. Only for one that no portfolio follows."""
    row = row or Curriculum(code=said.code)
    row.programme = programme(said.programme)
    row.specialty, row.start_year, row.credits = said.specialty, said.start_year, said.credits
    row.rules = Rules.objects.get(name=said.rules) if said.rules else None
    row.source, row.note, row.fictional = said.source, said.note, said.fictional
    row.status = Curriculum.Status.DRAFT if draft else Curriculum.Status.PUBLISHED
    row.save()
    row.blocks.all().delete()
    for position, block in enumerate(said.blocks, start=1):
        _write_block(row, position, block)
    return row


def _write_block(row: Curriculum, position: int, said: BlockSaid) -> None:
    block = Block.objects.create(
        curriculum=row, position=position, title=said.title, phase=said.phase, credits=said.credits
    )
    modules = {module.code: _write_module(block, index, module) for index, module in enumerate(said.modules, start=1)}
    for index, codes in enumerate(said.choose_one_of, start=1):
        Option.objects.create(block=block, position=index).modules.set(modules[code] for code in codes)


def _write_module(block: Block, position: int, said: ModuleSaid) -> Module:
    asked = said.assessments
    module = Module.objects.create(
        curriculum=block.curriculum,
        block=block,
        position=position,
        code=said.code,
        title=said.title,
        kind=said.kind,
        credits=said.credits,
        provisional=said.provisional,
        activities_complete=said.activities_complete,
        expected_activities=said.expected_activities,
        cbd=asked.cbd if asked else None,
        observed=asked.observed if asked else None,
        university_result=said.university_result,
        url=said.url,
    )
    TrainingActivity.objects.bulk_create(
        TrainingActivity(module=module, number=each.number, type=each.type or "", title=each.title)
        for each in said.activities
    )
    if asked:
        write_titles(module, ((each.kind, each.title) for each in asked.titles))
    return module


def write_titles(module: Module, titles: Iterable[tuple[str, str]]) -> None:
    AssessmentTitle.objects.bulk_create(
        AssessmentTitle(module=module, position=position, kind=kind, title=title)
        for position, (kind, title) in enumerate(titles, start=1)
    )
