"""Small files of facts, and somebody who says which curriculum is in use."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

from curriculum import use
from curriculum.loader import Outcome, load
from curriculum.models import Curriculum, Module

DATA = Path(__file__).resolve().parents[2] / "curriculum" / "data"
REAL = ("SBI1-3-23", "SLS1-2-23", "DEMO-1-24")


def activities(*numbers: int) -> list[dict[str, Any]]:
    return [{"number": number, "type": "DTA", "title": f"Task {number}"} for number in numbers]


SMALL: dict[str, Any] = {
    "code": "TST1-1-24",
    "programme": "STP",
    "specialty": "Test Science",
    "start_year": 2024,
    "credits": 180,
    "blocks": [
        {
            "title": "Foundations",
            "phase": None,
            "credits": 20,
            "modules": [
                {
                    "code": "S-C1",
                    "title": "Foundations",
                    "kind": "core",
                    "credits": 20,
                    "url": "https://library.example.org/s-c1",
                    "expected_activities": 3,
                    "activities_complete": True,
                    "university_result": True,
                    "assessments": {"cbd": 1, "observed": 1, "titles": [{"kind": "OCE", "title": "Explain a result"}]},
                    "activities": activities(1, 2, 3),
                }
            ],
        },
        {
            "title": "Rotation modules",
            "phase": 1,
            "credits": 40,
            "modules": [
                {
                    "code": "ROT-1",
                    "title": "Rotation 1",
                    "kind": "rotation",
                    "credits": 20,
                    "provisional": True,
                    "expected_activities": 4,
                    "activities": [
                        {"number": 1, "title": "Visit"},
                        {"number": 3, "type": "OTA", "title": "Visit again"},
                    ],
                },
                {"code": "ROT-2", "title": "Rotation 2", "kind": "rotation", "credits": 20, "provisional": True},
            ],
        },
        {
            "title": "Specialist modules",
            "phase": 3,
            "credits": 120,
            "choose_one_of": [["S-A"], ["S-B", "S-D"]],
            "modules": [
                {"code": "S-E", "title": "Everybody's", "kind": "specialist", "credits": 60},
                {"code": "S-A", "title": "Alone", "kind": "specialist", "credits": 60},
                {"code": "S-B", "title": "Both", "kind": "specialist", "credits": 30},
                {"code": "S-D", "title": "Both too", "kind": "specialist", "credits": 30},
            ],
        },
    ],
}
RULES: dict[str, Any] = {
    "name": "test rules",
    "review_points": [
        {"name": "Completion", "due": {"year": 3, "month": 9, "day": 15}, "requires": [{"overall": 100}]}
    ],
}
PROMPTS: dict[str, Any] = {
    "programme": "STP",
    "prompts": [{"section": "shows", "type": "DTA", "label": "Action plan", "text": "What next."}],
}


def small(**fields: Any) -> dict[str, Any]:
    """The small curriculum, with other values for some of its keys."""
    return {**deepcopy(SMALL), **fields}


def module_of(content: dict[str, Any], code: str) -> dict[str, Any]:
    """The part of a file that tells of one module, to be altered in place."""
    return next(module for block in content["blocks"] for module in block["modules"] if module["code"] == code)


class Files:
    """Writes files into a folder, and loads them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, content: Any, name: str = "") -> str:
        """A dict becomes YAML; text and bytes are written as they are."""
        path = self.folder / (name or f"file{len(list(self.folder.iterdir()))}.yaml")
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False))
        return str(path)

    def load(self, *contents: Any, **options: Any) -> Outcome:
        return load([self.write(content) for content in contents], **options)


def stored(code: str = "TST1-1-24") -> Curriculum:
    return Curriculum.objects.get(code=code)


def stored_module(code: str) -> Module:
    return Module.objects.get(curriculum__code="TST1-1-24", code=code)


def follow(*, signed: tuple[str, ...] = ()) -> None:
    """From now on a portfolio follows every curriculum, and has these modules signed off."""
    use.asks(in_use=lambda curriculum: True, signed=lambda module: module.code in signed)


QUESTIONS: dict[str, Any] = {
    "programme": "STP",
    "scale": ["Seldom", "Often"],
    "questions": [
        {"kind": "rating", "text": "Listens"},
        {"kind": "rating", "text": "Explains", "scale": ["No", "Partly", "Yes"]},
        {"kind": "text", "text": "What goes well?", "hint": "An example."},
    ],
}
