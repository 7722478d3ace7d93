"""Writing a comment on a decision."""

from typing import Any

from django import forms

from portfolio.forms.checked import Checked
from portfolio.workflow.comments import EMPTY, LONGEST_COMMENT, TOO_LONG, Wrote


class CommentForm(Checked):
    """A new comment, or an answer to the one of the id `to`."""

    text = forms.CharField(
        label="Your comment",
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": EMPTY, "max_length": TOO_LONG},
    )
    field_order = ("text", "checked")

    def __init__(self, sent: Any = None, *, to: str = "", name: str = "", **kwargs: Any) -> None:
        super().__init__(sent, prefix=to or "new", **kwargs)
        self.to = to
        if to:
            self.fields["text"].label = f"Your answer to {name}"
            self.fields["text"].widget.attrs["rows"] = 3
        else:
            self.fields["text"].help_text = "It cannot be changed afterwards. You can withdraw it."

    def said(self) -> Wrote:
        return Wrote(self.cleaned_data["text"], self.to)
