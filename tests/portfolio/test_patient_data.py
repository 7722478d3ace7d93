"""What looks like it identifies a patient is found wherever it hides, and nothing of it is repeated.

All numbers begin as those do that are given to nobody: with 999, or not as any NHS number does.
"""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.patient_data import Finding, find, looks_like


def kinds(text: str) -> list[str]:
    return [finding.kind for finding in find(text)]


def check_digit(nine: str) -> int:
    """Modulus 11, written another way than in the code under test."""
    return (11 - sum(int(digit) * (10 - place) for place, digit in enumerate(nine)) % 11) % 11


def test_a_finding_says_where_and_never_what() -> None:
    text = "Seen with 999 000 0018 today"
    (finding,) = find(text)
    assert text[finding.start : finding.end] == "999 000 0018"
    assert repr(finding) == "Finding(kind='NHS number', start=10, end=22)"


@pytest.mark.parametrize(
    "text",
    [
        "9990000018",
        "999 000 0018",
        "999-000-0018",
        "999.000.0018",
        "999\u00a0000\u00a00018",
        "999\u2013000\u20130018",
        "999\u2011000\u20110018",
        "999 - 000 - 0018",
        "999\n000\n0018",
        "999000 0018",
        "９９９０００００１８",
        "９９９　０００　００１８",
        "999\u200b000\u200b0018",
        "(9990000018)",
        "**9990000018**",
        "NHS no.9990000018",
        "NHS number:9990000018.",
        "scan_999_000_0018.pdf",
        "report-of-9990000018.docx",
        "Patient 2 9990000018",
        "1. 999 000 0018",
        "Bed 12, 999 000 0018, and home.",
    ],
)
def test_an_nhs_number_is_found_however_it_is_written(text: str) -> None:
    assert kinds(text) == ["NHS number"]


def test_every_nhs_number_in_a_text_is_found() -> None:
    assert [finding.start for finding in find("9990000018 and 999 000 0026")] == [0, 15]


@given(st.from_regex(r"999[0-9]{6}", fullmatch=True), st.integers(0, 9))
def test_a_number_is_found_exactly_when_its_last_digit_checks_the_others(nine: str, last: int) -> None:
    assert kinds(f"x {nine}{last} y") == (["NHS number"] if last == check_digit(nine) else [])


@pytest.mark.parametrize(
    "text",
    [
        "9990000019",  # wrong check digit
        "5000000005",  # none begins with 5 or 8, though this check digit is right
        "1799999998",  # 17 99 is no date: not a Scottish number
        "0000000000",
        "19990000018",  # part of a longer number
        "99900000180",
        "12.9990000018",
        "9990000018.5",
        "999000001-8",
        "+44 999 000 0018",
        "+1 (999) 000-0018",
        "020 7946 0958",
        "07700 900123",
        "+447700900123",
        "HCPC CS01234, RA99900",
        "doi:10.1000/9990000018",
        "https://doi.org/10.1016/j.ejmp.2023.102637",
        "2023-09-30 to 2024-09-30, 30/09/2024, 1 February 2024",
        "9990000018ab4f",
        "e9990000018",
        "4111 1111 1111 1111",
        "S-C1 12 of 20, 180 credits, 72 of 153",
        "sha256 5e3a55fd2b30036fe2424d723d75b7ce",
    ],
)
def test_other_numbers_raise_no_alarm(text: str) -> None:
    assert kinds(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "DOB 3/4/1961",
        "D.O.B. 03.04.61",
        "dob: 1961-04-03",
        "**Date of birth:** 3 April 1961",
        "Date of Birth was the 3rd of April 1961",
        "date-of-birth | Apr 3, 1961",
        "He was born on 3 April 1961",
        "born 3-Apr-1961",
        "birth date = 03 04 1961",
        "3 April 1961 (DOB)",
        "03/04/1961, date of birth",
    ],
)
def test_a_date_beside_words_of_birth_is_found(text: str) -> None:
    assert kinds(text) == ["date of birth"]


@pytest.mark.parametrize(
    "text",
    [
        "born in 1961",
        "The date of birth was checked on arrival.",
        "DOB was checked against the form. The scan was on 3 April 2024.",
        "3 April 2024",
        "a stubborn 3 April 2024",
        "airborne 03/04/2024",
        "Date of birth, address and name were removed",
    ],
)
def test_other_dates_raise_no_alarm(text: str) -> None:
    assert kinds(text) == []


def test_the_warning_names_kinds_and_repeats_nothing() -> None:
    nhs, birth = "Something in the text looks like an NHS number.", "Something in the text looks like a date of birth."
    assert looks_like() == looks_like("", "A quiet day.") == ""
    assert looks_like("9990000018") == nhs
    assert looks_like("9990000018", "9990000026") == nhs
    assert looks_like("A quiet day.", "DOB 3/4/1961") == birth
    assert looks_like("DOB 3/4/1961, 9990000018") == looks_like("DOB 3/4/1961", "9990000018") == f"{nhs} {birth}"
    assert looks_like("DOB", "3/4/1961") == ""  # two texts that have nothing to do with one another


def test_findings_stand_in_the_order_of_the_text() -> None:
    assert find("DOB 3/4/1961, 9990000018") == [Finding("date of birth", 0, 12), Finding("NHS number", 14, 24)]


@given(st.text("0123456789 -./dobDOB:of thbirJan", max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    for finding in find(text):
        assert 0 <= finding.start < finding.end <= len(text)


@pytest.mark.parametrize(
    "piece", ["9", "999 ", "9 ", "9.", "DOB ", "born ", "dob" + " " * 9, "1/1/", "3 Jan", "-", "999-000-"]
)
def test_a_text_made_to_be_slow_is_read_at_once(piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    began = time.process_time()
    find(text)
    assert time.process_time() - began < 1
