"""Rules of the house that no single test of behaviour would notice (docs/architecture.md tells the plan)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parent.parent
APPS = ("audit", "outbox", "accounts", "curriculum", "portfolio", "config")

# Lower floors first; imports go down only. Rooms that share a floor do not import each other.
HOUSE: list[tuple[str, ...]] = [("audit", "outbox"), ("curriculum", "accounts"), ("portfolio",), ("config",)]
PORTFOLIO: list[tuple[str, ...]] = [
    ("states", "contents"),
    ("files", "patient_data", "prose", "differences", "dates", "spreadsheets", "shapes", "statistics", "prepared"),
    ("models",),
    ("manifest",),
    ("access", "diary"),
    ("outside", "assessed"),
    ("record",),
    ("ledger", "pages"),
    ("requirements", "titles"),
    ("progress",),
    ("reviews",),
    ("plan",),
    ("cohort",),
    ("mail",),
    ("workflow",),
    ("handover", "intake"),
    ("due",),
    ("proof",),
    ("forms",),
    ("templatetags",),
    ("views", "admin", "management"),
    ("urls",),
]
EXEMPT = ("migrations", "apps")
# Imports inside a function are a floor plan gone wrong; each exception has its reason here.
INSIDE_FUNCTIONS = {"portfolio/apps.py": "models can be imported only once every app is ready"}
# Views that answer without a sign-in.
PUBLIC = {
    "healthz",
    "readyz",
    "robots",
    "home",
    "feedback_answer",  # behind a personal link, for colleagues without an account
    "calendar",  # behind the key in its address, for calendars
    "sign",  # behind a personal link and a code, for whoever decides without an account
    "sign_code",
    "sign_prove",
    "sign_file",
    "lent",  # on the trainee's device, which they handed over: it asks for a code
    "lent_code",
    "lent_prove",
    "lent_back",
    "lent_file",
    "feedback_thanks",  # where that form leads: it knows nobody
    "account_login",
    "account_logout",
    "account_inactive",
    "account_email_verification_sent",
    "account_confirm_email",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_signup",
}


def sources(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT), ast.parse(path.read_text())


def imported(path: Path, tree: ast.Module) -> Iterator[tuple[ast.stmt, str]]:
    """Each module of ours that a file imports, as a dotted name with what is taken from it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names if alias.name.split(".")[0] in APPS)
        elif isinstance(node, ast.ImportFrom):
            package = list(path.with_suffix("").parts)[: -node.level] if node.level else []
            base = ".".join([*package, *([node.module] if node.module else [])])
            if base.split(".")[0] in APPS:
                yield from ((node, f"{base}.{alias.name}") for alias in node.names)


def floor(plan: list[tuple[str, ...]], room: str) -> int:
    return next(level for level, rooms in enumerate(plan) if room in rooms)


def test_imports_go_down_only() -> None:
    wrong = []
    for path, tree in sources(*APPS):
        if path.stem in EXEMPT:
            continue
        here = path.parts[0]
        for _, name in imported(path, tree):
            there = name.split(".")[0]
            same_floor = floor(HOUSE, here) == floor(HOUSE, there) and here != there
            if floor(HOUSE, there) > floor(HOUSE, here) or same_floor:
                wrong.append(f"{path} imports {name}")
    assert wrong == []


def test_inside_portfolio_imports_go_down_only() -> None:
    wrong = []
    for path, tree in sources("portfolio"):
        room = path.relative_to("portfolio").with_suffix("").parts[0]
        if room in EXEMPT or room == "__init__":
            continue
        for _, name in imported(path, tree):
            parts = name.split(".")
            if parts[0] != "portfolio" or parts[1] == room:
                continue
            if floor(PORTFOLIO, parts[1]) >= floor(PORTFOLIO, room):
                wrong.append(f"{path} imports {name}")
    assert wrong == []


def test_every_room_of_portfolio_has_a_floor() -> None:
    rooms = {
        path.stem for path in (ROOT / "portfolio").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    known = {room for rooms_here in PORTFOLIO for room in rooms_here}
    assert rooms - known - set(EXEMPT) - {"__init__", "__pycache__"} == set()


def test_the_floor_plan_on_the_page_of_the_house_is_this_one() -> None:
    """Every room in docs/architecture.md, none that does not exist, lower floors first; folders with a stroke."""
    page = (ROOT / "docs" / "architecture.md").read_text()
    plan = page.partition("    portfolio/ ")[2].partition("    curriculum/ ")[0]
    told = [name for heads in re.findall(r"^ {6}(\S.*?) {2,}", plan, re.MULTILINE) for name in heads.split(", ")]
    rooms = [name.removesuffix("/") for name in told]
    assert sorted(rooms) == sorted(room for rooms_here in PORTFOLIO for room in rooms_here)
    assert [floor(PORTFOLIO, room) for room in rooms] == sorted(floor(PORTFOLIO, room) for room in rooms)
    assert [name for name in told if name.endswith("/") != (ROOT / "portfolio" / name).is_dir()] == []


def test_no_room_is_called_by_a_name_that_gathers_whatever_has_no_home() -> None:
    banned = {"utils", "helpers", "common", "services", "signals"}
    assert [path for path, _ in sources(*APPS) if path.stem in banned] == []


def test_nothing_is_imported_inside_a_function() -> None:
    inside = {
        str(path)
        for path, tree in sources(*APPS)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert inside == set(INSIDE_FUNCTIONS)


WRITES_A_STATE = ("update", "bulk_update", "update_or_create", "create", "Activity", "Item")


def test_only_the_workflow_writes_a_state() -> None:
    """A state is assigned by the machine's tables alone, and by no bulk update anywhere.

    Seeding for the bench is the one exception: it makes rows that have a state from the start.
    """
    writers = []
    for path, tree in sources(*APPS):
        for node in ast.walk(tree):
            targets = node.targets if isinstance(node, ast.Assign) else []
            assigns = any(isinstance(target, ast.Attribute) and target.attr == "state" for target in targets)
            updates = isinstance(node, ast.Call) and any(keyword.arg == "state" for keyword in node.keywords)
            function = getattr(node, "func", None)
            called = getattr(function, "attr", getattr(function, "id", ""))
            if assigns or (updates and called in WRITES_A_STATE):
                writers.append(str(path))
    assert sorted(set(writers)) == [
        "portfolio/management/seeding/work.py",
        "portfolio/workflow/activities/__init__.py",
        "portfolio/workflow/activities/asking.py",
        "portfolio/workflow/activities/deciding.py",
        "portfolio/workflow/assessments/__init__.py",
        "portfolio/workflow/goals/__init__.py",
        "portfolio/workflow/placements/__init__.py",
    ]


def test_every_fetch_of_a_view_goes_through_access() -> None:
    """`Model.objects` in a view would be a way around `visible`."""
    wrong = [
        f"{path}:{node.lineno}"
        for path, tree in sources("portfolio/views")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager", "_base_manager")
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (r"request\.POST or None", "an empty POST is falsy: the form would be unbound"),
        (r"csrf_exempt", "every change is guarded"),
        (r"yaml\.load\(|pickle", "data is never code"),
        (r"threading\.local", "no hidden state"),
        (r"post_save|pre_save|receiver\(", "effects stand where they are called"),
    ],
)
def test_what_is_not_written_here(pattern: str, why: str) -> None:
    found = [str(path) for path, _ in sources(*APPS) if re.search(pattern, (ROOT / path).read_text())]
    assert found == [], why


def test_no_file_of_code_outgrows_its_room() -> None:
    long = {str(path): len((ROOT / path).read_text().splitlines()) for path, _ in sources(*APPS)}
    assert {path: lines for path, lines in long.items() if lines > 400} == {}


def patterns(urls: object = None, names: tuple[str, ...] = ()) -> Iterator[URLPattern]:
    for pattern in (urls or get_resolver()).url_patterns:  # type: ignore[attr-defined]
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":  # the admin site asks by itself (tests/config)
                yield from patterns(pattern)
        else:
            yield pattern


def test_every_view_asks_for_a_sign_in_but_those_listed() -> None:
    public = {str(pattern.name) for pattern in patterns() if not getattr(pattern.callback, "login_required", True)}
    assert public == PUBLIC


# Each place where a text is let through as it is, with the reason.
UNESCAPED = {"templates/crispy/nhsuk/hint_and_error.html": "a help text is written by us in a form class"}


def test_templates_hold_no_script_style_or_unescaped_text_of_their_own() -> None:
    """The policy forbids inline script and style; `safe` would let somebody's text become markup."""
    wrong = [
        f"{path.relative_to(ROOT)}: {found.group()}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if str(path.relative_to(ROOT)) not in UNESCAPED
        for found in re.finditer(r' style="|<script>|<style|\son\w+="|\|\s*safe\b|autoescape off', path.read_text())
    ]
    assert wrong == []
