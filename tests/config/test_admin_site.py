"""The admin site: who enters, by which door, and what it does not offer."""

import pytest
from django.contrib.admin import site
from django.db.models import CASCADE
from django.http import HttpRequest
from django.test import Client, RequestFactory

from tests import make

pytestmark = pytest.mark.django_db


def signed_in(user: object) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_somebody_signed_out_signs_in_at_the_one_door_and_comes_back(client: Client) -> None:
    response = client.get("/admin/accounts/user/", follow=True)
    assert response.redirect_chain[-1] == ("/accounts/login/?next=/admin/accounts/user/", 302)


def test_a_superuser_and_an_administrator_in_dates_enter() -> None:
    administrator = make.person("Ada Mensah")
    make.administration(administrator)
    for user in (make.person("Sue Oakes", is_superuser=True), administrator):
        assert signed_in(user).get("/admin/").status_code == 200


@pytest.mark.parametrize("address", ["/admin/", "/admin/accounts/user/", "/admin/accounts/user/add/"])
def test_anybody_else_is_refused(address: str) -> None:
    client = signed_in(make.person(is_staff=True))
    assert client.get(address).status_code == 403
    assert client.post(address).status_code == 403


def test_somebody_deactivated_is_out_at_the_next_request() -> None:
    user = make.person(is_superuser=True)
    client = signed_in(user)
    assert client.get("/admin/").status_code == 200
    user.is_active = False
    user.save()
    assert client.get("/admin/").status_code == 302


def test_signing_out_and_passwords_lead_to_the_one_place_for_them() -> None:
    client = signed_in(make.person(is_superuser=True))
    assert client.get("/admin/password_change/").headers["Location"] == "/accounts/password/change/"
    assert client.get("/admin/logout/").status_code == 405
    assert client.post("/admin/logout/").headers["Location"] == "/"
    assert client.get("/admin/").status_code == 302


def test_nothing_is_deleted_wholesale_and_groups_and_addresses_are_not_offered() -> None:
    assert [name for name, _ in site.actions] == []
    assert {model._meta.label for model in site._registry} & {"auth.Group", "account.EmailAddress"} == set()


def test_no_deletion_offered_in_the_admin_takes_other_rows_with_it() -> None:
    request: HttpRequest = RequestFactory().get("/admin/")
    request.user = make.person(is_superuser=True)
    cascading = [
        f"{model._meta.label} would take {relation.related_model._meta.label} with it"
        for model, model_admin in site._registry.items()
        if model_admin.has_delete_permission(request)
        for relation in model._meta.related_objects
        if getattr(relation, "on_delete", None) is CASCADE
    ]
    assert cascading == []
