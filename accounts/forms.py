"""Forms for signing in."""

from allauth.account.forms import LoginForm


class SignIn(LoginForm):
    """Ours only in its words."""
