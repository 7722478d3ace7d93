"""Letting people in: an address that counts as verified, and a link to set a password.

An administrator vouches for the address of whoever they add. `User.email` is the truth; allauth's own table of
addresses follows it here, by an explicit call wherever an address is given or changed.
"""

from collections.abc import Iterable
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.letters import password_link, signed_in_since
from accounts.models import User
from audit.chain import append
from outbox.models import Mail
from outbox.writing import Letter, put

INVITATION = "invitation"  # as the outbox calls it


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


def invite(people: Iterable[User], *, by: User | None = None) -> list[Mail]:
    """Verify the addresses and write each a mail with a link to set a password. Somebody deactivated gets none.

    The link is not in its row, for it opens the account: it is made each time the mail is about to leave. It works
    once, and for STP_PASSWORD_LINK_SECONDS from then.
    """
    subject = f"Set your password for {settings.SERVICE_NAME}"
    with transaction.atomic():
        active = [user for user in people if user.is_active]
        for user in active:
            verified(user)
        rows = put([Letter(user, subject, "") for user in active], kind=INVITATION, at_once=True)
        for user in active:
            append("instance", "person.invite", by=by, data={"person": user.pk})
    return rows


def invitation(mail: Mail) -> str:
    """The text of one that leaves now (settings.WRITTEN_LATE); "" for somebody who has signed in meanwhile."""
    if mail.person is None or signed_in_since(mail):
        return ""
    words = {
        "service_name": settings.SERVICE_NAME,
        "link": password_link(mail.person),
        "sign_in": settings.SITE_URL + reverse("account_login"),
        "reset": settings.SITE_URL + reverse("account_reset_password"),
        "until": timezone.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT),
    }
    return render_to_string("accounts/mail/invitation.txt", words).strip()
