"""What people say to each other about a decision or an outcome, after it."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from portfolio.access import visible
from portfolio.models import Assessment, Comment, Item
from portfolio.workflow import CommentOn, Wrote, perform
from tests.portfolio.workflow.life.lived import DECIDERS, DONE, INCOMPLETE, TOO_LATE, Lived, likely, mostly
from tests.portfolio.workflow.life.notes import Decided, Said

TEXTS = st.sampled_from(["Well argued.", "Thank you.", "Which case was it?", " "])
back = st.integers(0, 5)


class Commenting(Lived):
    """Comments are written, answered and withdrawn; they change no decision, and nothing that counts."""

    def may_comment(self, name: str, of: Decided) -> bool:
        """Whoever decided: while they may decide still."""
        return name in ("trainee", "administrator") or self.leads(name) or (of.by == name and self.may_decide(name))

    def decided_row(self, of: Decided) -> Item | Assessment:
        if of.of is Assessment:
            return Assessment.objects.select_related("module", "portfolio", "decision__signer").get(pk=of.pk)
        return Item.objects.select_related("submission__portfolio", "activity__module", "decision__signer").get(
            pk=of.pk
        )

    @precondition(lambda self: self.decisions)
    @rule(back=back, name=likely("trainee", "officer", "assessor", "administrator"), text=TEXTS, answers=st.booleans())
    def comment(self, back: int, name: str, text: str, answers: bool) -> None:
        """Once in the same words in the same thread; an answer to what was withdrawn comes too late."""
        of = self.decisions[-1 - min(back, len(self.decisions) - 1)]
        if name == "assessor" and of.by in DECIDERS:
            name = of.by
        on = [at for at, one in enumerate(self.comments) if one.of == of]
        answered = on[back % len(on)] if answers and on else None
        thread, late = None, False
        if answered is not None:
            late, begun = self.comments[answered].withdrawn, self.comments[answered].thread
            thread = answered if begun is None else begun
        twice = any(
            (one.of, one.by, one.text, one.thread, one.withdrawn) == (of, name, text, thread, False)
            for one in self.comments
        )
        subject, who = CommentOn(self.decided_row(of)), self.may_comment(name, of)
        self.offered("comment", subject, name, who)
        wrote = Wrote(text, self.comments[answered].cid if answered is not None else "")
        if self.expect(
            "comment",
            lambda: perform("comment", subject, by=self.person(name), given=wrote),
            who=who,
            given=INCOMPLETE if not text.strip() else TOO_LATE if late or twice else DONE,
        ):
            row = Comment.objects.filter(portfolio=self.portfolio).latest("pk")
            self.comments.append(Said(row.pk, row.cid, of, name, text, thread))

    @precondition(lambda self: self.asked)
    @rule(name=likely("trainee", "officer"))
    def comment_too_early(self, name: str) -> None:
        """Of what is not decided there is nothing to say."""
        place = min(self.asked)
        subject = CommentOn(self.decided_row(Decided(Item, self.asked[place].items[place], "")))
        self.offered("comment", subject, name, legal=False)
        self.expect(
            "comment",
            lambda: perform("comment", subject, by=self.person(name), given=Wrote("Soon?")),
            sources=False,
            who=False,
        )

    @precondition(lambda self: self.comments)
    @rule(back=back, name=likely("trainee", "officer"), theirs=mostly)
    def withdraw_comment(self, back: int, name: str, theirs: bool) -> None:
        """By whoever wrote it, while they may write here still."""
        one = self.comments[-1 - min(back, len(self.comments) - 1)]
        name = one.by if theirs else name
        row = Comment.objects.select_related("withdrawal", "signer").get(pk=one.pk)
        subject, who = CommentOn(self.decided_row(one.of), row), name == one.by and self.may_comment(name, one.of)
        self.offered("withdraw comment", subject, name, who and not one.withdrawn)
        if self.expect(
            "withdraw comment",
            lambda: perform("withdraw comment", subject, by=self.person(name)),
            sources=not one.withdrawn,
            who=who,
        ):
            one.withdrawn = True

    # --- what must hold ---

    def comments_are_those_of_the_model(self) -> None:
        rows = Comment.objects.filter(portfolio=self.portfolio).select_related("words", "withdrawal").order_by("pk")
        assert [
            (row.pk, row.item_id or row.assessment_id, row.signer_name, row.thread_id, row.words.text, _is_off(row))
            for row in rows
        ] == [
            (one.pk, one.of.pk, self.called(one.by), self.begun_by(one), one.text, one.withdrawn)
            for one in self.comments
        ]

    def begun_by(self, one: Said) -> int | None:
        return None if one.thread is None else self.comments[one.thread].pk

    def comments_are_read_by_who_reads_the_decision(self) -> None:
        """The trainee, their people, and whoever decided while their role lasts."""
        name = ["trainee", "administrator", "former_officer", *DECIDERS][self.turn % 7]
        seen = visible(self.person(name), Comment).count()
        assert seen == sum(self.may_comment(name, one.of) for one in self.comments), name


def _is_off(row: Comment) -> bool:
    return hasattr(row, "withdrawal")
