"""Fails when a requirement is not pinned to one exact version: the same commit installs the same packages."""

import re
import sys
from pathlib import Path

PINNED = re.compile(r"[A-Za-z0-9._-]+(\[[A-Za-z0-9,_-]+\])?==[0-9][A-Za-z0-9.]*")
ALLOWED = {"-r requirements.txt"}

loose = [
    f"{path}:{number}: {line}"
    for path in sorted(Path().glob("requirements*.txt"))
    for number, line in enumerate(path.read_text().splitlines(), 1)
    if line and not line.startswith("#") and line not in ALLOWED and not PINNED.fullmatch(line)
]
sys.exit("\n".join(["Not pinned to one version:", *loose]) if loose else 0)
