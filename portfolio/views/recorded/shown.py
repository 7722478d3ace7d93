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
class SignedThere:
    """The records of one activity, in order. `agrees`: they are what was recorded when they were made."""

    rows: list[SignedElsewhere]
    agrees: bool

    @classmethod
    def of(cls, user: User, portfolio: Portfolio, module: ModuleFacts, place: Place) -> "SignedThere":
        """Two queries where the ledger knows of any, else none."""
        if place.record is None or not place.record.ever_elsewhere:
            return cls([], agrees=True)
        number = place.number
        rows = _rows(user, portfolio, module, number=number)
        signed = [*rows, *(row.void for row in rows if hasattr(row, "void"))]
        kinds = (SignedElsewhere, ElsewhereVoid)
        return cls(rows, proof.all_agree(portfolio, signed, kinds, module=module.code, number=number))

    @property
    def standing(self) -> SignedElsewhere | None:
        return next((row for row in self.rows if not hasattr(row, "void")), None)

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


def of_module(user: User, portfolio: Portfolio, module: ModuleFacts, record: Record) -> list[SignedElsewhere]:
    """All records of a module, in order. One query where the ledger knows of an assessment among them, else none."""
    done = record.module(module).done
    return _rows(user, portfolio, module) if done.cbd_elsewhere + done.observed_elsewhere else []


def _rows(user: User, portfolio: Portfolio, module: ModuleFacts, **which: Any) -> list[SignedElsewhere]:
    found = visible_in(portfolio, user, SignedElsewhere).filter(module=module.id, **which).order_by("pk")
    return list(found.select_related("module", "portfolio", "file", "void"))
