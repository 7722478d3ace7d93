"""Every kind of page, with something on it that is hard to lay out, and who looks at it. Kinds, not personas.

A wing is a group of kinds that one browser visits in one go. `tests/look/test_kinds.py` visits them; a template that
none of them shows fails there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import time_machine
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from curriculum.models import Module, TrainingActivity
from portfolio.models import Evidence, Item, Portfolio
from portfolio.workflow import PlanActivities, perform
from tests import make
from tests.cast import Cast

LONG = "Verwaltungsgerichtsverfahrensbeschleunigungsgesetz" * 4
WORDS = "a rather long title that goes on and on and does not want to come to its end " * 2
BODY = f"""## What I went to

I chose the talks on interoperability. {LONG}

- publish the data contract before the code,
- test with bad messages first.

| Talk | {" | ".join(f"Column {number}" for number in range(12))} |
| --- {"| --- " * 12}|
| One {"| something that was said " * 12}|

```
{"a_line_of_code_without_a_blank_" * 12}
```
"""

WITH_A_CHOICE = [
    {
        "title": WORDS,
        "phase": 3,
        "credits": 180,
        "modules": [{"code": f"S-X{number}", "credits": 90, "kind": "specialist"} for number in (1, 2, 3)],
        "options": [["S-X2"], ["S-X3"]],
    }
]


@dataclass(frozen=True)
class Kind:
    """One page. `press`: the words of the button that is pressed with nothing filled in. `status`: what it answers."""

    name: str
    address: str
    person: User | None = None
    press: str = ""
    status: int = 200


def outside(cast: Cast) -> list[Kind]:
    """Before the sign-in, one's own account, and the faults: addresses of `tests.config.urls` raise them."""
    cast.officer.set_password("a-long-word-of-passing")
    cast.officer.save()
    token = f"{user_pk_to_url_str(cast.stranger)}-{default_token_generator.make_token(cast.stranger)}"
    return [
        Kind("start page", reverse("home")),
        Kind("sign in", reverse("account_login")),
        Kind("sign in, in error", reverse("account_login"), press="Sign in"),
        Kind("sign up", reverse("account_signup")),
        Kind("account not active", reverse("account_inactive")),
        Kind("address to verify", reverse("account_email_verification_sent")),
        Kind("address confirmed", reverse("account_confirm_email", args=["no-such-key"])),
        Kind("password forgotten", reverse("account_reset_password")),
        Kind("link sent", reverse("account_reset_password_done")),
        Kind("link that does not work", "/accounts/password/reset/key/1-none/"),
        Kind("set a password", f"/accounts/password/reset/key/{token}/"),
        Kind("password set", reverse("account_reset_password_from_key_done")),
        Kind("change password", reverse("account_change_password"), cast.officer),
        Kind("change password, in error", reverse("account_change_password"), cast.officer, press="Change password"),
        Kind("give a first password", reverse("account_set_password"), cast.stranger),
        Kind("confirm it is you", reverse("account_reauthenticate"), cast.officer),
        Kind("sign out", reverse("account_logout"), cast.officer),
        Kind("not found", "/nowhere/", cast.officer, status=404),
        Kind("not allowed", "/refusing", cast.officer, status=403),
        Kind("too late", "/late", cast.officer, status=409),
        *(Kind(f"error {name}", f"/shown/{name}") for name in ("400", "500", "503", "kept")),
        Kind("every component", reverse("components"), cast.officer),
        Kind("nothing to do yet", reverse("home"), cast.stranger),
        Kind("no trainees", reverse("trainees"), cast.stranger),
        Kind("an empty queue", reverse("reviewing"), cast.officer),
        Kind("curricula", reverse("curricula"), cast.officer),
        Kind("curriculum", reverse("curriculum", args=["TST1-1-24"]), cast.officer),
        Kind("module of a curriculum", reverse("curriculum_module", args=["TST1-1-24", "S-C1"]), cast.officer),
        Kind("activity of a curriculum", reverse("curriculum_activity", args=["TST1-1-24", "S-C1", 3]), cast.officer),
    ]


def trainee(cast: Cast) -> list[Kind]:
    """A portfolio with an activity in every state, as its trainee sees it; and one with nothing in it."""
    of, me = cast.portfolio, cast.trainee
    first = _evidence(cast)
    item = _in_every_state(cast, first)
    typed_on = make.change(make.page(of, "Typed on"), save=False, title=WORDS, body="NHS number 999 000 0018")
    binned = make.page(of, "Thrown away")
    make.writing.discard(binned, by=me)
    damaged = make.attachment(make.page(of, "Damaged"), f"{LONG[:100]}.pdf", make.PDF + b"%")
    for path in settings.FILES_DIR.rglob(damaged.file.sha256):
        path.unlink()
    sid = item.submission.sid

    def at(name: str, *args: object) -> str:
        return reverse(name, args=[of.ref, *args])

    def page(name: str, evidence: Evidence) -> str:
        return at(name, evidence.eid)

    empty = cast.other.ref
    choosing = make.portfolio(make.person("Rose Innes"), make.curriculum("TST2-1-24", blocks=WITH_A_CHOICE))
    return [
        Kind("progress", at("progress"), me),
        Kind("module", at("module", "S-C1"), me),
        Kind("module of unknown size", at("module", "S-X1"), me),
        Kind("activity returned", at("activity", "S-C1", 2), me),
        Kind("activity in review", at("activity", "S-C1", 3), me),
        Kind("activity signed off", at("activity", "S-C1", 1), me),
        Kind("activity without wording", at("activity", "S-X1", 4), me),
        Kind("words for an activity", at("activity_label", "S-X1", 2), me),
        Kind("evidence list", at("evidence_list"), me),
        Kind("evidence not found", at("evidence_list") + "?q=zzzz", me),
        Kind("evidence archived", at("evidence_list") + "?list=archived", me),
        Kind("evidence in the bin", at("evidence_list") + "?list=bin", me),
        Kind("page", page("evidence", first), me),
        Kind("page not saved", page("evidence", typed_on), me),
        Kind("page in the bin", page("evidence", binned), me),
        Kind("page deleted", page("evidence_discard", make.page(of, WORDS)), me),
        Kind("page edited", page("evidence_edit", first), me),
        Kind("page edited, in error", at("evidence_new") + "?activity=S-C1/2", me, press="Save"),
        Kind("versions compared", page("evidence_history", first), me),
        Kind("file damaged", at("evidence_file", damaged.evidence.eid, damaged.fid), me, status=410),
        Kind("ask for a decision", at("submit"), me),
        Kind("ask for a decision, in error", at("submit"), me, press="Submit to the assessor"),
        Kind("submissions", at("submissions"), me),
        Kind("submission", at("submission", sid), me),
        Kind("withdraw", at("submission_withdraw", sid), me),
        Kind("change assessor", at("submission_redirect", sid), me),
        Kind("change assessor, in error", at("submission_redirect", sid), me, press="Change assessor"),
        Kind("people", at("people"), me),
        Kind("history", at("history") + "?verify=1", me),
        Kind("progress of nothing", reverse("progress", args=[empty]), cast.other_trainee),
        Kind("curriculum with a choice", reverse("curriculum", args=["TST2-1-24"]), me),
        Kind("progress with a choice", reverse("progress", args=[choosing.ref]), choosing.trainee),
        Kind("evidence of nothing", reverse("evidence_list", args=[empty]), cast.other_trainee),
        Kind("submissions of nothing", reverse("submissions", args=[empty]), cast.other_trainee),
        Kind("nothing to submit", reverse("submit", args=[empty]), cast.other_trainee),
    ]


def people(cast: Cast) -> list[Kind]:
    """What an assessor, an officer and an administrator see, with a module that is ready and one that is signed off."""
    of, other = cast.portfolio, cast.other
    item = _in_every_state(cast, _evidence(cast))
    for portfolio in (other, third := make.portfolio(make.person(f"Ola {WORDS[:60]}"))):
        if portfolio is third:
            make.role(third, cast.other_officer, "officer")
            make.role(third, cast.assessor)
        for number in (1, 2, 3):
            make.signed_off(portfolio, cast.assessor, number=number)
    make.module_signed_off(third, cast.other_officer)
    closed = make.portfolio(make.person("Cleo Farr"))
    perform("close portfolio", closed, by=cast.administrator, reason=WORDS)
    two_hats = cast.officer_in_training
    return [
        Kind("queue", reverse("reviewing"), cast.assessor),
        Kind("decided", reverse("reviewing") + "?show=decided", cast.assessor),
        Kind("decision", reverse("review", args=[item.submission.sid]), cast.assessor),
        Kind(
            "decision, in error",
            reverse("review", args=[item.submission.sid]),
            cast.assessor,
            press="Record your decision",
        ),
        Kind("nothing left to decide", reverse("review", args=[_decided_sid(other)]), cast.assessor),
        Kind("which part", reverse("home"), two_hats),
        Kind("trainees", reverse("trainees"), cast.administrator),
        Kind("trainees not found", reverse("trainees") + "?q=zzzz", cast.administrator),
        Kind("progress of a trainee", reverse("progress", args=[of.ref]), cast.officer),
        Kind("evidence of a trainee", reverse("evidence_list", args=[of.ref]), cast.officer),
        Kind("unlock", reverse("activity_unlock", args=[other.ref, "S-C1", 1]), cast.other_officer),
        Kind("unlock, in error", reverse("activity_unlock", args=[other.ref, "S-C1", 1]), cast.other_officer, "Unlock"),
        Kind("modules that are ready", reverse("reviewing") + "?show=modules", cast.other_officer),
        Kind("module ready", reverse("module", args=[other.ref, "S-C1"]), cast.other_officer),
        Kind("sign off a module", reverse("module_sign_off", args=[other.ref, "S-C1"]), cast.other_officer),
        Kind("module not ready", reverse("module_sign_off", args=[of.ref, "S-C1"]), cast.officer),
        Kind("module signed off", reverse("module", args=[third.ref, "S-C1"]), cast.other_officer),
        Kind("void", reverse("module_void", args=[third.ref, "S-C1"]), cast.other_officer),
        Kind("confirm requirements", reverse("module_requirements", args=[of.ref, "S-X1"]), cast.officer),
        Kind("people kept", reverse("people", args=[of.ref]), cast.administrator),
        Kind("close", reverse("portfolio_close", args=[of.ref]), cast.administrator),
        Kind("reopen", reverse("portfolio_reopen", args=[closed.ref]), cast.administrator),
        Kind("closed portfolio", reverse("progress", args=[closed.ref]), cast.administrator),
    ]


def placements(cast: Cast) -> list[Kind]:
    """Placements and the journal, full of long words and empty; and what a placement supervisor sees."""
    of, me, hugh = cast.portfolio, cast.trainee, make.person(f"Hugh {WORDS[:60]}")
    texts = {"title": LONG[:190], "aims": f"{WORDS} {LONG}\n\nNHS number 999 000 0018", "department": LONG[:180]}
    row = make.reflected(make.placed(of, cast.officer, hugh, ("S-X1", "S-C1"), **texts), did=LONG, learnt=WORDS)
    module = make.activity(of, "S-C1").module_id
    perform("plan activities", row, by=me, given=PlanActivities([(module, 1), (module, 3)]))
    planned = make.planned(of, hugh, ("S-X1",), since=50, until=60)
    make.decide(make.in_review(of, cast.assessor), "return", feedback=WORDS)
    note = make.note(of, f"{LONG} {WORDS}", f"{WORDS}\n\nNHS number 999 000 0018")
    empty = cast.other

    def at(name: str, *args: object) -> str:
        return reverse(name, args=[of.ref, *args])

    return [
        Kind("placements", at("placements"), me),
        Kind("placement", at("placement", row.pid), me),
        Kind("placement to confirm", at("placement", planned.pid), cast.officer),
        Kind("plan a placement", at("placement_new"), me),
        Kind("plan a placement, in error", at("placement_new"), me, press="Save"),
        Kind("change a placement", at("placement_change", planned.pid), me),
        Kind("plan activities", at("placement_activities", row.pid), me),
        Kind("confirm a placement", at("placement_confirm", planned.pid), cast.officer),
        Kind("end a placement, in error", at("placement_end", row.pid), cast.officer, press="End it earlier"),
        Kind("closing reflection", at("placement_close", row.pid), me),
        Kind("remove a placement", at("placement_remove", planned.pid), me),
        Kind("placements of nothing", reverse("placements", args=[empty.ref]), empty.trainee),
        Kind("evidence of a placement", f"{at('evidence_list')}?placement={row.pid}", me),
        Kind("journal", at("journal"), me),
        Kind("note", at("journal_note", note.jid), me),
        Kind("write a note, in error", at("journal_new"), me, press="Save"),
        Kind("edit a note", at("journal_edit", note.jid), me),
        Kind("delete a note", at("journal_delete", note.jid), me),
        Kind("journal of nothing", reverse("journal", args=[empty.ref]), empty.trainee),
        Kind("progress for a supervisor", at("progress"), hugh),
        Kind("placements for a supervisor", at("placements"), hugh),
        Kind("placement for its supervisor", at("placement", row.pid), hugh),
        Kind("module for a supervisor", at("module", "S-C1"), hugh),
        Kind("not of the placement", at("people"), hugh, status=403),
    ]


WINGS: dict[str, Callable[[Cast], list[Kind]]] = {"outside": outside, "trainee": trainee, "people": people}
WINGS |= {"placements": placements}


def _evidence(cast: Cast) -> Evidence:
    """A page with everything on it: a long word, a wide table, code, a file, and two versions."""
    found = make.page(cast.portfolio, LONG[:200], BODY)
    make.attachment(found, f"{LONG[:120]}.pdf")
    return make.change(found, body=BODY.replace("first", "last"))


def _in_every_state(cast: Cast, evidence: Evidence) -> Item:
    """S-C1 1 signed off, 2 returned with long feedback, 3 in review for 20 days with that page; two places named."""
    of = cast.portfolio
    TrainingActivity.objects.filter(module__curriculum=of.curriculum, number=3).update(title=LONG)
    Module.objects.filter(curriculum=of.curriculum, code="S-X1").update(title=LONG)
    make.signed_off(of, cast.assessor)
    make.decide(make.in_review(of, cast.assessor, number=2), "return", feedback=f"{WORDS} {LONG}\n\n{WORDS}")
    make.drafted(of, "S-X1", 1)
    for number, title in ((2, LONG), (3, "A few words of mine")):
        make.writing.name_place(of, "S-X1", number, title=title, type="OTA", by=cast.trainee)
    first = make.submit(cast.assessor, make.drafted(of, number=3, evidence=evidence))[0]
    make.decide(first, "return", feedback="Name two things.")
    make.change(evidence, body=BODY)
    with time_machine.travel(timezone.now() - timedelta(days=20), tick=False):
        return make.submit(cast.assessor, make.activity(of, number=3))[0]


def _decided_sid(of: Portfolio) -> str:
    return str(of.submissions.order_by("pk")[0].sid)
