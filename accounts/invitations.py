"""Letting people in: an address that counts as verified, and a link to set a password.

An administrator vouches for the address of whoever they add. `User.email` is the truth; allauth's own table of
addresses follows it here, by an explicit call wherever an address is given or changed.
"""

import logging
from collections.abc import Collection
from datetime import timedelta
from smtplib import SMTPException

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.chain import append
from outbox.writing import Letter, put

logger = logging.getLogger(__name__)
INVITATION = "invitation"  # as the outbox calls it
MAIL_ERRORS = (
    OSError,
    SMTPException,
)  # refused, hung, unknown host, no TLS; an error in a template is ours and is raised


def verified(user: User) -> None:
    """The user's address, and no other, is verified and theirs to sign in with.

    Somebody who signed by links until now has an account from now on, and finds there what they signed.
    """
    with transaction.atomic():
        if user.one_off:
            user.one_off = False
            user.save(update_fields=["one_off"])
        EmailAddress.objects.filter(email__iexact=user.email).exclude(user=user).delete()
        EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
        EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})


def invite(user: User, *, by: User | None = None) -> bool:
    """Verify the address and mail a link to set a password. True when the mail went out.

    The link works once, and for STP_PASSWORD_LINK_SECONDS. Mail goes out at once: call this after the transaction that
    made the person. Somebody deactivated gets no link (False).
    """
    if not user.is_active:
        return False
    verified(user)
    try:
        send_mail(_subject(), _text(user), None, [user.email])
    except MAIL_ERRORS:
        logger.exception("The invitation of person %s did not go out.", user.pk)
        return False
    with transaction.atomic():
        append("instance", "person.invite", by=by, data={"person": user.pk})
    return True


def invite_later(people: Collection[User], *, by: User) -> None:
    """Verify the addresses and write invitations into the outbox, in the transaction that makes these people.

    The link is not in such a row, for it opens the account: it is made each time the mail is about to leave.
    """
    for user in people:
        verified(user)
        append("instance", "person.invite", by=by, data={"person": user.pk})
    if people:
        put([Letter(user, _subject(), "") for user in people], kind=INVITATION)


def invitation(person: User) -> str:
    """The text of one that leaves now (settings.WRITTEN_LATE); "" for somebody who has signed in meanwhile."""
    return "" if person.last_login else _text(person)


def _subject() -> str:
    return f"Set your password for {settings.SERVICE_NAME}"


def _text(user: User) -> str:
    words = {
        "user": user,
        "service_name": settings.SERVICE_NAME,
        "link": password_link(user),
        "sign_in": settings.SITE_URL + reverse("account_login"),
        "reset": settings.SITE_URL + reverse("account_reset_password"),
        "until": timezone.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT),
    }
    return render_to_string("accounts/mail/invitation.txt", words)


def password_link(user: User) -> str:
    """A link with which this person sets a password: once, until they sign in or it runs out."""
    return link_from_key(f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}")


def link_from_key(key: str) -> str:
    """The address of the page that takes the key of such a link."""
    uid, _, token = key.partition("-")
    return settings.SITE_URL + reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
