"""Writing a comment on a decision."""

from typing import Any

from django import forms

from portfolio import patient_data
from portfolio.workflow.comments import EMPTY, LONGEST_COMMENT, TOO_LONG, Wrote

CHECK = "Take it out. If it identifies nobody, confirm below that you have checked it."


class CommentForm(forms.Form):
    """A new comment, or an answer to the one of the id `to`. What looks like patient data is asked about once."""

    text = forms.CharField(
        label="Your comment",
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": EMPTY, "max_length": TOO_LONG},
    )
    checked = forms.BooleanField(required=False, label="I have checked this: it identifies no patient")

    def __init__(self, sent: Any = None, *, to: str = "", name: str = "", **kwargs: Any) -> None:
        super().__init__(sent, prefix=to or "new", **kwargs)
        self.to = to
        self.warned = False
        if to:
            self.fields["text"].label = f"Your answer to {name}"
            self.fields["text"].widget.attrs["rows"] = 3
        else:
            self.fields["text"].help_text = "It cannot be changed afterwards. You can withdraw it."

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        warning = patient_data.warning(patient_data.find(given.get("text", "")))
        self.warned = warning is not None
        if warning and not given.get("checked"):
            self.add_error("text", f"{warning} {CHECK}")
        return given

    def said(self) -> Wrote:
        return Wrote(self.cleaned_data["text"], self.to)
