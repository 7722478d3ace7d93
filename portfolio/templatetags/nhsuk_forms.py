"""What the form templates (templates/crispy/nhsuk/) need to know about a field: {% load nhsuk_forms %}."""

import re
from typing import Any

from django import template
from django.forms import BaseForm, BoundField, CheckboxInput, CheckboxSelectMultiple, FileInput, Select, Textarea
from django.forms.widgets import RadioSelect
from django.utils.safestring import SafeString

from portfolio.forms.dates import DateBoxes

register = template.Library()

CONTROL_CLASSES = {
    "input": "nhsuk-input",
    "textarea": "nhsuk-textarea",
    "editor": "nhsuk-textarea",
    "select": "nhsuk-select",
    "file": "nhsuk-file-upload__input",
    "files": "app-drop__in",
}
OF_A_ROW = re.compile(r"(.+-\d+)-(\w+)")
BOX_LABELS = (("Day", 2), ("Month", 2), ("Year", 4))


@register.filter
def look(field: BoundField) -> str:
    """Which template shows this field. A widget may say so itself, with its attribute `look`."""
    widget = field.field.widget
    if named := getattr(widget, "look", ""):
        return str(named)
    kinds = (
        (DateBoxes, "date"),
        (CheckboxSelectMultiple, "choices"),
        (RadioSelect, "choices"),
        (CheckboxInput, "checkbox"),
        (Textarea, "textarea"),
        (Select, "select"),
        (FileInput, "file"),
    )
    return next((name for kind, name in kinds if isinstance(widget, kind)), "input")


@register.filter
def look_template(field: BoundField) -> str:
    """The template of the field's look."""
    own = {"choices", "checkbox", "date", "boxes", "editor", "files", "plan"}
    return f"crispy/nhsuk/{look(field) if look(field) in own else 'control'}.html"


@register.filter
def control(field: BoundField) -> SafeString:
    """The input itself. The widget is not touched: the classes go in beside Django's own attributes."""
    kind = look(field)
    base = CONTROL_CLASSES[kind]
    classes = [base, field.field.widget.attrs.get("class", "")]
    if field.errors and kind in ("input", "textarea", "select"):
        classes.append(f"{base}--error")
    return field.as_widget(attrs={"class": " ".join(filter(None, classes))})


@register.filter
def option_groups(field: BoundField) -> list[tuple[str, list[dict[str, Any]]]]:
    """The choices of radios or checkboxes: (heading or "", options). A label may be a `Hinted`."""
    attrs = field.build_widget_attrs({"id": field.auto_id} if field.auto_id else {})
    widget = field.field.widget.get_context(field.html_name, field.value(), attrs)["widget"]
    return [(name or "", options) for name, options, _index in widget["optgroups"]]


@register.filter
def date_boxes(field: BoundField) -> list[dict[str, Any]]:
    """Day, month and year: what was typed, and which of them is wrong."""
    widget = field.field.widget
    value = field.value()
    typed = value if isinstance(value, list) else widget.decompress(value)
    wrong = {box for error in field.errors.as_data() for box in (error.params or {}).get("boxes", (0, 1, 2))}
    return [
        {
            "label": label,
            "width": width,
            "id": f"{field.auto_id}_{at}",
            "name": f"{field.html_name}_{at}",
            "value": typed[at] or "",
            "wrong": at in wrong,
            "disabled": field.field.disabled,
        }
        for at, (label, width) in enumerate(BOX_LABELS)
    ]


@register.filter
def problems(form: BaseForm) -> list[dict[str, str]]:
    """Every error of a form, in the order of its fields, with the address of its field on the page."""
    found = [{"text": str(text), "href": ""} for text in form.non_field_errors()]
    for field in form:
        href = "" if field.is_hidden else f"#{target(field)}"
        found += [{"text": str(text), "href": href} for text in field.errors]
    return found


def target(field: BoundField) -> str:
    """The id that a link to the field goes to: the first input of radios, checkboxes and dates, else the input."""
    return f"{field.auto_id}_0" if field.use_fieldset else str(field.id_for_label)


@register.inclusion_tag("crispy/nhsuk/field.html")
def field_row(field: BoundField) -> dict[str, BoundField]:
    """One field as {% crispy %} shows it, for a page that places its fields itself."""
    return {"field": field}


@register.filter
def in_words(name: str) -> str:
    """The name of a field, for whoever typed into it: to_develop is To develop, S-C1-4-feedback is S-C1-4, feedback."""
    words = OF_A_ROW.sub(r"\1, \2", name).replace("_", " ")
    return words[:1].upper() + words[1:]
