"""A person's own settings that allauth knows nothing of."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.forms import MailForm
from accounts.middleware import SignedIn
from outbox.digests import release
from outbox.tasks import deliver_mail


@require_http_methods(["GET", "HEAD", "POST"])
def mail(request: SignedIn) -> HttpResponse:
    """Each mail at once, or one a day."""
    form = MailForm(request.POST if request.method == "POST" else None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            person = form.save()
            if not person.wants_digest and release(person):
                transaction.on_commit(deliver_mail.enqueue, robust=True)
        messages.success(request, f"Saved. Mail comes {person.get_mail_choice_display().lower()}.")
        return redirect("account_mail")
    return render(request, "accounts/mail.html", {"form": form}, status=422 if form.errors else 200)
