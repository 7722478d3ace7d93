"""Sessions made beforehand: a real sign-in checks a password, which costs half a second by design."""

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from accounts.models import User

TOKEN = "t" * 32  # a form's mark, which the cookie repeats as a browser's would


def cookie(user: User | None) -> str:
    """The Cookie header of somebody who is signed in; without a user, of somebody who is not."""
    held = {settings.CSRF_COOKIE_NAME: TOKEN}
    if user is not None:
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        held[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    return "; ".join(f"{name}={value}" for name, value in held.items())
