"""What a browser would send of a form: read from the page, so that a load test fills in what is really there."""

from datetime import date
from html.parser import HTMLParser

UNSENT = ("submit", "button", "file", "checkbox", "radio")  # by themselves
Fields = list[tuple[str, str]]


class Form(HTMLParser):
    """The fields of the POST form that holds a field or a button of this name, as they stand on the page."""

    def __init__(self, page: str, holds: str) -> None:
        super().__init__()
        self.fields: Fields = []
        self.found: Fields | None = None
        self._holds, self._posts, self._named = holds, False, False
        self._area: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        name, value = said.get("name") or "", said.get("value")
        if tag == "form":
            self.fields, self._named, self._posts = [], False, (said.get("method") or "").lower() == "post"
        self._named = self._named or name == self._holds
        if tag == "textarea":
            self.fields.append((name, ""))
            self._area = name
        elif tag == "input" and name and (said.get("type") not in UNSENT or "checked" in said):
            self.fields.append((name, "on" if value is None and said.get("type") == "checkbox" else value or ""))

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            name, before = self.fields[-1]
            self.fields[-1] = (name, before + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None
        elif tag == "form" and self._posts and self._named and self.found is None:
            self.found = self.fields


def filled(page: str, holds: str, **given: str) -> Fields:
    """The form's fields with these values in place of its own. LookupError when there is no such form."""
    found = Form(page, holds).found
    if found is None:
        raise LookupError(f"There is no form with {holds}.")
    return [(name, value) for name, value in found if name not in given] + list(given.items())


def new_page(page: str, number: int, tick: str) -> Fields:
    """A page of evidence, written today and linked to the activity of this box, on the form as it stands."""
    today = date.today()
    return filled(
        page,
        "body",
        title=f"What I did today, {number}",
        kind="reflection",
        body="I did it twice, and wrote down what was different the second time.\n\n" * 8,
        happened_on_0=str(today.day),
        happened_on_1=str(today.month),
        happened_on_2=str(today.year),
        go="save",
        **{tick: "on", tick.replace("tick-", "why-"): "Shows how I did it, and what I changed."},
    )
