"""A folder of files, and nobody who follows a curriculum until a test says so."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from curriculum import use
from tests.curriculum.given import Files


@pytest.fixture
def files(tmp_path: Path) -> Files:
    folder = tmp_path / "given"
    folder.mkdir()
    return Files(folder)


@pytest.fixture(autouse=True)
def nobody_follows() -> Iterator[None]:
    """What the tests say about use is forgotten after each."""
    before = use._questions
    use.asks(in_use=lambda curriculum: False, signed=lambda module: False)
    yield
    use._questions = before
