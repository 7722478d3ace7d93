"""What the documents say of the code is so: the pictures are those of the tables, and what is named is there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
FILE = re.compile(r"`([\w./-]+\.(?:py|yaml|html|css|js|sh))(?:::(\w+))?`")
PAGE = re.compile(r"\]\(([^)#:]+)\)")


def test_the_pictures_of_the_steps_are_those_of_the_tables() -> None:
    checked = subprocess.run(
        [sys.executable, "scripts/draw_states.py", "--check"],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize("document", PAGES, ids=lambda path: path.name)
def test_each_file_and_each_test_that_a_document_names_is_there(document: Path) -> None:
    said = document.read_text()
    missing = [path for path in PAGE.findall(said) if not (document.parent / path).exists()]
    for path, name in FILE.findall(said):
        found = [one for one in (ROOT / path, *ROOT.glob(f"*/{path}")) if one.exists()]
        if not found:
            missing.append(path)
        elif name and f"def {name}(" not in found[0].read_text():
            missing.append(f"{path}::{name}")
    assert missing == []
