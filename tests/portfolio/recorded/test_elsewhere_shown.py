"""Where a record of another system is shown: in its slot, in words, and in the list on the page that has it."""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.urls import reverse

from curriculum.models import Module
from portfolio.models import SignedElsewhere
from portfolio.requirements.words import day
from portfolio.workflow import elsewhere, perform_all
from tests import make
from tests.cast import Cast
from tests.portfolio.recorded.test_elsewhere import cbd

ON = make.today() - timedelta(days=40)


def slots(page: Any) -> list[dict[str, str]]:
    return [slot for group in page.context["slots"] for slot in group["slots"] if slot["shape"] == "elsewhere"]


def test_a_slot_says_system_signer_and_day_and_leads_to_the_record(client: Client, cast: Cast) -> None:
    Module.objects.filter(code="S-C1").update(cbd=1, observed=1)
    told = {"title": "A talk with a family", "system": "OneFile", "signed_by": "Lena Voss, Consultant"}
    make.elsewhere_voided(make.signed_elsewhere(cast.portfolio, cast.officer, cbd()), cast.officer)
    row = make.signed_elsewhere(cast.portfolio, cast.officer, cbd(kind="oce", signed_on=ON, **told))
    listed = reverse("elsewhere", args=[cast.portfolio.ref])
    for person in (cast.trainee, cast.officer):
        client.force_login(person)
        page = client.get(reverse("module", args=[cast.portfolio.ref, "S-C1"]))
        (slot,) = slots(page)
        assert (slot["type"], slot["title"]) == ("OCE", told["title"])
        assert slot["note"] == f"Signed on {day(ON)} by Lena Voss, Consultant, in OneFile"
        assert slot["href"] == f"{listed}?x={row.xid}#{row.xid}"
        assert slot["note"] in page.text
        assert f'id="{row.xid}"' in client.get(slot["href"]).text
    supervisor = make.person("Hugh Sole")
    make.placed(cast.portfolio, cast.officer, supervisor, ("S-C1",))
    client.force_login(supervisor)
    (slot,) = slots(client.get(reverse("module", args=[cast.portfolio.ref, "S-C1"])))
    assert (slot["title"], slot["href"]) == (told["title"], "")  # the list is not theirs


def test_a_link_to_a_record_opens_the_page_of_the_list_that_has_it(client: Client, cast: Cast) -> None:
    of = cast.portfolio
    client.force_login(cast.trainee)
    where = reverse("elsewhere", args=[of.ref])
    perform_all(elsewhere.asks(of, [cbd(title=f"Case {number}") for number in range(51)]), by=cast.officer)
    newest = list(SignedElsewhere.objects.order_by("-pk").values_list("xid", flat=True))
    for at, number in ((0, 1), (24, 1), (25, 2), (49, 2), (50, 3)):
        page = client.get(where, {"x": newest[at]})
        assert (page.context["page"].number, f'id="{newest[at]}"' in page.text) == (number, True)
    assert client.get(where, {"x": newest[50], "page": 1}).context["page"].number == 1  # and on from there
    assert [client.get(where, {"x": said}).context["page"].number for said in ("", "nothing", "\x00")] == [1, 1, 1]
    led = f'href="{where}?x={newest[0]}#{newest[0]}"'
    assert led in client.get(reverse("history", args=[of.ref])).text
    client.force_login(cast.officer)
    assert led in client.get(reverse("module_sign_off", args=[of.ref, "S-C1"])).text


def test_the_page_of_a_module_says_when_a_record_in_a_slot_was_changed(client: Client, cast: Cast) -> None:
    row = make.signed_elsewhere(cast.portfolio, cast.officer, cbd())
    client.force_login(cast.trainee)
    where = reverse("module", args=[cast.portfolio.ref, "S-C1"])
    assert client.get(where).context["doubt"] == ""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE portfolio_signedelsewhere SET signed_by = 'Nobody' WHERE id = %s", [row.pk])
    assert "Record does not agree" in client.get(where).text
