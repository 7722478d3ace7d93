"""What every page knows."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """The service's name and what kind of process this is."""
    return {"service_name": settings.SERVICE_NAME, "stp_mode": settings.STP_MODE}
