"""How allauth behaves here: accounts are made by an administrator, never by signing up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest

from accounts.letters import NOTICES, TEMPLATES, tell
from outbox.writing import Outsider


class ClosedSignup(DefaultAccountAdapter):
    """Sign-up is closed, and no page waits for a mail server."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "The e-mail address or the password is not right. Check both and try again.",
        "too_many_login_attempts": "Too many attempts to sign in. Wait 5 minutes, or reset your password.",
        "incorrect_password": "This is not your password. Check it and try again.",
        "enter_current_password": "Enter your current password.",
        "rate_limited": "Too many attempts. Wait a few minutes, then try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """allauth trips over what is no address at all, such as //[ in place of the way back."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """With the notice of it in one transaction: whoever is killed between the two has done neither."""
        match = self.request.resolver_match
        if match and match.url_name == "account_reset_password_from_key":
            done = "password_reset"
        else:
            done = "password_changed" if user.has_usable_password() else "password_set"
        user.set_password(password)  # it takes long, and nobody waits for a lock meanwhile
        with transaction.atomic():
            user.save()
            super().send_notification_mail(f"{TEMPLATES}{done}", user, {"user": user})

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """As allauth does it, and says whom it is to. What was done to a password was told with it."""
        if template_prefix.removeprefix(TEMPLATES).replace("_", " ") in NOTICES:
            return
        super().send_notification_mail(template_prefix, user, {**(context or {}), "user": user}, email)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """All mail of allauth's passes here. It is written into the outbox, without the links that allauth made."""
        tell(template_prefix, context.get("user") or Outsider(email), context)
