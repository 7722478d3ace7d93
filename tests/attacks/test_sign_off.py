"""Attacks on the truth of sign-offs (docs/security.md, 19 to 38). Each has its positive control in the same set-up."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.sites import site
from django.contrib.messages import get_messages
from django.db.models import ProtectedError
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from time_machine import travel

from accounts.models import User
from audit.models import Event
from curriculum.models import Module, TrainingActivity
from portfolio import access, ledger
from portfolio.models import (
    Addressee,
    Closure,
    Confirmation,
    Decision,
    Item,
    ItemPage,
    ModuleSignOff,
    ModuleVoid,
    Organisation,
    Portfolio,
    Revision,
    StoredFile,
    Submission,
    Unlock,
)
from portfolio.models.immutable import Immutable, Unchangeable
from portfolio.progress import portfolio_progress
from portfolio.states import ActivityState, Outcome, RoleKind
from portfolio.workflow import LinkTo, perform
from tests import make
from tests.cast import Cast
from tests.curriculum.test_admin import send
from tests.portfolio.test_proof import story
from tests.portfolio.workflow.test_activity_table import everything


def desk(item: Item) -> str:
    return reverse("review", args=[item.submission.sid])


def answer(item: Item, outcome: str = Outcome.SIGNED_OFF, feedback: str = "", **more: str) -> dict[str, str]:
    """The form as the page of a decision sends it."""
    key = f"{item.activity.module.code}-{item.activity.number}"
    return {f"{key}-seen": item.digest, f"{key}-outcome": outcome, f"{key}-feedback": feedback, **more}


def of(portfolio: Portfolio, name: str, *args: Any) -> str:
    return reverse(name, args=[portfolio.ref, *args])


def as_(client: Client, person: User) -> Client:
    client.force_login(person)
    return client


def said(response: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.fixture
def whole(cast: Cast) -> Cast:
    """One of every kind of row that is signed, and a file."""
    story(cast)
    return cast


def done(portfolio: Portfolio) -> int:
    """How many items count as signed off."""
    return portfolio_progress(ledger.read_one(Portfolio.objects.get(pk=portfolio.pk))).items.done


# --- 19, 20: nobody signs their own -------------------------------------------------------------------------------


def test_19_a_trainee_signs_nothing_of_their_own(cast: Cast, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    for number in (2, 3):
        make.signed_off(cast.portfolio, cast.assessor, number=number)
    before = everything()
    as_(client, cast.trainee)
    assert client.post(desk(item), answer(item)).status_code == 404
    assert client.post(of(cast.portfolio, "module_sign_off", "S-C1"), {"seen": "0" * 64}).status_code == 403
    assert everything() == before
    refusals = [record.getMessage() for record in caplog.records if record.name == "django.request"]
    assert [message.split(":")[0] for message in refusals] == ["Not Found", "Forbidden (Permission denied)"]
    assert as_(client, cast.assessor).post(desk(item), answer(item)).status_code == 302
    assert Decision.objects.get(item=item).signer == cast.assessor
    signs_the_module(client, cast.portfolio, nobody=cast.trainee, officer=cast.officer)


def signs_the_module(client: Client, portfolio: Portfolio, *, nobody: User, officer: User) -> None:
    """Of two who send the very form that the officer's page shows, for a module that is ready, the officer alone."""
    where = of(portfolio, "module_sign_off", "S-C1")
    form = {"seen": as_(client, officer).get(where).context["seen"]}
    assert as_(client, nobody).post(where, form).status_code == 403
    assert ModuleSignOff.objects.filter(portfolio=portfolio).count() == 0
    assert as_(client, officer).post(where, form).status_code == 302
    assert ModuleSignOff.objects.get(portfolio=portfolio).signer == officer


def test_20_an_officer_signs_nothing_in_their_own_portfolio_even_with_a_role_in_it(cast: Cast, client: Client) -> None:
    """The rows are forged behind the program's back: no form gives a role in one's own portfolio."""
    own = Portfolio.objects.get(trainee=cast.officer_in_training)
    make.role(own, cast.officer_in_training, RoleKind.OFFICER)
    make.role(own, cast.assessor)
    make.role(own, cast.other_officer, RoleKind.COORDINATOR)
    for number in (2, 3):
        make.signed_off(own, cast.assessor, number=number)
    item = make.in_review(own, cast.assessor)
    current = Addressee.objects.get(submission=item.submission)
    Addressee.objects.filter(pk=current.pk).update(assessor=cast.officer_in_training)
    before = everything()
    as_(client, cast.officer_in_training)
    assert client.post(desk(item), answer(item)).status_code == 404
    for name, args in (("module_sign_off", ["S-C1"]), ("module_requirements", ["S-X1"]), ("module_void", ["S-C1"])):
        assert client.post(of(own, name, *args), {"seen": "0" * 64, "reason": "Mine."}).status_code == 403
    assert everything() == before
    Addressee.objects.filter(pk=current.pk).update(assessor=cast.assessor)
    assert as_(client, cast.assessor).post(desk(item), answer(item)).status_code == 302
    signs_the_module(client, own, nobody=cast.officer_in_training, officer=cast.other_officer)


# --- 23: what the form does not decide ----------------------------------------------------------------------------


def test_23_who_signs_when_and_what_is_the_servers_to_say(cast: Cast, client: Client) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    other = make.in_review(cast.portfolio, cast.second_assessor, number=2)
    forged = {
        "signer": str(cast.officer.pk),
        "S-C1-1-signer": str(cast.officer.pk),
        "signer_name": "Ana Reyes",
        "signed_at": "2020-01-01",
        "decided_at": "2020-01-01",
        "role": "officer",
        "submission": other.submission.sid,
        "S-C1-1-item": str(other.pk),
    }
    as_(client, cast.assessor)
    assert client.post(desk(item), answer(item) | forged).status_code == 302
    row = Decision.objects.get()
    assert (row.item, row.signer, row.signer_name, row.role_kind) == (item, cast.assessor, "Maya Lind", "assessor")
    assert row.decided_at.date() == make.today()
    assert row.manifest_digest == item.digest


def test_23_the_slot_of_another_submission_cannot_be_decided_here(cast: Cast, client: Client) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    other = make.in_review(cast.portfolio, cast.second_assessor, number=2)
    before = everything()
    as_(client, cast.assessor)
    assert client.post(desk(item), answer(item) | answer(other)).status_code == 404
    assert client.post(desk(other), answer(other)).status_code == 404
    swapped = answer(item) | {"S-C1-1-seen": other.digest}
    assert client.post(desk(item), swapped).status_code == 409
    assert client.post(desk(item), answer(item, "withdrawn")).status_code == 422
    assert everything() == before
    assert client.post(desk(item), answer(item)).status_code == 302


# --- 27, 31: a stale tab, a replay --------------------------------------------------------------------------------


def test_27_a_tab_that_shows_what_was_withdrawn_signs_nothing_and_is_shown_what_changed(
    cast: Cast, client: Client
) -> None:
    same, edited = make.page(cast.portfolio, "Same as ever"), make.page(cast.portfolio, "Edited", body="As first sent.")
    left_out = make.page(cast.portfolio, "Left out")
    activity = make.drafted(cast.portfolio, evidence=same)
    for page in (edited, left_out):
        perform("link", activity, by=cast.trainee, given=LinkTo(page, "Also."))
    first = make.submit(cast.assessor, activity)[0]
    open_tab = answer(first, Outcome.RETURNED, "Almost there: name the instrument.")
    perform("withdraw", activity, by=cast.trainee)
    make.change(edited, body="As sent again.")
    perform("unlink", activity, by=cast.trainee, given=LinkTo(left_out))
    perform("link", activity, by=cast.trainee, given=LinkTo(make.page(cast.portfolio, "Brand new"), "New."))
    second = make.submit(cast.assessor, make.activity(cast.portfolio))[0]
    before = everything()
    response = as_(client, cast.assessor).post(desk(first), open_tab)
    assert response.status_code == 409
    assert everything() == before
    assert said(response)[0].startswith("What you had open was withdrawn, and submitted again since.")
    (shown,) = response.context["desk"].items
    assert {page.title: page.tag for page in shown.pages} == {
        "Same as ever": "As in submission 1",
        "Edited": "Changed since submission 1",
        "Brand new": "New since submission 1",
    }
    assert "As sent again." in response.text
    assert "As first sent." not in response.text  # withdrawn: not to be read again
    assert "Almost there: name the instrument." in response.text
    assert f'value="{second.digest}"' in response.text
    assert client.post(desk(second), answer(second)).status_code == 302
    assert Decision.objects.get().manifest_digest == second.digest


def test_27_a_stale_digest_on_the_right_page_signs_nothing(cast: Cast, client: Client) -> None:
    first = make.in_review(cast.portfolio, cast.assessor)
    make.decide(first, "return", feedback="Once more.")
    second = make.submit(cast.assessor, make.activity(cast.portfolio))[0]
    before = everything()
    as_(client, cast.assessor)
    for seen in (first.digest, "", "0" * 64):
        response = client.post(desk(second), answer(second) | {"S-C1-1-seen": seen})
        assert response.status_code == 409
        assert said(response) == ["S-C1 1 is not as this page showed it. Nothing was decided."]
        assert f'value="{second.digest}"' in response.text
    assert everything() == before
    assert client.post(desk(second), answer(second)).status_code == 302


def test_31_a_request_sent_again_decides_nothing_again(cast: Cast, client: Client) -> None:
    """A captured request, a double click, the way back: as it was, with other feedback, with the other outcome."""
    item = make.in_review(cast.portfolio, cast.assessor)
    as_(client, cast.assessor)
    assert client.post(desk(item), answer(item)).status_code == 302
    before = everything()
    for again in (answer(item), answer(item, feedback="Very well."), answer(item, Outcome.RETURNED, "No.")):
        assert client.post(desk(item), again).status_code == 409
    assert "Nothing to decide" in client.get(desk(item)).text
    assert everything() == before
    assert Decision.objects.count() == 1


def test_31_a_module_is_signed_once_however_often_the_form_is_sent(cast: Cast, client: Client) -> None:
    for number in (1, 2, 3):
        make.signed_off(cast.portfolio, cast.assessor, number=number)
    where = of(cast.portfolio, "module_sign_off", "S-C1")
    form = {"seen": as_(client, cast.officer).get(where).context["seen"]}
    assert [client.post(where, form).status_code for _ in range(3)] == [302, 409, 409]
    assert ModuleSignOff.objects.count() == 1


# --- 29, 33: what is signed stays as it was -----------------------------------------------------------------------


def test_29_an_edit_after_sign_off_makes_a_new_version_and_progress_stands(cast: Cast, client: Client) -> None:
    activity = make.signed_off(cast.portfolio, cast.assessor)
    page, item, before = activity.links.get().evidence, Item.objects.get(), done(cast.portfolio)
    signed = as_(client, cast.officer).get(of(cast.portfolio, "submission", item.submission.sid)).text
    as_(client, cast.trainee)
    where, on = of(cast.portfolio, "evidence_edit", page.eid), page.happened_on
    sent = {"title": page.title, "kind": page.kind, "body": "Rather more than I did."}
    sent |= {"happened_on_0": on.day, "happened_on_1": on.month, "happened_on_2": on.year}
    assert client.post(where, sent).status_code == 302
    assert [row.number for row in page.revisions.order_by("number")] == [1, 2]
    shown = as_(client, cast.officer).get(of(cast.portfolio, "submission", item.submission.sid)).text
    assert "I did it, and this is what I learnt." in shown
    assert "Rather more than I did." not in shown
    assert shown.count("Signed off") == signed.count("Signed off") > 0
    assert (
        "Changed since it was submitted"
        in as_(client, cast.trainee).get(of(cast.portfolio, "activity", "S-C1", 1)).text
    )
    assert done(cast.portfolio) == before == 1


SIGNED = [model for model in apps.get_app_config("portfolio").get_models() if issubclass(model, Immutable)]


def _as_stored(model: type[Immutable]) -> Immutable:
    """Of a kind that this story has no row of: it is refused before anybody looks for it."""
    row = model()
    row._state.adding = False
    return row


def test_29_what_is_signed_is_changed_by_no_update_and_by_nothing_in_bulk(whole: Cast) -> None:
    before = everything()
    for model in SIGNED:
        rows = model._default_manager.all()
        row, field = (
            rows.first() or _as_stored(model),
            next(f for f in model._meta.concrete_fields if not f.primary_key),
        )
        for change in (
            lambda rows=rows, field=field, row=row: rows.update(**{field.name: getattr(row, field.attname)}),
            lambda rows=rows, field=field, row=row: rows.bulk_update([row], [field.name]),
            lambda rows=rows, field=field, row=row: rows.bulk_create(
                [row], update_conflicts=True, update_fields=[field.name], unique_fields=["id"]
            ),
            rows.delete,
            row.save,
            row.delete,
        ):
            with pytest.raises(Unchangeable):
                change()
    assert everything() == before


def test_33_a_corrected_wording_is_shown_from_now_on_and_what_was_signed_keeps_the_old_one(
    cast: Cast, client: Client
) -> None:
    activity = make.signed_off(cast.portfolio, cast.assessor)
    item = Item.objects.get()
    as_(client, cast.administrator)
    assert send(client, activity.module, **{"activities-0-title": "A better title"}) == []
    as_(client, cast.officer)
    signed = client.get(of(cast.portfolio, "submission", item.submission.sid)).text
    assert "Task 1 of S-C1" in signed
    assert "A better title" not in signed
    assert "Record does not agree" not in signed
    assert "A better title" in client.get(of(cast.portfolio, "activity", "S-C1", 1)).text


# --- 30, 36: unlocking --------------------------------------------------------------------------------------------


def test_30_what_is_unlocked_and_edited_counts_only_when_it_is_decided_again(cast: Cast, client: Client) -> None:
    activity = make.signed_off(cast.portfolio, cast.assessor)
    assert done(cast.portfolio) == 1
    where = of(cast.portfolio, "activity_unlock", "S-C1", 1)
    assert as_(client, cast.officer).post(where, {"reason": "The wrong file."}).status_code == 302
    make.change(activity.links.get().evidence, body="Now with the right file.")
    assert done(cast.portfolio) == 0
    assert make.activity(cast.portfolio).state == ActivityState.RETURNED
    history = client.get(of(cast.portfolio, "history")).text
    assert ("Signed off S-C1 1" in history, "Unlocked S-C1 1" in history) == (True, True)
    shown = client.get(of(cast.portfolio, "activity", "S-C1", 1)).text
    assert "The wrong file." in shown
    make.decide(make.submit(cast.assessor, make.activity(cast.portfolio))[0])
    assert done(cast.portfolio) == 1


def test_36_only_who_may_unlocks_and_the_decision_stays(cast: Cast, client: Client) -> None:
    make.signed_off(cast.portfolio, cast.assessor)
    where, before = of(cast.portfolio, "activity_unlock", "S-C1", 1), everything()
    sent = {"reason": "I want it back."}
    answers = {
        name: as_(client, person).post(where, sent).status_code
        for name, person in cast.people().items()
        if name not in ("officer", "coordinator", "administrator", "cohort_administrator")
    }
    assert answers.pop("deactivated") == 401  # signed out: what they sent is given back
    may_see = {"trainee": 403, "officer_in_training": 403}
    assert answers == {name: may_see.get(name, 404) for name in answers}
    assert as_(client, cast.officer).post(where, {"reason": " "}).status_code == 422
    assert everything() == before
    decision = Decision.objects.values().get()
    assert client.post(where, {"reason": "The wrong file."}).status_code == 302
    assert Decision.objects.values().get() == decision
    assert Unlock.objects.values_list("decision", "reason", "signer").get() == (
        decision["id"],
        "The wrong file.",
        cast.officer.pk,
    )
    assert client.post(where, {"reason": "Again."}).status_code == 409


# --- 38: a right that is given, used and taken back ----------------------------------------------------------------


def test_38_a_right_that_is_given_used_and_taken_back_stays_to_be_seen(cast: Cast, client: Client) -> None:
    """Nobody gives it to themselves; of a friend the trainee and the officer read who signed, and for how long they
    could; the instance's chain tells who gave it."""
    add, friend = reverse("admin:portfolio_role_add"), cast.stranger
    form = {"portfolio": cast.portfolio.pk, "kind": "assessor", "starts_on": make.today().isoformat(), "ends_on": ""}
    as_(client, cast.administrator)
    assert client.post(add, {**form, "user": cast.administrator.email}).status_code == 422
    assert client.post(add, {**form, "user": friend.email}).status_code == 302
    role = friend.roles.get()
    make.decide(make.in_review(cast.portfolio, friend))
    page = reverse("admin:portfolio_role_change", args=[role.pk])
    earlier = make.today() - timedelta(days=1)
    assert client.post(page, {"ends_on": earlier.isoformat()}).status_code == 422  # before what was signed in it
    assert client.post(page, {"ends_on": make.today().isoformat()}).status_code == 302
    assert client.post(reverse("admin:portfolio_role_delete", args=[role.pk]), {"post": "yes"}).status_code == 403
    told = Event.objects.filter(chain__name="instance", kind__in=["role given", "role ended", "role changed"])
    assert [one.actor_name for one in told.order_by("seq")] == [cast.administrator.name] * 2
    with travel(timezone.now() + timedelta(days=1), tick=False):
        for reader in (cast.trainee, cast.officer):
            people = as_(client, reader).get(of(cast.portfolio, "people"))
            assert [(one.name, one.ends_on) for one in people.context["past"] if one.name == friend.name] == [
                (friend.name, role.starts_on)
            ]
            shown = client.get(of(cast.portfolio, "submission", Item.objects.get().submission.sid)).text
            assert friend.name in shown


# --- 32: out of turn ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["draft", "returned", "signed off"])
def test_32_what_is_not_in_review_is_not_signed(cast: Cast, client: Client, state: str) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    if state == "draft":
        perform("withdraw", item.activity, by=cast.trainee)
    else:
        make.decide(item, "return" if state == "returned" else "sign off", feedback="As said.")
    before = everything()
    as_(client, cast.assessor)
    for outcome in (Outcome.SIGNED_OFF, Outcome.RETURNED):
        assert client.post(desk(item), answer(item, outcome, "Out of turn.")).status_code == 409
    assert everything() == before


def test_32_a_module_with_two_of_three_is_not_signed(cast: Cast, client: Client) -> None:
    for number in (1, 2):
        make.signed_off(cast.portfolio, cast.assessor, number=number)
    where = of(cast.portfolio, "module_sign_off", "S-C1")
    page = as_(client, cast.officer).get(where)
    before = everything()
    response = client.post(where, {"seen": page.context["seen"]})
    assert response.status_code == 409
    assert "What is missing" in response.text
    assert everything() == before
    make.signed_off(cast.portfolio, cast.assessor, number=3)
    assert client.post(where, {"seen": client.get(where).context["seen"]}).status_code == 302


# --- 34, 37: nothing that a sign-off needs is deleted -------------------------------------------------------------


def test_34_nothing_that_a_sign_off_needs_is_deleted_and_nothing_goes_with_it(cast: Cast) -> None:
    page = make.page(cast.portfolio)
    make.attachment(page)
    make.decide(make.submit(cast.assessor, make.drafted(cast.portfolio, evidence=page))[0])
    module = Module.objects.get(curriculum=cast.portfolio.curriculum, code="S-C1")
    decision = Decision.objects.get()
    before = everything()
    for row in (
        cast.trainee,
        cast.assessor,
        module,
        module.block,
        module.curriculum,
        cast.portfolio,
        decision.role,
        decision.item,
        decision.item.submission,
        decision.item.activity,
        page,
        page.attachments.get(),
    ):
        with pytest.raises(ProtectedError):
            row.delete()
    for row in (StoredFile.objects.get(), Revision.objects.first(), ItemPage.objects.get(), decision):
        with pytest.raises(Unchangeable):
            row.delete()
    assert everything() == before
    assert cast.stranger.delete()[0] == 1  # the control: somebody on whom nothing rests


@pytest.mark.parametrize("who", ["administrator", "superuser"])
def test_34_nobody_deletes_what_it_was_made_against_of_a_curriculum(cast: Cast, client: Client, who: str) -> None:
    """No block, no module and no training activity, on a page of its own or as a row of another's. What was signed
    points to no row of an activity: it holds its wording, and stands also where that row is gone."""
    activity = make.signed_off(cast.portfolio, cast.assessor)
    module = activity.module
    before = list(TrainingActivity.objects.order_by("pk").values()), everything()
    as_(client, getattr(cast, who))
    for row in (module.curriculum, module.block, module):
        page = reverse(f"admin:curriculum_{row._meta.model_name}_delete", args=[row.pk])
        assert client.post(page, {"post": "yes"}).status_code == 403, row
    send(client, module, **{"activities-0-DELETE": "on"})
    send(client, module.block, **{"modules-0-DELETE": "on"})
    send(client, module.curriculum, **{"blocks-0-DELETE": "on"})
    assert (list(TrainingActivity.objects.order_by("pk").values()), everything()) == before
    TrainingActivity.objects.get(module=module, number=activity.number).delete()  # behind the program's back
    shown = as_(client, cast.officer).get(of(cast.portfolio, "submission", Item.objects.get().submission.sid)).text
    assert ("Task 1 of S-C1" in shown, "Record does not agree" in shown) == (True, False)


def test_34_no_row_of_a_portfolio_goes_with_another() -> None:
    """PROTECT on every relation: there is no cascade to be set off."""
    cascading = [
        f"{model.__name__}.{field.name}"
        for app in ("portfolio", "audit")
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.concrete_fields
        if field.is_relation and field.remote_field.on_delete.__name__ != "PROTECT"
    ]
    assert cascading == []


KEPT = [Item, Decision, Unlock, ModuleSignOff, ModuleVoid, Confirmation, Revision, Submission, Closure]


@pytest.mark.parametrize("who", ["administrator", "superuser"])
def test_37_the_admin_site_offers_no_way_to_change_what_is_signed(whole: Cast, client: Client, who: str) -> None:
    """An administrator reads it there; a superuser who administers nothing does not see that it is there."""
    before = everything()
    sees = who == "administrator"
    as_(client, getattr(whole, who))
    for model in KEPT:
        registered = site.get_model_admin(model)
        offered = (registered.save_as, list(registered.list_editable), list(registered.inlines), registered.actions)
        assert offered == (False, [], [], None), model
        row = access.visible(whole.administrator, model).order_by("pk").first()
        assert row is not None, model
        name = f"admin:portfolio_{model._meta.model_name}"
        shown = client.get(reverse(f"{name}_change", args=[row.pk]))
        assert shown.status_code == (200 if sees else 404), model
        for button in ("_save", "_saveasnew", "_addanother", "_continue", "deletelink"):
            assert button not in shown.text, model
        assert 'name="action"' not in client.get(reverse(f"{name}_changelist")).text
        forged = {
            "_save": "Save",
            "_saveasnew": "1",
            "outcome": "signed_off",
            "title": "x",
            "reason": "x",
            "post": "yes",
        }
        for step in ("change", "delete"):
            answered = client.post(reverse(f"{name}_{step}", args=[row.pk]), forged).status_code
            assert answered in ((403,) if sees else (403, 404)), (model, step)
        assert client.post(reverse(f"{name}_add"), forged).status_code == 403, model
        mass = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        edit = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": row.pk, "form-0-state": "x", "_save": "1"}
        for sent in (mass, edit):
            client.post(reverse(f"{name}_changelist"), sent)
    assert everything() == before
    kept = reverse("admin:portfolio_organisation_change", args=[make.organisation("Southmoor").pk])
    assert client.post(kept, {"name": "Eastmoor", "mail_domains": "", "_save": "Save"}).status_code == 302
    assert Organisation.objects.filter(name="Eastmoor").count() == 1  # what is kept there is changed there
