"""Whether two addresses may be one person's, and which addresses a person has shown to be theirs."""

import unicodedata

from django.db.models import Q

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
    """The mailboxes of somebody: that of the address they sign in with, and of every further one that they verified.

    Also those of accounts that were merged into theirs.
    """
    theirs = User.objects.filter(Q(pk=user.pk) | Q(merged_into=user.pk))
    rows = theirs.values_list("email", "emailaddress__email", "emailaddress__verified")
    return frozenset(mailbox(one) for email, further, verified in rows for one in (email, verified and further) if one)


def _plain(address: str) -> str:
    return unicodedata.normalize("NFKC", address).strip().casefold()
