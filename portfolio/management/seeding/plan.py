"""What one seeded trainee has done: pure, and the same for the same number on every machine."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from random import Random

from curriculum.structure import ModuleFacts, Structure
from portfolio.states import ActivityState as State
from portfolio.states import Outcome

WHOLE_MODULES = (0, 1, 2, 2, 3)  # how many modules, from the first on, have everything signed off; by trainee
STATES = (State.SIGNED_OFF, State.IN_REVIEW, State.RETURNED, State.DRAFT, State.NOT_STARTED)
OFTEN = (40, 20, 10, 18, 12)  # of a hundred activities of the other modules, by STATES
SECOND_TIME = 0.15  # the share of submitted work that had come back once before
SPARE = 3  # the last pages of each trainee: nothing is linked to them


@dataclass(frozen=True)
class Size:
    """How much each trainee has: pages of evidence, links, activities with a row."""

    pages: int = 60
    links: int = 80
    activities: int = 60

    @property
    def linked(self) -> int:
        """How many pages are linked to something."""
        return max(self.pages - SPARE, 1)


USUAL = Size()


@dataclass(frozen=True)
class Work:
    """One activity, and where it is to stand. `before`: how often it was returned on the way; `unlocked`: it was signed
    off, and is Returned because that was opened again. `pages`: the numbers of the pages linked to it."""

    module: ModuleFacts
    number: int
    state: State
    pages: tuple[int, ...]
    before: int = 0
    unlocked: bool = False

    @property
    def outcomes(self) -> tuple[Outcome | None, ...]:
        """What became of each of its submissions; None is one that waits."""
        last: dict[State, tuple[Outcome | None, ...]] = {
            State.IN_REVIEW: (None,),
            State.RETURNED: (Outcome.SIGNED_OFF if self.unlocked else Outcome.RETURNED,),
            State.SIGNED_OFF: (Outcome.SIGNED_OFF,),
        }
        return (Outcome.RETURNED,) * self.before + last.get(self.state, ())


def plan(chance: Random, trainee: int, structure: Structure, size: Size) -> list[Work]:
    """The first activities of the programme, in every state, with one or two pages each."""
    whole = {module.code for module in structure.modules[: WHOLE_MODULES[trainee % len(WHOLE_MODULES)]]}
    chosen = list(islice(_places(structure), size.activities))
    states = [State.SIGNED_OFF if module.code in whole else chance.choices(STATES, OFTEN)[0] for module, _ in chosen]
    worked = sum(state != State.NOT_STARTED for state in states)
    second = size.links - worked  # so many of them have a second page
    found, page = [], 0
    for (module, number), state in zip(chosen, states, strict=True):
        pages: tuple[int, ...] = ()
        if state != State.NOT_STARTED:
            pages = tuple(dict.fromkeys((page % size.linked, (page * 5 + 1) % size.linked)[: 2 if second > 0 else 1]))
            page, second = page + 1, second - 1
        submitted = state in (State.IN_REVIEW, State.RETURNED, State.SIGNED_OFF)
        found.append(
            Work(
                module=module,
                number=number,
                state=state,
                pages=pages,
                before=int(submitted and chance.random() < SECOND_TIME),
                unlocked=state == State.RETURNED and chance.random() < SECOND_TIME,
            )
        )
    return found


def _places(structure: Structure) -> Iterator[tuple[ModuleFacts, int]]:
    """Every activity that the curriculum shows, in the order of the programme."""
    return ((module, number) for module in structure.modules for number in module.places)
