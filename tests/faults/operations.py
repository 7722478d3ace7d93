"""Operations whose form can be sent again, and what of them must be there once they were acknowledged."""

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from requests import Response

from portfolio import files
from portfolio.models import Decision, Item, Revision
from portfolio.states import Outcome
from tests import make
from tests.races.arena import Arena, shown_on

WORDS = "What I did, and what I learnt."
FEEDBACK = "Clear and complete."


@dataclass
class Upload:
    """A new page of evidence with one file."""

    arena: Arena
    content: bytes
    form: dict[str, Any] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def open(self) -> None:
        """Reads the empty form."""
        page = self.arena.visitor(self.arena.cast.trainee).get(f"{self.arena.at}/evidence/new/")
        day = make.today() - timedelta(days=1)
        self.form = {
            "title": self.sha256,
            "happened_on_0": day.day,
            "happened_on_1": day.month,
            "happened_on_2": day.year,
            "kind": "report",
            "body": WORDS,
            "page_token": shown_on(page, "page_token"),
            "seen_token": shown_on(page, "seen_token"),
            "go": "save",
        }

    def send(self) -> Response:
        if not self.form:
            self.open()
        return self.arena.visitor(self.arena.cast.trainee).send_form(
            f"{self.arena.at}/evidence/new/", self.form, files={"files": ("notes.pdf", self.content)}
        )

    def there(self) -> list[Any]:
        """Each version of each page of this title, with the files that the store really holds for it."""
        rows = Revision.objects.filter(title=self.sha256).order_by("pk")
        shas = [(row.number, row.attachments.values_list("file__sha256", flat=True)) for row in rows]
        return [(number, [sha for sha in found if files.intact(sha)]) for number, found in shas]

    def whole(self) -> list[Any]:
        return [(1, [self.sha256])]


@dataclass
class SignOff:
    """A decision on one item, as its page showed it."""

    arena: Arena
    item: Item

    def send(self) -> Response:
        form = {"S-C1-1-outcome": "signed_off", "S-C1-1-seen": self.item.digest, "S-C1-1-feedback": FEEDBACK}
        visitor = self.arena.visitor(self.arena.cast.assessor)
        return visitor.send_form(f"/reviewing/{self.item.submission.sid}/", form)

    def there(self) -> list[Any]:
        return list(Decision.objects.filter(item=self.item).values_list("outcome", "manifest_digest", "feedback"))

    def whole(self) -> list[Any]:
        return [(Outcome.SIGNED_OFF, self.item.digest, FEEDBACK)]
