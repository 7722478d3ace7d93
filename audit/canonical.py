"""One value, one run of bytes: what is digested here today can be digested again in ten years.

Canonical JSON: keys sorted, UTF-8, no spaces, every text in Unicode form NFC, no floats (two machines may write one
float in two ways). Dates and moments are passed as ISO text, so that the caller says which form they have.
"""

import hashlib
import hmac
import json
import secrets
import unicodedata
from typing import Any

DIGEST_TAG = b"stp-portfolio digest 1\n"
SALTED_TAG = b"stp-portfolio salted 1\n"
SALT_BYTES = 16


def canonical(value: Any) -> bytes:
    """The bytes of a value made of None, booleans, whole numbers, texts, lists, tuples and dicts with text keys.

    Raises TypeError for anything else. Raises ValueError where two keys are the same text in form NFC, or where a text
    is not Unicode.
    """
    plain = _plain(value)
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("utf-8")


def digest(value: Any) -> str:
    """SHA-256 of the canonical form, in hex. The tag in front is raised when the form ever changes."""
    return hashlib.sha256(DIGEST_TAG + canonical(value)).hexdigest()


def sealed(text: str, seal: str) -> bool:
    """Whether a text is the canonical form that this digest was made of."""
    return hashlib.sha256(DIGEST_TAG + text.encode("utf-8")).hexdigest() == seal


def salted(text: str, salt: str) -> str:
    """A commitment to a text that tells nothing of it: text and salt can go, and what holds it still verifies."""
    key = bytes.fromhex(salt)
    if len(key) != SALT_BYTES or key.hex() != salt:  # fromhex takes capitals and spaces too: one salt, one spelling
        raise ValueError("A salt is 16 bytes in hex, as new_salt() makes them.")
    return hmac.new(key, SALTED_TAG + unicodedata.normalize("NFC", text).encode("utf-8"), hashlib.sha256).hexdigest()


def new_salt() -> str:
    """16 random bytes in hex: too many to guess a short text behind its digest."""
    return secrets.token_hex(SALT_BYTES)


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int():
            return value
        case str():
            return unicodedata.normalize("NFC", value)
        case list() | tuple():
            return [_plain(part) for part in value]
        case dict():
            return _plain_dict(value)
    raise TypeError(f"A {type(value).__name__} has no canonical form.")


def _plain_dict(value: dict[Any, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for key, part in value.items():
        if not isinstance(key, str):
            raise TypeError(f"A key must be text, not {type(key).__name__}.")
        name = unicodedata.normalize("NFC", key)
        if name in plain:
            raise ValueError("Two keys are the same text in form NFC.")
        plain[name] = _plain(part)
    return plain
