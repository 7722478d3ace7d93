"""How gunicorn serves: gunicorn -c python:config.serving config.wsgi. STP_BIND says where (127.0.0.1:8000)."""

import os

from gunicorn.http.wsgi import Response

bind = os.environ.get("STP_BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = 2
threads = 4
preload_app = True  # a refusal to start ends the whole server, with its reason and no traceback
control_socket_disable = True
timeout = 60
max_requests = 5000
max_requests_jitter = 500

_default_headers = Response.default_headers


def _without_banner(response: Response) -> list[str]:
    """Which server this is, and which version, is nobody's business."""
    return [header for header in _default_headers(response) if not header.lower().startswith("server:")]


Response.default_headers = _without_banner
