"""What is said about a decision after it: a thread of the trainee and the assessor; and what the assessor keeps."""

from functools import partial

from portfolio.management.demo.work import Author
from portfolio.models import Comment, Item
from portfolio.states import Outcome
from portfolio.workflow import CommentOn, Wrote, perform, snippets
from portfolio.workflow.comments.about import decider

ASKED = "Thank you. Would one more case be enough, or do you want to see two?"
KEPT = (
    "Clear account. Next time say what you would do differently.",
    "Say in a sentence what this changed in how you work.",
)
ANSWERED = "One is enough, if you say what you would do differently."


def plan_talk(author: Author, who: str) -> None:
    """About the last piece of work that came back to Priya."""
    if who == "priya":
        author.story.add(2, partial(_ask, author))
        author.story.add(1, partial(_answer, author))
        for text in KEPT:
            snippets.add(text, by=author.people.assessor)


def _ask(author: Author) -> None:
    returned = Item.objects.filter(submission__portfolio=author.portfolio, decision__outcome=Outcome.RETURNED)
    item = returned.latest("decision__decided_at")
    perform("comment", CommentOn(item), by=author.portfolio.trainee, given=Wrote(ASKED))


def _answer(author: Author) -> None:
    row = Comment.objects.get(item__submission__portfolio=author.portfolio)
    by = decider(row.of)
    assert by is not None  # it was returned
    perform("comment", CommentOn(row.of), by=by, given=Wrote(ANSWERED, row.cid))
