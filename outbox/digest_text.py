"""What a digest says: the subjects and texts of the mails that stand in it, one after another."""

from collections.abc import Callable, Iterable

from django.conf import settings
from django.urls import reverse

from outbox.models import Mail

LINE = "- - -"
BETWEEN = f"\n\n{LINE}\n\n"


def written(told: Iterable[tuple[str, str]]) -> tuple[str, str]:
    """Subject and text of the digest of these, each a subject and a text. Nobody else writes the line between them."""
    told = [(subject, text.replace(LINE, "---")) for subject, text in told]
    about = told[0][0] if len(told) == 1 else f"{len(told)} messages"
    parts = BETWEEN.join(f"{subject}\n\n{text}" for subject, text in told)
    choice = f"You get one mail a day. To get each at once: {settings.SITE_URL}{reverse('account_mail')}"
    return f"{settings.SERVICE_NAME}: {about}", f"{parts}{BETWEEN}{choice}"


def narrow(digest: Mail, still: Callable[[Mail], bool]) -> bool:
    """Leave out what its reader may not hear any more since it was made; whether anything is left to say."""
    rows = list(digest.collected.select_related("person").order_by("pk"))
    stays = [still(row) for row in rows]
    if all(stays):
        return True
    *parts, _ = digest.text.split(BETWEEN)
    told = [part.partition("\n\n") for part, may in zip(parts, stays, strict=True) if may]
    if told:
        digest.subject, digest.text = written((subject, text) for subject, _, text in told)
    return bool(told)
