"""What belongs to another trainee, tried through every address, list, filter, form, file and count.

The cases of object access in docs/security.md, by their numbers. Beside each stands the same request by who may.
The addresses are those of tests/addresses.yaml, so that a page which is added tomorrow is tried as well.
"""

import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin import site
from django.core import mail
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone
from zeal import zeal_ignore

from curriculum.models import Block
from outbox.models import Mail
from portfolio import models
from portfolio.models import Attachment, Decision, Evidence, Item, Link, Portfolio, Role, Submission
from portfolio.states import ItemState, Side
from portfolio.workflow import RoundOf, perform
from tests import make
from tests.curriculum.test_admin import fields_of
from tests.holders import HOLDERS
from tests.test_addresses import ROWS, Row, path_of
from tests.world import World, undone

pytestmark = pytest.mark.django_db

UNKNOWN = "zzzzzzzzzzzzzz"
FOR_NOBODY = "302 signed out; 404 everybody else"  # the line of the table
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
OF_A_PORTFOLIO = [
    row for row in ROWS if row.address.startswith(("portfolios/", "reviewing/<", "reviewing/assessments/", "comments/"))
]
QUERIES = re.compile(rb'href="\?[^"]*"')  # links on a list carry on what it was asked
FORGERY_MARK = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"')


def seen(answer: Any) -> tuple[int, bytes]:
    """The status and the body, but for the mark against forgery, which is new in every answer."""
    return answer.status_code, FORGERY_MARK.sub(b"", b"".join(answer))


def unknown(path: str) -> str:
    """The same address of a portfolio, a submission, an assessment or a comment that does not exist."""
    return re.sub(r"^/(portfolios|reviewing/assessments|reviewing|comments)/\w+/", rf"/\1/{UNKNOWN}/", path)


def words_of(world: World) -> list[str]:
    """Whatever names Priya or her work: none of it may be in what somebody else is shown."""
    of = world.portfolio
    ids = [
        of.ref,
        of.trainee.name,
        of.trainee.email,
        *Submission.objects.filter(portfolio=of).values_list("sid", flat=True),
    ]
    pages = Evidence.objects.filter(portfolio=of)
    files = Attachment.objects.filter(evidence__portfolio=of).values_list("fid", flat=True)
    ids += [one for row in of.goals.values_list("gid", "title") for one in row]
    kept: list[tuple[type[Model], str, tuple[str, ...]]] = [
        (models.Assessment, "portfolio", ("aid",)),
        (models.Placement, "portfolio", ("pid",)),
        (models.JournalNote, "portfolio", ("jid", "happened")),
        (models.ReviewAction, "meeting__portfolio", ("what",)),
        (models.FeedbackInvitation, "round__portfolio", ("address",)),
        (models.SignedElsewhere, "portfolio", ("xid",)),
        (models.Nomination, "portfolio", ("nid",)),  # who is named has an account, and administrators find newcomers
        (models.Interruption, "portfolio", ("note",)),
        (models.OptionTaken, "portfolio", ("reason",)),
    ]
    for model, path, columns in kept:
        rows = model._base_manager.filter(**{path: of}).values_list(*columns)
        assert len(rows) > 0, model
        ids += [one for row in rows for one in row if one]
    return [*ids, *pages.values_list("eid", flat=True), *pages.values_list("title", flat=True), *files]


# --- 1, 15: every address, with every method ----------------------------------------------------------------------


@pytest.mark.parametrize("row", OF_A_PORTFOLIO, ids=str)
def test_what_is_not_theirs_answers_like_what_is_not_there(world: World, row: Row) -> None:
    path = path_of(world, row)
    for method in METHODS:
        theirs, nobodys = (seen(world.ask("other_trainee", method, each)) for each in (path, unknown(path)))
        assert theirs == nobodys, method
        assert theirs[0] in (404, 405), method
    for name in ("other_officer", "former_officer", "other_programme_administrator"):
        assert seen(world.ask(name, "GET", path)) == seen(world.ask(name, "GET", unknown(path))), name


@pytest.mark.parametrize("row", OF_A_PORTFOLIO, ids=str)
def test_the_same_addresses_answer_whoever_may(world: World, row: Row) -> None:
    """The positive control: to its trainee or its assessor no page is missing, and none takes an odd method."""
    path = path_of(world, row)
    found = {name: world.ask(name, "GET", path).status_code for name in ("trainee", "assessor", "second_assessor")}
    who = next((name for name, status in found.items() if status != 404), "")
    if not who:
        assert row.lines["GET"] == FOR_NOBODY  # a link decides there, or nothing is decided yet
        return
    assert found[who] in (200, 302, 403, 405, 409)
    assert world.ask(who, "HEAD", path).status_code == found[who]
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS"):
        assert world.ask(who, method, path).status_code == 405, method


def test_what_people_may_not_read_of_a_portfolio_answers_like_what_is_not_there(world: World) -> None:
    """The officer sees the portfolio, and learns nothing of its private pages."""
    of = world.portfolio.ref
    for name in ("evidence", "evidence_history"):
        private, nobodys = (reverse(name, args=[of, eid]) for eid in (world.pages["private"].eid, UNKNOWN))
        assert seen(world.ask("officer", "GET", private)) == seen(world.ask("officer", "GET", nobodys))
        assert world.ask("officer", "GET", private).status_code == 404
        assert world.ask("trainee", "GET", private).status_code == 200


def test_a_refusal_is_in_the_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    path = reverse("progress", args=[world.portfolio.ref])
    with caplog.at_level(logging.WARNING, "config.middleware"):
        world.ask("other_trainee", "GET", path)
        world.ask("trainee", "GET", path)
    person = world.cast.other_trainee.pk
    line = f'Refused: {{"status": 404, "person": {person}, "method": "GET", "path": "{path}"}}'
    assert [each.getMessage() for each in caplog.records if each.name == "config.middleware"] == [line]


@pytest.mark.parametrize(
    ("change", "options"),
    [
        ("{}", {"headers": {"X-HTTP-Method-Override": "DELETE"}}),
        ("{}", {"headers": {"Accept": "application/json"}}),
        ("{}?format=json", {}),
        ("{}?_method=PUT", {}),
    ],
)
def test_odd_requests_get_the_same_answer(world: World, change: str, options: dict[str, Any]) -> None:
    path = reverse("progress", args=[world.portfolio.ref])
    plain = seen(world.ask("other_trainee", "GET", path))
    assert seen(world.ask("other_trainee", "GET", change.format(path), **options)) == plain
    assert plain[0] == 404
    assert world.ask("trainee", "GET", change.format(path), **options).status_code == 200


@pytest.mark.parametrize(
    "odd",
    [
        "/portfolios/{ref}",
        "/portfolios/{REF}/",
        "/portfolios/{own}/../{ref}/",
        "/portfolios/{own}/%2e%2e/{ref}/",
        "/portfolios/{own}/%252e%252e/{ref}/",
        "/portfolios//{ref}/",
        "//portfolios/{ref}/",
        "/portfolios/{ref}%00/",
        "/portfolios/{ref}%20/",
        "/portfolios/{own}/evidence/{eid}/",
        "/portfolios/{own}/evidence/{eid}/files/{fid}/",
        "/portfolios/{own}/submissions/{sid}/",
        "/media/{fid}",
        "/files/{fid}/",
        "/static/../files/{fid}",
    ],
)
def test_odd_addresses_lead_nowhere(world: World, odd: str) -> None:
    """404, or on to the address with its slash, which is 404: for what is there as for what is not."""
    objects = world.objects() | {"own": world.cast.other.ref, "REF": world.portfolio.ref.upper()}
    nobodys = objects | dict.fromkeys(("ref", "REF", "eid", "fid", "sid"), UNKNOWN)
    answer, other = (world.ask("other_trainee", "GET", odd.format(**each)) for each in (objects, nobodys))
    assert answer.status_code == other.status_code
    assert answer.status_code in (301, 404)
    if answer.status_code == 301:
        assert world.ask("other_trainee", "GET", answer["Location"]).status_code == 404


# --- 2, 3: files --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["private", "drafted", "shared", "in review", "decided", "binned"])
def test_a_file_goes_to_nobody_else(world: World, page: str) -> None:
    where = reverse("evidence_file", args=[world.objects(page)[name] for name in ("ref", "eid", "fid")])
    assert world.ask("trainee", "GET", where).status_code == 200
    for name in ("other_trainee", "other_officer", "former_officer", "stranger", "superuser"):
        for path in (where, f"{where}?inline=1"):
            assert world.ask(name, "GET", path).status_code == 404, name
    assert world.ask("anonymous", "GET", where).status_code == 302


@pytest.mark.parametrize("name", HOLDERS)
def test_a_file_goes_to_nobody_who_decides_by_a_code_on_something_else(world: World, name: str) -> None:
    """Neither at its own address nor below a link or a device, whosever: not even where the same assessor reads it."""
    ways = [reverse("sign_file", args=[key, UNKNOWN]) for key in (world.sign_link, world.assess_link)]
    for file in Attachment.objects.filter(evidence__portfolio=world.portfolio).select_related("evidence"):
        where = reverse("evidence_file", args=[world.portfolio.ref, file.evidence.eid, file.fid])
        assert world.ask(name, "GET", where).status_code == 302
        for way in (*ways, reverse("lent_file", args=[UNKNOWN])):
            answers = [world.ask(name, "GET", way.replace(UNKNOWN, fid)) for fid in (file.fid, UNKNOWN)]
            assert seen(answers[0]) == seen(answers[1]), way
            assert answers[0].status_code in (302, 403, 404), way


def test_nothing_is_derived_from_a_file_at_an_address_of_its_own() -> None:
    """No thumbnail, preview or text: the file's one address, and the step that takes it off its page."""
    assert {row.address.rpartition("<slug:fid>/")[2] for row in ROWS if "<slug:fid>" in row.address} == {"", "remove/"}


# --- 5, 17: lists, with every parameter ---------------------------------------------------------------------------

ODD = (
    "user__password__startswith=a",
    "trainee__password__startswith=a",
    "portfolio__trainee__email__contains=@",
    "_connector=OR",
    "_negated=1",
    "pk__gt=0",
    "page=-1",
    "page=999",
    "page=x",
)


# Lists of a portfolio that have no search: what another may see of them is the whole of their own.
ALSO = (
    *("assessments/", "placements/", "journal/", "reviews/", "reviews/dates/", "feedback/", "elsewhere/", "awards/"),
    "people/",
)


def lists_of(world: World, ref: str) -> Iterator[tuple[str, list[str]]]:
    """Our own lists with each of their parameters; `ref` is the portfolio of who asks."""
    of = f"/portfolios/{ref}/"
    narrowed = [f"{name}=Priya" for name in ("q", "module", "kind", "state", "activity", "list")]
    states = [f"state={state}" for state in ("draft", "in_review", "returned", "signed_off")]
    yield (
        f"{of}evidence/",
        [*narrowed, *states, "list=bin", "list=archived", "module=S-C1", "activity=S-C1/1", "q=page"],
    )
    yield f"{of}submissions/", ["page=1"]
    yield f"{of}goals/", ["page=1"]
    yield f"{of}plan/", ["where=2026-05"]
    for place in ALSO:
        yield f"{of}{place}", ["page=1", "q=Priya", "module=S-A1", "award=MSc"]
    yield f"{of}history/", ["page=1", "verify=1"]
    yield "/reviewing/", ["show=modules", "show=decided"]
    yield (
        "/trainees/",
        ["q=Priya", "q=", "q=%25", "q=_", "cohort=STP-2024", "flag=quiet", "sort=-wait", "organisation=1"],
    )
    yield "/trainees/modules/", ["q=Priya", "cohort=STP-2024"]
    yield "/trainees/assessors/", ["page=2"]
    for file in ("csv", "modules/csv", "assessors/csv"):
        yield f"/trainees/{file}/", ["q=Priya"]
    yield "/curricula/", ["page=1"]


OUTSIDE = ["other_trainee", "other_officer", "stranger", "other_programme_administrator", "other_cohort_administrator"]


@pytest.mark.parametrize("name", OUTSIDE)
def test_no_list_and_no_parameter_shows_anything_of_hers(world: World, name: str) -> None:
    secrets = words_of(world)
    for path, parameters in lists_of(world, world.cast.other.ref):
        plain = seen(world.ask(name, "GET", path))
        for parameter in ("", *parameters, *ODD):
            status, body = seen(world.ask(name, "GET", f"{path}?{parameter}"))
            assert [word for word in secrets if word in body.decode()] == [], (path, parameter)
            if parameter in ODD[:6]:
                assert (status, QUERIES.sub(b"", body)) == (plain[0], QUERIES.sub(b"", plain[1])), (path, parameter)


def test_the_same_lists_show_it_to_whoever_may(world: World) -> None:
    of = world.portfolio
    assert of.trainee.name in world.ask("officer", "GET", "/trainees/?q=Priya").content.decode()
    assert of.trainee.name in world.ask("assessor", "GET", "/reviewing/").content.decode()
    asked = f"/portfolios/{of.ref}/evidence/?q=private"
    assert world.pages["private"].eid in world.ask("trainee", "GET", asked).content.decode()
    assert world.pages["private"].eid not in world.ask("officer", "GET", asked).content.decode()


@pytest.mark.parametrize("name", ["other_programme_administrator", "other_cohort_administrator"])
def test_no_list_of_the_admin_site_shows_anything_of_hers(world: World, name: str) -> None:
    """Every list with its search, its order and each of its filters; and what no filter offers is not asked."""
    secrets = words_of(world)
    for model, page in site._registry.items():
        path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        filters = [
            str(each[0] if isinstance(each, tuple) else each) for each in page.list_filter if not isinstance(each, type)
        ]
        orders = [f"o={sign}{number}" for sign in ("", "-") for number in range(1, len(page.list_display) + 1)]
        for parameter in ("", "q=Priya", "all=", *(f"{each}__isnull=False" for each in filters), *orders):
            body = world.ask(name, "GET", f"{path}?{parameter}").content.decode()
            shown = body.replace('value="Priya"', "")  # the search box gives back what was typed
            assert [word for word in secrets if word in shown] == [], (path, parameter)
        for parameter in ODD[:3]:
            answer = world.ask(name, "GET", f"{path}?{parameter}")
            assert answer.status_code in (302, 400, 403), (path, parameter)


def test_the_list_of_the_admin_site_shows_her_to_her_administrator(world: World) -> None:
    path = reverse("admin:portfolio_portfolio_changelist")
    assert world.portfolio.trainee.name in world.ask("administrator", "GET", f"{path}?q=Priya").content.decode()


def test_the_suggestions_of_the_admin_site_are_those_of_its_list(world: World) -> None:
    asked = "/admin/autocomplete/?app_label=portfolio&model_name=role&field_name=portfolio&term=Priya"
    for name in ("officer", "trainee", "stranger"):
        assert world.ask(name, "GET", asked).status_code == 403, name
    for name in ("other_programme_administrator", "other_cohort_administrator"):
        assert world.ask(name, "GET", asked).json()["results"] == [], name
    for name in ("administrator", "superuser"):
        found = [row["id"] for row in world.ask(name, "GET", asked).json()["results"]]
        assert found == [str(world.portfolio.pk)], name


# --- 6: counts ----------------------------------------------------------------------------------------------------


def counted(world: World, name: str) -> dict[str, tuple[int, bytes]]:
    """Every page on which this person could count something."""
    own = world.cast.other.ref
    pages = [
        "/",
        "/trainees/",
        "/trainees/modules/",
        "/trainees/assessors/",
        "/reviewing/",
        "/reviewing/?show=modules",
        "/reviewing/?show=decided",
        "/curricula/",
    ]
    pages += [
        f"/portfolios/{own}/{page}" for page in ("", "evidence/", "submissions/", "goals/", "plan/", "history/", *ALSO)
    ]
    work = [model for model in site._registry if model._meta.app_label == "portfolio"]
    if name.endswith("administrator"):
        pages += ["/admin/", *(reverse(f"admin:portfolio_{model._meta.model_name}_changelist") for model in work)]
    return {page: seen(world.ask(name, "GET", page)) for page in pages}


# Of what is added, the rows that the admin site lists.
ADDED = (
    *("activity", "assessment", "decision", "evidence", "goal", "goalaction", "goalreview", "item", "placement"),
    *("reviewaction", "revision", "signedelsewhere", "submission", "universityresult"),
)


def add_to(world: World) -> None:
    """One more of every kind of thing, all Priya's."""
    of, officer = world.portfolio, world.cast.officer
    page = make.page(of, "One page more")
    make.attachment(page, "more.pdf")
    make.signed_off(of, world.cast.second_assessor, number=5)
    make.in_review(of, world.cast.second_assessor, "S-X1", 1)
    make.reviewed(make.goal(of, "One goal more", actions=["One action more"]))
    make.asked(of, world.cast.second_assessor)
    make.placed(of, officer, world.people["supervisor"], title="One placement more", since=70, until=80)
    make.note(of, "One note more")
    make.agreed_action(of, officer, "One action agreed more", Side.TRAINEE)
    make.invited(RoundOf.read(of, "mid-training"), 2, first=20)
    make.signed_elsewhere(of, officer, make.entry("S-X1", 3))
    make.result(of, officer, "S-P1", reason="They sat it again.")
    make.nominated(of, 4, code="S-X1", who=make.nominee("One More", "one.more@example.org"))


@pytest.mark.parametrize(
    "name",
    ["other_trainee", "other_officer", "other_programme_administrator", "other_cohort_administrator", "stranger"],
)
def test_nobody_else_counts_what_she_adds(world: World, name: str) -> None:
    before = counted(world, name)
    with undone():
        add_to(world)
        assert counted(world, name) == before


def test_whoever_may_counts_it(world: World) -> None:
    """The positive control: each of those pages, of her portfolio, changes for one of those who may."""
    of = f"/portfolios/{world.portfolio.ref}/"
    lists = ("", "evidence/", "submissions/", "goals/", "plan/", "history/", *ALSO)
    work = [reverse(f"admin:portfolio_{name}_changelist") for name in ADDED]
    pages = {
        "second_assessor": ["/reviewing/"],
        "trainee": [f"{of}{page}" for page in lists],
        "officer": ["/trainees/", "/trainees/modules/", "/trainees/assessors/"],
        "administrator": work,
    }

    def shown() -> dict[str, bytes]:
        return {page: seen(world.ask(name, "GET", page))[1] for name in pages for page in pages[name]}

    before = shown()
    with undone():
        add_to(world)
        after = shown()
    same = {page for page in before if after[page] == before[page]}
    assert same == {f"{of}{page}" for page in ("reviews/dates/", "feedback/", "awards/")}  # none of it is on these
    assert b"Queue (3)" in after["/reviewing/"]


# --- 8, 10: ids of somebody else in forms -------------------------------------------------------------------------


def post(world: World, name: str, path: str, fields: dict[str, Any]) -> Any:
    """Posts a form; what it changes stays until the caller undoes it."""
    return world.browsers[name].post(path, fields)


def submission_form(world: World, **changes: Any) -> dict[str, Any]:
    """Priya submits S-C1 4 with its page."""
    revision = world.pages["drafted"].revisions.latest("number")
    form = {"S-C1-4-chosen": "on", "S-C1-4-pages": revision.pk, "assessor": world.cast.assessor.pk, "declared": "on"}
    return form | changes


def test_a_submission_takes_nothing_of_somebody_else(world: World) -> None:
    path = reverse("submit", args=[world.portfolio.ref])
    foreign = world.foreign_page.revisions.latest("number").pk
    for changes in (
        {"S-C1-4-pages": foreign},
        {"S-C1-4-pages": [submission_form(world)["S-C1-4-pages"], foreign]},
        {"S-C1-4-pages": 10**9},
        {"assessor": world.cast.other_officer.pk},
        {"assessor": world.cast.former_assessor.pk},
        {"assessor": world.cast.trainee.pk},
        {"assessor": world.cast.stranger.pk},
        {"H-1-1-chosen": "on"},
    ):
        with undone():
            before = Submission.objects.count(), Item.objects.count()
            assert post(world, "trainee", path, submission_form(world, **changes)).status_code == 422, changes
            assert (Submission.objects.count(), Item.objects.count()) == before
    with undone():
        assert post(world, "trainee", path, submission_form(world)).status_code == 302


def test_a_page_takes_nothing_of_somebody_else(world: World) -> None:
    of, page = world.portfolio, world.pages["private"]
    edit = reverse("evidence_edit", args=[of.ref, page.eid])
    foreign = world.foreign_page.attachments.get()
    with undone():
        post(world, "trainee", edit, {"remove": foreign.fid, "title": "Mine"})
        foreign.refresh_from_db()
        assert foreign.removed_at is None
    with undone():
        links = Link.objects.count()
        post(
            world, "trainee", edit, {"title": "Mine", "tick-H-1-1": "on", "why-H-1-1": "It is not mine.", "go": "draft"}
        )
        assert Link.objects.count() == links
    own = page.attachments.get()
    with undone():
        post(world, "trainee", edit, {"remove": own.fid, "title": "Mine"})
        own.refresh_from_db()
        assert own.removed_at is not None


@pytest.mark.parametrize("field", ["eid", "page_token"])
def test_autosave_keeps_nothing_on_a_page_of_somebody_else(world: World, field: str) -> None:
    theirs = reverse("evidence_new", args=[world.cast.other.ref])
    token = world.browsers["other_trainee"].get(theirs).context["form"].initial["page_token"]
    sent = {"title": "Overwritten", field: world.foreign_page.eid if field == "eid" else token}
    with undone():
        pages = Evidence.objects.count()
        assert post(world, "trainee", reverse("evidence_autosave", args=[world.portfolio.ref]), sent).status_code == 404
        world.foreign_page.refresh_from_db()
        assert (Evidence.objects.count(), world.foreign_page.title) == (pages, "Tom Okafor: Tom's page")
    with undone():
        own = sent | {"eid": world.pages["private"].eid}
        assert post(world, "trainee", reverse("evidence_autosave", args=[world.portfolio.ref]), own).status_code in (
            200,
            409,
        )


def test_a_redirect_reaches_only_who_may_decide(world: World) -> None:
    path = reverse("submission_redirect", args=[world.portfolio.ref, world.submissions["waiting"].sid])
    for name in ("stranger", "other_officer", "former_assessor", "future_assessor", "trainee", "officer_in_training"):
        with undone():
            answer = post(world, "trainee", path, {"assessor": world.people[name].pk})
            assert answer.status_code == 422, name
            assert world.submissions["waiting"].addressees.get(until=None).assessor == world.cast.assessor
    with undone():
        assert post(world, "trainee", path, {"assessor": world.cast.second_assessor.pk}).status_code == 302


def test_a_row_of_another_curriculum_cannot_be_put_into_the_form_of_this_one(world: World) -> None:
    """Case 10: one form more than there were, with the key of a foreign row, to change it or to delete it.

    The same whole form is taken without that row, and with one of its own in its place.
    """
    curriculum = world.portfolio.curriculum
    theirs = world.people["other_programme_trainee"].portfolios.get().curriculum.blocks.first()
    path = reverse("admin:curriculum_curriculum_change", args=[curriculum.pk])
    with zeal_ignore():  # Django's formsets fetch each row of a form by itself
        whole = fields_of(world.browsers["administrator"], path) | {"note": "Said better"}
        own = int(whole["blocks-INITIAL_FORMS"])
        row = {"id": theirs.pk, "curriculum": curriculum.pk, "position": 99, "title": "Stolen", "credits": 5}
        new = {"blocks-TOTAL_FORMS": own + 1, **{f"blocks-{own}-{name}": value for name, value in row.items()}}
        known, swapped = new | {"blocks-INITIAL_FORMS": own + 1}, {"blocks-0-id": theirs.pk}
        removed = {f"blocks-{own}-DELETE": "on"}
        before = list(Block.objects.order_by("pk").values())
        for more in (new, known, known | removed, swapped, swapped | {"blocks-0-DELETE": "on"}):
            with undone():
                assert post(world, "administrator", path, whole | more).status_code == 422, more
                assert list(Block.objects.order_by("pk").values()) == before, more
        with undone():
            assert post(world, "administrator", path, whole).status_code == 302
            assert type(curriculum).objects.get(pk=curriculum.pk).note == "Said better"


# --- 9: many at once ----------------------------------------------------------------------------------------------


def test_an_action_on_many_people_with_one_who_is_not_theirs_does_nothing(world: World) -> None:
    path = reverse("admin:accounts_user_changelist")
    own, foreign = world.people["other_programme_trainee"], world.cast.trainee
    for chosen, status in (([own.pk, foreign.pk], 404), ([foreign.pk], 404), ([own.pk, "x"], 404), ([own.pk], 302)):
        with undone():
            Mail.objects.all().delete()  # of what was told before
            sent = {"action": "send_link", "_selected_action": chosen, "index": 0}
            assert post(world, "other_programme_administrator", path, sent).status_code == status, chosen
            assert [each.person for each in Mail.objects.all()] == ([own] if status == 302 else [])


def test_a_decision_on_several_items_with_one_that_is_not_theirs_decides_nothing(world: World) -> None:
    item = world.submissions["waiting"].items.get()
    path = reverse("review", args=[world.submissions["waiting"].sid])
    own = {"S-C1-2-outcome": "signed_off", "S-C1-2-seen": item.digest}
    for more, status in (({"S-C1-3-outcome": "signed_off"}, 404), ({"H-1-1-outcome": "signed_off"}, 404), ({}, 302)):
        with undone():
            decisions = Decision.objects.count()
            assert post(world, "assessor", path, own | more).status_code == status, more
            assert Decision.objects.count() == decisions + (status == 302)


# --- 11: the assessor ---------------------------------------------------------------------------------------------


def test_an_assessor_finds_one_submission_of_a_trainee_and_not_the_other(world: World) -> None:
    mine, other = world.submissions["with the second assessor"], world.submissions["waiting"]
    for method in METHODS:
        path = reverse("review", args=[other.sid])
        answer = seen(world.ask("second_assessor", method, path))
        assert answer == seen(world.ask("second_assessor", method, unknown(path))), method
        assert answer[0] in (404, 405), method
    assert world.ask("second_assessor", "GET", reverse("review", args=[mine.sid])).status_code == 200
    queue = world.ask("second_assessor", "GET", "/reviewing/").content.decode()
    assert (mine.sid in queue, other.sid in queue) == (True, False)


# --- 12: what ends, ends at the next request ----------------------------------------------------------------------


def end(role: Any) -> None:
    type(role).objects.filter(pk=role.pk).update(ends_on=timezone.localdate() - timedelta(days=1))


def test_an_assessor_whose_role_has_ended_reads_and_decides_nothing_more(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    submission, page = world.submissions["waiting"], world.objects("in review")
    review = reverse("review", args=[submission.sid])
    file = reverse("evidence_file", args=[page["ref"], page["eid"], page["fid"]])
    open_tab = {"S-C1-2-outcome": "signed_off", "S-C1-2-seen": submission.items.get().digest}
    for path in (review, file):
        assert world.ask("assessor", "GET", path).status_code == 200
    with undone():
        end(Role.objects.get(portfolio=world.portfolio, user=world.cast.assessor))
        for path in (review, file):
            assert world.ask("assessor", "GET", path).status_code == 404
        assert submission.sid not in world.ask("assessor", "GET", "/reviewing/").content.decode()
        assert post(world, "assessor", review, open_tab).status_code == 404
        assert submission.items.get().state == ItemState.UNDECIDED
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            perform("withdraw", submission.items.get().activity, by=world.cast.trainee)
        assert [each.to for each in mail.outbox if world.cast.assessor.email in each.to] == []


@pytest.mark.parametrize("name", ["officer", "coordinator", "administrator", "cohort_administrator"])
def test_whose_role_has_ended_sees_nothing_more(world: World, name: str) -> None:
    person = world.people[name]
    held = [*person.roles.filter(portfolio=world.portfolio), *person.administrations.all()]
    page = world.objects("in review")
    paths = [
        reverse("progress", args=[page["ref"]]),
        reverse("evidence", args=[page["ref"], page["eid"]]),
        reverse("evidence_file", args=[page["ref"], page["eid"], page["fid"]]),
    ]
    assert [world.ask(name, "GET", path).status_code for path in paths] == [200, 200, 200]
    assert world.portfolio.trainee.name in world.ask(name, "GET", "/trainees/").content.decode()
    with undone():
        for role in held:
            end(role)
        assert [world.ask(name, "GET", path).status_code for path in paths] == [404, 404, 404]
        assert world.portfolio.trainee.name not in world.ask(name, "GET", "/trainees/").content.decode()
        unlock = reverse("activity_unlock", args=[page["ref"], "S-C1", 1])
        assert post(world, name, unlock, {"reason": "From an open tab."}).status_code == 404
        assert (
            Portfolio.objects.get(pk=world.portfolio.pk).activities.get(module__code="S-C1", number=1).state
            == "signed_off"
        )
