"""For machines: is the process alive, and is it able to serve? And: robots, keep out."""

import logging
import tempfile

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)
PLAIN = "text/plain; charset=utf-8"


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is alive. Touches no database: a database that is down does not mend by restarting us."""
    return HttpResponse("alive\n", content_type=PLAIN)


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Able to serve; else 503 and the name of what is not ready. The details are in the log."""
    missing = [part for part in (_database(), _data_folder()) if part]
    if missing:
        return HttpResponse(f"not ready: {', '.join(missing)}\n", status=503, content_type=PLAIN)
    return HttpResponse("ready\n", content_type=PLAIN)


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type=PLAIN)


def _database() -> str:
    """What of the database is not ready: "database", "migrations", or nothing."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        logger.exception("The database does not answer.")
        return "database"
    if waiting:
        logger.error("Migrations wait to be applied: %s.", ", ".join(str(migration) for migration, _ in waiting))
        return "migrations"
    return ""


def _data_folder() -> str:
    """ "data folder" when nothing can be written into it."""
    try:
        with tempfile.TemporaryFile(dir=settings.DATA_DIR) as file:
            file.write(b"ready")
            file.flush()
    except OSError:
        logger.exception("The data folder cannot be written.")
        return "data folder"
    return ""
