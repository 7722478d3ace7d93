"""What looks like patient data in a form: warned of, and asked about where it cannot be taken back once it is sent."""

from collections.abc import Iterable
from typing import Any

from django import forms

from portfolio.patient_data import looks_like

CHECKED = "I have checked it: this does not identify a patient"
TAKE_OUT = "Take it out, or confirm that it does not identify a patient."


def warning(boxes: Iterable[forms.BoundField]) -> str:
    """What stands in these boxes of a form, typed or kept, looks like."""
    return looks_like(*(str(box.value() or "") for box in boxes))


class Checked(forms.Form):
    """The tick is there only where something was found in a text that was typed. It is not kept."""

    checked = forms.BooleanField(required=False, label=CHECKED)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        typed = {name: field for name, field in self.fields.items() if type(field) is forms.CharField}
        texts = [name for name, field in typed.items() if not field.widget.is_hidden]
        self.found = looks_like(*(self.data.get(self.add_prefix(name), "") for name in texts))
        if not self.found:
            del self.fields["checked"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.found and not given.get("checked"):
            self.add_error("checked", f"{self.found} {TAKE_OUT}")
        return given
