"""The chains in the admin site: even a superuser only reads."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.chain import append
from audit.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def superuser(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root@example.org", name="Root Example"))
    return client


@pytest.fixture
def event() -> Event:
    with transaction.atomic():
        return append("instance", "curriculum.load", by=None, data={})


@pytest.mark.parametrize("model", ["chain", "event"])
def test_a_superuser_reads_and_can_do_nothing_else(superuser: Client, event: Event, model: str) -> None:
    key = event.pk if model == "event" else event.chain_id
    listed = superuser.get(reverse(f"admin:audit_{model}_changelist"))
    assert (listed.status_code, b"delete_selected" in listed.content) == (200, False)
    change = reverse(f"admin:audit_{model}_change", args=[key])
    assert superuser.get(change).status_code == 200
    assert superuser.post(change, {"name": "x", "kind": "x"}).status_code == 403
    assert superuser.get(reverse(f"admin:audit_{model}_add")).status_code == 403
    assert superuser.post(reverse(f"admin:audit_{model}_delete", args=[key]), {"post": "yes"}).status_code == 403
    forged = {"action": "delete_selected", "_selected_action": key, "post": "yes"}
    superuser.post(reverse(f"admin:audit_{model}_changelist"), forged)
    event.refresh_from_db()
    assert (event.kind, event.chain.name) == ("curriculum.load", "instance")
