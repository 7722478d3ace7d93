"""What machines ask: alive, ready, and may a robot look?"""

from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import Settings

from config import health


def test_alive_asks_no_database_even_of_somebody_with_a_session(client: Client) -> None:
    client.cookies["sessionid"] = "of-some-session"
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"alive\n")


def test_robots_are_kept_out(client: Client) -> None:
    response = client.get("/robots.txt")
    assert (response.status_code, response.content) == (200, b"User-agent: *\nDisallow: /\n")


@pytest.mark.django_db
def test_ready_when_the_database_answers_and_files_can_be_written(client: Client) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (200, b"ready\n")


@pytest.mark.django_db
def test_not_ready_while_a_migration_waits(client: Client) -> None:
    MigrationRecorder.Migration.objects.filter(app="accounts").delete()
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"not ready: migrations\n")


def test_not_ready_without_a_database_or_a_data_folder_and_no_details_are_told(
    client: Client, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(connection: object) -> None:
        raise OperationalError("connection to server at 10.0.0.1 failed: password of stp")

    monkeypatch.setattr(health, "MigrationExecutor", down)
    settings.DATA_DIR = tmp_path / "not-there"
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"not ready: database, data folder\n")


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/robots.txt"])
def test_they_are_only_read(client: Client, address: str) -> None:
    assert client.post(address).status_code == 405


@pytest.mark.django_db
def test_postgresql_plans_the_queries_of_pages_as_the_settings_say() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no such settings.")
    said = {}
    for name in ("jit", "max_parallel_workers_per_gather", "random_page_cost"):
        with connection.cursor() as cursor:
            cursor.execute(f"SHOW {name}")
            said[name] = cursor.fetchone()[0]
    assert said == {"jit": "off", "max_parallel_workers_per_gather": "0", "random_page_cost": "1.1"}
