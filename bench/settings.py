"""The settings of production, with two things that only measuring needs: see bench/urls.py and bench/counting.py."""

from config.settings import *  # noqa: F403
from config.settings import MIDDLEWARE

ROOT_URLCONF = "bench.urls"
MIDDLEWARE = ["bench.counting.count_queries", *MIDDLEWARE]
