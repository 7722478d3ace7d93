"""Signing off against everything that may happen to the item at the same moment, through the real server.

Attack cases 24, 25 and 26 of the threat model. Whatever the order, the outcome is that of a series: somebody was first,
and whoever came too late is told so. What is signed is what the page had shown.
"""

from datetime import timedelta

import pytest
from requests import Response

from audit.models import Event
from portfolio.models import Decision, Item
from portfolio.states import ActivityState
from tests import make
from tests.races.arena import ROUNDS, Arena, at_once, edit, everything_agrees

pytestmark = pytest.mark.races
AT_ONCE = 50


def test_of_fifty_parallel_sign_offs_of_one_item_one_is_made_and_the_rest_are_too_late(arena: Arena) -> None:
    item = arena.asked()
    address = f"/reviewing/{item.submission.sid}/"
    form = {"S-C1-1-outcome": "signed_off", "S-C1-1-seen": item.digest}
    windows = [arena.server.visitor(arena.cast.assessor) for _ in range(AT_ONCE)]
    answers = at_once(*[lambda window=window: window.send_form(address, form) for window in windows])
    assert sorted(answer.status_code for answer in answers) == [302] + [409] * (AT_ONCE - 1)
    assert [decision.manifest_digest for decision in Decision.objects.all()] == [item.digest]
    assert told(arena, "sign off") == 1
    everything_agrees()


def test_signing_against_withdrawing(arena: Arena) -> None:
    for _ in range(ROUNDS):
        item = arena.asked()
        ends = arena.race(arena.signing(item), lambda: withdraw(arena, item))  # noqa: B023
        assert ends in {(302, 409), (409, 302)}
        signed = arena.first_won(ends == (302, 409))
        assert signatures(item) == [(arena.cast.assessor.pk, item.digest)] * signed
        assert arena.activity.state == (ActivityState.SIGNED_OFF if signed else item.came_from)
    arena.is_whole()


def test_signing_against_asking_somebody_else(arena: Arena) -> None:
    second = arena.cast.second_assessor
    for _ in range(ROUNDS):
        item = arena.asked()
        address = f"{arena.at}/submissions/{item.submission.sid}/redirect/"
        trainee = arena.visitor(arena.cast.trainee)
        ends = arena.race(
            arena.signing(item),
            lambda: trainee.send_form(address, {"assessor": second.pk}),  # noqa: B023
        )
        assert ends in {(302, 409), (409, 302)}
        signed = arena.first_won(ends == (302, 409))
        assert signatures(item) == [(arena.cast.assessor.pk, item.digest)] * signed
        assert item.submission.addressees.get(until=None).assessor == (arena.cast.assessor if signed else second)
    arena.is_whole()


def test_signing_while_the_trainee_edits_the_page_signs_what_was_shown(arena: Arena) -> None:
    for number in range(ROUNDS):
        item = arena.asked()
        shown = pages(item)
        ends = arena.race(arena.signing(item), lambda: edit(arena, f"Other words, {number}."))  # noqa: B023
        assert ends == (302, 302)
        arena.first_won(last(arena, "sign off") < last(arena, "evidence saved"))
        assert signatures(item) == [(arena.cast.assessor.pk, item.digest)]
        assert pages(item) == shown
        assert arena.page.revisions.count() == shown[0][0] + 1
    arena.is_whole()


def test_signing_while_the_trainee_takes_it_back_edits_it_and_sends_it_again(arena: Arena) -> None:
    """The new submission is with the same assessor: a signature of the old page never falls on it."""
    for number in range(ROUNDS):
        item = arena.asked()
        shown = pages(item)
        ends = arena.race(arena.signing(item), lambda: sent_again(arena, item, f"Other words, {number}."))  # noqa: B023
        assert ends in {(302, 409), (409, 302)}
        signed = arena.first_won(ends == (302, 409))
        assert signatures(item) == [(arena.cast.assessor.pk, item.digest)] * signed
        assert pages(item) == shown
        assert Decision.objects.exclude(item=item).filter(item__attempt__gte=item.attempt).count() == 0
        assert arena.activity.state == (ActivityState.SIGNED_OFF if signed else ActivityState.IN_REVIEW)
    arena.is_whole()


def test_signing_against_unlocking(arena: Arena) -> None:
    officer, address = arena.visitor(arena.cast.officer), f"{arena.at}/modules/S-C1/1/unlock/"
    for _ in range(ROUNDS):
        item = arena.asked()
        ends = arena.race(arena.signing(item), lambda: officer.send_form(address, {"reason": "Wrong file."}))
        assert ends in {(302, 302), (302, 409)}
        unlocked = arena.first_won(ends == (302, 302))
        (decision,) = Decision.objects.filter(item=item)
        assert hasattr(decision, "unlock") == unlocked
        assert arena.activity.state == (ActivityState.RETURNED if unlocked else ActivityState.SIGNED_OFF)
    arena.is_whole()


def test_signing_against_the_end_of_the_role(arena: Arena) -> None:
    administrator, yesterday = arena.visitor(arena.cast.administrator), make.today() - timedelta(days=1)
    for number in range(ROUNDS):
        assessor = make.person(f"Assessor {number}")
        role = make.role(arena.cast.portfolio, assessor)
        make.appointments_told()
        item = arena.asked(assessor)
        form = {"ends_on": yesterday.isoformat()}
        ends = arena.race(
            arena.signing(item, assessor),
            lambda: administrator.send_form(f"/admin/portfolio/role/{role.pk}/change/", form),  # noqa: B023
        )
        role.refresh_from_db()
        signed = arena.first_won(ends[0] == 302)
        # A role in which somebody signed today cannot have ended yesterday: the form says so.
        assert ends in {(302, 422), (302, 200), (404, 302), (409, 302), (403, 302)}
        assert role.ends_on == (None if signed else yesterday)
        assert signatures(item) == [(assessor.pk, item.digest)] * signed
    arena.is_whole()


def test_signing_against_the_deactivation_of_the_assessor(arena: Arena) -> None:
    administrator = arena.visitor(arena.cast.administrator)
    for number in range(ROUNDS):
        assessor = make.person(f"Assessor {number}")
        make.role(arena.cast.portfolio, assessor)
        make.appointments_told()
        item = arena.asked(assessor)
        form = {"name": assessor.name, "email": assessor.email, "post": "", "registration_number": ""}
        ends = arena.race(
            arena.signing(item, assessor),
            lambda: administrator.send_form(f"/admin/accounts/user/{assessor.pk}/change/", form),  # noqa: B023
        )
        assert ends in {(302, 302), (401, 302), (403, 302), (404, 302), (409, 302)}
        signed = arena.first_won(ends[0] == 302)
        assert signatures(item) == [(assessor.pk, item.digest)] * signed
        deactivated = Event.objects.filter(kind="person.deactivate").latest("seq")
        assert deactivated.details == {"person": assessor.pk}
        assert Decision.objects.filter(item=item, decided_at__gt=deactivated.at).count() == 0
    arena.is_whole()


# --- what is sent, and what is there ----------------------------------------------------------------------------------


def withdraw(arena: Arena, item: Item) -> Response:
    return arena.visitor(arena.cast.trainee).send_form(f"{arena.at}/submissions/{item.submission.sid}/withdraw/")


def sent_again(arena: Arena, item: Item, body: str) -> Response:
    """Takes it back, and if that is granted changes the page and submits it to the same assessor; the last answer."""
    if (refused := withdraw(arena, item)).status_code != 302:
        return refused
    assert edit(arena, body).status_code == 302
    newest = arena.page.revisions.latest("number")
    form = {
        "S-C1-1-chosen": "on",
        "S-C1-1-pages": newest.pk,
        "assessor": arena.cast.assessor.pk,
        "declared": "on",
    }
    return arena.visitor(arena.cast.trainee).send_form(f"{arena.at}/submit/", form)


def signatures(item: Item) -> list[tuple[int, str]]:
    return list(Decision.objects.filter(item=item, outcome="signed_off").values_list("signer", "manifest_digest"))


def pages(item: Item) -> list[tuple[int, str]]:
    return list(item.pages.values_list("revision__number", "revision__body"))


def told(arena: Arena, kind: str) -> int:
    return Event.objects.filter(chain__name=arena.cast.portfolio.chain, kind=kind).count()


def last(arena: Arena, kind: str) -> int:
    """The number of the last event of this kind in the portfolio's chain."""
    return Event.objects.filter(chain__name=arena.cast.portfolio.chain, kind=kind).latest("seq").seq
