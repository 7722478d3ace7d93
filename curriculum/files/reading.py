"""Reads one YAML file of facts, strictly, and says in our own words what is wrong with it.

Plain YAML only: no tags, anchors, aliases, merge keys or second document, no key twice in a mapping, no deep nesting.
A plain word is text unless it is a decimal number, true, false or null: `No` and `2023-09-30` stay what they look like.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
INDENTED_WITH_A_TAB = re.compile(r"[ ]*\t")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: in which file, where in it ("" for the whole file), and what."""

    file: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}: {self.where}: {self.what}" if self.where else f"{self.file}: {self.what}"


@dataclass(frozen=True)
class Document:
    """A file that is readable YAML and holds a mapping."""

    file: str
    digest: str
    content: dict[Any, Any]


class Unreadable(Exception):
    """The file cannot be read; `problems` is a list of (where, what)."""

    def __init__(self, *problems: tuple[str, str]) -> None:
        super().__init__(problems)
        self.problems = problems


class Loader(yaml.CSafeLoader):
    """Like CSafeLoader, but with the few plain types above, and it notes every key that is wrong."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.wrong_keys: list[tuple[str, str]] = []

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.wrong_keys.append((_at(key.start_mark), "a list or a mapping cannot be a key"))
                return {}
            if key.value in seen:
                self.wrong_keys.append((_at(key.start_mark), f"the key {key.value!r} is there twice in one mapping"))
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


for _tag, _pattern, _first in (
    ("bool", r"^(?:true|false)$", "tf"),
    ("int", r"^-?(?:0|[1-9][0-9]*)$", "-0123456789"),
    ("float", r"^-?[0-9]+\.[0-9]+$", "-0123456789"),
    ("null", r"^(?:null|~|)$", ["n", "~", ""]),
):
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


def read(path: str) -> tuple[Document | None, list[Problem]]:
    """The document in this file, or every reason why there is none."""
    try:
        raw = _bytes(Path(path))
        text = _text(raw)
        _refuse_cleverness(text)
        content = _load(text)
    except Unreadable as refused:
        return None, [Problem(path, where, what) for where, what in refused.problems]
    return Document(path, hashlib.sha256(raw).hexdigest(), content), []


def _bytes(path: Path) -> bytes:
    try:
        if not path.exists():
            raise Unreadable(("", "there is no such file"))
        if not path.is_file():
            raise Unreadable(("", "this is not a file"))
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise Unreadable(("", f"the file cannot be read ({getattr(error, 'strerror', None) or error})")) from None
    if len(raw) > MAX_BYTES:
        raise Unreadable(("", "the file is larger than 1 MB: this is no file of facts"))
    return raw


def _text(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(("", "the file is not UTF-8 text")) from None
    if "\0" in text:
        raise Unreadable(("", "the file is not text: it holds NUL characters"))
    if not text.strip():
        raise Unreadable(("", "the file is empty"))
    return text


def _refuse_cleverness(text: str) -> None:
    """Walks the events, which costs no memory, before anything is built from them."""
    depth = documents = 0
    try:
        for event in yaml.parse(text, Loader=Loader):
            where = _at(event.start_mark)
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise Unreadable((where, "a second document begins here: one file holds one"))
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise Unreadable((where, "anchors and aliases (& and *) are not used in these files"))
            if getattr(event, "tag", None):
                raise Unreadable((where, "tags (!) are not used in these files"))
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > MAX_DEPTH:
                raise Unreadable((where, "lists and mappings are nested too deeply"))
    except yaml.YAMLError as error:
        raise Unreadable(_not_yaml(error, text)) from None


def _load(text: str) -> dict[Any, Any]:
    loader = Loader(text)
    try:
        content = loader.get_single_data()
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a number of more digits than Python turns into one
        raise Unreadable(_not_yaml(error, text)) from None
    finally:
        loader.dispose()
    if loader.wrong_keys:
        raise Unreadable(*loader.wrong_keys)
    if not isinstance(content, dict):
        raise Unreadable(("", "the file holds no mapping: it begins with lines such as `code: SBI1-3-23`"))
    return content


def _not_yaml(error: Exception, text: str) -> tuple[str, str]:
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return "", "this is not valid YAML: it holds a character or a number that cannot be read"
    lines = text.splitlines()
    if mark.line < len(lines) and INDENTED_WITH_A_TAB.match(lines[mark.line]):
        return _at(mark), "the line is indented with a tab: YAML wants spaces"
    return _at(mark), f"this is not valid YAML ({getattr(error, 'problem', None) or 'it ends too early'})"


def _at(mark: Any) -> str:
    return f"line {mark.line + 1}"
