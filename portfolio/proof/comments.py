"""Whether what was said about a decision or an outcome is what was said, and was withdrawn by whoever withdrew it."""

from portfolio.models import Comment, CommentWithdrawal
from portfolio.proof.kind import Details, Kind
from portfolio.workflow.comments import comment_digest, withdrawal_digest
from portfolio.workflow.comments.about import called, portfolio_of


def _comment_agrees(row: Comment, said: Details) -> bool:
    """With its words; without them only where it was withdrawn, and they were erased. What it is about is told too."""
    whole = row.words.digest == row.words_digest if hasattr(row, "words") else hasattr(row, "withdrawal")
    at_home = row.portfolio_id == portfolio_of(row.of).pk
    return whole and at_home and said["comment"] == row.cid and said["comment_written"] == comment_digest(row)


def _withdrawal_agrees(row: CommentWithdrawal, said: Details) -> bool:
    """Of this comment, after it was written."""
    this = said["comment"] == row.comment.cid and row.comment.audit_seq < row.audit_seq
    return this and said["comment_withdrawn"] == withdrawal_digest(row)


COMMENTS = (
    Kind(
        "comment",
        Comment,
        "portfolio",
        ("item__activity__module", "item__submission__portfolio", "assessment__module", "assessment__portfolio"),
        "comment_written",
        _comment_agrees,
        lambda row: f"{called(row.of)}, {row.cid}",
    ),
    Kind(
        "withdrawal of a comment",
        CommentWithdrawal,
        "comment__portfolio",
        ("comment__item__activity__module", "comment__assessment__module"),
        "comment_withdrawn",
        _withdrawal_agrees,
        lambda row: f"{called(row.comment.of)}, {row.comment.cid}",
    ),
)
