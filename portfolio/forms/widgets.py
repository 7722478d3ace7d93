"""Inputs of our own. Each says with `look` which template of templates/crispy/nhsuk/ shows it."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile


class Hinted(str):
    """The label of a choice with a line of explanation under it: (assessor.pk, Hinted("A. Name", hint="Post"))."""

    hint: str

    def __new__(cls, label: str, *, hint: str = "") -> "Hinted":
        made = super().__new__(cls, label)
        made.hint = hint
        return made


class Column(str):
    """The heading of a group of choices on a PlanBoard: where they are planned, and what that is in the form's list.

    `place` is that of the choices of "where", or "" for what is not planned; `note` stands beside the heading.
    """

    place: str
    note: str
    late: bool

    def __new__(cls, words: str, *, place: str = "", note: str = "", late: bool = False) -> "Column":
        made = super().__new__(cls, words)
        made.place, made.note, made.late = place, note, late
        return made


class PlanBoard(forms.CheckboxSelectMultiple):
    """Ticks in two columns: what is not planned by module, and what is planned by month. Groups are Columns."""

    look = "plan"


class BoxRadios(forms.RadioSelect):
    """Real radios in big boxes. `shapes` gives a choice its colour once chosen: {"signed_off": "done"}."""

    look = "boxes"

    def __init__(self, attrs: dict[str, Any] | None = None, shapes: dict[str, str] | None = None) -> None:
        self.shapes = shapes or {}
        super().__init__(attrs)

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        return option | {"shape": self.shapes.get(str(option["value"]), "")}


class MarkdownEditor(forms.Textarea):
    """A plain textarea with a toolbar where its script runs. `preview` is the address of the rendered text."""

    look = "editor"

    def __init__(self, attrs: dict[str, Any] | None = None, preview: str = "") -> None:
        self.preview = preview
        super().__init__({"rows": 14} | (attrs or {}))


class FileDrop(forms.FileInput):
    """Several files at once, chosen or dropped."""

    look = "files"
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files, as a list: each is checked as a FileField checks one."""

    widget = FileDrop

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given = data if isinstance(data, list | tuple) else [data]
        cleaned = [super(FilesField, self).clean(one, initial) for one in given or [None]]
        return [one for one in cleaned if one]
