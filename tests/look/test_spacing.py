"""What belongs together stands together: a heading and its words, the marks of a criterion, a circle and its label."""

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

OUT_OF_THE_MIDDLE = """() => [...document.querySelectorAll('.app-choice')].filter(one => {
  const [circle, box] = ['input', 'label'].map(part => one.querySelector(part).getBoundingClientRect());
  return Math.abs(circle.top + circle.height / 2 - box.top - box.height / 2) > 1;
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


@pytest.mark.django_db(transaction=True)
def test_the_marks_of_a_criterion_stand_on_one_line_and_each_circle_in_the_middle_of_its_box(
    open_page: Callable[..., Page], sign_in: Callable[[Page, User], None]
) -> None:
    cast = assemble()
    row = make.asked(make.with_assessments(cast.portfolio), cast.assessor)
    page = open_page(viewport={"width": 1280, "height": 900})
    sign_in(page, cast.assessor)
    page.goto(reverse("assess", args=[row.aid]))
    tops = (
        page.get_by_role("group", name="Prepares")
        .locator("label")
        .evaluate_all("all => all.map(one => one.getBoundingClientRect().top)")
    )
    assert (len(tops), len(set(tops))) == (4, 1)
    page.set_viewport_size({"width": 700, "height": 900})
    page.evaluate("document.querySelector('.app-choice label').textContent = 'Below what is expected '.repeat(5)")
    assert page.evaluate(OUT_OF_THE_MIDDLE) == []
