"""The boxes for somebody new in a real browser: in sight with their choice, and where one of them is wrong."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from portfolio.models import Nomination
from tests import make
from tests.cast import assemble

HIDDEN_TEXT = "You entered somebody new. Choose “Somebody who is not in this list” above, or empty these boxes."


@pytest.mark.parametrize("asking", ["submit", "assessment_ask"])
@pytest.mark.parametrize("script", [True, False])
@pytest.mark.django_db(transaction=True)
def test_the_boxes_for_somebody_new_come_with_their_choice_and_nothing_typed_is_lost(
    open_page: Callable[..., Page], sign_in: Callable[[Page, User], None], asking: str, script: bool
) -> None:
    cast = assemble()
    if asking == "submit":
        make.drafted(cast.portfolio)
        where = reverse("submit", args=[cast.portfolio.ref]) + "?activity=S-C1/1"
    else:
        row = make.planned(make.with_assessments(cast.portfolio))
        where = reverse("assessment_ask", args=[cast.portfolio.ref, row.aid])
    page = open_page(viewport={"width": 375, "height": 800}, java_script_enabled=script)
    sign_in(page, cast.trainee)
    page.goto(where)
    box, new = page.get_by_label("Their name"), page.get_by_label("Somebody who is not in this list")
    expect(box).to_be_hidden()
    new.check()
    box.fill("Grace Hall")
    page.get_by_label("Maya Lind").check()
    expect(box).to_be_hidden()
    send = page.get_by_role("main").locator("button[type=submit]").first
    page.get_by_label("I have checked this").check()
    send.click()
    expect(page.get_by_role("link", name=HIDDEN_TEXT)).to_be_visible()
    expect(box).to_have_value("Grace Hall")
    expect(box).to_be_visible()  # although another choice is made: here is what is to be mended
    page.get_by_role("link", name=HIDDEN_TEXT).click()
    if script:  # the link goes to the box by itself; without a script the browser goes there and the next key is in it
        expect(box).to_be_focused()
    new.check()
    page.get_by_label("Their e-mail address").fill("grace.hall@example.org")
    send.click()
    expect(page.get_by_role("main")).to_contain_text("Your training officer is asked to approve Grace Hall")
    assert Nomination.objects.get().name == "Grace Hall"
