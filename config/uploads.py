"""How much one request may bring, decided by what it says of itself, before anything of it is read.

gunicorn hands on no more than a request says, so what it says can be believed.
"""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import HttpRequest, HttpResponse

HEADERS = 1024 * 1024  # bytes, room for what stands between the files


def measured(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """More than a whole form of the largest files is 413; without a length, 400: Django would take it for empty.

    One file that is a little too large is the form's matter: it says so at its field and keeps what was typed.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        length = request.headers.get("Content-Length") or "0"
        if "Transfer-Encoding" in request.headers or not length.isdecimal():
            raise BadRequest("A request says how long it is.")
        files = settings.UPLOAD_MAX_BYTES * settings.UPLOAD_MAX_FILES
        if int(length) > files + settings.DATA_UPLOAD_MAX_MEMORY_SIZE + HEADERS:
            raise RequestDataTooBig("More than one form may bring.")
        return get_response(request)

    return middleware
