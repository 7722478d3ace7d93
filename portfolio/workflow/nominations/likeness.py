"""What the officer is told before they approve somebody new: it might be the trainee, or somebody from outside."""

import re
import unicodedata

from portfolio.models import Nomination, Portfolio

TITLES = {"dr", "mr", "mrs", "ms", "miss", "mx", "prof", "professor", "sir", "dame"}


def flags(row: Nomination) -> list[str]:
    """Each in a sentence. They hold nothing back: the officer knows the people."""
    trainee = row.portfolio.trainee
    name = trainee.name
    found = []
    if mailbox(row.address) == mailbox(trainee.email):
        found.append(f"The address is that of {name}, written in another way.")
    elif _local(row.address) == _local(trainee.email):
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
    host = _host(row.address)
    if any(host == domain or host.endswith(f".{domain}") for domain in domains):
        return ""
    return f"The address lies outside the mail domains of {organisation.name}."


def _domains(portfolio: Portfolio) -> list[str]:
    text = portfolio.organisation.mail_domains if portfolio.organisation else ""
    return [line.strip().lstrip("@").casefold() for line in text.splitlines() if line.strip()]


def mailbox(address: str) -> str:
    """Two addresses with one mailbox may be one person's: capitals, dots and what follows a + make no other."""
    return f"{_local(address)}@{_host(address)}"


def _local(address: str) -> str:
    local = unicodedata.normalize("NFKC", address).strip().casefold().rpartition("@")[0]
    return local.partition("+")[0].replace(".", "")


def _host(address: str) -> str:
    return unicodedata.normalize("NFKC", address).strip().casefold().rpartition("@")[2]


def words(name: str) -> list[str]:
    """The words of a name in whatever order, without accents and titles."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(one))
    return sorted(set(re.findall(r"\w+", plain)) - TITLES)


def number(registration: str) -> str:
    """A registration number without its register and whatever stands between."""
    return re.sub(r"\W|HCPC", "", registration.upper())
