"""Every address × everybody: tests/addresses.yaml says who is answered what, and each address is asked.

An address that the table does not name fails, and so does a name for what is no address any more.
"""

import logging
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.apps import apps
from django.template.backends.django import Template
from django.urls import URLResolver, get_resolver

from portfolio.workflow import perform
from tests.holders import HOLDERS
from tests.world import World, undone

TABLE = yaml.safe_load((Path(__file__).parent / "addresses.yaml").read_text())
METHODS = ("GET", "POST")
BRACKETS = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")  # <slug:ref> or (?P<key>.+)
# Who sees nothing of the portfolio: that it is closed is nothing to them, and one stranger stands for them all; for
# those who decide by a code, and are signed in nowhere, anybody who is signed out does.
OUTSIDE = (
    *HOLDERS,
    "deactivated",
    "other_trainee",
    "other_programme_trainee",
    "other_officer",
    "former_officer",
    "former_assessor",
    "future_assessor",
    "former_administrator",
    "other_cohort_administrator",
    "other_programme_administrator",
    "supervisor_out_of_dates",
)
pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Row:
    """One address of the table. `lines` by method: the row's own, then those of its section."""

    address: str
    of: str
    lines: dict[str, str]

    def __str__(self) -> str:
        return f"/{self.address} ({self.of})" if self.of else f"/{self.address}"

    @property
    def when_closed(self) -> bool:
        """Whether the portfolio's being closed can matter here."""
        return self.address.startswith(("portfolios/", "reviewing/", "comments/"))


def rows() -> Iterator[Row]:
    """The table as it is read: a list in braces stands for each of its names."""
    for section in TABLE["sections"]:
        for written, own in section["addresses"].items():
            address, _, of = written.partition(" (") if written.endswith(")") else (written, "", "")
            lines = {**section["otherwise"], **{name: f"{own[name]}; {_rest(section, name)}" for name in own}}
            for each in _each(address, section.get("lists", {})):
                yield Row(section.get("below", "") + each, of.removesuffix(")"), lines)


def _rest(section: dict[str, Any], name: str) -> str:
    return section["otherwise"][name.removeprefix("closed ")]


def _each(address: str, lists: dict[str, str]) -> list[str]:
    found = re.match(r"\{(.+)\}", address)
    return [address.replace(found[0], one) for one in _names(lists[found[1]])] if found else [address]


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",")]


def statuses(line: str, everybody: list[str]) -> dict[str, int]:
    """Who gets which status: the first that names somebody counts."""
    found: dict[str, int] = {}
    for clause in line.split(";"):
        status, _, who = clause.strip().partition(" ")
        for name in _names(who):
            people = everybody if name == "everybody else" else _names(TABLE["groups"].get(name, name))
            for person in people:
                found.setdefault(person.replace(" ", "_"), int(status))
    return found


def addresses(urls: Any = None, before: str = "") -> Iterator[str]:
    """Every address that the site answers."""
    for pattern in (urls or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, before + str(pattern.pattern))
        else:
            yield before + re.sub(r"(?<=<app_label>)[\w|]+", in_order, str(pattern.pattern))


def in_order(found: re.Match[str]) -> str:
    """The admin site lists its apps in an order that differs from run to run."""
    return "|".join(sorted(found[0].split("|")))


@pytest.fixture(autouse=True)
def nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """A status is all that is asked for here, some ten thousand times: views run, templates do not, refusals are not
    written down."""
    monkeypatch.setattr(Template, "render", lambda *args: "")
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)


ROWS = list(rows())


def test_the_table_names_every_address_and_nothing_else() -> None:
    named, there = {row.address for row in ROWS}, set(addresses())
    assert there - named == set()  # the table does not say who is answered what
    assert named - there == set()  # no such address


def test_the_table_names_everybody_that_there_is_and_nobody_else(world: World) -> None:
    known = {name.replace("_", " ") for name in world.people}
    lines = {line for row in ROWS for line in row.lines.values()} | {f"0 {who}" for who in TABLE["groups"].values()}
    named = {name for line in lines for clause in line.split(";") for name in _names(clause.strip().partition(" ")[2])}
    assert named - known - set(TABLE["groups"]) == {"everybody else"}


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_who_is_answered_what(world: World, row: Row) -> None:
    assert disagreements(world, row, prefix="") == []


@pytest.mark.parametrize("row", [row for row in ROWS if row.when_closed], ids=str)
def test_who_is_answered_what_in_a_closed_portfolio(world: World, row: Row) -> None:
    """Reading stays; every step is refused."""
    with undone():
        perform("close portfolio", world.portfolio, by=world.cast.administrator, reason="Completed.")
        assert disagreements(world, row, prefix="closed ", but=OUTSIDE) == []


def disagreements(world: World, row: Row, *, prefix: str, but: Collection[str] = ()) -> list[str]:
    """Each answer that is not the one of the table."""
    path = path_of(world, row)
    found = []
    for method in METHODS:
        line = row.lines.get(f"{prefix}{method}", row.lines[method])
        expected = statuses(line, list(world.people))
        for name in world.people.keys() - set(but):
            status = world.ask(name, method, path).status_code
            if status != expected[name]:
                found.append(f"{method} as {name}: {status}, and the table says {expected[name]}")
    return found


def path_of(world: World, row: Row) -> str:
    """The address with something of Priya's in each of its brackets."""
    objects = {
        "key": "no-key",
        **world.objects(row.of),
        "module_code": "S-C1",
        "uidb36": "1",
        "app_label": "portfolio",
        "content_type_id": 1,
        "url": "nothing/",
    }
    if row.address.startswith("curricula/"):
        objects["code"] = world.portfolio.curriculum.code
    objects["object_id"] = 1
    if found := re.match(r"admin/(\w+)/(\w+)/<path", row.address):
        objects["object_id"] = world.row(apps.get_model(*found.groups())).pk
    return filled(row.address, objects)


def filled(address: str, objects: Mapping[str, Any]) -> str:
    """The address with one of these in each of its brackets."""
    bare = re.sub(r"[\^$]|\\Z", "", address)
    return "/" + re.sub(
        r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", lambda m: str(objects[m[1] or m[2]]), bare
    )
