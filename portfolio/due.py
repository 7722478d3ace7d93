"""All that is timed: safe to run twice, late and in parallel (manage.py run_due)."""

from django.conf import settings
from django.utils import timezone

from outbox import digests
from outbox.delivery import deliver
from outbox.models import Mail
from outbox.tasks import reap
from portfolio import access
from portfolio.intake import taking
from portfolio.workflow import reminding


def run_due() -> list[str]:
    """Do what is due by now; says what was done."""
    return [
        f"requests: {reminding.remind()}",
        f"digests: {_digests()} made",
        f"tasks of killed workers: {reap()}",
        f"tables of people: {taking.forget()} forgotten",
        f"mail: {deliver()}",
    ]


def _digests() -> int:
    """Those of today, once its hour has come. A day on which nothing ran has none: the next one holds what waited."""
    now = timezone.localtime()
    return digests.collect(now.date(), still_theirs) if now.hour >= settings.DIGEST_HOUR else 0


def still_theirs(mail: Mail) -> bool:
    """Whether whoever a mail is to still has a part in the portfolio that it tells of."""
    return mail.person is not None and access.has_a_part(mail.person, mail.about)
