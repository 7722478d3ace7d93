"""Identifiers that stand in addresses: short, stable, and not to be guessed."""

import hashlib
import secrets

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # no 0, o, 1, l, i: people read these aloud
LENGTH = 14  # 31 ** 14, about 69 bits


def public_id() -> str:
    """A new random identifier."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def token_digest(token: str) -> str:
    """What is stored of the token in a personal link."""
    return hashlib.sha256(token.encode()).hexdigest()
