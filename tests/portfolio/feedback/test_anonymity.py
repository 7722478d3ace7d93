"""That nothing tells which respondent wrote what: no row, no order, no event, no log line, no mail, no page."""

import json
import logging
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from config.logs import OneLine
from outbox.models import Mail
from portfolio.access import visible
from portfolio.models import FeedbackAnswer, FeedbackInvitation, FeedbackLink
from portfolio.workflow import RoundOf, perform
from portfolio.workflow.feedback import questions_of, report_digest
from portfolio.workflow.feedback.report import as_text, report
from tests import make
from tests.cast import Cast
from tests.world import undone

# Who sees what of a round, by its state. Nobody else sees any of it.
READERS = {"officer", "coordinator"}


def in_known_order(cast: Cast, count: int = 12) -> list[str]:
    """So many people answer one after another; what they wrote, in that order."""
    subject = make.feedback_round(cast.portfolio)
    texts = [f"Written as number {at:02}" for at in range(1, count + 1)]
    for text, token in zip(texts, make.invited(subject, count).values(), strict=True):
        make.answered(token, 1, 2, text=text)
    return texts


def test_an_answer_has_no_column_that_leads_to_its_respondent_or_tells_when() -> None:
    columns = {field.name: field.get_internal_type() for field in FeedbackAnswer._meta.get_fields()}
    assert columns == {
        "id": "UUIDField",
        "round": "ForeignKey",
        "question": "PositiveSmallIntegerField",
        "rating": "PositiveSmallIntegerField",
        "text": "TextField",
        "salt": "CharField",
    }
    tied = [model for model in apps.get_models() for field in model._meta.get_fields() if _leads_to_answers(field)]
    assert [model.__name__ for model in tied] == ["FeedbackRound"]


def _leads_to_answers(field: Any) -> bool:
    return field.is_relation and field.related_model is FeedbackAnswer


def test_the_order_of_the_answers_is_not_that_in_which_they_came(cast: Cast) -> None:
    """Not by key, not as pages show them, and not as they lie in the database."""
    came = in_known_order(cast)
    perform("close feedback", RoundOf.read(cast.portfolio, "mid-training"), by=cast.trainee)
    row = RoundOf.read(cast.portfolio, "mid-training").opened
    by_key = list(row.answers.exclude(text="").order_by("id").values_list("text", flat=True))
    shown = list(report(row.questions, row.answers.all())[2].texts)
    lies = [text for text, _ in _as_stored()]
    for order in (by_key, shown, lies):
        assert sorted(order) == sorted(came)
        assert order != came  # one in 479 million by chance
        assert order != came[::-1]
    assert shown == by_key  # and it stays the same at each look


def _as_stored() -> list[tuple[str, int]]:
    """Texts in the order in which the database holds them, and the transaction that wrote each, where it notes it."""
    columns = "text, rowid" if connection.vendor == "sqlite" else "text, xmin::text::bigint"
    order = "rowid" if connection.vendor == "sqlite" else "ctid"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM portfolio_feedbackanswer WHERE text <> '' ORDER BY {order}")
        return list(cursor.fetchall())


def test_each_answer_moves_all_of_them(cast: Cast) -> None:
    """So that the row number inside SQLite, or the transaction that PostgreSQL notes, singles none out."""
    tokens = list(make.invited(make.feedback_round(cast.portfolio), 10).values())
    for at, token in enumerate(tokens[:9]):
        make.answered(token, text=f"Remark {at}")
    before = dict(_as_stored())
    make.answered(tokens[9], text="The last")
    after = dict(_as_stored())
    if connection.vendor == "sqlite":
        assert before != {
            text: at for text, at in after.items() if text in before
        }  # one in a million million by chance
    else:
        assert len(set(after.values())) == 1
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(DISTINCT xmin::text) FROM portfolio_feedbackinvitation")
            assert cursor.fetchone() == (1,)


def test_the_newest_answer_lies_anywhere_among_the_others(cast: Cast) -> None:
    first, last = [], []
    for at, token in enumerate(make.invited(make.feedback_round(cast.portfolio), 10).values()):
        make.answered(token, text=f"Remark {at}")
        order = [text for text, _ in _as_stored()]
        first.append(order[0] == f"Remark {at}")
        last.append(order[-1] == f"Remark {at}")
    assert (all(first), all(last)) == (False, False)  # each one in 3,628,800 by chance


def test_what_one_person_says_to_two_questions_is_not_tied_together(cast: Cast) -> None:
    make.answered(next(iter(make.invited(make.feedback_round(cast.portfolio), 1).values())), 1, 2, text="Both mine.")
    ids = [str(pk) for pk in FeedbackAnswer.objects.values_list("pk", flat=True)]
    salts = set(FeedbackAnswer.objects.values_list("salt", flat=True))
    assert (len(set(ids)), len(salts)) == (3, 3)
    assert {one[14] for one in ids} == {"4"}  # made by chance, not from a clock


def test_an_answer_leaves_no_event(cast: Cast) -> None:
    subject = make.feedback_round(cast.portfolio)
    tokens = make.invited(subject, 3)
    before = list(Event.objects.values_list("pk", flat=True))
    for token in tokens.values():
        make.answered(token, text="Well.")
    assert list(Event.objects.values_list("pk", flat=True)) == before


def test_no_table_holds_an_address_beside_an_answer(cast: Cast) -> None:
    in_known_order(cast, 8)
    perform("close feedback", RoundOf.read(cast.portfolio, "mid-training"), by=cast.trainee)
    beside = []
    for model in apps.get_models():
        for row in model._base_manager.values():
            told = json.dumps(row, default=str)
            if "@ward.example.org" in told and "Written as number" in told:
                beside.append((model.__name__, row))
            if "Written as number" in told:
                assert model is FeedbackAnswer
            if "@ward.example.org" in told:
                assert model is FeedbackInvitation
    assert beside == []


def test_after_the_closing_no_row_tells_who_had_answered(cast: Cast) -> None:
    subject = make.feedback_round(cast.portfolio)
    tokens = list(make.invited(subject, 10).values())
    for token in tokens[:8]:
        make.answered(token)
    perform("close feedback", subject, by=cast.trainee)
    told = {(row["answered"], row["round_id"]) for row in FeedbackInvitation.objects.values()}
    assert told == {(False, subject.opened.pk)}
    assert {row.links.count() for row in FeedbackInvitation.objects.all()} == {1}


@pytest.mark.parametrize("person", ["trainee", "officer"])
def test_no_page_of_an_open_round_tells_who_answered_or_what(cast: Cast, client: Client, person: str) -> None:
    subject = make.feedback_round(cast.portfolio)
    tokens = make.invited(subject, 10)
    client.force_login(cast.people()[person])
    where = reverse("feedback_round", args=[cast.portfolio.ref, 1])
    before = client.get(where).content.decode()
    for address, token in list(tokens.items())[:9]:
        make.answered(token, text=f"About {address}")
    page = client.get(where).content.decode()
    assert "9 of 10 answered" in page
    assert "About colleague" not in page
    # But for the numbers, and what is different in every answer, the page is as before anybody had answered.
    assert _bare(page) == _bare(before)


def test_taking_an_invitation_back_tells_nobody_whether_it_was_answered(cast: Cast, client: Client) -> None:
    """All are offered; page, event, mail and refusal are the same for one that was answered and one that was not."""
    with time_machine.travel(timezone.now() - timedelta(days=1), tick=False):
        subject = make.feedback_round(cast.portfolio)
        tokens = make.invited(subject, 10)
    for token in list(tokens.values())[:9]:
        make.answered(token)
    client.force_login(cast.trainee)
    where = reverse("feedback_withdraw", args=[cast.portfolio.ref, 1])
    rows = dict(subject.opened.invitations.values_list("address", "pk"))
    asked = client.get(where).context["form"].fields["invitation"].choices
    assert {address for _, address in asked} == set(tokens)
    seen = []
    for at in (1, 10):  # answered, and not
        address, client = f"colleague{at}@ward.example.org", Client()
        client.force_login(cast.trainee)
        with undone():
            answer = client.post(where, {"invitation": rows[address]}, follow=True)
            again = client.post(where, {"invitation": rows[address]})
            dead = Client().get(reverse("feedback_answer", args=[tokens[address]]))
            event = Event.objects.latest("pk")
            names = sorted(event.details)
            page = _without_addresses(answer.text)
            reminder = client.post(reverse("feedback_remind", args=[cast.portfolio.ref, 1]))
            seen.append(
                (answer.status_code, page, again.status_code, names, dead.status_code, dead.text, reminder.status_code)
            )
    assert seen[0] == seen[1]
    assert "9 answered. 9 asked, and 1 more taken back" in seen[0][1]


def _without_addresses(page: str) -> str:
    """The page with every address the same, and what is different in every answer left out."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)
    aside = re.compile(r"<aside.*?</aside>", re.DOTALL)
    return aside.sub("", page)


def test_the_last_invitation_that_stands_can_be_reminded_whether_or_not_it_was_answered(cast: Cast) -> None:
    """With all others taken back, a refusal would tell of this one."""
    with time_machine.travel(timezone.now() - timedelta(days=1), tick=False):
        subject = make.feedback_round(cast.portfolio)
        tokens = make.invited(subject, 3)
    make.answered(tokens["colleague1@ward.example.org"])
    for at in (2, 3):
        make.invitation_withdrawn(subject, f"colleague{at}@ward.example.org")
    assert make.tokens(lambda: perform("remind respondents", subject, by=cast.trainee)) == {}


def test_an_answer_stays_counted_when_its_invitation_is_taken_back(cast: Cast) -> None:
    subject = make.feedback_round(cast.portfolio)
    for token in make.invited(subject, 8).values():
        make.answered(token, text="Well.")
    make.invitation_withdrawn(subject, "colleague1@ward.example.org")
    perform("close feedback", subject, by=cast.trainee)
    row = RoundOf.read(cast.portfolio, "mid-training").opened
    assert (row.closing.enough, row.closing.answered, row.closing.withdrawn) == (True, 8, 1)
    assert row.answers.exclude(text="").count() == 8


def _bare(page: str) -> str:
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)
    return re.sub(r'<ul class="app-conds.*?</ul>', "", page, flags=re.DOTALL)


@pytest.mark.parametrize("answers", [0, 1, 7])
def test_a_round_with_too_few_answers_reveals_nothing_to_anybody(cast: Cast, client: Client, answers: int) -> None:
    make.feedback_closed(cast.portfolio, answers=answers)
    for name, person in cast.people().items():
        assert not visible(person, FeedbackAnswer).exists(), name
    for name in ("trainee", "officer", "administrator"):
        client.force_login(cast.people()[name])
        page = client.get(reverse("feedback_round", args=[cast.portfolio.ref, 1])).content.decode()
        assert "Too few answers" in page
        assert "Remark" not in page
        assert "could not say" not in page
    assert FeedbackAnswer.objects.count() == 0


@pytest.mark.parametrize(
    ("state", "readers"),
    [("open", set()), ("with officer", READERS), ("released", READERS | {"trainee"})],
)
def test_who_reads_the_answers(cast: Cast, state: str, readers: set[str]) -> None:
    if state == "open":
        in_known_order(cast, 9)
    elif state == "with officer":
        make.feedback_closed(cast.portfolio)
    else:
        make.feedback_released(cast.portfolio, cast.officer)
    found = {name for name, person in cast.people().items() if visible(person, FeedbackAnswer).exists()}
    assert found == readers


def test_who_sees_whom_a_round_asks(cast: Cast) -> None:
    make.invited(make.feedback_round(cast.portfolio), 3)
    found = {name for name, person in cast.people().items() if visible(person, FeedbackInvitation).exists()}
    assert found == READERS | {"trainee"}


def test_an_administrator_reads_how_a_round_stands_and_nothing_of_it(cast: Cast, client: Client) -> None:
    make.feedback_released(cast.portfolio, cast.officer)
    client.force_login(cast.administrator)
    page = client.get(reverse("feedback_round", args=[cast.portfolio.ref, 1])).content.decode()
    assert "Released" in page
    for hidden in ("Remark", "@ward.example.org", "More talks in public", "Listens", "of 10 answered"):
        assert hidden not in page
    kept = client.get(
        f"/admin/portfolio/feedbackround/{RoundOf.read(cast.portfolio, 'mid-training').opened.pk}/change/"
    )
    assert kept.status_code == 200
    assert "Remark" not in kept.content.decode()
    models = {model.__name__ for model in apps.get_models() if admin.site.is_registered(model)}
    assert models & {"FeedbackAnswer", "FeedbackInvitation", "FeedbackLink", "FeedbackRelease"} == set()


def test_no_log_line_holds_a_link_an_address_or_an_answer(
    cast: Cast, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    (token,) = make.invited(make.feedback_round(cast.portfolio), 1).values()
    where = reverse("feedback_answer", args=[token])
    client.raise_request_exception = False
    with caplog.at_level(logging.DEBUG):
        client.get(where + "more/")
        client.get(where.rstrip("/") + "x/")
        client.put(where)
        Client(enforce_csrf_checks=True).post(where, {"q3": "What I think"})
        client.post(where, {"q1": "1"})
        client.post(where, {"q1": "1", "q2": "1", "q3": "What I think"})
        client.post(where, {"q1": "1", "q2": "1", "q3": "What I think"})
    lines = [OneLine().format(record) for record in caplog.records if not record.name.startswith("django.db")]
    assert any("[key]" in line for line in lines)
    assert [line for line in lines if token in line or "What I think" in line or "@ward" in line] == []


def test_a_mail_that_does_not_leave_is_logged_without_address_or_link(
    cast: Cast, settings: Any, caplog: pytest.LogCaptureFixture, django_capture_on_commit_callbacks: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    subject = make.feedback_round(cast.portfolio)
    person = make.Respondent("colleague@ward.example.org", "other")
    with caplog.at_level(logging.DEBUG), django_capture_on_commit_callbacks(execute=True):
        perform("invite respondents", subject, by=cast.trainee, given=make.Invite([person]))
    said = [record.getMessage() for record in caplog.records if record.name == "outbox.delivery"]
    waits = Mail.objects.get()
    assert said == [f"Mail {waits.pk} (invite respondents) did not leave: ConnectionRefusedError"]


def test_what_waits_to_leave_tells_who_has_not_answered_no_longer_than_the_round_is_open(cast: Cast) -> None:
    subject = make.feedback_round(cast.portfolio)
    tokens = make.invited(subject, 8)
    make.answered(next(iter(tokens.values())))
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        perform("remind respondents", RoundOf.read(cast.portfolio, "mid-training"), by=cast.trainee)
        assert Mail.objects.filter(person=None).count() == 7
        perform("close feedback", RoundOf.read(cast.portfolio, "mid-training"), by=cast.trainee)
    assert Mail.objects.filter(person=None).count() == 0


def test_the_mails_of_another_round_still_leave_when_one_closes(cast: Cast) -> None:
    people = make.Invite([make.Respondent("somebody@else.example.org", "other")])
    perform("invite respondents", make.feedback_round(cast.portfolio, "end of training"), by=cast.trainee, given=people)
    subject = make.feedback_round(cast.portfolio)
    asked = [make.Respondent(f"{name}.example.org", "other") for name in ("colleague@ward", "somebody@else")]
    perform("invite respondents", subject, by=cast.trainee, given=make.Invite(asked))
    assert Mail.objects.filter(person=None).count() == 3
    perform("close feedback", subject, by=cast.trainee)
    assert list(Mail.objects.filter(person=None).values_list("address", flat=True)) == ["somebody@else.example.org"]


def test_a_portfolio_is_closed_with_a_word_of_its_open_round_and_sends_no_more_links(
    cast: Cast, client: Client
) -> None:
    """The round stays as it is: work goes on where it stopped, should the portfolio be reopened."""
    make.feedback_closed(cast.portfolio, answers=7)
    subject = make.feedback_round(cast.portfolio)
    people = make.Invite([make.Respondent("somebody@ward.example.org", "other")])
    perform("invite respondents", subject, by=cast.trainee, given=people)
    client.force_login(cast.administrator)
    where = reverse("portfolio_close", args=[cast.portfolio.ref])
    assert client.get(where).content.decode().count("Mid-training feedback is open.") == 1
    assert Mail.objects.filter(person=None).count() == 1
    assert client.post(where, {"reason": "Left the programme."}).status_code == 302
    assert Mail.objects.filter(person=None).count() == 0
    perform("reopen portfolio", cast.portfolio, by=cast.administrator, reason="Closed by mistake.")
    assert RoundOf.read(cast.portfolio, "mid-training").opened.invitations.count() == 1


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has a vacuum, and no such setting")
@pytest.mark.django_db
def test_what_is_deleted_is_overwritten_in_the_file() -> None:
    """Said by us: some builds of SQLite do it by themselves, and others leave it there to be read."""
    assert "PRAGMA secure_delete=ON;" in connection.settings_dict["OPTIONS"]["init_command"]
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete")
        assert cursor.fetchone() == (1,)


def test_the_report_as_text_quotes_what_people_wrote_and_names_nobody(cast: Cast) -> None:
    row = make.feedback_closed(cast.portfolio).opened
    FeedbackAnswer.objects.filter(text="Remark 3.").update(text="# A heading\n- a list\n\n<b>markup</b>")
    text = as_text(report(row.questions, row.answers.all()), answered=8, digest=row.closing.digest)
    assert "> # A heading\n> - a list\n>\n> <b>markup</b>" in text
    assert text.startswith("8 people answered. Their answers are anonymous, and the free text stands in no order.")
    assert "## Listens\n\n- Seldom: 2\n- Often: 3\n- Always: 3\n- Cannot say: 0" in text
    assert "@" not in text


def test_the_seal_of_a_report_changes_with_any_answer(cast: Cast) -> None:
    row = make.feedback_closed(cast.portfolio).opened
    for name, value in (("rating", 2), ("text", "Other"), ("question", 9), ("salt", "0" * 32)):
        answers = list(row.answers.all())
        which = next(one for one in answers if one.rating == 3 or (name == "text" and one.text))
        setattr(which, name, value)
        assert report_digest(row, answers) != row.closing.digest, name
    assert report_digest(row, row.answers.all()) == row.closing.digest
    assert [question.is_rating for question in questions_of(row.questions)] == [True, True, False]


def test_links_are_long_and_made_by_chance(cast: Cast) -> None:
    tokens = set(make.invited(make.feedback_round(cast.portfolio), 30).values())
    assert len(tokens) == 30
    assert {len(token) for token in tokens} == {43}  # 32 bytes
    assert FeedbackLink.objects.filter(token_digest__in=tokens).count() == 0
