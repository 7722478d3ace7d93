"""Work in the admin site: found by whoever administers it, and only read."""

import re
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.asserts import assertNotContains

from portfolio import models
from portfolio.models import Portfolio, Role
from portfolio.states import RoleKind
from tests import make
from tests.portfolio.admin_site import ADMINISTRATORS, IN_SCOPE, KEPT, WORK, address, sign_in
from tests.world import World

pytestmark = pytest.mark.django_db


def test_who_finds_the_rows_of_a_portfolio(client: Client, world: World) -> None:
    for name in sorted(ADMINISTRATORS | {"superuser"}):
        sign_in(client, world.cast.people()[name])
        for model in WORK | {Portfolio, Role}:
            row = world.row(model)
            found = name in IN_SCOPE or (name == "superuser" and model in KEPT)
            assert (row.pk in [each.pk for each in client.get(address(model)).context["cl"].queryset]) == found, (
                name,
                model,
            )
            if model is not models.Evidence:
                status = 200 if found else 404
                assert client.get(address(model, "change", row.pk)).status_code == status, (name, model)
                assert client.get(address(model, "history", row.pk)).status_code == status, (name, model)


def test_a_row_out_of_scope_reads_like_one_that_is_not_there(client: Client, world: World) -> None:
    sign_in(client, world.cast.other_programme_administrator)
    hidden = client.get(address(Portfolio, "change", world.cast.portfolio.pk))
    unknown = client.get(address(Portfolio, "change", 999_999))
    assert (hidden.status_code, unknown.status_code) == (404, 404)
    assert without_token(hidden) == without_token(unknown)


def without_token(answer: Any) -> str:
    """The page, without what differs each time that it is asked for."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())


@pytest.mark.parametrize("model", sorted(WORK, key=lambda model: model.__name__))
@pytest.mark.parametrize("who", ["administrator", "superuser"])
def test_work_is_not_changed_added_or_deleted_by_a_forged_form(
    client: Client, world: World, model: type[Model], who: str
) -> None:
    make.administration(world.cast.superuser)  # who sees it, and still changes nothing
    sign_in(client, world.cast.people()[who])
    row = world.row(model)
    before = model._default_manager.filter(pk=row.pk).values().get()
    forged = {field.name: "1" for field in model._meta.fields if field.editable} | {"_saveasnew": "1", "state": "draft"}
    assert client.post(address(model, "change", row.pk), forged).status_code == 403
    assert client.post(address(model, "add"), forged).status_code == 403
    assert client.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    count = model._default_manager.count()
    for action in ("delete_selected", "send_link"):
        client.post(address(model), {"action": action, "_selected_action": [row.pk], "post": "yes"})
    client.post(address(model), {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-id": row.pk, "_save": "1"})
    assert model._default_manager.count() == count
    assert model._default_manager.filter(pk=row.pk).values().get() == before


def test_a_private_page_is_nowhere_in_the_admin_site(client: Client, world: World) -> None:
    make.administration(world.cast.superuser)
    private = world.pages["private"]
    for who in ("administrator", "superuser"):
        sign_in(client, world.cast.people()[who])
        for model in (models.Evidence, models.Revision):
            for query in ({}, {"q": "private"}, {"q": private.eid}):
                answer = client.get(address(model), query)
                assertNotContains(answer, private.title)
                assert private.pk not in [getattr(row, "evidence_id", row.pk) for row in answer.context["cl"].queryset]
        revision = private.revisions.latest("number")
        assert client.get(address(models.Revision, "change", revision.pk)).status_code == 404


@pytest.mark.parametrize("model", sorted(WORK | {Portfolio, Role}, key=lambda model: model.__name__))
def test_a_list_asks_the_same_few_queries_for_one_row_and_for_many(
    client: Client, world: World, model: type[Model]
) -> None:
    sign_in(client, world.cast.administrator)
    ways = []
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address(model)).status_code == 200
        ways.append(len(queries))
        for number in range(3):
            portfolio = make.portfolio(make.person(f"Trainee {number}"))
            make.role(portfolio, world.cast.assessor)
            make.role(portfolio, world.cast.officer, RoleKind.OFFICER)
            make.signed_off(portfolio, world.cast.assessor)
    assert ways[0] == ways[1]
