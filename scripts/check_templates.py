"""Compiles every template of ours: a misspelt tag or filter is found here, not by whoever opens the page first."""

import sys
from pathlib import Path

import django
from django.template import TemplateSyntaxError, engines

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
django.setup()
engine = engines["django"]
folders = [Path(folder) for folder in engine.dirs]
templates = [
    path for folder in folders for path in sorted(folder.rglob("*")) if path.suffix in (".html", ".txt", ".svg")
]
broken = []
for path in templates:
    try:
        engine.from_string(path.read_text(encoding="utf-8"))
    except TemplateSyntaxError as error:
        broken.append(f"{path}: {error}")
print(f"{len(templates)} templates, {len(broken)} broken")
sys.exit("\n".join(broken) if broken else 0)
