"""Writing a page of evidence, and finding one."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.signing import BadSignature, Signer
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from curriculum.structure import ModuleFacts, Structure
from portfolio import files, prose
from portfolio.dates.meant import why_not_meant
from portfolio.forms.dates import DateBoxField
from portfolio.forms.picker import Row, Rows, with_all_rows
from portfolio.forms.widgets import FilesField, MarkdownEditor
from portfolio.models import Activity, Evidence, Link, Placement, Portfolio
from portfolio.models.ids import public_id
from portfolio.pages import Wanted
from portfolio.states import EvidenceKind, EvidenceState
from portfolio.workflow import Ask, LinkTo, writing

LONGEST_BODY = prose.LONGEST_MARKDOWN
TOO_LONG = "%(name)s must be %(limit_value)d characters or fewer. It has %(show_value)d."
NOT_OURS = "This form was not made for this portfolio. Open a new page and copy your text into it."
STAYS = ("preview", "remove", "show")  # what leads back to the form, and links and saves nothing
NEW = "new"  # in place of what was seen, where nothing was there to see
KINDS = [(kind.value, kind.label) for kind in EvidenceKind]


def errors(name: str, **others: str) -> dict[str, str]:
    """Messages of a text field in our own words."""
    return {"max_length": TOO_LONG.replace("%(name)s", name), **others}


def new_token(portfolio: Portfolio) -> str:
    """Names the page that a form will make, so that a form sent twice makes one. It holds in this portfolio alone."""
    return _signer(portfolio).sign(public_id())


def made_by(portfolio: Portfolio, data: Mapping[str, Any]) -> str:
    """The address of the page that a form made or will make; "" when its mark is not one that this portfolio gave."""
    try:
        return _signer(portfolio).unsign(data.get("page_token", ""))
    except BadSignature:
        return ""


def _signer(portfolio: Portfolio) -> Signer:
    return Signer(salt=f"new evidence of {portfolio.ref}")


class EvidenceForm(forms.Form):
    """The page, its files and its links. `go` says which button was pressed: save, submit, draft or one of STAYS.

    Anything may be kept; a title and a date are asked for only to save. `groups` are the activities to choose from;
    `asked` are the modules of which somebody wants to see every row.
    """

    title = forms.CharField(label="Title", required=False, max_length=200, error_messages=errors("The title"))
    happened_on = DateBoxField(
        label="Date you did it", what="The date you did it", required=False, help_text="For example, 31 1 2025"
    )
    kind = forms.ChoiceField(
        label="Kind",
        choices=KINDS,
        initial=EvidenceKind.REFLECTION,
        help_text="Choose the closest",
        error_messages={"required": "Choose a kind.", "invalid_choice": "Choose one of the kinds in the list."},
    )
    body = forms.CharField(
        label="Your account",
        required=False,
        strip=False,
        max_length=LONGEST_BODY,
        widget=MarkdownEditor,
        error_messages=errors("Your account"),
    )
    files = FilesField(label="Add files", required=False, allow_empty_file=True)  # type: ignore[assignment]
    seen_token = forms.CharField(required=False, widget=forms.HiddenInput, max_length=64)
    page_token = forms.CharField(required=False, widget=forms.HiddenInput, max_length=200)

    def __init__(
        self,
        *sent: Any,
        portfolio: Portfolio,
        evidence: Evidence | None = None,
        facts: Structure | None = None,
        groups: Sequence[Rows] = (),
        chosen: str = "",
        asked: Collection[str] = (),
    ) -> None:
        super().__init__(*sent)
        self.portfolio, self.evidence, self.facts, self.groups = portfolio, evidence, facts, list(groups)
        self.fields["files"].help_text = (
            f"Drop files here or choose them: at most {settings.UPLOAD_MAX_FILES} at a time. PDF, Word, Excel, "
            f"PowerPoint, PNG, JPEG, text, CSV or Markdown, up to {settings.UPLOAD_MAX_BYTES / files.MIB:g} MB each."
        )
        self.asked = asked
        self.on_page = {row.key for row in self.rows() if self._chosen(row, chosen)}
        self.whole = with_all_rows(self.groups, chosen=self.on_page, asked=asked)
        self.on_page |= {row.key for group in self.groups if group.module.code in self.whole for row in group.rows}
        if self.is_bound:
            self._add_what_was_not_sent()
        for row in self.rows():
            if row.key in self.on_page and (not row.fixed or self._sent(row)):
                self._offer(row, chosen)
        self.initial["page_token"] = "" if evidence else new_token(portfolio)
        self.initial["seen_token"] = writing.seen(evidence) if evidence else NEW
        if evidence:
            self.initial.update({name: getattr(evidence, name) for name in writing.FIELDS})

    def _sent(self, row: Row) -> bool:
        """Whether the row could be changed when the form was opened: then its sentence comes back, empty or not."""
        return row.why_name in self.data or row.tick_name in self.data

    def _chosen(self, row: Row, chosen: str) -> bool:
        """Whether the row is on the page however full that is: linked, ticked, or with a sentence."""
        if row.why is not None or self.data.get(row.tick_name) or self.data.get(row.why_name):
            return True
        return row.key == chosen and not self.is_bound

    def _add_what_was_not_sent(self) -> None:
        """A link whose row was not on the page that was sent, or had no box there, comes to this one as it is now."""
        whole = cast(QueryDict, self.data).copy()
        for row in self.rows():
            if row.why is not None and not row.fixed and not self._sent(row):
                whole[row.tick_name], whole[row.why_name], whole[row.was_name] = "on", row.why, row.why
        self.data = whole

    def _offer(self, row: Row, chosen: str) -> None:
        box = forms.CheckboxInput({"class": "app-check"})
        self.fields[row.tick_name] = forms.BooleanField(required=False, widget=box, label=row.place.title)
        self.fields[row.why_name] = forms.CharField(
            label=f"How does it show {row.name}?",
            required=False,
            max_length=Link._meta.get_field("why").max_length,
            error_messages=errors(f"How it shows {row.name}"),
        )
        self.initial[row.tick_name] = row.why is not None or row.key == chosen
        self.initial[row.why_name] = row.why or ""
        if row.why is not None or row.was_name in self.data:
            self.fields[row.was_name] = forms.CharField(required=False, widget=forms.HiddenInput)
            self.initial[row.was_name] = row.why

    def rows(self) -> Iterator[Row]:
        """Every activity, module after module."""
        for group in self.groups:
            yield from group.rows

    def shown_groups(self) -> list[dict[str, Any]]:
        """The modules as the page shows them: rows with their boxes, how many are chosen, and whether there are more.

        Open are those with a choice, and what was asked for; while there is no choice, those in work.
        """
        shown = [self._group(group) for group in self.groups]
        any_chosen = any(one["chosen"] for one in shown)
        for one, group in zip(shown, self.groups, strict=True):
            in_work = group.in_work and not one["more"]
            one["open"] = group.module.code in self.asked or (one["chosen"] if any_chosen else in_work)
        return shown

    def _group(self, group: Rows) -> dict[str, Any]:
        rows = [self._shown(row) for row in group.rows if row.key in self.on_page]
        return {
            "module": group.module,
            "rows": rows,
            "total": len(group.rows),
            "chosen": sum(row["on"] for row in rows),
            "more": group.module.code not in self.whole,
        }

    def _shown(self, row: Row) -> dict[str, Any]:
        offered = row.tick_name in self.fields and not row.fixed
        on = bool(self[row.tick_name].value()) if offered else row.why is not None
        typed = self.data.get(row.why_name, "").strip() if row.fixed and self.is_bound else ""
        return {
            "row": row,
            "place": row.place,
            "tick": self[row.tick_name] if offered else None,
            "why": self[row.why_name] if offered else None,
            "was": self[row.was_name] if offered and row.was_name in self.fields else None,
            "on": on,
            "shape": "yes" if on else "no",
            "typed": typed if typed != (row.why or "") else "",
        }

    # --- what was sent --------------------------------------------------------------------------------------------

    @property
    def go(self) -> str:
        """The button. Anything unknown saves."""
        asked = next((name for name in ("remove", "show") if self.data.get(name)), self.data.get("go", ""))
        return asked if asked in ("submit", "draft", *STAYS) else "save"

    def clean_title(self) -> str:
        """On one line."""
        return " ".join(self.cleaned_data["title"].split())

    def clean_body(self) -> str:
        """Browsers send a new line as two characters."""
        return self.cleaned_data["body"].replace("\r\n", "\n").replace("\r", "\n")

    def clean_happened_on(self) -> date | None:
        typed: date | None = self.cleaned_data["happened_on"]
        if typed and typed > timezone.localdate():
            raise forms.ValidationError("The date you did it must be today or in the past.")
        if typed and (why := why_not_meant(self.portfolio.starts_on, typed)):
            raise forms.ValidationError(why)
        return typed

    def clean(self) -> dict[str, Any]:
        """What saving needs, and the sentence that each tick needs."""
        if self.evidence is None and self.data.get("page_token") and not self.eid:
            self.add_error(None, NOT_OURS)
        if self.go in ("save", "submit"):
            if self.cleaned_data.get("title") == "":
                self.add_error("title", writing.MISSING["title"])
            if "happened_on" in self.cleaned_data and self.cleaned_data["happened_on"] is None:
                self.add_error("happened_on", writing.MISSING["happened_on"])
        if self.go in ("save", "submit", "draft"):
            for row in self.rows():
                if self.cleaned_data.get(row.tick_name) and self.cleaned_data.get(row.why_name) == "":
                    self.add_error(row.why_name, f"Say in one sentence how it shows {row.name}.")
        return self.cleaned_data

    @property
    def eid(self) -> str:
        """The address of the page that this form makes."""
        return made_by(self.portfolio, self.data)

    @property
    def anything_typed(self) -> bool:
        """Whether there is anything to make a new page of."""
        if any(self.cleaned_data.get(name) for name in ("title", "happened_on", "body", "files")):
            return True
        return any(self.cleaned_data.get(row.tick_name) and self.cleaned_data.get(row.why_name) for row in self.rows())

    def keep(self, *, by: User) -> Evidence:
        """Keep the text, then the files: one that may not come in gets a message, the others stay.

        Raises TooLate. From a stale tab the files are kept all the same, and sent again the form is not stale any more.
        """
        try:
            self.evidence = writing.keep(
                self.portfolio,
                self._typed(),
                by=by,
                evidence=self.evidence,
                eid=self.eid,
                opened=self.data.get("seen_token", ""),
            )
        except writing.Stale:
            assert self.evidence is not None  # what is not there yet cannot have changed
            self._finish(self.evidence, by)
            raise
        self._finish(self.evidence, by)
        return self.evidence

    def _typed(self) -> writing.Page:
        """What can be kept: what was typed where it is valid, else what was kept before."""
        before = self.evidence or Evidence()
        sent = [name for name in writing.FIELDS if name in self.data or f"{name}_0" in self.data]
        valid = {name: self.cleaned_data[name] for name in sent if name in self.cleaned_data}
        return writing.Page(**{name: valid.get(name, getattr(before, name)) for name in writing.FIELDS})

    def _finish(self, evidence: Evidence, by: User) -> None:
        renewed = cast(QueryDict, self.data).copy()
        renewed["seen_token"] = writing.seen(evidence)
        self.data = renewed
        sent: list[UploadedFile] = self.cleaned_data.get("files") or []
        for place, upload in enumerate(sent):
            name = files.clean_name(upload.name or "")
            if place >= settings.UPLOAD_MAX_FILES:
                self.add_error(
                    "files", f"{name} was not added. Add {settings.UPLOAD_MAX_FILES} files or fewer at a time."
                )
                continue
            try:
                writing.attach(evidence, files.store(upload), name, by=by)
            except files.Refused as refused:
                self.add_error("files", f"{name} was not added. {refused}.")

    def asks(self, evidence: Evidence) -> list[Ask]:
        """The links that this form makes, rewords and removes."""
        return [
            Ask("unlink" if wanted is None else "link", [self._activity(row)], given=LinkTo(evidence, wanted or ""))
            for row, wanted in self._wanted()
            if wanted != self.data.get(row.was_name) and wanted != row.why
        ]

    def _wanted(self) -> Iterator[tuple[Row, str | None]]:
        for row in self.rows():
            if self._sent(row):
                yield row, self.cleaned_data.get(row.why_name, "") if self.cleaned_data.get(row.tick_name) else None

    def _activity(self, row: Row) -> Activity:
        return Activity(portfolio=self.portfolio, module_id=row.module.id, number=row.place.number)


class FindEvidence(forms.Form):
    """The filters of the list. What is not understood is left out, so that an old or odd address still answers."""

    q = forms.CharField(label="Words in title or text", required=False, max_length=200)
    module = forms.ChoiceField(label="Module", required=False)
    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "All kinds"), *KINDS])
    state = forms.ChoiceField(label="State", required=False)
    placement = forms.ChoiceField(label="Dated in a placement", required=False)
    activity = forms.RegexField(r"^[A-Za-z0-9-]{1,20}/[1-9][0-9]{0,3}$", required=False, widget=forms.HiddenInput)
    list = forms.ChoiceField(
        required=False, widget=forms.HiddenInput, choices=[("", ""), ("archived", "Archived"), ("bin", "Bin")]
    )

    def __init__(
        self,
        *sent: Any,
        modules: Sequence[ModuleFacts],
        states: Sequence[EvidenceState],
        placements: Sequence[Placement] = (),
    ) -> None:
        super().__init__(*sent)
        self.modules, self.states, self.placements = modules, states, placements
        if placements:
            offered = [("", "All dates"), *((one.pid, one.title) for one in placements)]
            cast(forms.ChoiceField, self.fields["placement"]).choices = offered
        else:
            del self.fields["placement"]
        module, state = (cast(forms.ChoiceField, self.fields[name]) for name in ("module", "state"))
        module.choices = [("", "All modules"), *((one.code, f"{one.code} {one.title}") for one in modules)]
        state.choices = [("", "All states"), *((one.value, one.label) for one in states)]

    def as_understood(self) -> "FindEvidence":
        """The same filters for the page to show: what was not understood is gone, and nothing is in error."""
        shown = FindEvidence(modules=self.modules, states=self.states, placements=self.placements)
        shown.initial = self.cleaned_data
        return shown

    def wanted(self) -> Wanted:
        """What is asked for, of what is understood."""
        self.is_valid()
        found = self.cleaned_data
        module, _, number = found.get("activity", "").partition("/")
        placement = next((one for one in self.placements if one.pid == found.get("placement")), None)
        return Wanted(
            text=found.get("q", ""),
            module=module or found.get("module", ""),
            number=int(number) if number else None,
            kind=found.get("kind", ""),
            state=found.get("state", ""),
            archived=found.get("list") == "archived",
            binned=found.get("list") == "bin",
            dated=(placement.starts_on, placement.ends_on) if placement else None,
        )

    @property
    def shown_list(self) -> str:
        """Which list: "" is the one of every day."""
        return str(self.cleaned_data.get("list", ""))

    @property
    def narrowed(self) -> bool:
        """Whether any filter is on."""
        return any(value for name, value in self.cleaned_data.items() if name != "list")
