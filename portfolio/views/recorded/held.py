"""What other systems hold of one activity, or of the assessments of one module, as their pages show it."""

from dataclasses import dataclass
from typing import Any

from accounts.models import User
from curriculum.structure import ModuleFacts
from portfolio import proof
from portfolio.access import visible_in
from portfolio.models import ElsewhereVoid, Portfolio, SignedElsewhere
from portfolio.record import Record
from portfolio.requirements import Place
from portfolio.requirements.words import day


@dataclass(frozen=True)
class Held:
    """The records of one activity, or of assessments, in order. `agrees`: they are what was recorded when made."""

    rows: list[SignedElsewhere]
    agrees: bool

    @classmethod
    def of(cls, user: User, portfolio: Portfolio, module: ModuleFacts, place: Place) -> "Held":
        """Two queries where the ledger knows of any, else none."""
        if place.record is None or not place.record.ever_elsewhere:
            return cls([], agrees=True)
        return cls._read(user, portfolio, module, number=place.number)

    @classmethod
    def of_assessments(cls, user: User, portfolio: Portfolio, module: ModuleFacts, record: Record) -> "Held":
        """Of all assessments of a module. Two queries where the ledger knows of any, else none."""
        done = record.module(module).done
        if not done.cbd_elsewhere + done.observed_elsewhere:
            return cls([], agrees=True)
        return cls._read(user, portfolio, module, number=None)

    @classmethod
    def _read(cls, user: User, portfolio: Portfolio, module: ModuleFacts, **which: Any) -> "Held":
        found = visible_in(portfolio, user, SignedElsewhere).filter(module=module.id, **which).order_by("pk")
        rows = list(found.select_related("module", "portfolio", "file", "void"))
        signed = [*rows, *(row.void for row in rows if hasattr(row, "void"))]
        kinds = (SignedElsewhere, ElsewhereVoid)
        return cls(rows, proof.all_agree(portfolio, signed, kinds, module=module.code, **which))

    @property
    def standing(self) -> SignedElsewhere | None:
        return next(iter(self.all_standing), None)

    @property
    def all_standing(self) -> list[SignedElsewhere]:
        return [row for row in self.rows if not hasattr(row, "void")]

    @property
    def entries(self) -> list[dict[str, str]]:
        """As components/timeline.html takes them."""
        found = []
        for row in self.rows:
            where = f"{day(row.signed_on)}, {row.signed_by}, in {row.system}"
            recorded = f"Recorded here on {day(row.recorded_at)} by {row.signer_name}"
            found.append(
                {"shape": "elsewhere", "what": "Signed elsewhere", "who": f"{where}. {recorded}", "said": row.note}
            )
            if hasattr(row, "void"):
                who = f"{day(row.void.voided_at)}, {row.void.signer_name}"
                found.append(
                    {"shape": "unlock", "what": "The record was taken back", "who": who, "said": row.void.reason}
                )
        return found
