"""What trainee and assessor say about a decision or an outcome after it; and what the assessor keeps."""

from collections.abc import Callable
from functools import partial

from portfolio.management.demo.work import Author
from portfolio.models import Assessment, Comment, Item
from portfolio.states import AssessmentState, Outcome
from portfolio.workflow import CommentOn, Wrote, perform, snippets
from portfolio.workflow.comments.about import Decided, decider

KEPT = (
    "Clear account. Next time say what you would do differently.",
    "Say in a sentence what this changed in how you work.",
)
ASKED = "Thank you. Would one more case be enough, or do you want to see two?"
ANSWERED = "One is enough, if you say what you would do differently."
ASKED_OF_OUTCOME = "Thank you. I began with the table because I was sure of it. Would you begin with her question?"
ANSWERED_OF_OUTCOME = "Yes. Ask what she has to decide this week, and show the one figure that helps her."


def plan_talk(author: Author, who: str) -> None:
    """About the last piece of work that came back to Priya, and about her attempt that is not yet satisfactory."""
    if who == "priya":
        _talk(author, 2, _returned, ASKED, ANSWERED)
        _talk(author, 22, _not_yet, ASKED_OF_OUTCOME, ANSWERED_OF_OUTCOME)
        for text in KEPT:
            snippets.add(text, by=author.people.assessor)


def _talk(author: Author, days: int, about: Callable[[Author], Decided], asked: str, answered: str) -> None:
    """The trainee asks, and whoever decided answers the day after."""
    author.story.add(days, partial(_ask, author, about, asked))
    author.story.add(days - 1, partial(_answer, author, about, answered))


def _returned(author: Author) -> Decided:
    returned = Item.objects.filter(submission__portfolio=author.portfolio, decision__outcome=Outcome.RETURNED)
    return returned.latest("decision__decided_at")


def _not_yet(author: Author) -> Decided:
    return Assessment.objects.get(portfolio=author.portfolio, state=AssessmentState.NOT_YET)


def _ask(author: Author, about: Callable[[Author], Decided], text: str) -> None:
    perform("comment", CommentOn(about(author)), by=author.portfolio.trainee, given=Wrote(text))


def _answer(author: Author, about: Callable[[Author], Decided], text: str) -> None:
    of = about(author)
    by, asked = decider(of), Comment.objects.filter(portfolio=author.portfolio).latest("at")
    assert by is not None  # it was decided
    perform("comment", CommentOn(of), by=by, given=Wrote(text, asked.cid))
