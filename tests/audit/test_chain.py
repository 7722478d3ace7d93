"""Chains: what is added stands, and what was changed, cut or forged is named."""

import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from unittest.mock import patch

import pytest
from django.db import IntegrityError, connection, connections, transaction

from audit.chain import Broken, append, verify
from audit.models import Chain, Event, Immutable

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


@dataclass
class Person:
    pk: int
    name: str


ASHA = Person(7, "Asha Example")


def grow(name: str = "portfolio:1", *, events: int = 5) -> list[Event]:
    with transaction.atomic():
        return [append(name, "activity.submit", by=ASHA, data={"activity": n}, at=NOON) for n in range(events)]


def sql(statement: str, *values: Any) -> None:
    """What somebody with the database itself can do."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


# --- adding -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_event_holds_who_what_and_when_as_text() -> None:
    (event,) = grow(events=1)
    event.refresh_from_db()
    assert (event.seq, event.kind, event.at) == (1, "activity.submit", NOON)
    assert (event.actor_id, event.actor_name) == (7, "Asha Example")
    assert (event.data, event.details) == ('{"activity":0}', {"activity": 0})
    assert (str(event.chain), str(event)) == ("portfolio:1", f"{event.chain_id}/1 activity.submit")


@pytest.mark.django_db
def test_events_are_numbered_without_a_gap_and_each_follows_the_one_before() -> None:
    events = grow(events=3)
    assert [event.seq for event in events] == [1, 2, 3]
    assert [event.prev for event in events[1:]] == [event.hash for event in events[:-1]]
    chain = Chain.objects.get(name="portfolio:1")
    assert (chain.head_seq, chain.head_hash) == (3, events[-1].hash)


@pytest.mark.django_db
def test_the_hash_of_an_event_never_changes_between_versions() -> None:
    assert grow(events=1)[0].hash == "5e3a55fd2b30036fe2424d723d75b7ce9c5a0b492bc6158c331f005351c35fc5"


@pytest.mark.django_db
def test_two_chains_with_the_same_events_share_no_hash() -> None:
    assert {event.hash for event in grow("portfolio:1")} & {event.hash for event in grow("portfolio:2")} == set()


@pytest.mark.django_db
def test_an_event_by_nobody_is_the_systems_and_happens_now() -> None:
    with transaction.atomic():
        event = append("instance", "curriculum.load", by=None, data={})
    assert (event.actor_id, event.actor_name) == (None, "system")
    assert abs(datetime.now(UTC) - event.at) < timedelta(minutes=1)


@pytest.mark.django_db
def test_the_time_of_an_event_means_the_same_in_every_time_zone() -> None:
    with transaction.atomic():
        append("instance", "x", by=None, data={}, at=NOON.astimezone(timezone(timedelta(hours=5))))
    assert verify("instance") is None


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        append("instance", "x", by=None, data={})
    assert Chain.objects.count() == 0


@pytest.mark.django_db
def test_what_is_undone_leaves_no_event() -> None:
    grow(events=2)
    with transaction.atomic():
        append("portfolio:1", "x", by=None, data={})
        transaction.set_rollback(True)
    assert (Event.objects.count(), verify("portfolio:1")) == (2, None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"data": {"text": "x" * 501}}, ValueError),
        ({"data": {"deep": [{"er": "x" * 501}]}}, ValueError),
        ({"data": {"x" * 501: 1}}, ValueError),
        ({"data": {"share": 0.5}}, TypeError),
        ({"data": {"when": NOON}}, TypeError),
        ({"at": NOON.replace(tzinfo=None)}, ValueError),
        ({"chain": ""}, ValueError),
        ({"chain": "x" * 101}, ValueError),
        ({"kind": ""}, ValueError),
        ({"kind": "x" * 61}, ValueError),
    ],
)
def test_what_does_not_belong_in_an_event_is_refused(arguments: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error), transaction.atomic():
        append(**{"chain": "instance", "kind": "x", "by": None, "data": {}} | arguments)
    assert Chain.objects.count() == 0


@pytest.mark.django_db
def test_a_text_of_500_characters_is_kept() -> None:
    with transaction.atomic():
        assert append("instance", "x", by=None, data={"text": ["x" * 500]}).details == {"text": ["x" * 500]}


@pytest.mark.django_db
def test_characters_that_steer_a_terminal_are_written_as_codes() -> None:
    name = "A\r\n\x1b[31mB\u202egpj\x00\u2028"
    with transaction.atomic():
        event = append("instance", "x", by=Person(1, name), data={"name": name})
    expected = r"A\u000d\u000a\u001b[31mB\u202egpj\u0000\u2028"
    assert (event.actor_name, event.details) == (expected, {"name": expected})
    assert verify("instance") is None


@pytest.mark.django_db
def test_an_overlong_name_is_cut_and_blocks_nothing() -> None:
    with transaction.atomic():
        event = append("instance", "x", by=Person(1, "\x00" * 200), data={})
    assert len(event.actor_name) == 500
    assert verify("instance") is None


# --- what is kept for ever ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_event_cannot_be_changed_or_removed_through_the_models() -> None:
    event = grow()[0]
    stored = Event.objects.get(pk=event.pk)
    copy = Event(
        pk=event.pk, chain=event.chain, seq=9, prev="p", hash="h", at=NOON, kind="x", actor_name="x", data="{}"
    )
    tries = [
        event.save,
        stored.save,
        event.delete,
        Event.objects.all().delete,
        lambda: Event.objects.update(kind="x"),
        lambda: event.chain.events.update(kind="x"),
        lambda: Event.objects.bulk_update([event], ["kind"]),
        lambda: Event.objects.bulk_create([event]),
        lambda: Event.objects.update_or_create(pk=event.pk, defaults={"kind": "x"}),
        event.chain.delete,
        Chain.objects.all().delete,
    ]
    for attempt in tries:
        with pytest.raises(Immutable):
            attempt()
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save()
    assert (Event.objects.count(), verify("portfolio:1")) == (5, None)


@pytest.mark.django_db
@pytest.mark.parametrize("same", ["seq", "prev", "hash"])
def test_the_database_refuses_a_second_event_in_the_same_place(same: str) -> None:
    first = grow()[0]
    fields = {"seq": 99, "prev": "p", "hash": "h", same: getattr(first, same)}
    with pytest.raises(IntegrityError), transaction.atomic():
        Event(chain=first.chain, at=NOON, kind="x", actor_name="x", data="{}", **fields).save()


@pytest.mark.django_db
def test_the_database_refuses_an_event_before_the_first() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Event(chain=grow()[0].chain, seq=0, prev="p", hash="h", at=NOON, kind="x", actor_name="x", data="{}").save()


# --- finding what was done below the models -----------------------------------------------------------------------


@pytest.mark.django_db
def test_a_chain_that_nobody_touched_is_whole() -> None:
    grow()
    assert verify("portfolio:1") is None


@pytest.mark.django_db
def test_a_chain_that_does_not_exist_is_not_called_whole() -> None:
    with pytest.raises(Chain.DoesNotExist):
        verify("portfolio:404")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        "data = '{\"activity\":3}'",
        "data = '{\"activity\": 2}'",
        "kind = 'activity.withdraw'",
        "actor_id = 8",
        "actor_id = NULL",
        "actor_name = 'Ben Example'",
        "at = '2026-03-01 12:00:00.123457+00:00'",
        "hash = 'f' || substr(hash, 1, 63)",
        "prev = 'f' || substr(prev, 1, 63)",
    ],
)
def test_an_altered_event_is_named(change: str) -> None:
    grow()
    sql(f"UPDATE audit_event SET {change} WHERE seq = 3")
    broken = verify("portfolio:1")
    assert broken is not None
    assert (broken.chain, broken.seq) == ("portfolio:1", 3)


@pytest.mark.django_db
def test_a_name_spelt_in_other_bytes_is_an_alteration() -> None:
    with transaction.atomic():
        append("instance", "x", by=Person(1, "Zo\u00eb"), data={})
    sql("UPDATE audit_event SET actor_name = %s", "Zoe\u0308")
    assert verify("instance") == Broken("instance", 1, "it was altered")


@pytest.mark.django_db
def test_a_missing_event_is_named() -> None:
    grow()
    sql("DELETE FROM audit_event WHERE seq = 3")
    assert verify("portfolio:1") == Broken("portfolio:1", 3, "it is missing")


@pytest.mark.django_db
def test_two_events_that_changed_places_are_named() -> None:
    grow()
    for old, new in [(2, 99), (4, 2), (99, 4)]:
        sql("UPDATE audit_event SET seq = %s WHERE seq = %s", new, old)
    assert verify("portfolio:1") == Broken("portfolio:1", 2, "it does not follow the event before it")


@pytest.mark.django_db
@pytest.mark.parametrize("kept", [3, 0])
def test_a_cut_tail_is_named(kept: int) -> None:
    grow()
    sql("DELETE FROM audit_event WHERE seq > %s", kept)
    what = "it is missing, and all after it: the chain's row counts 5"
    assert verify("portfolio:1") == Broken("portfolio:1", kept + 1, what)


@pytest.mark.django_db
def test_a_chain_emptied_with_its_row_set_back_is_not_whole() -> None:
    grow()
    sql("DELETE FROM audit_event")
    sql("UPDATE audit_chain SET head_seq = 0")
    broken = verify("portfolio:1")
    assert broken is not None
    assert broken.seq == 1


@pytest.mark.django_db
def test_a_row_of_the_chain_that_names_another_end_is_told() -> None:
    grow()
    sql("UPDATE audit_chain SET head_hash = %s", "0" * 64)
    assert verify("portfolio:1") == Broken("portfolio:1", 5, "its hash is not the one that the chain's row holds")
    sql("UPDATE audit_chain SET head_seq = 4, head_hash = (SELECT hash FROM audit_event WHERE seq = 4)")
    assert verify("portfolio:1") == Broken("portfolio:1", 5, "it is more than the chain's row counts (4)")


@pytest.mark.django_db
def test_a_chain_under_another_name_is_not_whole() -> None:
    grow()
    sql("UPDATE audit_chain SET name = 'portfolio:2'")
    assert verify("portfolio:2") == Broken("portfolio:2", 1, "it does not follow the event before it")


@pytest.fixture
def no_unique_numbers(transactional_db: None) -> Iterator[None]:
    """The database after somebody took its rule away."""
    rule = next(rule for rule in Event._meta.constraints if rule.name == "each_number_stands_once_in_a_chain")
    others = [other for other in Event._meta.constraints if other is not rule]
    with (
        patch.object(Event._meta, "constraints", others),  # SQLite makes the table anew, as the model says
        connection.schema_editor() as editor,
    ):
        editor.remove_constraint(Event, rule)
    yield
    sql("DELETE FROM audit_event")
    with connection.schema_editor() as editor:
        editor.add_constraint(Event, rule)


@pytest.mark.usefixtures("no_unique_numbers")
def test_a_fork_is_named() -> None:
    chain = grow()[0].chain
    Event(chain=chain, seq=3, prev="p", hash="h", at=NOON, kind="x", actor_name="x", data="{}").save()
    broken = verify("portfolio:1")
    assert broken == Broken("portfolio:1", 3, "the chain forks: the number stands more than once")
    assert str(broken) == "portfolio:1: event 3: the chain forks: the number stands more than once"


@pytest.mark.django_db
@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite lets a column hold what is not of its type")
@pytest.mark.parametrize(
    "change", ["at = 'never'", "at = '2026-13-01 12:00:00'", "at = 5", "kind = CAST(x'ff' AS TEXT)"]
)
def test_a_row_that_cannot_be_read_is_named(change: str) -> None:
    grow()
    sql(f"UPDATE audit_event SET {change} WHERE seq = 3")
    broken = verify("portfolio:1")
    assert broken is not None
    assert broken.seq == 3


@pytest.mark.django_db
@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite lets a column hold what is not of its type")
def test_a_chains_row_that_cannot_be_read_is_told() -> None:
    grow()
    sql("UPDATE audit_chain SET head_seq = 'five'")
    assert verify("portfolio:1") == Broken("portfolio:1", 1, "the chain's row cannot be read")


@pytest.mark.django_db
def test_any_single_changed_character_is_found_where_it_is() -> None:
    grow(events=10)
    chance = random.Random(1)
    for _ in range(150):
        event = Event.objects.get(seq=chance.randint(1, 10))
        column = chance.choice(["prev", "hash", "kind", "actor_name", "data"])
        old = getattr(event, column)
        place = chance.randrange(len(old))
        new = old[:place] + chr(ord(old[place]) ^ (1 << chance.randrange(5))) + old[place + 1 :]
        if "\x00" in new or any(ord(c) < 32 for c in new):
            new = old[:place] + "~" + old[place + 1 :]
        sql(f"UPDATE audit_event SET {column} = %s WHERE id = %s", new, event.pk)
        broken = verify("portfolio:1")
        assert broken is not None
        assert broken.seq == event.seq
        sql(f"UPDATE audit_event SET {column} = %s WHERE id = %s", old, event.pk)
    assert verify("portfolio:1") is None


# --- many at once -------------------------------------------------------------------------------------------------


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_a_chain_that_grows_meanwhile_is_not_called_broken() -> None:
    grow(events=20)
    done = threading.Event()

    def write() -> None:
        try:
            for _ in range(40):
                grow(events=1)
        finally:
            done.set()
            connections.close_all()

    thread = threading.Thread(target=write)
    thread.start()
    found = [verify("portfolio:1")]
    while not done.is_set():
        found.append(verify("portfolio:1"))
    thread.join()
    assert set(found) == {None}
