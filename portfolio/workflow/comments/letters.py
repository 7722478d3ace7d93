"""What people are told when somebody comments on a decision."""

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from portfolio.access import visible
from portfolio.mail import Letter, letter
from portfolio.models import Comment, Decision


def commented(row: Comment, decider: User | None) -> Iterator[Letter]:
    """To the trainee, to whoever decided, and to those who wrote in the same thread; not to the one who wrote.

    Whoever may no longer read the decision hears nothing of it. What was said stays behind the sign-in.
    """
    trainee = row.item.submission.portfolio.trainee
    told = {person.pk: person for person in (trainee, decider, *_in_the_thread(row)) if person}
    for person in (told[pk] for pk in sorted(told.keys() - {row.signer_id})):
        if visible(person, Decision).filter(item=row.item).exists() and not person.one_off:
            whose = "" if person == trainee else f" of {trainee.name}"
            yield letter(
                person,
                f"Comment on {row.item.activity}{whose}",
                [f"{row.signer_name} has written a comment about the decision on {row.item.activity}."],
                where(row),
            )


def where(row: Comment) -> str:
    """The address of a comment, for everybody who may read it."""
    activity = row.item.activity
    return (
        reverse("comments", args=[row.item.submission.sid, activity.module.code, activity.number])
        + f"?at={row.cid}#{row.cid}"
    )


def _in_the_thread(row: Comment) -> Iterator[User]:
    if row.thread:
        thread = Comment.objects.filter(Q(pk=row.thread.pk) | Q(thread=row.thread), withdrawal=None)
        for one in thread.select_related("signer__merged_into"):
            yield one.signer.merged_into or one.signer
