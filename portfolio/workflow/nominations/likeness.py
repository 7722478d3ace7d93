"""What the officer is told before they approve somebody new: it might be the trainee, or somebody from outside."""

import re
import unicodedata

from accounts.addresses import host, local, mailbox, mailboxes
from portfolio.models import Nomination, Portfolio

TITLES = {"dr", "mr", "mrs", "ms", "miss", "mx", "prof", "professor", "sir", "dame"}


def flags(row: Nomination) -> list[str]:
    """Each in a sentence. They hold nothing back: the officer knows the people."""
    trainee = row.portfolio.trainee
    name = trainee.name
    found = []
    if mailbox(row.address) in mailboxes(trainee):
        found.append(f"The address is that of {name}, written in another way.")
    elif local(row.address) == local(trainee.email):
        found.append(f"The address begins like that of {name}: {trainee.email}.")
    if words(row.name) == words(name):
        found.append(f"The name is that of {name}.")
    if row.registration and number(row.registration) == number(trainee.registration_number):
        found.append(f"The registration number is that of {name}.")
    return found


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
