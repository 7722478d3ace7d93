"""The notes of a life: what its model keeps of submissions, attempts, nominations, comments and rounds of feedback."""

from dataclasses import dataclass, field

from portfolio.models import Assessment, Item
from portfolio.states import AssessmentState, FeedbackState, NominationState, PlacementState

Place = tuple[str, int]
Version = tuple[int, int]  # of which page, and which of its saved versions


@dataclass
class Asked:
    """A submission: to whom, what of it is undecided with the state before, and what each item was asked with.

    `to` is nobody while somebody new is `named`. `proof`: by which code they proved that the mailbox is theirs;
    `old_proof` is of one that was asked before; `codes`: how many were mailed for the trainee's device. `shown`: of
    which page which version goes with each item.
    """

    to: str
    before: dict[Place, str]
    digests: dict[Place, str] = field(default_factory=dict)
    items: dict[Place, int] = field(default_factory=dict)
    named: "Named | None" = None
    proof: int = 0
    old_proof: int = 0
    codes: int = 0
    shown: dict[Place, set["Version"]] = field(default_factory=dict)

    def passes_to(self, to: str, named: "Named | None" = None) -> None:
        """To somebody else, or to nobody: whoever was named is asked no more, and no proof of a mailbox serves."""
        if self.named and self.named.state == NominationState.WAITING:
            self.named.state = NominationState.TAKEN_BACK
        self.old_proof = self.proof or self.old_proof
        self.to, self.named, self.proof, self.codes = to, named, 0, 0


@dataclass
class Named:
    """Somebody new who was named for a submission."""

    nid: str
    who: str
    asked: Asked
    state: str = NominationState.WAITING


@dataclass
class Attempt:
    """One attempt at an assessment. `to`: whom it is with; once it is decided, who decided."""

    pk: int
    kind: str
    state: str = AssessmentState.PLANNED
    to: str = ""
    case: int = 0  # of a CBD: which case

    @property
    def fills(self) -> bool:
        return self.state in (AssessmentState.PLANNED, AssessmentState.WITH_ASSESSOR, AssessmentState.SATISFACTORY)


@dataclass
class Away:
    """A placement, or leave, in days from today; `until` of None has no end."""

    since: int
    until: int | None
    state: str = PlacementState.PLANNED
    supervised: bool = False
    written: bool = False
    pid: str = ""


@dataclass
class Decided:
    """A decision on an item of a submission, or the outcome of an assessment: something to comment on."""

    of: type[Item] | type[Assessment]
    pk: int
    by: str


@dataclass
class Said:
    """A comment, in the thread that the one at this place began; of None it began one."""

    pk: int
    cid: str
    of: Decided
    by: str
    text: str
    thread: int | None
    withdrawn: bool = False


@dataclass
class Invitation:
    """One address that a round asks; each reminder brought another token, and any of them works once."""

    pk: int
    address: str
    tokens: list[str]
    answered: bool = False
    withdrawn: bool = False


@dataclass
class Round:
    """A round of feedback, in its newest attempt. `mailed`: a mail went out today."""

    state: str = FeedbackState.NOT_OPENED
    attempt: int = 0
    invitations: dict[str, Invitation] = field(default_factory=dict)
    mailed: bool = False
    answers: int = 0


@dataclass
class Stored:
    """What a standing module sign-off was made against."""

    manifest: str
    attempts: set[int]
    items: list[int]
