"""A programme's own mark form: edited in the admin site, it is what is marked from then on, and never before."""

import json
from typing import Any

from django.test import Client
from django.urls import reverse
from zeal import zeal_ignore

from curriculum.models import MarkForm
from portfolio import proof
from portfolio.models import Portfolio
from tests import make
from tests.cast import Cast

OLD = ("Prepares (DOPS)", "Explains (DOPS)", "Below expectations", "Meets expectations")
OWN_SCALE = ("With help", "Alone", "Teaches it")
OWN_CRITERIA = ("Labels at the bedside", "Tells the laboratory", "Leaves the room safe")


def edited(administrator: Client, form: MarkForm) -> None:
    """Through the form of the admin site: another scale, other words for both criteria and a third one."""
    rows: dict[str, Any] = {"criteria-TOTAL_FORMS": 3, "criteria-INITIAL_FORMS": 2, "criteria-2-form": form.pk}
    for at, text in enumerate(OWN_CRITERIA):
        rows |= {f"criteria-{at}-position": at + 1, f"criteria-{at}-text": text}
    for at, row in enumerate(form.criteria.order_by("position")):
        rows |= {f"criteria-{at}-id": row.pk, f"criteria-{at}-form": form.pk}
    where = reverse("admin:curriculum_markform_change", args=[form.pk])
    with zeal_ignore():  # Django's own form asks for each row that it was sent
        answer = administrator.post(where, {"scale": "\n".join(OWN_SCALE), **rows})
    assert answer.status_code == 302


def test_an_edited_mark_form_is_shown_and_marked_from_then_on_and_old_records_keep_their_words(
    cast: Cast, priya: Portfolio
) -> None:
    before = make.assessed(priya, cast.assessor, title="Before")
    row = make.asked(priya, cast.assessor, title="After")
    administrator, assessor, trainee = Client(), Client(), Client()
    for client, person in ((administrator, cast.administrator), (assessor, cast.assessor), (trainee, cast.trainee)):
        client.force_login(person)
    where = reverse("assess", args=[row.aid])
    opened = assessor.get(where)
    assert all(word in opened.text for word in OLD)
    kept = before.decision.marks

    edited(administrator, MarkForm.objects.get(programme=priya.programme, kind="DOPS"))

    words = {"outcome": "satisfactory", "standing": "on", "strengths": "Calm.", "to_develop": "", "action": ""}
    old_marks = {f"mark_{at}": "Meets expectations" for at in range(3)}
    seen = opened.context["form"]["seen"].value()
    late = assessor.post(where, {"seen": seen, **words, **old_marks})  # the form that was open when it was edited
    assert (late.status_code, "Calm." in late.text) == (409, True)
    page = assessor.get(where)
    for shown in (late, page):
        assert all(word in shown.text for word in (*OWN_SCALE, *OWN_CRITERIA))
        assert not any(word in shown.text for word in OLD)

    words["seen"] = page.context["form"]["seen"].value()
    assert assessor.post(where, words | old_marks).status_code == 422  # words that are no longer on the scale
    own_marks = dict(zip((f"mark_{at}" for at in range(3)), ("Alone", "With help", "Teaches it"), strict=True))
    assert assessor.post(where, words | own_marks).status_code == 302

    decided, first = make.assessment(row), make.assessment(before)
    form = json.loads(decided.decision.marks)
    assert (form["scale"], [(one["text"], one["mark"]) for one in form["marked"]]) == (
        list(OWN_SCALE),
        list(zip(OWN_CRITERIA, ("Alone", "With help", "Teaches it"), strict=True)),
    )
    assert first.decision.marks == kept
    for client, name, of in ((assessor, "assess", []), (trainee, "assessment", [priya.ref])):
        new, old = (client.get(reverse(name, args=[*of, one.aid])) for one in (decided, first))
        assert new.context["marks"] == [
            {"kind": "DOPS", "lines": list(zip(OWN_CRITERIA, ("Alone", "With help", "Teaches it"), strict=True))}
        ]
        assert old.context["marks"] == [{"kind": "DOPS", "lines": [(text, OLD[3]) for text in OLD[:2]]}]
        assert [proof.DOUBT in page.text for page in (new, old)] == [False, False]
