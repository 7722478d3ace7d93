"""Reading the environment: every setting in its own words, and every mistake in it told at once.

A value that cannot be used is noted, and a harmless one stands in for it, so that the reading goes on
to the next. `refuse()` then raises one error that names them all: nobody mends one line, starts again and
meets the next.
"""

import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

SECRET_KEY_LENGTH = 50
YES = frozenset({"1", "true", "yes", "on"})
NO = frozenset({"", "0", "false", "no", "off"})
DATABASES = frozenset({"django.db.backends.sqlite3", "django.db.backends.postgresql"})
MAIL_SCHEMES = frozenset({"smtp", "smtp+tls", "smtp+ssl"})


class Environment:
    """The variables of one process, and what was found wrong with them."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self.problems: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        """The variable; when it is unset or empty, the default."""
        return self._variables.get(name, "").strip() or default

    def required(self, name: str) -> str:
        """The variable, which has no default that would be safe."""
        value = self.text(name)
        self.object_if(not value, f"{name} must be set in production mode.")
        return value

    def choice(self, name: str, choices: Sequence[str], default: str) -> str:
        value = self.text(name, default)
        if value not in choices:
            self.problems.append(f"{name} is {value!r}; it must be one of {', '.join(choices)}.")
            return default
        return value

    def switch(self, name: str) -> bool:
        """On or off; off when unset. A misspelt word is a mistake, not a silent 'off'."""
        value = self.text(name).lower()
        self.object_if(value not in YES | NO, f"{name} is {value!r}; it must be 1 (on) or 0 (off).")
        return value in YES

    def number(self, name: str, default: int, least: int = 1) -> int:
        """A whole number, at least `least`."""
        value = self.text(name, str(default))
        if not value.isascii() or not value.isdigit() or int(value) < least:
            self.problems.append(f"{name} is {value!r}; it must be a whole number, {least} or more.")
            return default
        return int(value)

    def names(self, name: str, value: str) -> list[str]:
        """The items of a list written with commas."""
        items = [item.strip() for item in value.split(",")]
        self.object_if(bool(value) and "" in items, f"{name} holds an empty name: check its commas.")
        return [item for item in items if item]

    def database(self, name: str, url: str) -> dict[str, Any]:
        """Django's database settings for a URL: `postgresql://…` or `sqlite:////path/to/file`."""
        try:
            config = environ.Env.db_url_config(url) if url else {}
        except ValueError:
            config = {}
        if config.get("ENGINE") not in DATABASES or not config.get("NAME"):
            self.object_if(
                bool(url), f"{name} must look like postgresql://user:password@host/name or sqlite:////folder/file."
            )
            return {"ENGINE": "django.db.backends.dummy"}
        return config

    def mail(self, name: str, url: str, *, real: bool) -> dict[str, Any]:
        """Django's mail settings for a URL such as `smtp+tls://user:password@host:587`; `real`: only a mail server."""
        scheme = url.partition("://")[0]
        try:
            config = environ.Env.email_url_config(url) if url else {}
        except (ImproperlyConfigured, ValueError):
            config = {}
        usable = bool(config) and (not real or (scheme in MAIL_SCHEMES and bool(config["EMAIL_HOST"])))
        if not usable:
            self.object_if(bool(url), f"{name} must name a mail server, like smtp+tls://user:password@host:587.")
            return {}
        return {key: value for key, value in config.items() if value is not None}

    def object_if(self, wrong: bool, problem: str) -> None:
        """Notes a problem."""
        if wrong:
            self.problems.append(problem)

    def refuse(self) -> None:
        """Stops the start when anything was wrong. Says what, never the values of secrets."""
        if self.problems:
            raise ImproperlyConfigured("\n".join(f"- {problem}" for problem in self.problems))


def private_folder(path: Path) -> Path:
    """The folder; made, if need be, so that only its owner can look inside."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"- The folder {path} cannot be made: {error.strerror}.") from None
    return path


def machine_key(path: Path) -> str:
    """This machine's own secret key, made once and kept in the data folder, readable by its owner only.

    Written whole to a file beside it first and then linked into place: of two processes that start at
    the same moment, one wins, and neither reads half a key.
    """
    if not path.exists():
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(64))
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip()
