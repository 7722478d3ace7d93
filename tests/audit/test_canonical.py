"""The canonical form: what is equal gives the same bytes, what differs gives others."""

import unicodedata
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.canonical import canonical, digest, new_salt, salted

texts = st.text(st.characters(exclude_categories=["Cs"]))
scalars = st.none() | st.booleans() | st.integers() | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcde", max_size=3), inner, max_size=4),
    max_leaves=12,
)


def in_nfc(value: Any) -> Any:
    """The value as the canonical form sees it; True and 1 are kept apart, which == does not do."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [in_nfc(part) for part in value]
    if isinstance(value, dict):
        return {key: in_nfc(part) for key, part in value.items()}
    return (type(value).__name__, value)


def test_the_form_is_written_down() -> None:
    value = {"b": [1, None, True], "a": "caf\u0065\u0301 <&>", "c": {}}
    assert canonical(value) == '{"a":"café <&>","b":[1,null,true],"c":{}}'.encode()


def test_the_digest_of_a_value_never_changes_between_versions() -> None:
    assert digest({"a": 1}) == "e17478eabec543f7dbbb6c7f096df624abcd52ea629213707300f0c0ca9c367c"


def test_the_salted_digest_of_a_text_never_changes_between_versions() -> None:
    assert salted("text", "00" * 16) == "c054e99f7b8751163453657dc1cffe7c0174bd7d32f025022f167099df7d926e"


@given(st.dictionaries(st.text("abcde", max_size=3), values, min_size=2))
def test_the_order_of_keys_does_not_matter(value: dict[str, Any]) -> None:
    assert canonical(dict(reversed(value.items()))) == canonical(value)


@given(texts)
def test_a_text_and_its_decomposed_form_are_one(text: str) -> None:
    assert canonical(unicodedata.normalize("NFD", text)) == canonical(unicodedata.normalize("NFC", text))
    salt = new_salt()
    assert salted(unicodedata.normalize("NFD", text), salt) == salted(unicodedata.normalize("NFC", text), salt)


@given(values, values)
def test_two_values_have_the_same_digest_only_when_they_are_equal(one: Any, other: Any) -> None:
    assert (digest(one) == digest(other)) == (in_nfc(one) == in_nfc(other))


def test_a_tuple_counts_as_a_list() -> None:
    assert canonical((1, ("a",))) == canonical([1, ["a"]])


def test_a_text_with_a_name_counts_as_its_text() -> None:
    class Kind(StrEnum):
        REPORT = "report"

    assert canonical(Kind.REPORT) == canonical("report")


@pytest.mark.parametrize(
    "value",
    [0.5, float("nan"), Decimal("1"), datetime(2026, 1, 1, tzinfo=UTC), b"bytes", {1, 2}, object(), {1: "a"}, [0.0]],
)
def test_what_has_no_single_form_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        canonical(value)


def test_two_keys_that_are_one_in_nfc_are_refused() -> None:
    with pytest.raises(ValueError, match="same text"):
        canonical({"\u00e9": 1, "e\u0301": 2})


def test_half_a_character_is_refused() -> None:
    with pytest.raises(ValueError, match="surrogates not allowed"):
        canonical("\ud800")


def test_the_same_text_under_two_salts_tells_nothing() -> None:
    one, other = new_salt(), new_salt()
    assert len(one) == len(other) == 32
    assert salted("Met the consultant.", one) != salted("Met the consultant.", other)


@pytest.mark.parametrize("salt", ["", "ab", "zz" * 16, "00" * 17])
def test_a_salt_that_is_not_16_bytes_is_refused(salt: str) -> None:
    with pytest.raises(ValueError, match=r"16 bytes in hex|non-hexadecimal"):
        salted("text", salt)
