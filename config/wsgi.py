"""The WSGI application that gunicorn serves."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application
from django.template.loader import get_template
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
try:
    application = get_wsgi_application()
    # What every worker needs is read before gunicorn's workers fork: no first page waits for it.
    _ = get_resolver().url_patterns
    templates = settings.BASE_DIR / "templates"
    for path in templates.rglob("*.html"):
        get_template(str(path.relative_to(templates)))
except ImproperlyConfigured as refusal:
    sys.exit(f"STP Portfolio does not start:\n{refusal}")
