"""Pages of assessments ask the same queries for one row and for thirty, and no more than a page may."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from curriculum.models import Module
from tests import make
from tests.cast import Cast


@pytest.mark.parametrize("name", ["assessments", "module", "history", "reviewing", "decided"])
def test_the_same_queries_for_one_and_for_thirty(client: Client, cast: Cast, name: str) -> None:
    of = cast.portfolio = make.with_assessments(cast.portfolio)
    Module.objects.filter(code="S-A1").update(cbd=40, observed=40)
    where = {
        "assessments": reverse("assessments", args=[of.ref]),
        "module": reverse("module", args=[of.ref, "S-A1"]),
        "history": reverse("history", args=[of.ref]),
        "reviewing": reverse("reviewing"),
        "decided": reverse("reviewing") + "?show=decided",
    }[name]
    asked = []
    for many in (1, 14):
        for _ in range(many):
            make.asked(of, cast.assessor, "OCE")
            make.assessed(of, cast.assessor, kind="CBD")
        client.force_login(cast.trainee if name in ("assessments", "module", "history") else cast.assessor)
        client.get(where)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(where).status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1]
