"""What the people of `make load` write is taken: a form that asks for more would fail there alone, and late."""

from collections import defaultdict

from django.test import Client
from django.urls import reverse

from bench.forms import new_page
from portfolio.models import Link
from tests.cast import Cast


def test_the_page_that_a_load_test_writes_is_saved_and_linked(client: Client, cast: Cast) -> None:
    client.force_login(cast.trainee)
    path = reverse("evidence_new", args=[cast.portfolio.ref])
    sent: dict[str, list[str]] = defaultdict(list)
    for name, value in new_page(client.get(path).content.decode(), 1, "tick-S-C1-1"):
        sent[name].append(value)
    answer = client.post(path, sent)
    link = Link.objects.get(activity__portfolio=cast.portfolio)
    assert answer.headers["Location"] == reverse("evidence", args=[cast.portfolio.ref, link.evidence.eid])
    assert (link.activity.number, link.evidence.revisions.count()) == (1, 1)
