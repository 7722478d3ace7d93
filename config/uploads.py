"""How much one request may bring."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import TemporaryFileUploadHandler

HEADERS = 1024 * 1024  # bytes, room for what stands between the files


class Bounded(TemporaryFileUploadHandler):
    """Files go to temporary files; a request with more than a whole form of the largest files is refused unread.

    Its length is what it says: Django reads no further than that, and reads nothing when it does not say.
    One file that is a little too large is the form's matter: it says so at its field and keeps what was typed.
    """

    def handle_raw_input(
        self, input_data: Any, META: dict[str, Any], content_length: int, boundary: Any, encoding: str | None = None
    ) -> None:
        files = settings.UPLOAD_MAX_BYTES * settings.UPLOAD_MAX_FILES
        if content_length > files + settings.DATA_UPLOAD_MAX_MEMORY_SIZE + HEADERS:
            raise RequestDataTooBig("More than one form may bring.")
