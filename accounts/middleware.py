"""Everything asks for a sign-in, except the views that are marked public."""

from django.contrib.auth.middleware import LoginRequiredMiddleware


class LoginRequired(LoginRequiredMiddleware):
    """Django's own; tests/test_house.py lists the public views."""
