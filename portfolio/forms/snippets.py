"""Writing a snippet, and putting one into what somebody is writing."""

from collections.abc import Sequence
from typing import Any, cast

from crispy_forms.utils import TEMPLATE_PACK
from django import forms
from django.forms import BaseForm
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from portfolio.forms.layout import Button, LinkTo, form_helper
from portfolio.models import Snippet
from portfolio.workflow.snippets import EMPTY, LONGEST_SNIPPET, TOO_LONG

CHOOSE = "Choose a snippet to put in."


class SnippetForm(forms.Form):
    """A text to keep."""

    text = forms.CharField(
        label="Text",
        help_text="For example: Clear account. Next time say what you would do differently.",
        max_length=LONGEST_SNIPPET,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": EMPTY, "max_length": TOO_LONG},
    )

    def __init__(self, *args: Any, button: str, back: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = form_helper(self, Button(button), *([LinkTo("Cancel", back)] if back else []))


class PickSnippet(forms.Form):
    """The choice beside a box. It is read where it is put in, and by nothing else."""

    use_required_attribute = False
    snippet = forms.ChoiceField(error_messages={"required": CHOOSE})

    def __init__(self, *args: Any, snippets: Sequence[Snippet], into: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["snippet"])
        field.choices = [("", "Choose a text"), *((one.tid, one.first_words) for one in snippets)]
        field.label = into


class PutIn:
    """The choice in the layout of a form with several boxes, and a button for each of them."""

    def __init__(self, pick: PickSnippet, snippets: Sequence[Snippet], boxes: Sequence[str]) -> None:
        self.pick, self.snippets, self.boxes = pick, snippets, boxes

    def render(self, form: BaseForm, context: Context, template_pack: str = TEMPLATE_PACK, **kwargs: Any) -> SafeString:
        given = {"pick": self.pick, "snippets": self.snippets, "boxes": [form[name] for name in self.boxes]}
        return render_to_string("portfolio/snippets/put_in.html", given)


def with_put_in(typed: str, text: str) -> str:
    """What was typed, with the text on a line of its own at the end."""
    return f"{typed.rstrip()}\n{text}" if typed.strip() else text
