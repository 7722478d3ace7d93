"""The code that proves a mailbox."""

import re
from typing import Any

from django import forms

from portfolio.forms.layout import Button, form_helper


class CodeForm(forms.Form):
    """Six digits, however they are spaced."""

    code = forms.CharField(
        label="The code from the mail",
        help_text="6 digits.",
        max_length=20,
        widget=forms.TextInput(
            {"inputmode": "numeric", "autocomplete": "one-time-code", "class": "nhsuk-input--width-5"}
        ),
        error_messages={"required": "Enter the code from the mail.", "max_length": "A code is 6 digits."},
    )

    def __init__(self, *args: Any, action: str, shows: str, **kwargs: Any) -> None:
        """`shows`: what the code opens, in words."""
        super().__init__(*args, **kwargs)
        self.helper = form_helper(self, Button(f"Show me {shows}"), action=action)

    def clean_code(self) -> str:
        digits = re.sub(r"[\s-]", "", self.cleaned_data["code"])
        if not re.fullmatch(r"[0-9]{6}", digits):
            raise forms.ValidationError("A code is 6 digits.")
        return digits
