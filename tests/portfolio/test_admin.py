"""Portfolios in the admin site: who opens which page, what an administrator keeps, and that work is only read."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin import site
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import User
from audit.models import Event
from portfolio import models
from portfolio.handover.ending import SIGNED_AT
from portfolio.models import Administration, Organisation, Portfolio, Role
from portfolio.models.people import ONE_OFFICER
from portfolio.models.signed import Signed
from portfolio.states import RoleKind
from portfolio.workflow import perform
from tests import make
from tests.cast import Cast
from tests.portfolio.admin_site import ADMINISTRATORS, KEPT, NOT_OFFERED, SUPERUSERS_ONLY, WORK, address, sign_in

pytestmark = pytest.mark.django_db
NO_SUCH_YEAR = "Check the year. It must be from 2000 to 2100."


def told() -> list[tuple[str, dict[str, Any]]]:
    return [(event.kind, event.details) for event in Event.objects.filter(chain__name="instance").order_by("seq")]


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def errors(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 422
    return dict(answer.context["adminform"].form.errors)


def names(answer: Any) -> list[str]:
    """The rows that a list shows."""
    return [str(row) for row in answer.context["cl"].result_list]


# --- who opens what -----------------------------------------------------------------------------------------------


def test_every_model_of_portfolios_is_thought_about() -> None:
    ours = {model for model in site._registry if model._meta.app_label == "portfolio"}
    assert ours == WORK | KEPT | SUPERUSERS_ONLY
    assert {getattr(models, name) for name in models.__all__} - ours == NOT_OFFERED


def test_who_opens_which_list_and_which_form(client: Client, cast: Cast) -> None:
    for name, person in cast.people().items():
        sign_in(client, person)
        enters = name in ADMINISTRATORS | {"superuser"}
        for model in WORK | KEPT | SUPERUSERS_ONLY:
            sees = enters and (model not in SUPERUSERS_ONLY or name == "superuser")
            out = 302 if name == "deactivated" else 403
            assert client.get(address(model)).status_code == (200 if sees else out), (name, model)
            adds = sees and model not in WORK
            assert client.get(address(model, "add")).status_code == (200 if adds else out), (name, model)


# --- work is only read --------------------------------------------------------------------------------------------


def test_nothing_is_offered_that_changes_many_rows_or_copies_one() -> None:
    for model in WORK | KEPT | SUPERUSERS_ONLY:
        offered = site._registry[model]
        assert (offered.actions, offered.save_as, list(offered.list_editable)) == (None, False, []), model


def test_the_working_copy_of_a_submitted_page_stays_its_trainees(client: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio, "As submitted")
    make.submit(cast.assessor, make.drafted(cast.portfolio, evidence=page))
    make.change(page, title="Second thoughts", save=False)
    sign_in(client, cast.administrator)
    assertContains(client.get(address(models.Evidence)), page.eid)
    assertContains(client.get(address(models.Revision)), "As submitted")
    revision = page.revisions.get()
    for place in (
        address(models.Evidence),
        address(models.Revision),
        address(models.Revision, "change", revision.pk),
        address(models.Revision, "history", revision.pk),
        address(models.Submission),
        address(models.Item),
    ):
        assertNotContains(client.get(place), "Second thoughts")
    assert client.get(address(models.Evidence, "change", page.pk)).status_code == 403
    assert client.get(address(models.Evidence, "history", page.pk)).status_code == 403


@pytest.mark.parametrize(
    ("model", "lookup"),
    [
        (models.Evidence, "title__startswith=P"),
        (models.Evidence, "body__contains=read"),
        (models.Evidence, "portfolio__trainee__password__startswith=a"),
        (models.Revision, "evidence__body__contains=a"),
        (models.Decision, "signer__password__startswith=a"),
        (Portfolio, "trainee__password__startswith=a"),
        (Role, "user__email__startswith=a"),
    ],
)
def test_no_column_is_read_letter_by_letter_through_the_address(
    client: Client, cast: Cast, model: type[Model], lookup: str
) -> None:
    sign_in(client, cast.administrator)
    assert client.get(f"{address(model)}?{lookup}").status_code == 400


@pytest.mark.parametrize(
    ("model", "query"),
    [
        (Portfolio, "state=open&cohort_year=2024"),
        (Role, "kind__exact=officer"),
        (models.Activity, "state__exact=draft"),
    ],
)
def test_the_filters_on_offer_filter(client: Client, cast: Cast, model: type[Model], query: str) -> None:
    sign_in(client, cast.administrator)
    assert client.get(f"{address(model)}?{query}").status_code == 200


# --- lists, searches, choices -------------------------------------------------------------------------------------


@pytest.fixture
def elsewhere(cast: Cast) -> Portfolio:
    """A portfolio of another programme, with an officer."""
    of = make.curriculum("OTH1-1-24", programme_code="HSST")
    portfolio = make.portfolio(make.person("Hal Stone"), of)
    make.role(portfolio, make.person("Una Price"), RoleKind.OFFICER)
    return portfolio


def test_lists_and_searches_hold_the_rows_of_those_they_administer(
    client: Client, cast: Cast, elsewhere: Portfolio
) -> None:
    seen = {}
    for name in sorted(ADMINISTRATORS | {"superuser"}):
        sign_in(client, cast.people()[name])
        seen[name] = names(client.get(address(Portfolio)))
        found = names(client.get(address(Role), {"q": "Una"}))
        assert found == (
            ["Una Price, Training officer of Hal Stone"]
            if name in ("other_programme_administrator", "superuser")
            else []
        )
    stp = ["Owen Hart, TST1-1-24", "Priya Raman, TST1-1-24", "Tom Okafor, TST1-1-24"]
    assert seen == {
        "administrator": stp,
        "cohort_administrator": stp,
        "other_cohort_administrator": [],
        "other_programme_administrator": ["Hal Stone, OTH1-1-24", "Zara Byrne, HST8-1-24"],
        "superuser": ["Hal Stone, OTH1-1-24", *stp, "Zara Byrne, HST8-1-24"],
    }


def test_choices_and_filters_name_nobody_out_of_scope(client: Client, cast: Cast, elsewhere: Portfolio) -> None:
    sign_in(client, cast.administrator)
    for place in (address(Portfolio), address(Portfolio, "add"), address(Role), address(Role, "add")):
        answer = client.get(place)
        for word in ("Hal Stone", "Una Price", "OTH1-1-24"):
            assertNotContains(answer, word)
    form = client.get(address(Role, "add"), {"portfolio": elsewhere.pk, "user": elsewhere.trainee_id})
    for word in ("Hal Stone", elsewhere.trainee.email):
        assertNotContains(form, word)


def test_the_list_of_people_is_that_of_the_scope_and_of_newcomers(
    client: Client, cast: Cast, elsewhere: Portfolio
) -> None:
    people = reverse("admin:accounts_user_changelist")
    sign_in(client, cast.other_programme_administrator)
    newcomers = {"Eve Nolan", "Ines Marr", "Nia Falk"}
    assert {row.name for row in client.get(people).context["cl"].queryset} == {
        "Gus Pike",
        "Hal Stone",
        "Una Price",
        "Zara Byrne",
        *newcomers,
    }
    assert client.get(reverse("admin:accounts_user_change", args=[cast.trainee.pk])).status_code == 404
    sign_in(client, cast.administrator)
    found = {row.name for row in client.get(people).context["cl"].queryset}
    assert found & {"Hal Stone", "Una Price", "Zara Byrne", "Gus Pike", "Root Rowe"} == set()
    assert found >= {"Priya Raman", "Ana Reyes", "Karl Vance", "Sam Wren", *newcomers}
    sign_in(client, cast.superuser)
    assert client.get(people).context["cl"].queryset.count() == User.objects.count()


@pytest.mark.parametrize("lookup", ["password__startswith=a", "is_staff__exact=1", "date_joined__year=2020"])
def test_no_column_of_people_is_read_through_the_address(client: Client, cast: Cast, lookup: str) -> None:
    sign_in(client, cast.administrator)
    assert client.get(f"{reverse('admin:accounts_user_changelist')}?{lookup}").status_code == 400


# --- portfolios ---------------------------------------------------------------------------------------------------


def portfolio_form(of: Portfolio, **changed: Any) -> dict[str, Any]:
    """As the page holds it, with the count of the roles that it shows."""
    return {
        "roles-TOTAL_FORMS": of.roles.count(),
        "roles-INITIAL_FORMS": of.roles.count(),
        "trainee": "eve.nolan@example.org",
        "curriculum": of.curriculum_id,
        "cohort_year": "2024",
        "starts_on": "2024-09-02",
        "organisation": "",
        "department": "",
        **changed,
    }


@pytest.fixture
def eve(cast: Cast) -> User:
    """Somebody who has an account and nothing else."""
    User.objects.filter(pk=cast.stranger.pk).update(email="eve.nolan@example.org")
    cast.stranger.refresh_from_db()
    return cast.stranger


def test_an_administrator_makes_a_portfolio_and_the_programme_follows_the_curriculum(
    client: Client, cast: Cast, eve: User
) -> None:
    organisation = make.organisation()
    form = portfolio_form(cast.portfolio, organisation=organisation.pk, department="Imaging", programme="999")
    answer = sign_in(client, cast.administrator).post(address(Portfolio, "add"), form, follow=True)
    made = Portfolio.objects.get(trainee=eve)
    assert (made.programme.code, made.cohort_year, made.starts_on, made.organisation, made.department, made.state) == (
        "STP",
        2024,
        date(2024, 9, 2),
        organisation,
        "Imaging",
        "open",
    )
    assert said(answer)[0].startswith("The portfolio “")
    assert len(said(answer)) == 1
    ((kind, data),) = told()
    assert (kind, data["portfolio"], data["trainee"], data["curriculum"]) == (
        "portfolio added",
        made.ref,
        eve.pk,
        "TST1-1-24",
    )
    assert "Imaging" not in str(data)


def test_years_that_differ_are_allowed_and_said(client: Client, cast: Cast, eve: User) -> None:
    form = portfolio_form(cast.portfolio, starts_on="2025-01-06")
    answer = sign_in(client, cast.administrator).post(address(Portfolio, "add"), form, follow=True)
    assert Portfolio.objects.filter(trainee=eve).count() == 1
    assert (
        "The curriculum is of 2024, the cohort of 2024, and the training starts in 2025. This is allowed. "
        "Check that it is what you mean."
    ) in said(answer)


def test_what_is_wrong_with_a_portfolio_is_said_at_its_field(
    client: Client, cast: Cast, eve: User, elsewhere: Portfolio
) -> None:
    sign_in(client, cast.cohort_administrator)
    count = Portfolio.objects.count()
    gone = make.person("Gil Lowe", email="gil@example.org", is_active=False)
    wrong: list[tuple[dict[str, Any], dict[str, list[str]]]] = [
        (
            {"trainee": "nobody@example.org"},
            {"trainee": ["Nobody has an account with this address. Add the person under People first."]},
        ),
        ({"trainee": gone.email}, {"trainee": ["The account of Gil Lowe is not active."]}),
        (
            {"trainee": cast.trainee.email},
            {"trainee": ["Priya Raman has an open portfolio of STP programme already. Close that one first."]},
        ),
        (
            {"cohort_year": "2023"},
            {"cohort_year": ["You do not administer this cohort. Enter a year that you administer."]},
        ),
        (
            {"curriculum": elsewhere.curriculum_id},
            {"curriculum": ["Select a valid choice. That choice is not one of the available choices."]},
        ),
        ({"cohort_year": "24"}, {"cohort_year": ["Ensure this value is greater than or equal to 2000."]}),
        ({"starts_on": "soon"}, {"starts_on": ["Enter a valid date."]}),
        ({"starts_on": "0204-09-02"}, {"starts_on": [NO_SUCH_YEAR]}),
        ({"starts_on": "9999-09-02"}, {"starts_on": [NO_SUCH_YEAR]}),
    ]
    for changed, expected in wrong:
        answer = client.post(address(Portfolio, "add"), portfolio_form(cast.portfolio, **changed))
        assert errors(answer) == expected
    empty = client.post(address(Portfolio, "add"), {})
    assert set(errors(empty)) == {"trainee", "curriculum", "cohort_year", "starts_on"}
    assert (Portfolio.objects.count(), told()) == (count, [])


def test_a_draft_curriculum_is_not_offered(client: Client, cast: Cast, eve: User) -> None:
    of = make.curriculum("DRF1-1-24")
    of.status = "draft"
    of.save()
    sign_in(client, cast.administrator)
    answer = client.post(address(Portfolio, "add"), portfolio_form(cast.portfolio, curriculum=of.pk))
    assert set(errors(answer)) == {"curriculum"}


def test_facts_are_corrected_but_not_whose_portfolio_it_is_of_what_or_in_which_state(
    client: Client, cast: Cast, eve: User, elsewhere: Portfolio
) -> None:
    of = cast.portfolio
    forged = {
        "trainee": eve.email,
        "curriculum": elsewhere.curriculum_id,
        "programme": elsewhere.programme_id,
        "ref": "mine",
        "closed_at_0": "2025-01-01",
        "closed_at": "2025-01-01",
        "state": "closed",
        "id": elsewhere.pk,
    }
    form = portfolio_form(of, **forged, cohort_year="2024", starts_on="2024-10-01", department="Physics")
    sign_in(client, cast.administrator).post(address(Portfolio, "change", of.pk), form)
    before, of = of, Portfolio.objects.get(pk=of.pk)
    assert (of.starts_on, of.department) == (date(2024, 10, 1), "Physics")
    for name in ("trainee_id", "curriculum_id", "programme_id", "ref", "closed_at"):
        assert getattr(of, name) == getattr(before, name)
    assert told()[-1] == (
        "portfolio changed",
        {
            "portfolio": of.ref,
            "trainee": of.trainee_id,
            "curriculum": "TST1-1-24",
            "cohort": 2024,
            "starts_on": "2024-10-01",
            "organisation": None,
            "fields": ["department", "starts_on"],
        },
    )


def test_a_portfolio_is_not_moved_out_of_the_cohort_that_one_administers(client: Client, cast: Cast) -> None:
    sign_in(client, cast.cohort_administrator)
    answer = client.post(
        address(Portfolio, "change", cast.portfolio.pk), portfolio_form(cast.portfolio, cohort_year="2019")
    )
    assert set(errors(answer)) == {"cohort_year"}


def test_nothing_is_told_when_nothing_changed(client: Client, cast: Cast) -> None:
    of = cast.portfolio
    form = portfolio_form(of, cohort_year=of.cohort_year, starts_on=of.starts_on.isoformat())
    sign_in(client, cast.administrator).post(address(Portfolio, "change", of.pk), form)
    assert told() == []


def test_closing_and_reopening_are_links_for_those_who_may_take_the_step(client: Client, cast: Cast) -> None:
    place = address(Portfolio, "change", cast.portfolio.pk)
    close, reopen = (reverse(name, args=[cast.portfolio.ref]) for name in ("portfolio_close", "portfolio_reopen"))
    assertContains(sign_in(client, cast.administrator).get(place), f'href="{close}"')
    assertNotContains(sign_in(client, cast.superuser).get(place), f'href="{close}"')
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Left.")
    closed = sign_in(client, cast.administrator).get(place)
    assertContains(closed, f'href="{reopen}"')
    assertNotContains(closed, f'href="{close}"')


def test_the_page_of_a_portfolio_shows_its_roles_and_the_way_to_give_one(client: Client, cast: Cast) -> None:
    answer = sign_in(client, cast.administrator).get(address(Portfolio, "change", cast.portfolio.pk))
    assertContains(answer, "Karl Vance")
    assertContains(answer, f"{address(Role, 'add')}?portfolio={cast.portfolio.pk}")


def test_roles_are_not_given_changed_or_deleted_on_the_page_of_their_portfolio(client: Client, cast: Cast) -> None:
    of, count = cast.portfolio, cast.portfolio.roles.count()
    before = list(of.roles.order_by("pk").values())
    forged: dict[str, Any] = {"roles-TOTAL_FORMS": count + 1}
    for number, role in enumerate([*of.roles.order_by("pk"), None]):
        row = {"id": role.pk if role else "", "portfolio": of.pk, "user": cast.stranger.pk, "kind": "officer"}
        row |= {"starts_on": "2025-01-01", "ends_on": "2025-02-01", "DELETE": "on" if role else ""}
        forged |= {f"roles-{number}-{name}": value for name, value in row.items()}
    sign_in(client, cast.administrator)
    client.post(address(Portfolio, "change", of.pk), portfolio_form(of, department="Physics", **forged))
    assert list(of.roles.order_by("pk").values()) == before


# --- roles --------------------------------------------------------------------------------------------------------


def role_form(portfolio: Portfolio, user: User | str, kind: str = "assessor", **changed: Any) -> dict[str, Any]:
    return {
        "portfolio": portfolio.pk,
        "user": user if isinstance(user, str) else user.email,
        "kind": kind,
        "starts_on": make.today().isoformat(),
        "ends_on": "",
        **changed,
    }


def test_a_role_is_given_by_exact_address_and_told(client: Client, cast: Cast, elsewhere: Portfolio) -> None:
    una = elsewhere.roles.get().user  # in no list of this administrator's
    form = role_form(cast.portfolio, una.email.upper())
    answer = sign_in(client, cast.administrator).post(address(Role, "add"), form, follow=True)
    role = Role.objects.get(portfolio=cast.portfolio, user=una)
    assert (role.kind, role.starts_on, role.ends_on) == ("assessor", make.today(), None)
    assert len(said(answer)) == 1
    assert told() == [
        (
            "role given",
            {
                "role": role.pk,
                "portfolio": cast.portfolio.ref,
                "person": una.pk,
                "kind": "assessor",
                "from": make.today().isoformat(),
                "to": None,
                "fields": ["kind", "portfolio", "starts_on", "user"],
            },
        )
    ]


@pytest.mark.parametrize("who", ["administrator", "superuser"])
def test_nobody_gives_a_role_to_themselves(client: Client, cast: Cast, who: str) -> None:
    person = cast.people()[who]
    answer = sign_in(client, person).post(address(Role, "add"), role_form(cast.portfolio, person))
    assert errors(answer) == {"user": ["Nobody appoints themselves. Another administrator does it."]}
    assert (person.roles.count(), told()) == (0, [])


def test_an_administrator_who_is_the_trainee_appoints_other_people_and_not_themselves(
    client: Client, cast: Cast
) -> None:
    make.administration(cast.trainee)
    sign_in(client, cast.trainee)
    client.post(address(Role, "add"), role_form(cast.portfolio, cast.stranger))
    assert cast.stranger.roles.count() == 1
    answer = client.post(address(Role, "add"), role_form(cast.portfolio, cast.trainee))
    assert "Nobody appoints themselves. Another administrator does it." in str(errors(answer))


def test_a_role_is_given_in_no_portfolio_out_of_scope(client: Client, cast: Cast, elsewhere: Portfolio) -> None:
    answer = sign_in(client, cast.administrator).post(address(Role, "add"), role_form(elsewhere, cast.stranger))
    assert errors(answer) == {"portfolio": ["Select a valid choice. That choice is not one of the available choices."]}


def test_what_is_wrong_with_a_role_is_said_in_words(client: Client, cast: Cast) -> None:
    sign_in(client, cast.administrator)
    today = make.today()
    count = Role.objects.count()
    wrong: list[tuple[dict[str, Any], dict[str, list[str]]]] = [
        (role_form(cast.portfolio, cast.stranger, "officer"), {"ends_on": [ONE_OFFICER]}),
        (
            role_form(
                cast.portfolio,
                cast.stranger,
                "officer",
                starts_on=(today - timedelta(days=150)).isoformat(),
                ends_on=(today - timedelta(days=101)).isoformat(),
            ),
            {"ends_on": [ONE_OFFICER]},
        ),
        (
            role_form(cast.portfolio, cast.officer, "officer", starts_on=(today - timedelta(days=100)).isoformat()),
            {
                "starts_on": ["This person has this from the same day already. Find it in the list."],
                "__all__": [ONE_OFFICER],
            },
        ),
        (
            role_form(cast.portfolio, cast.trainee),
            {"user": ["Nobody holds a role in their own portfolio. Choose another person."]},
        ),
        (
            role_form(cast.portfolio, cast.stranger, ends_on=(today - timedelta(days=1)).isoformat()),
            {"ends_on": ["The last day is before the first. Correct one of the two dates."]},
        ),
        (
            role_form(cast.portfolio, cast.stranger, starts_on="1066-10-14", ends_on="9999-12-31"),
            {"starts_on": [NO_SUCH_YEAR], "ends_on": [NO_SUCH_YEAR]},
        ),
        (
            role_form(cast.portfolio, cast.assessor, starts_on=(today - timedelta(days=100)).isoformat()),
            {"starts_on": ["This person has this from the same day already. Find it in the list."]},
        ),
        (
            role_form(cast.portfolio, cast.stranger, "supervisor"),
            {"kind": ["Select a valid choice. supervisor is not one of the available choices."]},
        ),
    ]
    for form, expected in wrong:
        assert errors(client.post(address(Role, "add"), form)) == expected
    assert set(errors(client.post(address(Role, "add"), {}))) == {"portfolio", "user", "kind", "starts_on"}
    assert (Role.objects.count(), told()) == (count, [])


def test_an_officer_hands_over_in_two_steps(client: Client, cast: Cast) -> None:
    sign_in(client, cast.administrator)
    ana = Role.objects.get(portfolio=cast.portfolio, user=cast.officer)
    yesterday = make.today() - timedelta(days=1)
    client.post(address(Role, "change", ana.pk), {"ends_on": yesterday.isoformat()})
    client.post(address(Role, "add"), role_form(cast.portfolio, cast.stranger, "officer"))
    ana.refresh_from_db()
    assert ana.ends_on == yesterday
    assert cast.portfolio.roles.get(kind="officer", ends_on=None).user == cast.stranger
    assert [(kind, data["person"], data["to"]) for kind, data in told()] == [
        ("role ended", cast.officer.pk, yesterday.isoformat()),
        ("role given", cast.stranger.pk, None),
    ]


def test_of_a_role_that_has_begun_only_the_last_day_changes(client: Client, cast: Cast) -> None:
    role = Role.objects.get(portfolio=cast.portfolio, user=cast.assessor)
    before = Role.objects.filter(pk=role.pk).values().get()
    last = make.today() + timedelta(days=30)
    forged = role_form(cast.other, cast.stranger, "officer", starts_on="2020-01-01", ends_on=last.isoformat())
    sign_in(client, cast.administrator).post(address(Role, "change", role.pk), {**forged, "modules": "1"})
    assert Role.objects.filter(pk=role.pk).values().get() == {**before, "ends_on": last}
    client.post(address(Role, "change", role.pk), {"ends_on": ""})
    assert [kind for kind, _ in told()] == ["role ended", "role changed"]


def test_a_role_that_has_not_begun_may_get_another_first_day(client: Client, cast: Cast) -> None:
    role = Role.objects.get(user=cast.future_assessor)
    new = make.today() + timedelta(days=9)
    sign_in(client, cast.administrator).post(address(Role, "change", role.pk), {"starts_on": new, "ends_on": ""})
    role.refresh_from_db()
    assert role.starts_on == new
    make.role(cast.portfolio, cast.future_assessor, since=5)
    answer = client.post(
        address(Role, "change", role.pk), {"starts_on": make.today() + timedelta(days=5), "ends_on": ""}
    )
    assert set(errors(answer)) == {"starts_on"}


def test_a_role_that_has_ended_and_ones_own_stay_as_they_are(client: Client, cast: Cast) -> None:
    make.administration(cast.officer)
    sign_in(client, cast.officer)
    for person, why in (
        (cast.officer, "This is your own. Another administrator changes it."),
        (cast.former_assessor, "This has ended and stays as it was. If it goes on, give it anew."),
    ):
        role = Role.objects.get(user=person)
        assertContains(client.get(address(Role, "change", role.pk)), why)
        assert client.post(address(Role, "change", role.pk), {"ends_on": ""}).status_code == 403
    assert told() == []


def test_a_role_does_not_end_before_what_was_signed_in_it(client: Client, cast: Cast) -> None:
    make.signed_off(cast.portfolio, cast.assessor)
    role = Role.objects.get(portfolio=cast.portfolio, user=cast.assessor)
    sign_in(client, cast.administrator)
    yesterday = make.today() - timedelta(days=1)
    answer = client.post(address(Role, "change", role.pk), {"ends_on": yesterday.isoformat()})
    today = f"{make.today():%-d %B %Y}"
    assert errors(answer) == {"ends_on": [f"Maya Lind signed something in this role on {today}. It ends no earlier."]}
    assert client.post(address(Role, "change", role.pk), {"ends_on": make.today().isoformat()}).status_code == 302


def test_every_kind_of_row_that_is_signed_holds_a_role_to_its_dates() -> None:
    assert set(SIGNED_AT) == {model for model in apps.get_models() if issubclass(model, Signed)}


def test_a_trainee_of_the_programme_is_appointed_with_a_word_that_they_decide_nothing(
    client: Client, cast: Cast
) -> None:
    form = role_form(cast.portfolio, cast.other_trainee)
    answer = sign_in(client, cast.administrator).post(address(Role, "add"), form, follow=True)
    assert (
        "Tom Okafor has an open portfolio of the same programme, and decides and signs nothing in it until that is "
        "closed."
    ) in said(answer)


def test_what_only_the_database_refuses_keeps_what_was_typed(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two administrators at the same moment: the form knew of no other officer."""
    monkeypatch.setattr(Role, "clean", lambda self: None)
    monkeypatch.setattr(Role, "validate_constraints", lambda self, exclude=None: None)
    form = role_form(cast.portfolio, cast.stranger, "officer")
    answer = sign_in(client, cast.administrator).post(address(Role, "add"), form)
    assertContains(answer, "Somebody else saved something at the same moment", status_code=409)
    assertContains(answer, cast.stranger.email, status_code=409)
    assert (cast.stranger.roles.count(), told()) == (0, [])


@pytest.mark.parametrize("model", [Portfolio, Role, Organisation])
def test_nothing_that_is_kept_is_deleted(client: Client, cast: Cast, model: type[Model]) -> None:
    make.organisation()
    row = model._default_manager.earliest("pk")
    for who in (cast.administrator, cast.superuser):
        sign_in(client, who)
        assert client.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
        forged = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        client.post(address(model), forged)
        assert model._default_manager.filter(pk=row.pk).exists()


# --- administrations ----------------------------------------------------------------------------------------------


def administration_form(cast: Cast, user: User, **changed: Any) -> dict[str, Any]:
    return {
        "user": user.email,
        "programme": cast.portfolio.programme_id,
        "cohort_year": "",
        "starts_on": make.today().isoformat(),
        "ends_on": "",
        **changed,
    }


def test_a_superuser_appoints_an_administrator_and_ends_it(client: Client, cast: Cast) -> None:
    sign_in(client, cast.superuser)
    client.post(address(Administration, "add"), administration_form(cast, cast.stranger, cohort_year="2024"))
    row = cast.stranger.administrations.get()
    assert (row.programme.code, row.cohort_year) == ("STP", 2024)
    client.post(address(Administration, "change", row.pk), {"ends_on": make.today().isoformat(), "cohort_year": ""})
    row.refresh_from_db()
    assert (row.ends_on, row.cohort_year) == (make.today(), 2024)
    assert [(kind, data["person"], data["programme"], data["cohort"]) for kind, data in told()] == [
        ("administration given", cast.stranger.pk, "STP", 2024),
        ("administration ended", cast.stranger.pk, "STP", 2024),
    ]


def test_what_is_wrong_with_an_administration_is_said_in_words(client: Client, cast: Cast) -> None:
    sign_in(client, cast.superuser)
    today = make.today()
    wrong: list[tuple[dict[str, Any], dict[str, list[str]]]] = [
        (
            administration_form(cast, cast.superuser),
            {"user": ["Nobody appoints themselves. Another administrator does it."]},
        ),
        (
            administration_form(cast, cast.stranger, ends_on=(today - timedelta(days=1)).isoformat()),
            {"ends_on": ["The last day is before the first. Correct one of the two dates."]},
        ),
        (
            administration_form(cast, cast.stranger, starts_on="1066-10-14", ends_on="9999-12-31"),
            {"starts_on": [NO_SUCH_YEAR], "ends_on": [NO_SUCH_YEAR]},
        ),
        (
            administration_form(cast, cast.stranger, cohort_year="3024"),
            {"cohort_year": ["Ensure this value is less than or equal to 2100."]},
        ),
        (
            administration_form(cast, cast.administrator, starts_on=(today - timedelta(days=100)).isoformat()),
            {"starts_on": ["This person has this from the same day already. Find it in the list."]},
        ),
    ]
    for form, expected in wrong:
        assert errors(client.post(address(Administration, "add"), form)) == expected
    assert told() == []


def test_an_administrator_appoints_no_administrator(client: Client, cast: Cast) -> None:
    sign_in(client, cast.administrator)
    row = cast.administrator.administrations.get()
    change = address(Administration, "change", row.pk)
    for place in (address(Administration, "add"), change, address(Administration)):
        refused = 404 if place == change else 403
        assert client.get(place).status_code == refused
        assert client.post(place, administration_form(cast, cast.stranger)).status_code == refused
    assertNotContains(client.get(reverse("admin:index")), address(Administration))


def test_a_superuser_does_not_prolong_their_own_administration(client: Client, cast: Cast) -> None:
    row = make.administration(cast.superuser, until=9)
    sign_in(client, cast.superuser)
    assert client.post(address(Administration, "change", row.pk), {"ends_on": ""}).status_code == 403


# --- organisations ------------------------------------------------------------------------------------------------


def test_an_organisation_has_domains_one_a_line(client: Client, cast: Cast) -> None:
    sign_in(client, cast.administrator)
    client.post(
        address(Organisation, "add"), {"name": "Northmoor", "mail_domains": " @North.example.org\r\nnorth.example.org "}
    )
    row = Organisation.objects.get()
    assert row.mail_domains == "north.example.org"
    assert told() == [("organisation added", {"organisation": row.pk, "fields": ["mail_domains", "name"]})]
    answer = client.post(address(Organisation, "change", row.pk), {"name": "Northmoor", "mail_domains": "not a domain"})
    assert errors(answer) == {"mail_domains": ["“not” is not a domain, such as trust.example.org."]}
    assert set(errors(client.post(address(Organisation, "add"), {"name": "Northmoor"}))) == {"name"}
