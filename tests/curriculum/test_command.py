"""`manage.py load_curriculum`: what it prints, its exit status, and no traceback."""

import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from curriculum.models import Curriculum, Prompt, Question
from tests.curriculum.given import DATA, PROMPTS, QUESTIONS, REAL, Files, follow, small, stored

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> tuple[str, str, str]:
    """What it prints, what it complains of, and the last word of a refusal."""
    out, err = StringIO(), StringIO()
    try:
        call_command("load_curriculum", *arguments, stdout=out, stderr=err, no_color=True)
    except CommandError as refusal:
        return out.getvalue(), err.getvalue(), str(refusal)
    return out.getvalue(), err.getvalue(), ""


def test_it_says_what_it_changed_and_the_second_time_that_there_is_nothing_to_change(files: Files) -> None:
    path = files.write(small())
    first, second = run(path), run(path)
    assert first == ("curriculum TST1-1-24: changed:\n  curriculum: added\n1 of 1 files changed something.\n", "", "")
    assert second == ("curriculum TST1-1-24: nothing to change.\n0 of 1 files changed something.\n", "", "")


def test_a_dry_run_shows_what_would_change(files: Files) -> None:
    run(files.write(small()))
    out, _, refusal = run("--dry-run", files.write(small(note="New")))
    assert refusal == ""
    assert out.splitlines() == [
        "curriculum TST1-1-24: would change:",
        "  note: none -> New",
        "A dry run: nothing was written. 1 of 1 files would change something.",
    ]
    assert stored().note == ""


def test_new_loads_what_was_never_here_and_touches_nothing_that_was_edited_or_removed(files: Files) -> None:
    """As `make run` does at each start: also after an upgrade that brings new files."""
    path = files.write(small())
    assert run("--new", path)[0].endswith("1 of 1 files changed something.\n")
    Curriculum.objects.update(note="Edited here.")
    prompts, questions = files.write(PROMPTS, "prompts.yaml"), files.write(QUESTIONS, "questions.yaml")
    assert run("--new", path, prompts, questions)[0].endswith("2 of 3 files changed something.\n")
    assert Curriculum.objects.get().note == "Edited here."
    Question.objects.exclude(position=1).delete()
    Question.objects.update(text="Asked here.")
    Prompt.objects.all().delete()
    assert run("--new", path, prompts, questions) == ("0 of 3 files changed something.\n", "", "")
    assert [question.text for question in Question.objects.all()] == ["Asked here."]
    assert Prompt.objects.count() == 0


def test_new_says_what_it_would_load(files: Files) -> None:
    path, prompts = files.write(small()), files.write(PROMPTS, "prompts.yaml")
    run(path)
    out, _, refusal = run("--new", "--dry-run", path, prompts)
    assert (out.splitlines()[0], refusal) == ("prompts STP: would change:", "")
    assert Prompt.objects.count() == 0


def test_a_draft_is_loaded_as_one(files: Files) -> None:
    run("--draft", files.write(small()))
    assert stored().status == Curriculum.Status.DRAFT


def test_every_error_of_every_file_is_printed_with_file_and_path(files: Files) -> None:
    first = files.write(small(credits="180"), "first.yaml")
    second = files.write("a: [", "second.yaml")
    _, err, refusal = run(first, second, "none.yaml")
    assert err.splitlines() == [
        f"{first}: credits: must be a whole number, not text",
        f"{second}: line 2: this is not valid YAML (did not find expected node content)",
        "none.yaml: there is no such file",
    ]
    assert refusal == "3 problems. Nothing was loaded."
    assert Curriculum.objects.count() == 0


def test_a_change_that_is_not_allowed_is_named_with_its_reason(files: Files) -> None:
    run(files.write(small()))
    follow()
    path = files.write(small(specialty="Other Science"), "other.yaml")
    _, err, refusal = run(path)
    assert err.splitlines() == [
        f"{path}: specialty: cannot change: portfolios follow this curriculum, so this stays as it is "
        "(specialty: Test Science -> Other Science)"
    ]
    assert refusal == "1 problem. Nothing was loaded."


def test_the_real_files_load_with_a_word_about_copies_that_differ() -> None:
    out, err, refusal = run(*(str(DATA / f"{name}.yaml") for name in [*REAL, "prompts", "rules-2023"]))
    assert refusal == ""
    assert out.splitlines()[-1] == "5 of 5 files changed something."
    assert err.splitlines() == [
        "Warning: S-C2 is not the same in SBI1-3-23 and SLS1-2-23: activity 1.",
        "Warning: S-C3 is not the same in SBI1-3-23 and SLS1-2-23: activity 1.",
    ]


@pytest.mark.parametrize("content", ["a: [", "blocks: 1\n"])
def test_from_the_command_line_a_bad_file_exits_with_1_and_no_traceback(
    content: str, files: Files, tmp_path: Path, monkeypatch: Any
) -> None:
    """In a process of its own, on a database that was never migrated: still no traceback."""
    monkeypatch.setenv("STP_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("STP_DATABASE_URL", raising=False)
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)
    monkeypatch.setenv("STP_MODE", "local")
    root = Path(__file__).resolve().parents[2]
    ended = subprocess.run(
        [sys.executable, "manage.py", "load_curriculum", files.write(content)],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert ended.stderr.splitlines()[-1].startswith("CommandError: ")
