"""One connection to the mail server, opened for the first mail and used for the next ones."""

import re
from collections.abc import Callable
from contextlib import suppress
from smtplib import SMTP, SMTPException
from types import TracebackType
from typing import Any, Self

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address

FAILURES = (OSError, SMTPException, ValueError)


class NotTaken(Exception):
    """The server said that it does not take this mail now."""

    def __init__(self, code: int) -> None:
        super().__init__(f"the server said {code}")


class Line:
    """The connection. After a failure other than NotTaken it is closed, and the next mail opens it anew."""

    def __init__(self) -> None:
        self._connection: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def open(self) -> None:
        """Raises one of FAILURES when there is nobody to talk to."""
        if self._connection is not None:
            return
        self._connection = get_connection()
        try:
            self._connection.open()
            if smtp := self._smtp():
                smtp.ehlo_or_helo_if_needed()
        except FAILURES:
            self.close()
            raise

    def close(self) -> None:
        if self._connection is not None:
            with suppress(*FAILURES):
                self._connection.close()
            self._connection = None

    def hand_over(self, message: EmailMessage, last_moment: Callable[[], None]) -> None:
        """Give it to the server. From `last_moment` on until the server answers, nobody knows whether it took it.

        Raises NotTaken when the server refused it, and one of FAILURES when it fell silent.
        """
        if smtp := self._smtp():
            _exchange(smtp, message, last_moment)
        else:
            last_moment()
            self._connection.send_messages([message])

    def _smtp(self) -> SMTP | None:
        """What talks to a server; nothing where mail goes to a console or into a test's list."""
        return self._connection.connection if isinstance(self._connection, EmailBackend) else None


def _exchange(smtp: SMTP, message: EmailMessage, last_moment: Callable[[], None]) -> None:
    """The words of smtplib's sendmail, with a place between DATA and what follows it, which that does not have."""
    lines = re.sub(rb"(?m)^\.", b"..", re.sub(rb"\r?\n", b"\r\n", message.message().as_bytes()))
    sender, (recipient,) = (sanitize_address(message.from_email, "utf-8"), message.recipients())
    try:
        _said(smtp.mail(sender), 250)
        _said(smtp.rcpt(sanitize_address(recipient, "utf-8")), 250, 251)
        _said(smtp.docmd("DATA"), 354)
    except NotTaken:
        smtp.rset()
        raise
    last_moment()
    smtp.send(lines.rstrip(b"\r\n") + b"\r\n.\r\n")
    _said(smtp.getreply(), 250)


def _said(answer: tuple[int, bytes], *wanted: int) -> None:
    if answer[0] not in wanted:
        raise NotTaken(answer[0])
