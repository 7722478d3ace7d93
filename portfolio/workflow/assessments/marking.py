"""The mark form of a kind: as the programme has it now, as a page shows it, and as it is kept with what was marked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F

from audit.canonical import canonical, digest
from curriculum.models import MarkForm
from portfolio.models import Assessment

NOT_MARKED = "Mark this criterion: {}."


@dataclass(frozen=True)
class Criteria:
    """What is marked, and with which words. A programme without a form marks nothing: outcome and words are all."""

    kind: str
    scale: tuple[str, ...]
    texts: tuple[str, ...]

    @property
    def parts(self) -> dict[str, Any]:
        return {"kind": self.kind, "scale": list(self.scale), "criteria": list(self.texts)}

    def missing(self, marks: Mapping[int, str]) -> list[int]:
        """The places of the criteria that are not marked with a word of the scale."""
        return [at for at in range(len(self.texts)) if marks.get(at) not in self.scale]

    def kept(self, marks: Mapping[int, str]) -> str:
        """The form as it stood with what was marked, as one text."""
        marked = [{"text": text, "mark": marks[at]} for at, text in enumerate(self.texts)]
        return canonical({"v": "stp-marks-1", "kind": self.kind, "scale": list(self.scale), "marked": marked}).decode()


def criteria(row: Assessment, kind: str = "") -> Criteria:
    """The form of this assessment's kind, or of another one, as the programme has it now."""
    kind = kind or row.kind
    return forms(row, kind)[kind]


def forms(row: Assessment, *kinds: str) -> dict[str, Criteria]:
    """The forms of these kinds, in one query."""
    found = MarkForm.objects.filter(programme=row.portfolio.programme_id, kind__in=kinds)
    rows = list(found.annotate(text=F("criteria__text")).order_by("criteria__position"))  # the form once a criterion
    of_kind = {kind: [line for line in rows if line.kind == kind] for kind in kinds}
    return {kind: _form(kind, lines) for kind, lines in of_kind.items()}


def _form(kind: str, lines: list[Any]) -> Criteria:
    scale = lines[0].words if lines else ()
    return Criteria(kind, scale, tuple(line.text for line in lines if line.text is not None) if scale else ())


def shown(row: Assessment, form: Criteria) -> str:
    """The digest of what a page showed: what was asked, of which kind it is now, and the form to fill in."""
    return digest({"v": "stp-assessment-page-1", "asked": row.digest, "kind": row.kind, "form": form.parts})
