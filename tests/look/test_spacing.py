"""A heading stands nearer to what it heads than to what is before it."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from accounts.models import User
from tests import make
from tests.cast import assemble

ASTRAY = """() => [...document.querySelectorAll('main h3')].filter(one => {
  const before = one.previousElementSibling, after = one.nextElementSibling;
  if (!before || !after) return false;
  const box = one.getBoundingClientRect();
  const above = box.top - before.getBoundingClientRect().bottom;
  return above <= after.getBoundingClientRect().top - box.bottom;
}).map(one => one.innerText)"""


@pytest.mark.django_db(transaction=True)
def test_the_words_of_an_outcome_stand_under_their_headings(
    open_page: Callable[..., Page], sign_in: Callable[[Page, User], None]
) -> None:
    cast = assemble()
    row = make.assessed(make.with_assessments(cast.portfolio), cast.assessor)
    page = open_page(viewport={"width": 1280, "height": 900})
    sign_in(page, cast.assessor)
    for name in ("assess", "assessment_comments"):
        page.goto(reverse(name, args=[row.aid]))
        assert page.get_by_role("heading", name="Agreed action").is_visible()
        assert page.evaluate(ASTRAY) == [], name
