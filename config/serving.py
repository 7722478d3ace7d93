"""How gunicorn serves: gunicorn -c python:config.serving config.wsgi. STP_BIND says where (127.0.0.1:8000).

Some of gunicorn's manners are changed here, each for the reason it names.
"""

import gc
import os
import time
from typing import Any

from gunicorn import util
from gunicorn.http.errors import NoMoreData
from gunicorn.http.unreader import SocketUnreader
from gunicorn.http.wsgi import Response

from config import background

bind = os.environ.get("STP_BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = (
    4  # of few threads: those of one process wait for one another at each of a page's queries, and pages take turns
)
threads = 2
preload_app = True  # a refusal to start ends the whole server, with its reason and no traceback
control_socket_disable = True
timeout = 60
max_requests = 5000
max_requests_jitter = 500


def post_worker_init(worker: Any) -> None:
    """Mail leaves, and what is timed is done, from here too, unless workers of their own do it.

    What was loaded stays until the worker ends: the collector of cycles need not walk through it on every page. It took
    15 % of the time of a page before, and takes 3 % now.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    background.start()


# --- no banner ----------------------------------------------------------------------------------------------------

_default_headers = Response.default_headers


def _without_banner(response: Response) -> list[str]:
    """Which server this is, and which version, is nobody's business."""
    return [header for header in _default_headers(response) if not header.lower().startswith("server:")]


Response.default_headers = _without_banner

# --- what is no request -------------------------------------------------------------------------------------------

REFUSAL = """HTTP/1.1 {status} {reason}\r
Connection: close\r
Content-Type: text/plain; charset=utf-8\r
Content-Length: {length}\r
Cache-Control: private, no-store\r
Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r
Cross-Origin-Opener-Policy: same-origin\r
Cross-Origin-Resource-Policy: same-origin\r
Referrer-Policy: same-origin\r
X-Content-Type-Options: nosniff\r
X-Frame-Options: DENY\r
X-Robots-Tag: noindex, nofollow\r
\r
{said}"""


def _refuse(sock: Any, status: int, reason: str, message: str) -> None:
    """What is not HTTP as it should be never reaches Django. gunicorn would repeat what was sent; this does not."""
    said = "This service could not understand what was sent. Nothing was changed.\n"
    util.write_nonblock(sock, REFUSAL.format(status=status, reason=reason, length=len(said), said=said).encode())


util.write_error = _refuse

# --- slow senders -------------------------------------------------------------------------------------------------

SECONDS_TO_SEND = 15  # for a request, and one more for each LEAST_PER_SECOND that came
LEAST_PER_SECOND = 10_000  # bytes

_recv = SocketUnreader.chunk


def _in_time(unreader: Any, size_hint: int | None = None) -> bytes:
    """The next bytes of a request; its end, as if the sender had hung up, when they come too slowly.

    gunicorn would wait for ever, and each that it waits for keeps one of its few threads.
    """
    now = time.monotonic()
    began, got = getattr(unreader, "came", None) or (now, 0)
    left = began + SECONDS_TO_SEND + got / LEAST_PER_SECOND - now
    before = unreader.sock.gettimeout()
    try:
        unreader.sock.settimeout(min(max(left, 0.001), before or left))
        data: bytes = _recv(unreader, size_hint)
    except TimeoutError as late:
        raise NoMoreData() from late
    finally:
        unreader.sock.settimeout(before)
    unreader.came = (began, got + len(data))
    return data


SocketUnreader.chunk = _in_time


def post_request(worker: Any, request: Any, environ: dict[str, Any], response: Any) -> None:
    """The next request of the same connection has its own time."""
    request.unreader.came = None
