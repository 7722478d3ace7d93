"""Whether what was said about a decision is what was said, and was withdrawn by whoever withdrew it."""

from portfolio.models import Comment, CommentWithdrawal
from portfolio.proof.kind import Details, Kind
from portfolio.workflow.comments import comment_digest, withdrawal_digest


def _comment_agrees(row: Comment, said: Details) -> bool:
    """With its words; without them only where it was withdrawn, and they were erased."""
    whole = row.words.digest == row.words_digest if hasattr(row, "words") else hasattr(row, "withdrawal")
    return whole and said["comment"] == row.cid and said["comment_written"] == comment_digest(row)


def _withdrawal_agrees(row: CommentWithdrawal, said: Details) -> bool:
    """Of this comment, after it was written."""
    this = said["comment"] == row.comment.cid and row.comment.audit_seq < row.audit_seq
    return this and said["comment_withdrawn"] == withdrawal_digest(row)


COMMENTS = (
    Kind(
        "comment",
        Comment,
        "item__submission__portfolio",
        "item__activity__module",
        "comment_written",
        _comment_agrees,
        lambda row: f"{row.item.activity}, {row.cid}",
    ),
    Kind(
        "withdrawal of a comment",
        CommentWithdrawal,
        "comment__item__submission__portfolio",
        "comment__item__activity__module",
        "comment_withdrawn",
        _withdrawal_agrees,
        lambda row: f"{row.comment.item.activity}, {row.comment.cid}",
    ),
)
