"""What people are told when somebody comments on a decision or an outcome."""

from collections.abc import Iterator

from django.db.models import Q

from accounts.models import User
from portfolio.access import leaders_or_administrators, visible
from portfolio.mail import Letter, letter
from portfolio.models import Comment
from portfolio.workflow.comments.about import address_of, called, decider, decision_of, portfolio_of


def commented(row: Comment) -> Iterator[Letter]:
    """To the trainee, to whoever decided, and to those who wrote in the same thread; not to the one who wrote.

    Whoever may no longer read the decision hears nothing of it. What was said stays behind the sign-in.
    """
    trainee, what = portfolio_of(row.of).trainee, called(row.of)
    told = {person.pk: person for person in (trainee, *_for_the_decision(row), *_in_the_thread(row))}
    for person in (told[pk] for pk in sorted(told.keys() - {row.signer_id})):
        if _hears(person, row):
            whose = "" if person == trainee else f" of {trainee.name}"
            yield letter(
                person,
                f"Comment on {what}{whose}",
                [f"{row.signer_name} has written a comment about the decision on {what}."],
                where(row),
            )
    yield from _without_an_account(row)


def _without_an_account(row: Comment) -> Iterator[Letter]:
    """To whoever decided by a link or on a lent device and has no account, while their role lasts: that there is a
    comment. They have no page to read it on, so those who lead are told as well."""
    person, trainee, what = decider(row.of), portfolio_of(row.of).trainee, called(row.of)
    if person and person.one_off and _may_read(person, row):
        whose = "" if row.signer_id == trainee.pk else f" of {trainee.name}"
        lines = [
            f"{row.signer_name} has written a comment about your decision on {what}{whose}.",
            "A comment stays behind a sign-in, and you decided without an account. Those who lead the training can "
            "tell you what it says. To read and answer it yourself, ask for an account with this address: an "
            "administrator makes it.",
        ]
        yield Letter(person, f"Comment on your decision on {what}", "\n\n".join(lines))


def where(row: Comment) -> str:
    """The address of a comment, for everybody who may read it."""
    return f"{address_of(row.of)}?at={row.cid}#{row.cid}"


def _for_the_decision(row: Comment) -> list[User]:
    """Whoever decided; and those who lead, where that person hears nothing: else a question would go to nobody."""
    person = decider(row.of)
    return [person] if person and _hears(person, row) else leaders_or_administrators(portfolio_of(row.of))


def _hears(person: User, row: Comment) -> bool:
    """Whether somebody may read what this is about, and can sign in to do so."""
    return not person.one_off and _may_read(person, row)


def _may_read(person: User, row: Comment) -> bool:
    decision = decision_of(row.of)
    return decision is not None and visible(person, type(decision)).filter(pk=decision.pk).exists()


def _in_the_thread(row: Comment) -> Iterator[User]:
    if row.thread:
        thread = Comment.objects.filter(Q(pk=row.thread.pk) | Q(thread=row.thread), withdrawal=None)
        for one in thread.select_related("signer__merged_into"):
            yield one.signer.merged_into or one.signer
