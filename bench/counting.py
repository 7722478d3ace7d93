"""How many queries an answer took, in a header. The settings of the service itself know nothing of it."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

HEADER = "X-Bench-Queries"


def count_queries(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: counts what goes to the database while an answer is made."""

    def middleware(request: HttpRequest) -> HttpResponse:
        asked = 0

        def count(execute: Callable[..., Any], *args: Any) -> Any:
            nonlocal asked
            asked += 1
            return execute(*args)

        with connection.execute_wrapper(count):
            response = get_response(request)
        response.headers[HEADER] = str(asked)
        return response

    return middleware
