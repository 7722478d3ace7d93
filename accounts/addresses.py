"""Whether two addresses may be one person's, and which addresses a person has shown to be theirs."""

import unicodedata

from allauth.account.models import EmailAddress

from accounts.models import User


def mailbox(address: str) -> str:
    """Two addresses with one mailbox may be one person's: capitals, dots and what follows a + make no other."""
    return f"{local(address)}@{host(address)}"


def local(address: str) -> str:
    """What stands before the @, as far as it tells two people apart."""
    return _plain(address).rpartition("@")[0].partition("+")[0].replace(".", "")


def host(address: str) -> str:
    return _plain(address).rpartition("@")[2]


def mailboxes(user: User) -> frozenset[str]:
    """The mailboxes of somebody: that of the address they sign in with, and of every further one that they verified."""
    verified = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return frozenset(map(mailbox, (user.email, *verified)))


def _plain(address: str) -> str:
    return unicodedata.normalize("NFKC", address).strip().casefold()
