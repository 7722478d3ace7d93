"""What stands in static/ and templates/: nothing asks another host, and nothing needs a hole in the policy."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
VENDOR = ROOT / "static" / "vendor"
# Names, not requests: the SVG namespace, and what the toolbar looks for in text that a person pasted.
NAMES = ("http://www.w3.org/2000/svg", "https?://")
TEXT = {".css", ".js", ".svg", ".html"}


def texts(*folders: str) -> Iterator[tuple[str, str]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in TEXT:
                yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def test_nothing_in_static_or_templates_names_another_host() -> None:
    named = []
    for path, text in texts("static", "templates"):
        for name in NAMES:
            text = text.replace(name, "")
        named += [f"{path}: {found}" for found in re.findall(r"(?:https?:)?//[a-z0-9-]+\.[a-z.]{2,}[^\s\"')]*", text)]
    assert named == []


def test_every_address_in_a_stylesheet_is_a_file_of_ours() -> None:
    missing = []
    for path, text in texts("static"):
        if path.endswith(".css"):
            for address in re.findall(r"url\(([^)]+)\)", text):
                if not (ROOT / path).parent.joinpath(address.strip("\"'")).is_file():
                    missing.append(f"{path}: {address}")
    assert missing == []


def test_the_vendored_stylesheet_brings_no_font_and_no_source_map() -> None:
    css = (VENDOR / "nhsuk" / "nhsuk-frontend.css").read_text()
    assert [word for word in ("@font-face", "Frutiger", "sourceMappingURL", "/assets/") if word in css] == []


def test_only_the_icons_that_the_stylesheet_names_are_vendored_and_none_of_the_identity() -> None:
    assert sorted(path.name for path in (VENDOR / "nhsuk").rglob("*.*")) == [
        "LICENCE.txt",
        "nhsuk-frontend.css",
        "nhsuk-frontend.js",
        "nhsuk-icon-arrow-down.svg",
        "nhsuk-icon-arrow-up-down.svg",
        "nhsuk-icon-arrow-up.svg",
        "nhsuk-icon-cross.svg",
    ]


@pytest.mark.parametrize(
    ("folder", "first_line"),
    [
        ("nhsuk", "nhsuk-frontend, 10.6.1"),
        ("markdown-toolbar-element", "@github/markdown-toolbar-element, 2.2.3"),
    ],
)
def test_what_is_vendored_says_its_version_and_licence(folder: str, first_line: str) -> None:
    lines = (VENDOR / folder / "LICENCE.txt").read_text().splitlines()
    assert lines[0] == first_line
    assert "MIT License" in lines


def test_no_template_holds_a_script_or_a_style_of_its_own() -> None:
    """The policy allows neither, so a page with one would be broken, not merely untidy."""
    forbidden = r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:"
    tags = r"\{[%{#].*?[%}#]\}"  # {% with one=... %} is not an attribute
    assert [path for path, text in texts("templates") if re.search(forbidden, re.sub(tags, "", text))] == []


def test_no_stylesheet_of_ours_is_too_long_to_read() -> None:
    lengths = {path: text.count("\n") for path, text in texts("static/css")}
    assert {path: length for path, length in lengths.items() if length > 400} == {}
