"""What the officer is told before they approve somebody new: it might be the trainee, or somebody from outside."""

import re
import unicodedata

from accounts.addresses import host, local, mailbox, mailboxes
from accounts.models import User
from portfolio.models import Nomination, Portfolio

TITLES = {"dr", "mr", "mrs", "ms", "miss", "mx", "prof", "professor", "sir", "dame"}
# Letters that look like plain Latin ones: Cyrillic, then Greek, then Latin ones with a stroke or without a dot.
LOOK_ALIKES = str.maketrans(
    "аеорсухіјѕһԁԛԝӏкАВЕКМНОРСТУХІЈЅԌαικνορτυχγΑΒΕΖΗΙΚΜΝΟΡΤΥΧıɑɡłŁøØđĐ",
    "aeopcyxijshdqwlkABEKMHOPCTYXIJSGaikvoptuxyABEZHIKMNOPTYXiaglloodd",
)


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
    elif plain(local(address)) == plain(local(trainee.email)):
        found.append(f"address begins like that of {trainee.name}: {trainee.email}.")
    typed, own_name = words(plain(name)), words(plain(trainee.name))
    if typed == own_name:
        found.append(f"name is that of {trainee.name}.")
    elif _one_in_the_other(typed, own_name):
        found.append(f"name is like that of {trainee.name}.")
    if registration and number(plain(registration)) == number(plain(trainee.registration_number)):
        found.append(f"registration number is that of {trainee.name}.")
    return found


def _one_in_the_other(*names: list[str]) -> bool:
    """A middle name more or less, and initials for names: but one whole word is the same. A single word is too little
    to say so."""
    shorter, longer = sorted(names, key=len)
    whole, left = set(shorter) & set(longer), set(longer) - set(shorter)
    stands = all(_stands_for(word, left) for word in set(shorter) - whole)
    return len(shorter) > 1 and stands and any(len(word) > 1 for word in whole)


def _stands_for(word: str, names: set[str]) -> bool:
    """Whether it is made of initials of these names, or one of them is its initial."""
    return set(word) <= {name[0] for name in names} or word[0] in names


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
    return sorted(set(re.findall(r"\w+", _bare(name).casefold())) - TITLES)


def number(registration: str) -> str:
    """A registration number without its register and whatever stands between."""
    return re.sub(r"\W|HCPC", "", registration.upper())


def plain(text: str) -> str:
    """As it looks, in small Latin letters without accents."""
    return _bare(text).translate(LOOK_ALIKES).casefold()


def _bare(text: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
