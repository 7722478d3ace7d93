"""The WSGI application that gunicorn serves."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
try:
    application = get_wsgi_application()
    _ = get_resolver().url_patterns  # read before gunicorn's workers fork: no first page waits for it
except ImproperlyConfigured as refusal:
    sys.exit(f"STP Portfolio does not start:\n{refusal}")
