"""Mail about signing in: rows of the outbox, so that no page waits for the mail server.

A link that opens an account stands in no table. Such a row says to whom and of what kind, and its text is written, with
a new link, each time the mail is about to leave (settings.WRITTEN_LATE). "" where there is nothing to say any more: the
link would have run out by now, or they have signed in since.
"""

from datetime import timedelta
from typing import Any

from allauth.account import app_settings
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from outbox.models import Mail
from outbox.writing import Letter, Recipient, put

TEMPLATES = "account/email/"
NOTICES = ("password changed", "password reset", "password set")  # what was done: no link, so the text may wait


def tell(template: str, to: Recipient, words: dict[str, Any]) -> None:
    """Write what allauth would send. One row, whoever it is to: how long it takes tells nothing of them."""
    kind = template.removeprefix(TEMPLATES).replace("_", " ")
    if kind not in settings.WRITTEN_LATE and kind not in NOTICES:
        raise ValueError(f"A mail of the kind {kind} may hold a key: say when its text is written.")
    subject = render_to_string(f"{template}_subject.txt")
    text = _written(kind, words) if kind in NOTICES else ""
    put([Letter(to, subject, text)], kind=kind, at_once=True)


def new_password(mail: Mail) -> str:
    """To somebody who asked for a link to set their password."""
    if mail.person is None or _too_late(mail, settings.PASSWORD_RESET_TIMEOUT) or signed_in_since(mail):
        return ""
    return _written(mail.kind, {"password_reset_url": password_link(mail.person)})


def no_account(mail: Mail) -> str:
    """To an address that is nobody's, for which somebody asked for such a link."""
    late = _too_late(mail, settings.PASSWORD_RESET_TIMEOUT)
    return "" if late else _written(mail.kind, {"email": mail.address})


def confirmation(mail: Mail) -> str:
    """To somebody who signs in with an address that they have not confirmed, while they have not."""
    address = EmailAddress.objects.filter(user=mail.person, email__iexact=mail.to, verified=False).first()
    if address is None or _too_late(mail, app_settings.EMAIL_CONFIRMATION_EXPIRE_DAYS * 24 * 3600):
        return ""
    key = EmailConfirmationHMAC(address).key
    return _written(mail.kind, {"activate_url": settings.SITE_URL + reverse("account_confirm_email", args=[key])})


def password_link(user: User) -> str:
    """A link with which this person sets a password: once, until they sign in or it runs out."""
    words = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return settings.SITE_URL + reverse("account_reset_password_from_key", kwargs=words)


def signed_in_since(mail: Mail) -> bool:
    """A link that had left at once would be dead by now."""
    return mail.person is not None and mail.person.last_login is not None and mail.person.last_login > mail.written_at


def _too_late(mail: Mail, seconds: int) -> bool:
    return timezone.now() - mail.written_at > timedelta(seconds=seconds)


def _written(kind: str, words: dict[str, Any]) -> str:
    return render_to_string(f"{TEMPLATES}{kind.replace(' ', '_')}_message.txt", words).strip()
