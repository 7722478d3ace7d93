"""What cannot be taken back once it is sent: what looks like patient data is asked about first."""

from typing import Any

from django import forms

from portfolio import patient_data

CHECKED = "I have checked it: this does not identify a patient"
TAKE_OUT = "Take it out, or confirm that it does not identify a patient."


def looks_like(*texts: str) -> str:
    """What in any of these looks like patient data, in words that echo nothing; "" where nothing does."""
    return patient_data.warning([found for text in texts for found in patient_data.find(text)]) or ""


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
