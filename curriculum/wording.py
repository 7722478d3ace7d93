"""What a curriculum knows and does not know, in words for its pages. Pure: from structure.py's facts to text."""

from .structure import BlockFacts, ModuleFacts, Structure

NOT_RECORDED = "not recorded yet"


def counted(number: int, one: str, many: str = "") -> str:
    """For example "1 module", "3 modules"."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def phase(number: int | None) -> str:
    return "Throughout" if number is None else f"Phase {number}"


def activities(module: ModuleFacts) -> str:
    """How many training activities there are, and how many of them are only places."""
    known, total = len(module.known_numbers), len(module.places)
    worded = counted(known, "training activity", "training activities")
    if not module.complete and module.expected is None:
        return f"{worded} known, the total is {NOT_RECORDED}" if known else f"Training activities {NOT_RECORDED}"
    if known == total:
        return worded
    return f"{worded} and {counted(total - known, 'place')}" if known else counted(total, "place")


def assessments(module: ModuleFacts) -> str:
    """How many case-based discussions and observed assessments the module asks for."""
    if module.cbd is None or module.observed is None:
        return f"Assessments {NOT_RECORDED}"
    if not module.cbd and not module.observed:
        return "No CBD, DOPS or OCE"
    parts = [counted(module.cbd, "CBD")] if module.cbd else []
    parts += [f"{module.observed} DOPS or OCE"] if module.observed else []
    return ", ".join(parts)


def choice(block: BlockFacts) -> str:
    """What may be chosen in this block, or ""."""
    if not block.has_choice:
        return ""
    options = "; or ".join(" with ".join(option) for option in block.options)
    return f"Choose one option: {options}"


def place_in_choice(block: BlockFacts, module: ModuleFacts) -> str:
    """Which option the module belongs to, or ""."""
    for position, option in enumerate(block.options, start=1):
        if module.code in option:
            return f"Option {position} of {len(block.options)}"
    return ""


def summary(block: BlockFacts, module: ModuleFacts) -> str:
    """One line about a module."""
    parts = [counted(module.credits, "credit"), activities(module), assessments(module)]
    if module.university_result:
        parts.append("University result")
    return ". ".join(part for part in (*parts, place_in_choice(block, module)) if part)


def known(structure: Structure) -> str:
    """How much of a curriculum is recorded, for a list of many."""
    modules = structure.modules
    gaps = {
        "provisional": sum(module.provisional for module in modules),
        "without a complete activity list": sum(not module.complete for module in modules),
        "without assessments recorded": sum(module.cbd is None for module in modules),
    }
    found = [f"{number} {gap}" for gap, number in gaps.items() if number]
    total = counted(len(modules), "module")
    return f"{total}: {', '.join(found)}" if found else f"{total}, all recorded"
