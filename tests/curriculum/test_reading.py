"""Files that are not plain YAML are refused, each in words that say what to mend."""

from pathlib import Path
from typing import Any, NoReturn

import pytest

from curriculum.files.reading import MAX_BYTES, read
from tests.curriculum.given import Files


@pytest.mark.parametrize(
    ("content", "where", "what"),
    [
        ("", "", "the file is empty"),
        ("  \n", "", "the file is empty"),
        (b"\xff\xfe\x00", "", "the file is not UTF-8 text"),
        (b"a: \x00", "", "the file is not text: it holds NUL characters"),
        (b"a: \x01", "", "this is not valid YAML: it holds a character or a number that cannot be read"),
        ("a:\n\t- 1\n", "line 2", "the line is indented with a tab: YAML wants spaces"),
        ("a: [1", "line 2", "this is not valid YAML (did not find expected ',' or ']')"),
        ("a: b: c", "line 1", "this is not valid YAML (mapping values are not allowed in this context)"),
        ("- 1\n", "", "the file holds no mapping: it begins with lines such as `code: SBI1-3-23`"),
        ("# nothing\n", "", "the file holds no mapping: it begins with lines such as `code: SBI1-3-23`"),
        ("a: &x 1\nb: *x\n", "line 1", "anchors and aliases (& and *) are not used in these files"),
        ("a: !!python/object:os.system 1\n", "line 1", "tags (!) are not used in these files"),
        ("a: 1\n---\nb: 2\n", "line 2", "a second document begins here: one file holds one"),
        ("[" * 100_000, "line 1", "lists and mappings are nested too deeply"),
        ("? [1]\n: 2\n", "line 1", "a list or a mapping cannot be a key"),
        ("a: " + "9" * 6000, "", "this is not valid YAML: it holds a character or a number that cannot be read"),
    ],
)
def test_what_is_no_plain_yaml_is_refused_in_words(files: Files, content: str, where: str, what: str) -> None:
    document, problems = read(files.write(content))
    assert document is None
    assert [(problem.where, problem.what) for problem in problems] == [(where, what)]


def test_every_key_that_is_there_twice_is_named(files: Files) -> None:
    _, problems = read(files.write("a: 1\na: 2\nb:\n  c: 1\n  c: 2\n"))
    assert [(problem.where, problem.what) for problem in problems] == [
        ("line 2", "the key 'a' is there twice in one mapping"),
        ("line 5", "the key 'c' is there twice in one mapping"),
    ]


def test_plain_words_stay_what_they_look_like(files: Files) -> None:
    document, _ = read(files.write("a: No\nb: 2023-09-30\nc: 010\nd: 1:30\ne: 7\nf: true\ng:\nh: '7'\n<<: x\n"))
    assert document is not None
    assert document.content == {
        "a": "No",
        "b": "2023-09-30",
        "c": "010",
        "d": "1:30",
        "e": 7,
        "f": True,
        "g": None,
        "h": "7",
        "<<": "x",
    }


def test_a_file_that_is_missing_a_folder_or_too_large_is_refused(files: Files, tmp_path: Path) -> None:
    large = files.write(b"#" * (MAX_BYTES + 1))
    paths = [str(tmp_path / "none.yaml"), str(tmp_path), "a\0b", large]
    assert [read(path)[1][0].what for path in paths] == [
        "there is no such file",
        "this is not a file",
        "there is no such file",
        "the file is larger than 1 MB: this is no file of facts",
    ]


def test_a_file_that_may_not_be_read_is_refused(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*args: Any, **options: Any) -> NoReturn:
        raise PermissionError(13, "Permission denied")

    path = files.write("a: 1")
    monkeypatch.setattr(Path, "open", denied)
    assert read(path)[1][0].what == "the file cannot be read (Permission denied)"
