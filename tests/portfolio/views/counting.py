"""For the tests of lists: what a page asks of the database, and a portfolio large enough to make a list long."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portfolio.models import Portfolio
from tests import make


def queries(client: Client, address: str) -> int:
    """How many queries the page costs, once its session and caches are warm."""
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def large(activities: int = 30, *, modules: int = 1) -> Portfolio:
    """A portfolio whose modules, S-B1 and on, have so many activities each and nothing else."""
    each = {"credits": 180 // modules, "kind": "core", "activities": activities, **make.KNOWN}
    rows = [{"code": f"S-B{number}", **each} for number in range(1, modules + 1)]
    return make.portfolio(of=make.curriculum("BIG1-1-24", blocks=[{"title": "All", "credits": 180, "modules": rows}]))
