"""How a form is shown: templates/crispy/nhsuk/, beside the NHS design system's own examples."""

import json
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms.renderers import DjangoTemplates
from django.template import Context, Template
from django.test.html import parse_html
from django.utils.datastructures import MultiValueDict

from portfolio.forms.dates import DateBoxField
from portfolio.forms.layout import Button, LinkTo, Section, form_helper
from portfolio.forms.widgets import BoxRadios, FilesField, Hinted, MarkdownEditor

EXAMPLES = json.loads((Path(__file__).parent / "nhsuk_examples.json").read_text())


class Form(forms.Form):
    title = forms.CharField(
        label="Title",
        help_text="A few words",
        error_messages={"required": "Enter a title"},
        widget=forms.TextInput({"inputmode": "numeric"}),
    )
    when = DateBoxField(what="The date", help_text="For example, 31 1 2026", required=False)
    kind = forms.ChoiceField(
        help_text="Choose one",
        choices=[("a", "A"), ("b", Hinted("B", hint="The other"))],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a kind"},
    )
    several = forms.MultipleChoiceField(
        help_text="Choose all that apply", choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple
    )
    agreed = forms.BooleanField(label="I agree", error_messages={"required": "Agree"})
    text = forms.CharField(widget=forms.Textarea, help_text="More")
    place = forms.ChoiceField(choices=[("", "Choose")], help_text="Where")
    file = forms.FileField(help_text="A photo")
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


def row(form: forms.Form, name: str) -> str:
    return Template("{% load nhsuk_forms %}{% field_row form.x %}".replace("x", name)).render(Context({"form": form}))


def crispy(form: forms.Form) -> str:
    return Template("{% load crispy_forms_tags %}{% crispy form %}").render(Context({"form": form}))


class Skeleton(HTMLParser):
    """The tags of some HTML with their nhsuk- classes and the kind of aria and data attributes that they carry."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        classes = sorted(one for one in (given.get("class") or "").split() if one.startswith("nhsuk-"))
        kept = sorted(name for name in given if name in ("aria-describedby", "data-module", "role", "inputmode"))
        self.tags.append((tag, tuple(classes), tuple(kept)))


# Where we differ on purpose: no heading in a label or legend, and no width or code that one example happens to have.
ON_PURPOSE = re.compile(r"nhsuk-(label--l|fieldset__legend--l|input--code|input--width-10|file-upload)$")


def skeleton(html: str) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    return [
        (tag, tuple(one for one in classes if not ON_PURPOSE.match(one)), tuple(set(kept) - {"data-module"}))
        for tag, classes, kept in Skeleton(html).tags
        if tag not in ("h1", "option", "br") and not (tag == "span" and classes == ("nhsuk-u-nowrap",))
    ]


@pytest.mark.parametrize(
    ("component", "field"),
    [
        ("input", "title"),
        ("textarea", "text"),
        ("select", "place"),
        ("file-upload", "file"),
        ("date-input", "when"),
    ],
)
def test_a_field_has_the_tags_classes_and_aria_of_the_nhs_example(component: str, field: str) -> None:
    form = Form({"when_0": "31", "when_1": "", "when_2": "1980"})
    assert skeleton(row(form, field)) == skeleton(EXAMPLES[component]["html"])


def test_checkboxes_have_the_tags_classes_and_aria_of_the_nhs_example() -> None:
    """The example has three boxes, ours two."""
    upstream = skeleton(EXAMPLES["checkboxes"]["html"])
    assert skeleton(row(Form({}), "several")) == upstream[:-3]


def test_radios_with_hints_have_the_tags_classes_and_aria_of_the_nhs_example() -> None:
    class Radios(forms.Form):
        kind = forms.ChoiceField(
            choices=[("a", Hinted("A", hint="One")), ("b", Hinted("B", hint="Two"))], widget=forms.RadioSelect
        )

    assert skeleton(row(Radios(), "kind")) == skeleton(EXAMPLES["radios"]["html"])


def test_a_button_has_the_tags_and_classes_of_the_nhs_example() -> None:
    shown = Button("Save").render(Form(), Context())
    assert Skeleton(shown).tags == Skeleton(EXAMPLES["button"]["html"]).tags


def test_the_error_summary_has_the_tags_classes_and_aria_of_the_nhs_example() -> None:
    class Two(forms.Form):
        first = forms.CharField()
        last = forms.CharField()

    shown = Template("{% load look %}{% error_summary form %}").render(Context({"form": Two({})}))
    assert Skeleton(shown).tags == Skeleton(EXAMPLES["error-summary"]["html"]).tags


def test_every_error_in_the_summary_leads_to_an_input_on_the_page() -> None:
    form = Form({"one-when_0": "x", "one-when_1": "1", "one-when_2": "2026"}, MultiValueDict(), prefix="one")
    form.helper = form_helper(form, Button("Send"))
    shown = crispy(form)
    links = re.findall(r'<a href="#([^"]+)">', shown)
    ids = re.findall(r'<(?:input|select|textarea)[^>]* id="([^"]+)"', shown)
    assert links == [
        "id_one-title",
        "id_one-when_0",
        "id_one-kind_0",
        "id_one-several_0",
        "id_one-agreed",
        "id_one-text",
        "id_one-place",
        "id_one-file",
    ]
    assert [link for link in links if link not in ids] == []


def test_whatever_describes_a_field_is_on_the_page_once() -> None:
    form = Form({"when_0": "x", "when_1": "1", "when_2": "2026"}, MultiValueDict())
    form.helper = form_helper(form, Button("Send"))
    shown = crispy(form)
    described = {one for ids in re.findall(r'aria-describedby="([^"]+)"', shown) for one in ids.split()}
    assert {f"id_{name}_error" for name in form.errors} - described == set()
    assert [one for one in described if shown.count(f'id="{one}"') != 1] == []


def test_a_group_is_described_on_its_fieldset_and_its_inputs_are_not() -> None:
    shown = row(Form({"when_0": "x", "when_1": "1", "when_2": "2026"}), "when")
    assert '<fieldset class="nhsuk-fieldset" role="group" aria-describedby="id_when_helptext id_when_error"' in shown
    assert re.findall(r"<input[^>]*aria-describedby", shown) == []


def test_a_form_without_errors_has_no_summary() -> None:
    form = Form()
    form.helper = form_helper(form, Button("Send"))
    assert "nhsuk-error-summary" not in crispy(form)


def test_an_error_of_the_whole_form_stands_in_the_summary_without_a_link() -> None:
    form = Form({})
    form.add_error(None, "These two do not go together")
    shown = Template("{% load look %}{% error_summary form %}").render(Context({"form": form}))
    assert "<li>These two do not go together</li>" in shown


def test_errors_of_several_forms_stand_in_one_summary() -> None:
    several = [Form({"a-title": "t"}, prefix="a"), Form({}, prefix="b"), Form({"c-title": "t"}, prefix="c")]
    shown = Template("{% load look %}{% error_summary one two three none %}").render(
        Context({"one": several[0], "two": several[1], "three": several[2], "none": None})
    )
    assert shown.count("There is a problem") == 1
    assert re.findall(r'href="#(id_[abc]-title)"', shown) == ["id_b-title"]


def test_a_form_leaves_the_checking_to_us_and_carries_files_where_it_has_some() -> None:
    form = Form()
    form.helper = form_helper(form, Button("Send"))
    opening = re.search(r"<form[^>]*>", crispy(form))
    assert opening is not None
    assert opening.group() == '<form method="post" enctype="multipart/form-data" novalidate>'


def test_every_field_is_shown_once_the_unnamed_first_and_the_buttons_last() -> None:
    class Three(forms.Form):
        a = forms.CharField()
        b = forms.CharField()
        c = forms.CharField()

    form = Three()
    form.helper = form_helper(
        form, Section("Later", "a"), Button("Save", name="go", value="save"), LinkTo("Cancel", "/")
    )
    shown = crispy(form)
    assert re.findall(r'<(?:input|button)[^>]* name="(\w+)"', shown) == ["b", "c", "a", "go"]


def test_what_was_typed_is_shown_again_and_escaped() -> None:
    shown = row(Form({"title": '"><script>'}), "title")
    assert 'value="&quot;&gt;&lt;script&gt;"' in shown


def test_boxes_are_real_radios_in_their_own_colours_and_without_icons() -> None:
    class Decision(forms.Form):
        outcome = forms.ChoiceField(
            choices=[("signed_off", "Sign off"), ("returned", "Return with feedback")],
            widget=BoxRadios(shapes={"signed_off": "done", "returned": "returned"}),
        )

    shown = row(Decision({"outcome": "returned"}), "outcome")
    assert re.findall(r'app-choice--(\w+)"><input id="(\w+)"[^>]*?( checked)?>', shown) == [
        ("done", "id_outcome_0", ""),
        ("returned", "id_outcome_1", " checked"),
    ]
    assert "<svg" not in shown


def test_the_editor_is_a_textarea_first() -> None:
    class Page(forms.Form):
        text = forms.CharField(widget=MarkdownEditor(preview="/preview/"))

    shown = row(Page({"text": "# Hello"}), "text")
    assert re.search(r'<textarea name="text"[^>]*>\s*# Hello</textarea>', shown) is not None
    assert '<a href="/preview/">Preview</a>' in shown


# --- dates ----------------------------------------------------------------------------------------------------------


class When(forms.Form):
    when = DateBoxField(what="The date you did it", error_messages={"required": "Enter the date you did it"})


@pytest.mark.parametrize("typed", [("3", "3", "2026"), ("03", "03", "2026"), (" 3 ", "3", "2026 ")])
def test_a_date_may_be_typed_with_or_without_noughts(typed: tuple[str, str, str]) -> None:
    form = When(dict(zip(("when_0", "when_1", "when_2"), typed, strict=True)))
    assert form.errors == {}
    assert form.cleaned_data == {"when": date(2026, 3, 3)}


@pytest.mark.parametrize(
    ("typed", "message", "boxes"),
    [
        (("", "", ""), "Enter the date you did it", [0, 1, 2]),
        (("3", "", "2026"), "The date you did it must include a month", [1]),
        (("", "3", ""), "The date you did it must include a day and a year", [0, 2]),
        (("31", "2", "2026"), "The date you did it must be a real date", [0]),
        (("3", "13", "2026"), "The date you did it must be a real date", [1]),
        (("3", "March", "2026"), "The date you did it must be a real date", [1]),
        (("٣", "3", "2026"), "The date you did it must be a real date", [0]),
        (("0", "3", "2026"), "The date you did it must be a real date", [0]),
        (("3", "3", "26"), "The date you did it must have a year of 4 numbers", [2]),
        (("3", "3", "0000"), "The date you did it must be a real date", [0]),
        (("9" * 5000, "3", "2026"), "The date you did it must be a real date", [0]),
    ],
)
def test_a_wrong_date_says_what_is_wrong_and_marks_it(
    typed: tuple[str, str, str], message: str, boxes: list[int]
) -> None:
    form = When(dict(zip(("when_0", "when_1", "when_2"), typed, strict=True)))
    assert form.errors == {"when": [message]}
    marked = re.findall(r'nhsuk-input--error[^>]* id="id_when_(\d)"', row(form, "when"))
    assert [int(one) for one in marked] == boxes


def test_a_date_that_may_be_empty_is_none_when_it_is() -> None:
    form = Form({"when_0": "", "when_1": " ", "when_2": ""})
    form.is_valid()
    assert form.cleaned_data["when"] is None


def test_a_date_given_at_the_start_fills_the_boxes() -> None:
    shown = row(When(initial={"when": date(2026, 3, 9)}), "when")
    assert re.findall(r'value="(\d+)"', shown) == ["9", "3", "2026"]


def test_a_form_knows_whether_its_date_was_changed() -> None:
    same = {"when_0": "9", "when_1": "3", "when_2": "2026"}
    assert When(same, initial={"when": date(2026, 3, 9)}).has_changed() is False
    assert When(same, initial={"when": date(2026, 3, 8)}).has_changed() is True


# --- files ----------------------------------------------------------------------------------------------------------


def test_several_files_come_as_a_list_and_none_as_an_empty_one() -> None:
    class Upload(forms.Form):
        files = FilesField(required=False)

    two = [SimpleUploadedFile("a.txt", b"a"), SimpleUploadedFile("b.txt", b"b")]
    given = Upload({}, MultiValueDict({"files": two}))
    none = Upload({}, MultiValueDict())
    assert given.is_valid()
    assert none.is_valid()
    assert [one.name for one in given.cleaned_data["files"]] == ["a.txt", "b.txt"]
    assert none.cleaned_data["files"] == []


def test_a_select_is_that_of_django_with_whatever_an_option_can_hold() -> None:
    class Shaded(forms.Select):
        def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
            option = super().create_option(*args, **kwargs)
            option["attrs"] |= {"disabled": option["value"] == 2, "data-of": '"a" & <b>', "hidden": False}
            return option

    choices = [("", "All"), ('a"<', "<One> & two"), ("A & <group>", [(1, "In it"), (2, "Chosen")]), (None, "Nothing")]
    for widget in (Shaded(choices=choices), forms.SelectMultiple({"required": True, "size": 4}, choices)):
        for value in ([2], ['a"<', 1], [""], []):
            of_django = DjangoTemplates().render(
                "django/forms/widgets/select.html", widget.get_context("one", value, {"id": "id_one", "class": "x"})
            )
            ours = widget.render("one", value, {"id": "id_one", "class": "x"})
            assert parse_html(ours) == parse_html(of_django)
            assert "<optgroup" in ours
