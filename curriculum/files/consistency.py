"""What the parts of a file must say about each other.

Works on whatever parts of a file are sound in themselves, so that one run finds everything; whoever has a typing
error in one module still hears that the credits of another block do not add up.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import ValidationError

from ..schema import STP_CREDITS, BlockSaid, ModuleSaid, RulesSaid, Said

Where = tuple[str | int, ...]
Finding = tuple[Where, str]
S = TypeVar("S", bound=Said)


def credits_problems(
    block_credits: int, modules: Sequence[tuple[str, int]], options: Sequence[Sequence[str]]
) -> list[str]:
    """Why these modules (code, credits) do not make the block's credits: its required ones plus any one option must."""
    credits = dict(modules)
    chosen = {code for option in options for code in option}
    required = sum(number for code, number in modules if code not in chosen)
    if not options:
        return [] if required == block_credits else [f"the block has {block_credits} credits, its modules {required}"]
    return [
        f"the block has {block_credits} credits, but its required modules with option {position} make {total}"
        for position, option in enumerate(options, start=1)
        if (total := required + sum(credits.get(code, 0) for code in option)) != block_credits
    ]


def curriculum_findings(content: dict[Any, Any]) -> list[Finding]:
    """Everything in this curriculum that contradicts something else in it."""
    blocks = _items(content.get("blocks"))
    found: list[Finding] = []
    codes: Counter[str] = Counter()
    for position, block in enumerate(blocks):
        where: Where = ("blocks", position)
        modules = _items(block.get("modules") if isinstance(block, dict) else None)
        for index, raw in enumerate(modules):
            code = raw.get("code") if isinstance(raw, dict) else None
            if isinstance(code, str):
                codes[code] += 1
                if codes[code] == 2:
                    found.append(((*where, "modules", index, "code"), f"{code} is in this curriculum already"))
            module = _sound(ModuleSaid, raw)
            if module is not None:
                found += [((*where, "modules", index, *at), what) for at, what in _module_findings(module)]
        sound = _sound(BlockSaid, block)
        if sound is not None:
            found += [((*where, *at), what) for at, what in _block_findings(sound)]
    return found + _total(content, blocks) + _claimed_complete(content, blocks)


def _module_findings(module: ModuleSaid) -> list[Finding]:
    found: list[Finding] = []
    seen: set[int] = set()
    for index, activity in enumerate(module.activities):
        if activity.number in seen:
            found.append(
                (("activities", index, "number"), f"there are two activities with the number {activity.number}")
            )
        seen.add(activity.number)
    highest = max(seen, default=0)
    if module.expected_activities is not None and module.expected_activities < highest:
        found.append((("expected_activities",), f"is {module.expected_activities}, but there is an activity {highest}"))
    return found


def _block_findings(block: BlockSaid) -> list[Finding]:
    found: list[Finding] = []
    of_block = {module.code for module in block.modules}
    for index, option in enumerate(block.choose_one_of):
        for at, code in enumerate(option):
            if code not in of_block:
                found.append((("choose_one_of", index, at), f"{code} is no module of this block"))
    named = Counter(code for option in block.choose_one_of for code in option)
    if len(block.choose_one_of) == 1:
        found.append((("choose_one_of",), "one option alone is no choice"))
    for code, times in named.items():
        if times > 1:
            found.append((("choose_one_of",), f"{code} is named {times} times: a module is in one option, or in none"))
    if not found:
        modules = [(module.code, module.credits) for module in block.modules]
        found += [(("credits",), what) for what in credits_problems(block.credits, modules, block.choose_one_of)]
    return found


def _total(content: dict[Any, Any], blocks: list[Any]) -> list[Finding]:
    said = content.get("credits")
    parts = [block.get("credits") if isinstance(block, dict) else None for block in blocks]
    found: list[Finding] = []
    if type(said) is not int:
        return found
    if content.get("programme") == "STP" and said != STP_CREDITS:
        found.append((("credits",), f"must be {STP_CREDITS}: the blocks of every STP curriculum add up to that"))
    numbers = [part for part in parts if type(part) is int]
    if parts and len(numbers) == len(parts) and sum(numbers) != said:
        found.append((("blocks",), f"the blocks add up to {sum(numbers)} credits, not {said}"))
    return found


def _claimed_complete(content: dict[Any, Any], blocks: list[Any]) -> list[Finding]:
    """`complete: true` is checked, not believed."""
    if content.get("complete") is not True:
        return []
    modules = [
        module
        for block in blocks
        if isinstance(block, dict)
        for raw in _items(block.get("modules"))
        if (module := _sound(ModuleSaid, raw)) is not None
    ]
    return [
        (("complete",), f"is true, but {module.code} is not: {', '.join(gaps)}")
        for module in modules
        if (gaps := module.gaps)
    ]


def rules_findings(rules: RulesSaid) -> list[Finding]:
    """Dates that do not exist or run backwards, and names given twice."""
    found: list[Finding] = []
    earlier = (-1, 0, 0)
    names: set[str] = set()
    keys: set[str] = set()
    for index, point in enumerate(rules.review_points):
        where: Where = ("review_points", index)
        for key, moment in (("due", point.due), ("window_opens", point.window_opens)):
            if moment is not None and (problem := moment.problem()):
                found.append(((*where, key), problem))
        if point.due.order <= earlier:
            found.append(((*where, "due"), "must be later than that of the review point before it"))
        if point.window_opens is not None and point.window_opens.order > point.due.order:
            found.append(((*where, "window_opens"), "must not be later than `due`"))
        if point.name in names:
            found.append(((*where, "name"), f"there are two review points called {point.name!r}"))
        elif (key := point.key or point.name) in keys:
            found.append(((*where, "key"), f"there are two review points with the key {key!r}"))
        names.add(point.name)
        keys.add(point.key or point.name)
        earlier = point.due.order
    return found


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _sound(kind: type[S], value: Any) -> S | None:
    try:
        return kind.model_validate(value)
    except ValidationError:
        return None
