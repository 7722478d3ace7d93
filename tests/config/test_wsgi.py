"""What the master process reads before gunicorn's workers fork."""

import importlib

from django.conf import settings
from django.template import engines
from django.template.loaders.cached import Loader

import config.wsgi


def test_every_template_is_compiled_before_a_worker_begins() -> None:
    cached = engines["django"].engine.template_loaders[0]
    assert isinstance(cached, Loader)
    cached.reset()
    importlib.reload(config.wsgi)
    folder = settings.BASE_DIR / "templates"
    ours = {str(path.relative_to(folder)) for path in folder.rglob("*.html")}
    assert ours - set(cached.get_template_cache) == set()
    assert "portfolio/progress.html" in ours
