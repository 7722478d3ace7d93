"""One request brings no more than one form of the largest files, whatever its headers say."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.config.urls")]


@pytest.fixture(autouse=True)
def small_limit(settings: Settings) -> int:
    """One file of 10 bytes a form: with room for text and headers, 3 MB and a little."""
    settings.UPLOAD_MAX_BYTES, settings.UPLOAD_MAX_FILES = 10, 1
    return 3 * 1024 * 1024 + 10


def file(size: int) -> SimpleUploadedFile:
    return SimpleUploadedFile("notes.txt", b"x" * size)


def test_a_file_a_little_too_large_reaches_the_form_that_explains_it() -> None:
    response = Client().post("/taking", {"file": file(11), "body": "text"})
    assert (response.status_code, response.content) == (200, b"1 fields, 1 files")


def test_a_request_that_says_it_is_too_large_is_413(small_limit: int) -> None:
    assert Client().post("/taking", {"file": file(small_limit + 1)}).status_code == 413


def test_a_request_that_says_it_is_smaller_than_it_is_is_read_no_further_than_it_says(small_limit: int) -> None:
    response = Client().post("/taking", {"file": file(small_limit + 1)}, CONTENT_LENGTH="100")
    assert (response.status_code, response.content) == (200, b"0 fields, 0 files")
