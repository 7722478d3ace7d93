"""The page behind a personal link: a questionnaire for somebody without an account.

Nothing here reads or writes a session, and no log holds the link: it is the key, and it is masked wherever an address
is written down (config/logs.py).
"""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.kept import from_here, typed
from portfolio.forms.feedback import CANNOT_SAY, AnswerForm
from portfolio.views.fetch import say_on
from portfolio.workflow import Incomplete, NotAllowed
from portfolio.workflow.feedback import answering
from portfolio.workflow.feedback.answering import DeadLink, NoLink
from portfolio.workflow.feedback.rounds import Question


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, key: str) -> HttpResponse:
    """Whom it is about, to whom the link was sent, and the questions. A link that is dead says why."""
    sent = request.POST if request.method == "POST" else None
    try:
        asked = answering.asked(key, by=request.user)
        form = AnswerForm(sent, questions=asked.questions)
        if request.method == "POST" and form.is_valid():
            answering.answer(key, form.given(), by=request.user)
            return redirect("feedback_thanks")
    except Incomplete as incomplete:
        say_on(form, incomplete)
    except (NoLink, DeadLink) as dead:
        return _dead(request, key, dead)
    except NotAllowed as refusal:
        return _refused(request, key, refusal)
    context = {"asked": asked, "form": form}
    return render(request, "portfolio/feedback/answer.html", context, status=422 if form.errors else 200)


def _dead(request: HttpRequest, key: str, dead: NoLink | DeadLink) -> HttpResponse:
    """Why the link does not work; what was sent through it is given back."""
    kept = _typed(request, key) if request.method == "POST" else []
    return render(request, "portfolio/dead_link.html", {"said": dead.said, "kept": kept}, status=dead.status)


def _refused(request: HttpRequest, key: str, refusal: NotAllowed) -> HttpResponse:
    """Signed in here is whom it is about. Somebody else at the same screen gets back what they typed."""
    if request.method != "POST":
        raise refusal
    kept = _typed(request, key) if from_here(request) else []
    return render(request, "errors/kept.html", {"kept": kept, "why": refusal.said}, status=refusal.status)


@login_not_required
@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    """The same for everybody: it knows nothing of who comes."""
    return render(request, "portfolio/feedback/thanks.html")


def _typed(request: HttpRequest, key: str) -> list[tuple[str, str]]:
    """What was typed, each under its question where the link tells which questions they were."""
    questions = dict(enumerate(answering.questions_behind(key), start=1))
    named = {f"q{at}": question for at, question in questions.items()}
    return [
        (named[name].text, _words(named[name], value)) if name in named else (name, value)
        for name, value in typed(request)
    ]


def _words(question: Question, value: str) -> str:
    """A rating as the page showed it."""
    if not question.is_rating:
        return value
    words = {str(place): point for place, point in enumerate(question.points, start=1)} | {CANNOT_SAY: "I cannot say"}
    return words.get(value, value)
