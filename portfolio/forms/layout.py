"""The pieces that a form's layout is made of, in the words of the NHS design system.

Use these and never crispy's Submit, which adds Bootstrap classes. A form with one button:

    self.helper = form_helper(self, Button("Save"))

and one with sections:

    self.helper = form_helper(self, Section("What you did", "title", "date"), Actions(Button("Save draft")))
"""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, LayoutObject
from crispy_forms.utils import TEMPLATE_PACK
from django.forms import BaseForm
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString


class Button:
    """A button that sends the form. `style`: primary, secondary, warning, or link (which looks like a link)."""

    STYLES = {
        "primary": "nhsuk-button",
        "secondary": "nhsuk-button nhsuk-button--secondary",
        "warning": "nhsuk-button nhsuk-button--warning",
        "link": "app-linkbutton",
    }

    def __init__(self, label: str, style: str = "primary", *, name: str = "", value: str = "") -> None:
        self.label, self.css, self.name, self.value = label, self.STYLES[style], name, value

    def render(self, form: BaseForm, context: Context, template_pack: str = TEMPLATE_PACK, **kwargs: Any) -> SafeString:
        return render_to_string("crispy/nhsuk/button.html", {"button": self})


class LinkTo:
    """A way out beside the buttons, such as Cancel. `style`: link, or secondary to look like a button."""

    def __init__(self, label: str, href: str, style: str = "link") -> None:
        self.label, self.href, self.css = label, href, "" if style == "link" else Button.STYLES[style]

    def render(self, form: BaseForm, context: Context, template_pack: str = TEMPLATE_PACK, **kwargs: Any) -> SafeString:
        return render_to_string("crispy/nhsuk/link.html", {"link": self})


class Part(LayoutObject):
    """Something around other fields."""

    template = ""

    def __init__(self, *fields: Any) -> None:
        self.fields = list(fields)

    def extra(self) -> dict[str, Any]:
        """What the template needs besides the fields."""
        return {}

    def render(self, form: BaseForm, context: Context, template_pack: str = TEMPLATE_PACK, **kwargs: Any) -> SafeString:
        inside = self.get_rendered_fields(form, context, template_pack, **kwargs)
        return render_to_string(self.template, {"fields": inside} | self.extra())


class Actions(Part):
    """The row of buttons at the end."""

    template = "crispy/nhsuk/actions.html"


class Two(Part):
    """Two fields side by side; one under the other on a phone."""

    template = "crispy/nhsuk/two.html"


class Titled(Part):
    """Something with a title and perhaps a hint."""

    def __init__(self, title: str, *fields: Any, hint: str = "") -> None:
        super().__init__(*fields)
        self.title, self.hint = title, hint

    def extra(self) -> dict[str, Any]:
        return {"title": self.title, "hint": self.hint}


class Section(Titled):
    """A panel of its own with a heading. `anchor`: where a link on the page leads to."""

    template = "crispy/nhsuk/section.html"

    def __init__(self, title: str, *fields: Any, hint: str = "", anchor: str = "") -> None:
        super().__init__(title, *fields, hint=hint)
        self.anchor = anchor

    def extra(self) -> dict[str, Any]:
        return super().extra() | {"anchor": self.anchor}


class Fieldset(Titled):
    """Fields that answer one question together. `css`: a class of its own."""

    template = "crispy/nhsuk/fieldset.html"

    def __init__(self, title: str, *fields: Any, hint: str = "", css: str = "") -> None:
        super().__init__(title, *fields, hint=hint)
        self.css = css

    def extra(self) -> dict[str, Any]:
        return super().extra() | {"css": self.css}


def form_helper(form: BaseForm, *parts: Any, action: str = "", method: str = "post") -> FormHelper:
    """How {% crispy form %} shows a form. Fields that no part names come first; buttons alone are put in a row."""
    helper = FormHelper()
    helper.form_action, helper.form_method = action, method
    helper.disable_csrf = method == "get"
    buttons = [part for part in parts if isinstance(part, Button | LinkTo)]
    rest = [part for part in parts if part not in buttons]
    layout = Layout(*rest)
    named = {pointer.name for pointer in layout.get_field_names()}
    shown = [name for name in form.fields if name not in named]
    helper.layout = Layout(*shown, *rest, *([Actions(*buttons)] if buttons else []))
    return helper
