"""How allauth behaves here: accounts are made by an administrator, never by signing up."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailConfirmation
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts.invitations import MAIL_ERRORS, link_from_key

logger = logging.getLogger(__name__)


class ClosedSignup(DefaultAccountAdapter):
    """Sign-up is closed. Links carry the address of this service, not the one that a request came by."""

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

    def get_reset_password_from_key_url(self, key: str) -> str:
        return link_from_key(key)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: EmailConfirmation) -> str:
        return settings.SITE_URL + reverse("account_confirm_email", args=[emailconfirmation.key])

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail server that fails is our trouble, not the reader's: it is logged and never shown."""
        try:
            super().send_mail(template_prefix, email, context)
        except MAIL_ERRORS:
            logger.exception("A mail of kind %s did not go out.", template_prefix)
