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
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from curriculum.models import Module, Rules, TrainingActivity
from portfolio.cohort import summaries
from portfolio.intake import taking
from portfolio.intake.judging import judge, seen
from portfolio.models import Assessment, Evidence, Intake, Item, Portfolio, ScheduledActivity
from portfolio.plan.months import first_of
from portfolio.states import LeaveKind, Side
from portfolio.workflow import PlanActivities, ReviewOf, perform
from portfolio.workflow.assessments.reflecting import reflect
from portfolio.workflow.plan import Put, make_address, put
from portfolio.workflow.reviews import Notes, notes_seen
from portfolio.workflow.training_time import Away, Works
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
        Kind("choose when mail comes", reverse("account_mail"), cast.officer),
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
        Kind("no trainees by module", reverse("trainees_modules"), cast.stranger),
        Kind("no assessors of trainees", reverse("trainees_assessors"), cast.stranger),
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
        *_goals(cast),
        Kind("history", at("history") + "?verify=1", me),
        Kind("progress of nothing", reverse("progress", args=[empty]), cast.other_trainee),
        Kind("curriculum with a choice", reverse("curriculum", args=["TST2-1-24"]), me),
        Kind("progress with a choice", reverse("progress", args=[choosing.ref]), choosing.trainee),
        Kind("evidence of nothing", reverse("evidence_list", args=[empty]), cast.other_trainee),
        Kind("submissions of nothing", reverse("submissions", args=[empty]), cast.other_trainee),
        Kind("goals of nothing", reverse("goals", args=[empty]), cast.other_trainee),
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
    summaries.renew()
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
        Kind("trainees in another order", reverse("trainees") + "?sort=-wait&cohort=STP-2024", cast.administrator),
        Kind("trainees by module", reverse("trainees_modules"), cast.administrator),
        Kind("assessors of trainees", reverse("trainees_assessors"), cast.administrator),
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


def _goals(cast: Cast) -> list[Kind]:
    """Goals in every state, one of them overdue with everything on it; and the module that rests on them."""
    of, me = cast.portfolio, cast.trainee
    Module.objects.filter(curriculum=of.curriculum, code="S-X1").update(kind=Module.Kind.PROFESSIONAL_DEVELOPMENT)
    with time_machine.travel(timezone.now() - timedelta(days=40), tick=False):
        soon = make.today() + timedelta(days=9)
        what = [LONG, WORDS, "Ask to chair"]
        full = make.goal(of, LONG, actions=what, due_on=soon, target_on=soon, why=WORDS, criteria=f"{LONG}\n\n{WORDS}")
        make.goal_writing.mark_done(full.actions.get(what="Ask to chair"), make.today(), by=me)
        make.reviewed(full, happened=f"{WORDS} {LONG}")
    make.reviewed(full, "changed", by=cast.officer, happened=WORDS)
    ended = make.goal(of, "Write a paper")
    make.reviewed(ended, "given_up", happened=WORDS)
    make.reviewed(make.goal(of, WORDS.strip()), "achieved")
    action = full.actions.get(what=LONG)

    def at(name: str, *args: object) -> str:
        return reverse(name, args=[of.ref, *args])

    return [
        Kind("goals", at("goals"), me),
        Kind("goal", at("goal", full.gid), me),
        Kind("goal of a trainee", at("goal", full.gid), cast.officer),
        Kind("goal given up", at("goal", ended.gid), me),
        Kind("goal set", at("goal_new"), me),
        Kind("goal set, in error", at("goal_new"), me, press="Set this goal"),
        Kind("goal edited", at("goal_edit", full.gid), me),
        Kind("goal reviewed", at("goal_review", full.gid), cast.officer),
        Kind("goal reviewed, in error", at("goal_review", full.gid), me, press="Save the review"),
        Kind("goal opened again", at("goal_reopen", ended.gid), me),
        Kind("action ticked off", at("goal_action_done", full.gid, action.aid), me),
        Kind("module that rests on goals", at("module", "S-X1"), me),
        Kind("sign-off that rests on goals", at("module_sign_off", "S-X1"), cast.officer),
    ]


def recorded(cast: Cast) -> list[Kind]:
    """The university's results, an option, and what was signed elsewhere, with long words in all of them."""
    of, officer = cast.portfolio, cast.officer
    asked = _asked_for_results(cast)
    choosing = make.portfolio(make.person("Rose Innes"), make.curriculum("TST2-1-24", blocks=WITH_A_CHOICE))
    make.role(choosing, cast.other_officer, "officer")
    make.option_taken(choosing, "S-X2")
    make.option_taken(choosing, "S-X3", reason=f"{WORDS} {LONG}")
    refused = make.portfolio(make.person("Noor Haddad"), choosing.curriculum)
    make.role(refused, cast.other_officer, "officer")
    make.option_taken(refused, "S-X2")
    make.option_refused(refused, cast.other_officer, "S-X2", why=f"{WORDS} {LONG}")
    entry = {"title": LONG, "system": LONG[:100], "signed_by": WORDS, "note": f"{WORDS} {LONG}"}
    row = make.signed_elsewhere(of, officer, make.entry(number=1, **entry))
    make.elsewhere_voided(make.signed_elsewhere(of, officer, make.entry(number=2, **entry)), officer)

    def at(name: str, portfolio: Portfolio, *args: object) -> str:
        return reverse(name, args=[portfolio.ref, *args])

    return [
        Kind("result", at("module_result", asked, "S-P1"), officer),
        Kind("result, in error", at("module_result", asked, "S-P1"), officer, press="Correct the result"),
        Kind("result read", at("module_result", asked, "S-P1"), cast.trainee),
        Kind("awards", at("awards", asked), cast.trainee),
        Kind("award", at("awards", asked) + "?award=MSc", officer),
        Kind("awards of nothing", at("awards", of), cast.trainee),
        Kind("option to confirm", at("module_option", choosing, "S-X2"), cast.other_officer),
        Kind("option to refuse", at("module_option_refuse", choosing, "S-X2"), cast.other_officer),
        Kind(
            "option to refuse, in error",
            at("module_option_refuse", choosing, "S-X2"),
            cast.other_officer,
            press="Refuse this option",
        ),
        Kind("option that was refused", at("module_option", refused, "S-X2"), refused.trainee),
        Kind("option to take", at("module_option", choosing, "S-X2"), choosing.trainee),
        Kind("option, in error", at("module_option", choosing, "S-X2"), choosing.trainee, press="Take this option"),
        Kind("signed elsewhere", at("elsewhere", of), officer),
        Kind("nothing signed elsewhere", at("elsewhere", cast.other), cast.other_trainee),
        Kind("record elsewhere", at("elsewhere_new", of), officer),
        Kind("record elsewhere, in error", at("elsewhere_new", of), officer, press="Record as signed elsewhere"),
        Kind("take back", at("elsewhere_void", of, row.xid), officer),
        Kind("table", at("elsewhere_table", of), officer),
        Kind("table, in error", at("elsewhere_table", of), officer, press="Read the table"),
        Kind("activity signed elsewhere", at("activity", of, "S-C1", 1), officer),
        Kind("module with one signed elsewhere", at("module", of, "S-C1"), cast.trainee),
        Kind("sign-off over one signed elsewhere", at("module_sign_off", of, "S-C1"), officer),
        Kind("progress with one signed elsewhere", at("progress", of), officer),
    ]


def _asked_for_results(cast: Cast) -> Portfolio:
    """A portfolio of the trainee in another programme, whose module and whose rules ask for results."""
    project = {"code": "S-P1", "credits": 180, "kind": "project", "activities": 1, "university_result": True}
    blocks = [{"title": WORDS, "credits": 180, "modules": [{**project, "title": LONG, **make.KNOWN}]}]
    curriculum = make.curriculum("TST3-1-24", programme_code="HSST", blocks=blocks)
    points = [
        {"name": "End", "due": {"year": 3, "month": 9, "day": 15}, "requires": [{"award": "MSc"}, {"award": LONG}]}
    ]
    curriculum.rules = Rules.objects.create(name="look", content={"review_points": points})
    curriculum.save()
    asked = make.portfolio(cast.trainee, curriculum)
    make.role(asked, cast.officer, "officer")
    make.result(asked, cast.officer, "S-P1", says="not_passed")
    make.result(asked, cast.officer, "S-P1", reason=f"{WORDS} {LONG}")
    make.result(asked, cast.officer, award="MSc")
    return asked


def reviews(cast: Cast) -> list[Kind]:
    """Review points met, not met and not known; a meeting in each state, with long words; working time and leave."""
    of, me, officer = make.with_rules(cast.portfolio), cast.trainee, cast.officer
    today = make.today()
    make.training_time(of, officer, Works(today, 60, WORDS), Away(today, None, LeaveKind.PARENTAL, LONG))
    _in_every_state(cast, _evidence(cast))
    for number in (1, 2):
        make.review_planned(of, officer, number)
        subject = ReviewOf.read(of, number)
        assert subject.meeting is not None
        seen = notes_seen(subject.meeting, Side.TRAINEE)
        perform("write review notes", subject, by=me, given=Notes(f"{WORDS}\n\n{LONG}"), seen=seen)
        make.agreed_action(of, officer, LONG[:250], Side.TRAINEE, number=number)
    make.review_signed(of, 2, officer=officer)
    other = make.with_rules(cast.other)

    def at(name: str, *args: object) -> str:
        return reverse(name, args=[of.ref, *args])

    on = today.isoformat()
    return [
        Kind("reviews", at("reviews"), me),
        Kind("reviews of a trainee", at("reviews"), officer),
        Kind("review not planned", reverse("review_point", args=[other.ref, 1]), cast.other_trainee),
        Kind("review planned", at("review_point", 1), me),
        Kind("review signed", at("review_point", 2), me),
        Kind("another date for a review", at("review_plan", 1), officer),
        Kind("notes of a review", at("review_notes", 1), me),
        Kind("an action, in error", at("review_action", 1), me, press="Add an action"),
        Kind("a new record, in error", at("review_again", 2), officer, press="Make a new record"),
        Kind("working time and leave", at("training_time"), me),
        Kind("working time and leave, kept", at("training_time"), officer),
        Kind("working time, in error", at("training_time_record", "working-time"), officer, press="Record"),
        Kind("leave, in error", at("training_time_record", "leave"), officer, press="Record"),
        Kind("leave changed", at("training_time_change", "leave", on), officer),
        Kind("leave removed, in error", at("training_time_remove", "leave", on), officer, press="Remove"),
        Kind("progress with a review", at("progress"), me),
        Kind("trainees with a review", reverse("trainees"), officer),
    ]


def feedback(cast: Cast) -> list[Kind]:
    """Rounds of feedback in every state, with long words in all of them; and what a respondent sees."""
    of, me, officer = cast.portfolio, cast.trainee, cast.officer
    make.questionnaire(of, "released", WORDS[:90].strip())
    of.programme.questions.filter(position=3).update(text=LONG, hint=WORDS)
    of.programme.questions.filter(position=1).update(scale=f"{LONG[:60]}\n{WORDS[:60]}\nOften")
    subject = make.feedback_round(of)
    tokens = list(make.invited(subject, 12).values())
    for token in tokens[:8]:
        make.answered(token, text=f"{LONG} {WORDS}")
    make.invited(subject, 1, first=99)
    make.invitation_withdrawn(subject, "colleague12@ward.example.org")
    make.feedback_closed(of, name="end of training")
    make.feedback_released(of, officer, name="released")
    make.feedback_closed(of, answers=3, name=WORDS[:90].strip())
    make.questionnaire(cast.other)
    cast.other.refresh_from_db()

    def at(name: str, *args: int) -> str:
        return reverse(name, args=[of.ref, *args])

    link = reverse("feedback_answer", args=[tokens[9]])
    return [
        Kind("rounds", at("feedback"), me),
        Kind("rounds, nothing yet", reverse("feedback", args=[cast.other.ref]), cast.other_trainee),
        Kind("open a round", reverse("feedback_open", args=[cast.other.ref, 1]), cast.other_trainee),
        Kind("round that is open", at("feedback_round", 1), me),
        Kind("round with the officer", at("feedback_round", 2), officer),
        Kind("round released", at("feedback_round", 3), me),
        Kind("round with too few", at("feedback_round", 4), officer),
        Kind("round for an administrator", at("feedback_round", 1), cast.administrator),
        Kind("invite people", at("feedback_invite", 1), me),
        Kind("invite people, in error", at("feedback_invite", 1), me, press="Send the invitations"),
        Kind("take an invitation back", at("feedback_withdraw", 1), me),
        Kind("take an invitation back, in error", at("feedback_withdraw", 1), me, press="Take this invitation back"),
        Kind("remind people, in error", at("feedback_remind", 1), me, press="Send a reminder"),
        Kind("close a round", at("feedback_close", 1), officer),
        Kind("talked about it", at("feedback_release", 2), officer),
        Kind("talked about it, in error", at("feedback_release", 2), officer, press="Show the report to the trainee"),
        Kind("questionnaire", link),
        Kind("questionnaire, in error", link, press="Send your feedback"),
        Kind("link that was taken back", reverse("feedback_answer", args=[tokens[11]]), status=410),
        Kind("link that was used", reverse("feedback_answer", args=[tokens[0]]), status=410),
        Kind("link that was never sent", reverse("feedback_answer", args=["x" * 43]), status=404),
        Kind("feedback sent", reverse("feedback_thanks")),
    ]


def nominations(cast: Cast) -> list[Kind]:
    """Somebody new, of whom everything is long and who looks like the trainee; one who was declined."""
    of, me, officer = cast.portfolio, cast.trainee, cast.officer
    long = make.nominee(
        "Priya Raman", f"{LONG[:60]}@{LONG[:60].lower()}.example.org", post=WORDS, registration="1" * 40
    )
    row = make.nominated(of, 1, who=long)
    gone = make.declined(make.nominated(of, 2), officer, reason=f"{WORDS} {LONG}")
    make.drafted(of, number=3)

    def at(name: str, *args: str) -> str:
        return reverse(name, args=[of.ref, *args])

    redirect = at("submission_redirect", gone.submission.sid)
    (_, closed), (_, opened) = (make.linked(of, officer, number, code="S-X1") for number in (1, 2))
    Client().post(reverse("sign_code", args=[opened]))
    return [
        Kind("link, before a code", reverse("sign", args=[closed])),
        Kind("link, with a code", reverse("sign", args=[opened])),
        Kind("link, no code entered", reverse("sign", args=[opened]), press="Show me the evidence"),
        Kind("link that was never sent, to decide", reverse("sign", args=["x" * 43]), status=404),
        Kind("somebody new for the officer", at("nomination", row.nid), officer),
        Kind("somebody new, in error", at("nomination", row.nid), officer, press="Record your answer"),
        Kind("somebody new who was declined", at("nomination", gone.nid), me),
        Kind("submission with somebody new", at("submission", row.submission.sid), me),
        Kind("submission whose assessor was declined", at("submission", gone.submission.sid), me),
        Kind("name somebody else", redirect, me, press="Change assessor"),
        Kind("people with those named", at("people"), officer),
        Kind("queue with somebody to approve", reverse("reviewing"), officer),
        Kind("submit and name somebody", at("submit"), me),
        *_named_to_assess(cast),
    ]


def _named_to_assess(cast: Cast) -> list[Kind]:
    """The same of assessments, of a trainee whose module asks for some."""
    of, me, officer = make.with_assessments(cast.other), cast.other_trainee, cast.other_officer
    who = make.nominee(f"{WORDS[:100]} {LONG[:60]}", "somebody@example.org", post=WORDS)
    waits = make.named_to_assess(of, who=who)
    gone = make.declined(make.named_to_assess(of), officer, reason=f"{WORDS} {LONG}")
    plan = make.planned(of)

    def at(name: str, row: Assessment | None) -> str:
        assert row is not None
        return reverse(name, args=[of.ref, row.aid])

    _, token = make.linked_to_assess(of, officer, kind="CBD")
    Client().post(reverse("sign_code", args=[token]))
    return [
        Kind("link to assess, no code entered", reverse("sign", args=[token]), press="Show me the mark form"),
        Kind("somebody new to assess, for the officer", reverse("nomination", args=[of.ref, waits.nid]), officer),
        Kind("assessment with somebody new", at("assessment", waits.assessment), me),
        Kind("assessment whose assessor was declined", at("assessment", gone.assessment), me),
        Kind("take back an assessment from somebody new", at("assessment_withdraw", waits.assessment), me),
        Kind("name somebody else to assess", at("assessment_redirect", waits.assessment), me, press="Change assessor"),
        Kind("ask somebody new to assess", at("assessment_ask", plan), me),
        Kind("ask somebody new to assess, in error", at("assessment_ask", plan), me, press="Ask an assessor"),
    ]


def assessments(cast: Cast) -> list[Kind]:
    """Work-based assessments in every state, as the trainee, the assessor and the officer see them."""
    of = cast.portfolio = make.with_assessments(cast.portfolio)
    me = cast.trainee
    empty = make.with_assessments(cast.other)
    planned = make.planned(of, "DOPS", LONG, what=f"{WORDS} {LONG}", where=LONG)
    asked = make.asked(of, cast.assessor, "OCE", WORDS + LONG[:100], what=f"{WORDS} {LONG}")
    done = make.corrected(make.assessed(of, cast.assessor, kind="DOPS"))
    failed = make.assessed(of, cast.assessor, "not_yet_satisfactory", kind="CBD", title=WORDS)
    for text in (WORDS, LONG):
        reflect(done, text, by=me)
    voided = make.assessed(of, cast.assessor, kind="CBD")
    perform("void assessment", voided, by=cast.officer, reason=WORDS)
    new = reverse("assessment_new", args=[of.ref]) + "?module=S-A1&kind="

    def at(name: str, row: Assessment) -> str:
        return reverse(name, args=[of.ref, row.aid])

    return [
        Kind("assessments", reverse("assessments", args=[of.ref]), me),
        Kind("assessments of nothing", reverse("assessments", args=[empty.ref]), cast.other_trainee),
        Kind("module with assessments", reverse("module", args=[of.ref, "S-A1"]), me),
        Kind("module with a plan of somebody else", reverse("module", args=[of.ref, "S-A1"]), cast.officer),
        Kind("plan a CBD", f"{new}CBD", me),
        Kind("plan the next attempt", f"{new}CBD&after={failed.aid}", me, press="Save the plan"),
        Kind("change a plan", at("assessment_edit", planned), me),
        Kind("planned", at("assessment", planned), me),
        Kind("ask an assessor", at("assessment_ask", planned), me),
        Kind("ask an assessor, in error", at("assessment_ask", planned), me, press="Ask an assessor"),
        Kind("with an assessor", at("assessment", asked), me),
        Kind("withdraw an assessment", at("assessment_withdraw", asked), me),
        Kind("another assessor", at("assessment_redirect", asked), cast.officer),
        Kind("assessed and corrected", at("assessment", done), me),
        Kind("not yet satisfactory", at("assessment", failed), me),
        Kind("voided", at("assessment", voided), cast.officer),
        Kind("void an assessment", at("assessment_void", done), cast.officer),
        Kind("reflection", at("assessment_reflection", done), me),
        Kind("mark form", reverse("assess", args=[asked.aid]), cast.assessor),
        Kind("mark form, in error", reverse("assess", args=[asked.aid]), cast.assessor, press="Record the outcome"),
        Kind("mark form completed", reverse("assess", args=[done.aid]), cast.assessor),
        Kind("correct the kind", reverse("assess_kind", args=[done.aid]), cast.assessor),
    ]


def plan(cast: Cast) -> list[Kind]:
    """A plan with long titles, something late, leave without an end, and one with nothing in it."""
    of, me, today = make.with_rules(cast.portfolio), cast.trainee, make.today()
    TrainingActivity.objects.filter(module__code="S-C1", number=2).update(title=f"{WORDS} {LONG}"[:300])
    _in_every_state(cast, _evidence(cast))
    make.training_time(of, cast.officer, Works(today, 60, WORDS), Away(today, today + timedelta(days=40), "sick", LONG))
    module = Module.objects.get(curriculum=of.curriculum, code="S-C1")
    past = {"year": today.year - 1, "month": today.month}
    ScheduledActivity.objects.create(portfolio=of, module=module, number=2, **past)
    put(of, Put({("S-X1", 2), ("S-X1", 3)}, month=first_of(today)), by=me)
    empty = make.portfolio(make.person("Una New"), make.curriculum("NEW1-1-24", blocks=WITH_A_CHOICE))
    make_address(of, by=me)

    def at(name: str) -> str:
        return reverse(name, args=[of.ref])

    return [
        Kind("plan", at("plan"), me),
        Kind("plan, in error", at("plan"), me, press="Plan"),
        Kind("plan of a trainee", at("plan"), cast.officer),
        Kind("plan of nothing", reverse("plan", args=[empty.ref]), empty.trainee),
        Kind("calendar", at("plan_calendar"), me),
        Kind("no calendar", reverse("plan_calendar", args=[empty.ref]), empty.trainee),
        Kind("progress with a chart", at("progress"), me),
    ]


def placements(cast: Cast) -> list[Kind]:
    """Placements and the journal, full of long words and empty; and what a placement supervisor sees."""
    of, me, hugh = cast.portfolio, cast.trainee, make.person(f"Hugh {WORDS[:60]}")
    texts = {"title": LONG[:190], "aims": f"{WORDS} {LONG}\n\nNHS number 999 000 0018", "department": LONG[:180]}
    row = make.reflected(make.placed(of, cast.officer, hugh, ("S-X1", "S-C1"), **texts), did=LONG, learnt=WORDS)
    module = make.activity(of, "S-C1").module_id
    perform("plan activities", row, by=me, given=PlanActivities([(module, 1), (module, 3)]))
    planned = make.placement_planned(of, hugh, ("S-X1",), since=50, until=60)
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
        Kind("extend a placement, in error", at("placement_extend", row.pid), cast.officer, press="Extend it"),
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


def cohorts(cast: Cast) -> list[Kind]:
    """A table with long words that is wrong, one that is not, one that was taken in; and the change of an officer."""
    make.organisation()
    cast.trainee.name = LONG[:190]
    cast.trainee.save()
    bad = [
        {
            "part": "trainee",
            "name": LONG[:190],
            "email": f"{LONG[:60]}@example.org",
            "curriculum": LONG,
            "cohort": 2024,
        },
        {"part": "assessor", "name": WORDS, "email": "maya@example.org", "trainees": (f"{LONG[:60]}@example.org",) * 2},
        {**make.ADA, "problems": ("Write the year of “3/9/26” with 4 numbers.", WORDS)},
    ]
    good = {**make.ADA, "cohort": 2024, "starts_on": make.today()}
    wrong = make.intake(cast.administrator, *bad, name=f"{LONG[:140]}.csv")
    right = make.intake(cast.cohort_administrator, *[{**good, "email": f"a{at}@example.org"} for at in range(30)])
    taken = make.intake(cast.superuser, good)
    taking.take(taken, by=cast.superuser, shown=seen(judge(taking.entries(taken), by=cast.superuser), taken.iid))
    officer = reverse("change_officer")

    def at(row: Intake) -> str:
        return reverse("intake", args=[row.iid])

    return [
        Kind("upload", reverse("intakes"), cast.superuser),
        Kind("upload, in error", reverse("intakes"), cast.administrator, press="Read the table"),
        Kind("table that is wrong", at(wrong), cast.administrator),
        Kind("table to confirm", at(right), cast.cohort_administrator),
        Kind("table taken in", at(taken), cast.superuser),
        Kind("another officer", officer, cast.administrator),
        Kind("another officer, in error", officer, cast.administrator, press="Change the training officer"),
        Kind("merge accounts, in error", reverse("merge_accounts"), cast.administrator, press="Look at both"),
        Kind("nobody to change", officer, cast.other_cohort_administrator),
    ]


def words(cast: Cast) -> list[Kind]:
    """What is said about a decision after it, and texts that are kept for feedback."""
    of = cast.portfolio
    item = make.decide(make.in_review(of, cast.assessor), "return", feedback=f"{WORDS} {LONG}").items.get()
    quiet = make.signed_off(of, cast.assessor, number=2).items.get()
    first = make.commented(item, cast.trainee, f"{WORDS} {LONG}\n\n{WORDS}")
    make.commented(item, cast.assessor, LONG, to=first)
    make.comment_withdrawn(make.commented(item, cast.officer, "Not here.", to=first))
    make.comment_withdrawn(make.commented(item, cast.assessor, "Nor here."))
    own = make.commented(item, cast.assessor, WORDS)
    kept = make.snippet(cast.assessor, f"{WORDS}\n\n{LONG}")
    make.snippet(cast.assessor, LONG)
    outcome = make.assessed(of, cast.assessor, "not_yet_satisfactory", title=LONG[:300], code="S-X1")
    make.commented(make.commented(outcome, cast.trainee, LONG).assessment, cast.assessor, WORDS)
    asked = make.in_review(of, cast.assessor, number=3)
    waits = reverse("review", args=[asked.submission.sid])
    assess = make.asked(make.with_assessments(cast.other), cast.assessor)

    def at(one: Item) -> str:
        return reverse("comments", args=[one.submission.sid, "S-C1", one.activity.number])

    return [
        Kind("comments", at(item), cast.assessor),
        Kind("comments, in error", at(item), cast.trainee, press="Add your comment"),
        Kind("comments on an outcome", reverse("assessment_comments", args=[outcome.aid]), cast.trainee),
        Kind("no comments yet", at(quiet), cast.trainee),
        Kind("comments to read", at(quiet), cast.officer_in_training),
        Kind("decision with snippets", waits, cast.assessor),
        Kind("mark form with snippets", reverse("assess", args=[assess.aid]), cast.assessor),
        Kind("snippets", reverse("snippets"), cast.assessor),
        Kind("snippets, in error", reverse("snippets"), cast.assessor, press="Keep this text"),
        Kind("no snippets yet", reverse("snippets"), cast.second_assessor),
        Kind("edit a snippet", reverse("snippet_edit", args=[kept.tid]), cast.assessor),
        Kind("delete a snippet", reverse("snippet_delete", args=[kept.tid]), cast.assessor),
        Kind("withdraw a comment", reverse("comment_withdraw", args=[own.cid]), cast.assessor),
    ]


WINGS: dict[str, Callable[[Cast], list[Kind]]] = {
    "outside": outside,
    "trainee": trainee,
    "people": people,
    "recorded": recorded,
    "reviews": reviews,
    "feedback": feedback,
    "nominations": nominations,
    "assessments": assessments,
    "plan": plan,
    "placements": placements,
    "cohorts": cohorts,
    "words": words,
}


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
