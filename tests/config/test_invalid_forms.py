"""A form with errors is 422 and its title says so, on the pages that are not our own views too."""

import re

import pytest
from django.test import Client

from accounts.invitations import password_link, verified
from accounts.models import User
from tests import make

pytestmark = pytest.mark.django_db
PASSWORD = "a long and private phrase"


@pytest.fixture
def root() -> User:
    user = make.person("Root Rowe", email="root@example.org", password=PASSWORD, is_superuser=True)
    verified(user)
    return user


@pytest.fixture
def signed_in(client: Client, root: User) -> Client:
    client.force_login(root)
    return client


def title(page: bytes) -> str:
    found = re.search(r"<title>\s*(.*?)\s*</title>", page.decode(), re.DOTALL)
    return found[1] if found else ""


def sent(client: Client, address: str, **typed: str) -> tuple[int, bool]:
    """The status of the page that comes back, and whether its title begins with the error."""
    answer = client.post(address, typed)
    return answer.status_code, title(answer.content).startswith("Error: ")


@pytest.mark.parametrize("address", ["/accounts/login/", "/accounts/password/reset/"])
def test_a_form_of_somebody_signed_out_is_422_when_it_lacks_something(client: Client, address: str) -> None:
    opened = client.get(address)
    assert (opened.status_code, title(opened.content).startswith("Error")) == (200, False)
    assert sent(client, address) == (422, True)


def test_a_wrong_password_is_422_and_the_right_one_goes_on(client: Client, root: User) -> None:
    assert sent(client, "/accounts/login/", login=root.email, password="wrong") == (422, True)
    assert sent(client, "/accounts/login/", login=root.email, password=PASSWORD) == (302, False)


@pytest.mark.parametrize("address", ["/accounts/password/change/", "/accounts/reauthenticate/"])
def test_a_form_of_somebody_signed_in_is_422_when_it_lacks_something(signed_in: Client, address: str) -> None:
    assert signed_in.get(address).status_code == 200
    assert sent(signed_in, address) == (422, True)


def test_a_new_password_that_will_not_do_is_422(client: Client, root: User) -> None:
    link = client.get(password_link(root).partition("8000")[2], follow=True).redirect_chain[-1][0]
    assert sent(client, link, password1="short", password2="short") == (422, True)
    assert sent(client, link, password1="another private phrase", password2="another private phrase") == (302, False)


def test_a_page_of_the_admin_site_is_422_when_its_form_lacks_something(signed_in: Client) -> None:
    address = "/admin/portfolio/organisation/add/"
    opened = signed_in.get(address)
    assert (opened.status_code, title(opened.content).startswith("Error")) == (200, False)
    assert sent(signed_in, address) == (422, True)
    assert sent(signed_in, address, name="Northmoor", mail_domains="northmoor.example.org") == (302, False)


@pytest.mark.parametrize("address", ["/admin/", "/admin/accounts/user/", "/admin/accounts/user/add/"])
def test_the_admin_site_has_the_icon_of_the_service(signed_in: Client, address: str) -> None:
    page = signed_in.get(address).content.decode()
    assert page.count('<link rel="icon" href="/static/favicon.svg" type="image/svg+xml">') == 1
