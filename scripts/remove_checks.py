"""Is every check of portfolio/access/ held by a test? Takes them away one at a time, and sees whether a test fails.

    .venv/bin/python scripts/remove_checks.py          (make mutate)
    .venv/bin/python scripts/remove_checks.py --list        what would be taken away
    .venv/bin/python scripts/remove_checks.py doing:48      only what stands on this line of this module
    .venv/bin/python scripts/remove_checks.py doing asked   only these modules

A removal takes away one side of an "and", an "or", a `&` or a `|`, one condition of a filter, an exclude, a Q or a loop
in brackets, an early return, one name of a list of roles, or a "not"; or it turns one comparison round.

Nothing is written into the tree. The tests are collected and their people are made once; then, for each removal, this
process splits off a copy of itself, which puts the changed module in the place of its own and runs the tests until one
fails, those first that noticed the removals before. Whatever no test notices is named at the end; then the exit status
is 1.
"""

import argparse
import ast
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from inspect import isfunction
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
ROOM = "portfolio/access"
# The quickest first: what it notices need not be asked of the others.
TESTS = (
    "tests/portfolio/test_access.py",
    "tests/portfolio/placements/test_supervisor.py",
    "tests/portfolio/placements/test_what_is_not_theirs.py",
    "tests/portfolio/one_off/test_signing_by_link.py",
    "tests/portfolio/one_off/test_assessing_by_link.py",
    "tests/attacks/test_objects.py",
    "tests/test_addresses.py",
)
QUICK = TESTS[:3]
CONDITIONS = ("filter", "exclude", "Q")
LISTS = (tuple, frozenset, dict)
# Removals that cannot be tried here, each with its reason.
LEFT_OUT = {
    "{Part.OFFICER, Part.COORDINATOR}": "the tables of steps have read it by then; who takes each step is said by hand "
    "in tests/portfolio/workflow"
}


@dataclass(frozen=True)
class Removal:
    """One check taken away: where, what stood there, what stands there now, and the module without it."""

    module: str
    line: int
    was: str
    now: str
    source: str

    def __str__(self) -> str:
        return f"{self.place}  {self.was}  ->  {self.now}"

    @property
    def place(self) -> str:
        return f"{self.module}:{self.line}"


def removals() -> Iterator[Removal]:
    """Every removal, module by module in the order of the lines."""
    for path in sorted((ROOT / ROOM).glob("*.py")):
        tree = ast.parse(path.read_text())
        for parent, field, place, node in list(_nodes(tree)):
            for less in _without(parent, node):
                _put(parent, field, place, less)
                source = ast.unparse(ast.fix_missing_locations(tree))
                line = getattr(node, "lineno", getattr(getattr(node, "iter", None), "lineno", 0))
                yield Removal(path.stem, line, _one_line(node), _one_line(less), source)
                _put(parent, field, place, node)


def _nodes(parent: ast.AST) -> Iterator[tuple[ast.AST, str, int | None, ast.AST]]:
    """Every node below this one with its place. Type hints check nothing."""
    for field, value in ast.iter_fields(parent):
        if field in ("annotation", "returns", "decorator_list", "bases", "slice"):
            continue
        for place, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(node, ast.AST):
                yield parent, field, place, node
                yield from _nodes(node)


def _put(parent: ast.AST, field: str, place: int | None, node: ast.AST) -> None:
    if place is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[place] = node


def _without(parent: ast.AST, node: ast.AST) -> Iterator[ast.AST]:
    """The node with one check less, in every way there is."""
    match node:
        case ast.BinOp(left=left, op=ast.BitAnd() | ast.BitOr(), right=right):
            yield from (left, right)
        case ast.BoolOp(values=values):
            yield from (_less(node, "values", value) for value in values)
        case ast.UnaryOp(op=ast.Not() | ast.Invert(), operand=operand):
            yield operand
        case ast.Compare():
            yield ast.UnaryOp(ast.Not(), node)
        case ast.If(orelse=[]):
            yield ast.Pass()
        case ast.comprehension(ifs=conditions):
            yield from (_less(node, "ifs", one) for one in conditions)
        case ast.IfExp(body=body, orelse=orelse):
            yield from (body, orelse)
        case ast.Call(func=ast.Attribute(attr="exclude", value=rows)):
            yield rows
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) if name in CONDITIONS:
            if name != "Q" or len(node.args + node.keywords) > 1 or not isinstance(parent, ast.BinOp):
                yield from (_less(node, "args", one) for one in node.args)
                yield from (_less(node, "keywords", one) for one in node.keywords)
        case ast.Tuple(elts=names) | ast.Set(elts=names) if all(isinstance(name, ast.Attribute) for name in names):
            yield from (_less(node, "elts", name) for name in names)


def _less(node: ast.AST, field: str, one: ast.AST) -> ast.AST:
    less = copy(node)
    setattr(less, field, [each for each in getattr(node, field) if each is not one])
    if isinstance(less, ast.BoolOp) and len(less.values) == 1:
        return less.values[0]
    return less


def _one_line(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())


class Removing:
    """In place of pytest's own loop over the tests."""

    def __init__(self, found: list[Removal], jobs: int) -> None:
        self.found, self.jobs = found, jobs
        self.unnoticed: list[Removal] = []
        self.told, self.tells = os.pipe()  # which test noticed a removal
        os.set_blocking(self.told, False)
        self.noticing: list[int] = []  # the places of such tests, the last first

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        connection.settings_dict["TEST"]["NAME"] = None  # in memory: a copy of the process has a copy of it
        first = [item for item in session.items if item.path == session.items[0].path]
        for item, following in zip(
            first, [*first[1:], first[0]], strict=True
        ):  # what they stand on stays for the copies
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed or os.waitpid(self._split_off(session, None), 0)[1]:
            sys.exit("The tests fail with every check in its place. Mend that first.")
        running: dict[int, Removal] = {}
        for removal in [*self.found, *[None] * self.jobs]:
            if removal is None or len(running) == self.jobs:
                self._wait_for_one(running)
            if removal is not None:
                running[self._split_off(session, removal)] = removal
        return True

    def _wait_for_one(self, running: dict[int, Removal]) -> None:
        if running:
            pid, status = os.wait()
            removal = running.pop(pid)
            with suppress(BlockingIOError):  # a module that cannot even be loaded tells nothing
                self._remember(os.read(self.told, 4096).decode().split())
            print("held    " if status else "NOT HELD", removal, flush=True)
            if not status:
                self.unnoticed.append(removal)

    def _remember(self, places: list[str]) -> None:
        for place in map(int, places):
            self.noticing = [place, *(one for one in self.noticing if one != place)]

    def _split_off(self, session: pytest.Session, removal: Removal | None) -> int:
        """A copy of this process runs the tests without this check. Its exit status says whether one failed."""
        if pid := os.fork():
            return pid
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        status = 1  # a module that cannot even be loaded is noticed
        try:
            if removal:
                put_in_place(removal)
            likely = self.noticing if removal else []
            order = [*likely, *(place for place in range(len(session.items)) if place not in set(likely))]
            items = [session.items[place] for place in order]
            for place, item, following in zip(order, items, [*items[1:], None], strict=True):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                if session.testsfailed:
                    os.write(self.tells, f"{place} ".encode())
                    break
            else:
                status = 0
        finally:
            os._exit(status)


def put_in_place(removal: Removal) -> None:
    """The changed module, also for those who imported its functions and its lists one by one."""
    name = f"{ROOM.replace('/', '.')}.{removal.module}"
    module = sys.modules[name]
    before = dict(vars(module))
    exec(compile(removal.source, name, "exec"), vars(module))
    for key, value in before.items():
        if isfunction(value) and value.__module__ == name:
            value.__code__ = vars(module)[key].__code__
        elif isinstance(value, type) and value.__module__ == name:
            for method in vars(value):
                _put_code(vars(value)[method], vars(vars(module)[key])[method])
        elif isinstance(value, LISTS):
            for other in [one for known, one in sys.modules.items() if known.startswith("portfolio.")]:
                if vars(other).get(key) is value:
                    setattr(other, key, vars(module)[key])


def _put_code(old: object, new: object) -> None:
    """The code of a method, also of one that is a classmethod or a property; what is none is left alone."""
    old, new = (getattr(one, "__func__", getattr(one, "fget", one)) for one in (old, new))
    if isfunction(old) and isfunction(new):
        old.__code__ = new.__code__


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("places", nargs="*", help="only these modules or lines, such as doing or doing:48")
    asked.add_argument("--list", action="store_true", help="only say what would be taken away")
    asked.add_argument("--quick", action="store_true", help=f"only with {', '.join(QUICK)}")
    asked.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time")
    given = asked.parse_args()
    found = [one for one in removals() if not given.places or {one.place, one.module} & {*given.places}]
    found = [one for one in found if one.was not in LEFT_OUT]
    if given.list:
        print(*found, sep="\n")
        sys.exit(0)
    os.chdir(ROOT)
    removing = Removing(found, given.jobs)
    quiet = ["-q", "-s", "--no-header", "--no-summary", "-p", "no:randomly", "-p", "no:cacheprovider"]
    status = pytest.main([*(QUICK if given.quick else TESTS), *quiet], plugins=[removing])
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        sys.exit(status)
    print(f"{len(found) - len(removing.unnoticed)} of {len(found)} checks are held by a test.")
    print(*removing.unnoticed, sep="\n")
    sys.exit(bool(removing.unnoticed))


if __name__ == "__main__":
    main()
