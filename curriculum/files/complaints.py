"""Turns the content of a file into what it says, or into everything that is wrong with it, in our own words."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ..schema import CONDITIONS, AnyOf, AnySaid, CurriculumSaid, QuestionsSaid, RulesSaid, Said, kind_of
from .consistency import Finding, curriculum_findings, rules_findings
from .questionnaire import questions_findings

KINDS = {int: "a number", str: "text", bool: "true or false", float: "a number with decimals", list: "a list"}
EVERY_CONDITION: tuple[type[Said], ...] = (*CONDITIONS, AnyOf)
TAGS = {each.__name__ for each in EVERY_CONDITION}
CONDITION_FORMS = "; ".join(" with ".join(each.model_fields) for each in EVERY_CONDITION)


def understand(content: dict[Any, Any]) -> tuple[AnySaid | None, list[tuple[str, str]]]:
    """What the file says and no complaints, or None and all of them as (path, what)."""
    kind = kind_of(content)
    if kind is None:
        return None, [
            (
                "",
                "this is no curriculum (`blocks`), no set of rules (`review_points`), no prompts (`prompts`), no "
                "questionnaire (`questions`) and no mark forms (`mark_forms`)",
            )
        ]
    said: AnySaid | None = None
    findings: list[Finding] = []
    try:
        said = kind.model_validate(content)
    except ValidationError as error:
        findings += [_finding(kind, details) for details in error.errors(include_url=False)]
    if kind is CurriculumSaid:
        findings += curriculum_findings(content)
    if isinstance(said, RulesSaid):
        findings += rules_findings(said)
    if isinstance(said, QuestionsSaid):
        findings += questions_findings(said)
    complaints = [(_path(where, content), what) for where, what in findings]
    return (None if complaints else said), complaints


def _finding(kind: type[Said], details: ErrorDetails) -> Finding:
    where = tuple(part for part in details["loc"] if part not in TAGS)
    given, context = details["input"], details.get("ctx", {})
    match details["type"]:
        case "missing":
            what = "is missing"
        case "extra_forbidden":
            what = "is no key that this file may have here" + _meant(str(where[-1]), kind)
        case "string_type":
            what = f"must be text, not {_kind(given)}"
        case "int_type" | "int_from_float":
            what = f"must be a whole number, not {_kind(given)}"
        case "bool_type":
            what = f"must be true or false, not {_kind(given)}"
        case "list_type":
            what = f"must be a list, not {_kind(given)}"
        case "model_type" | "model_attributes_type" | "dict_type":
            what = f"must be a mapping of keys to values, not {_kind(given)}"
        case "greater_than_equal":
            what = f"must be {context['ge']} or more (it is {given})"
        case "less_than_equal":
            what = f"must be {context['le']} or less (it is {given})"
        case "string_too_long":
            what = f"must be at most {context['max_length']} characters (it has {len(given)})"
        case "too_short":
            what = f"must hold at least {context['min_length']}"
        case "value_error":
            what = str(context["error"])
        case "invalid_key":
            what = "is a key that is no text"
        case "union_tag_invalid":
            what = f"is no condition that is known. Known ones have exactly these keys: {CONDITION_FORMS}"
        case _:
            what = "cannot be understood"
    return where, what


def _kind(value: Any) -> str:
    if value is None:
        return "empty"
    return KINDS.get(type(value), "a mapping")


def _meant(key: str, kind: type[Said]) -> str:
    """A guess at a key that is spelt wrongly. One that is right elsewhere in such a file is not misspelt."""
    keys = _keys(kind)
    close = [] if key in keys else get_close_matches(key, keys, n=1, cutoff=0.75)
    return f"; perhaps `{close[0]}` was meant" if close else ""


def _keys(kind: type[Said]) -> set[str]:
    """Every key that a file of this kind may hold, at any depth."""
    schema = kind.model_json_schema()
    parts: Iterable[dict[str, Any]] = [schema, *schema.get("$defs", {}).values()]
    return {key for part in parts for key in part.get("properties", {})}


def _path(where: tuple[str | int, ...], content: Any) -> str:
    """For example `blocks[3].modules[1].activities[2].type (S-C1)`: lists count from 1, and the module is named."""
    path, code = "", ""
    for part in where:
        path += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if path else str(part)
        try:
            content = content[part]
        except (KeyError, IndexError, TypeError):
            content = None
        if isinstance(content, dict) and isinstance(content.get("code"), str):
            code = content["code"]
    return f"{path} ({code})" if code else path
