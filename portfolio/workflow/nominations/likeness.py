"""What the officer is told before they approve somebody new: it might be the trainee, or somebody from outside."""

import re
import unicodedata

from accounts.addresses import host, local, mailbox, mailboxes
from accounts.models import User
from portfolio.models import Nomination, Portfolio

TITLES = {"dr", "mr", "mrs", "ms", "miss", "mx", "prof", "professor", "sir", "dame"}


def flags(row: Nomination, account: User | None = None) -> list[str]:
    """Each in a sentence: of what was typed, and of the account that the address leads to, which is who would decide.

    They hold nothing back: the officer knows the people.
    """
    trainee = row.portfolio.trainee
    own = mailboxes(trainee)
    typed = _alike(trainee, own, row.address, row.name, row.registration)
    here = _alike(trainee, own, account.email, account.name, account.registration_number) if account else []
    return [
        *(f"The {one}" for one in typed),
        *(f"Of whoever has this address here, the {one}" for one in here if one not in typed),
    ]


def misnamed(row: Nomination, account: User | None) -> str:
    """That the address leads to somebody of another name than was typed, in words; "" when it does not."""
    if account is None or words(row.name) == words(account.name):
        return ""
    return f"The name that was typed is {row.name}, but the address is that of {account.name}."


def _alike(trainee: User, own: frozenset[str], address: str, name: str, registration: str) -> list[str]:
    found = []
    if mailbox(address) in own:
        found.append(f"address is that of {trainee.name}, written in another way.")
    elif local(address) == local(trainee.email):
        found.append(f"address begins like that of {trainee.name}: {trainee.email}.")
    if words(name) == words(trainee.name):
        found.append(f"name is that of {trainee.name}.")
    elif _one_in_the_other(words(name), words(trainee.name)):
        found.append(f"name is like that of {trainee.name}.")
    if registration and number(registration) == number(trainee.registration_number):
        found.append(f"registration number is that of {trainee.name}.")
    return found


def _one_in_the_other(*names: list[str]) -> bool:
    """A middle name more or less. A single word is too little to say so."""
    shorter, longer = sorted(names, key=len)
    return len(shorter) > 1 and set(shorter) <= set(longer)


def outside(row: Nomination) -> str:
    """Whether the address lies outside the mail domains of the portfolio's organisation, in words; "" when inside."""
    organisation = row.portfolio.organisation
    domains = _domains(row.portfolio)
    if organisation is None or not domains:
        return "Whether the address is one of your organisation cannot be told: no mail domains are recorded."
    where = host(row.address)
    if any(where == domain or where.endswith(f".{domain}") for domain in domains):
        return ""
    return f"The address lies outside the mail domains of {organisation.name}."


def _domains(portfolio: Portfolio) -> list[str]:
    text = portfolio.organisation.mail_domains if portfolio.organisation else ""
    return [line.strip().lstrip("@").casefold() for line in text.splitlines() if line.strip()]


def words(name: str) -> list[str]:
    """The words of a name in whatever order, without accents and titles."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(one))
    return sorted(set(re.findall(r"\w+", plain)) - TITLES)


def number(registration: str) -> str:
    """A registration number without its register and whatever stands between."""
    return re.sub(r"\W|HCPC", "", registration.upper())
