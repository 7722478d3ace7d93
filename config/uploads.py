"""How much one request may bring: counted as it arrives, whatever its headers say."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import TemporaryFileUploadHandler

WORDS = 1024 * 1024  # room for multipart headers


class Bounded(TemporaryFileUploadHandler):
    """Files go to temporary files; a request with more than a whole form of the largest files is cut off.

    One file that is a little too large is the form's matter: it says so at its field and keeps what was typed.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.received = 0

    @property
    def limit(self) -> int:
        return settings.UPLOAD_MAX_BYTES * settings.UPLOAD_MAX_FILES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE + WORDS

    def handle_raw_input(
        self, input_data: Any, META: dict[str, Any], content_length: int, boundary: bytes, encoding: str | None = None
    ) -> None:
        if content_length > self.limit:
            raise RequestDataTooBig("More than one form may bring.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received > self.limit:
            raise RequestDataTooBig("More than one form may bring.")
        super().receive_data_chunk(raw_data, start)
