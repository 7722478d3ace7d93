"""All that is timed: safe to run twice, late and in parallel (manage.py run_due)."""

from django.conf import settings
from django.utils import timezone

from outbox import digests
from outbox.delivery import deliver
from outbox.models import Mail
from outbox.tasks import reap
from portfolio import access
from portfolio.cohort import summaries
from portfolio.handover.successors import hand_over_what_is_due
from portfolio.intake import taking
from portfolio.statistics import keep_up
from portfolio.workflow import reminding
from portfolio.workflow.one_off import codes

TOLD_ANYWAY = ("unlock", "void module sign-off", "void assessment", "plan placement", "end placement")


def run_due() -> list[str]:
    """Do what is due by now; says what was done."""
    done = [
        f"handed over: {hand_over_what_is_due()}",
        f"requests: {reminding.remind()}",
        f"digests: {_digests()} made",
        f"tasks of killed workers: {reap()}",
        f"tables of people: {taking.forget()} forgotten",
        f"mail: {deliver()}",
        f"summaries: {summaries.renew()} made",
    ]
    keep_up()
    return done


def _digests() -> int:
    """Those of today, once its hour has come. A day on which nothing ran has none: the next one holds what waited."""
    now = timezone.localtime()
    return digests.collect(now.date(), still_theirs) if now.hour >= settings.DIGEST_HOUR else 0


def still_theirs(mail: Mail) -> bool:
    """Whether whoever a mail is to still has a part in the portfolio that it tells of (settings.MAY_HEAR).

    A code that works no longer is nobody's to hear. What became of what they signed, and that their placement ended,
    somebody hears without.
    """
    if mail.person is None or codes.is_over(mail):
        return False
    return not mail.about or mail.kind in TOLD_ANYWAY or access.has_a_part(mail.person, mail.about)
