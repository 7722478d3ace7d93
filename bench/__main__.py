"""`make bench`: how many queries, how long and how many bytes, page by page; the table goes into docs/performance.md.

Each page is asked for by one client and by eight, in rounds: every page once a round, so that what else the machine
does at a moment falls on all of them. The figures are medians of the rounds. Nothing passes or fails.
"""

import argparse
import gzip
import http.client
import os
import platform
import re
import statistics
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from posixpath import dirname, normpath

import django

from bench.counting import HEADER
from bench.instance import PROXIED, ROOT, Server, prepare
from config import serving

DOCUMENT = ROOT / "docs" / "performance.md"
MANY = 8
WARM = 6
PERCENT = 95


@dataclass(frozen=True)
class Answer:
    status: int
    queries: str
    body: bytes
    seconds: float


@dataclass
class Timed:
    """Milliseconds, one of each a round."""

    p50: list[float] = field(default_factory=list)
    p95: list[float] = field(default_factory=list)

    def add(self, seconds: Iterable[float]) -> None:
        sorted_ = sorted(1000 * second for second in seconds)
        self.p50.append(statistics.median(sorted_))
        self.p95.append(sorted_[min(len(sorted_) * PERCENT // 100, len(sorted_) - 1)])


def get(port: int, path: str, cookie: str) -> Answer:
    """One request on a connection of its own, as a proxy would make it."""
    headers = {**PROXIED, "Cookie": cookie, "Accept-Encoding": "gzip", "Connection": "close"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    begun = time.perf_counter()
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    body = response.read()
    taken = time.perf_counter() - begun
    connection.close()
    return Answer(response.status, response.headers.get(HEADER, ""), body, taken)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--trainees", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--requests", type=int, default=20, help="of each page in a round; by eight clients, twice that"
    )
    parser.add_argument("--port", type=int, default=8350)
    parser.add_argument("--dry", action="store_true", help="print the table, and leave the document alone")
    wanted = parser.parse_args()
    kind = "postgresql" if os.environ.get("STP_DATABASE_URL", "").startswith("postgres") else "sqlite"
    folder = ROOT / "bench-data" / f"{kind}-{wanted.trainees}"
    prepare(folder, wanted.trainees, wanted.port)
    django.setup()
    with Server(folder, wanted.port):
        table = measure(wanted.port, wanted.rounds, wanted.requests)
    table = f"{head(wanted.trainees, wanted.rounds, wanted.requests)}\n\n{table}\n\n{first_visit(folder)}"
    print(table)
    if not wanted.dry:
        write(DOCUMENT, f"bench {kind} {wanted.trainees}", table)


def measure(port: int, rounds: int, requests: int) -> str:
    """Every page, in rounds; as a table."""
    from bench.pages import pages  # noqa: PLC0415  # models can be imported only once Django is set up
    from bench.sessions import cookie  # noqa: PLC0415  # as above

    measured = list(pages())
    cookies = {page.person: cookie(page.person) for page in measured}
    alone, together = ({page.name: Timed() for page in measured} for _ in range(2))
    first = {page.name: _first(port, page.path, cookies[page.person]) for page in measured}
    with ThreadPoolExecutor(MANY) as clients:
        for _ in range(rounds):
            for page in measured:
                ask = partial(get, port, page.path, cookies[page.person])
                alone[page.name].add(ask().seconds for _ in range(requests))
                answers = [clients.submit(ask) for _ in range(2 * requests)]
                together[page.name].add(answer.result().seconds for answer in answers)
    base = statistics.median(alone[measured[0].name].p50)
    lines = [
        "| page | queries | p50, 1 client | p95 | p50, 8 clients | p95 | × base | aim | HTML | gzip |",
        "| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |",
    ]
    for page in measured:
        one, eight, answer = alone[page.name], together[page.name], first[page.name]
        p50 = statistics.median(one.p50)
        figures = [p50, *(statistics.median(rows) for rows in (one.p95, eight.p50, eight.p95))]
        times = "" if page is measured[0] else f"{p50 / base:.1f}"
        shown = " | ".join(f"{figure:.0f} ms" for figure in figures)
        aim = str(page.times or "")
        sizes = f"{len(answer.body) / 1000:.1f} kB | {len(gzip.compress(answer.body)) / 1000:.1f} kB"
        lines.append(f"| {page.name} | {answer.queries} | {shown} | {times} | {aim} | {sizes} |")
    return "\n".join(lines)


def _first(port: int, path: str, cookie: str) -> Answer:
    """One whole answer of a process that has read templates and curricula. Which one answers is chance, so the one with
    the fewest queries, of several."""
    answers = [get(port, path, cookie) for _ in range(WARM)]
    answer = min(answers, key=lambda one: int(one.queries or 0))
    if answer.status != 200:
        raise SystemExit(f"{path} answered {answer.status}.")
    body = gzip.decompress(answer.body) if answer.body[:2] == b"\x1f\x8b" else answer.body
    return Answer(answer.status, answer.queries, body, answer.seconds)


def first_visit(folder: Path) -> str:
    """The style and the script that a first visit brings, as the base template names them."""
    from django.contrib.staticfiles.storage import staticfiles_storage  # noqa: PLC0415  # as above
    from django.template.loader import render_to_string  # noqa: PLC0415  # as above

    page = render_to_string("base.html")
    prefix = re.escape(staticfiles_storage.base_url or "")
    names = set(re.findall(rf'{prefix}([^"]+\.(?:css|js))"', page))
    for name in [name for name in names if name.endswith(".js")]:  # a module names those that it starts
        text = (folder / "static" / name).read_text()
        names |= {normpath(f"{dirname(name)}/{other}") for other in re.findall(r'from\s*"([^"]+\.js)"', text)}
    sizes = {
        kind: sum(len(gzip.compress((folder / "static" / name).read_bytes())) for name in names if name.endswith(kind))
        for kind in ("css", "js")
    }
    return (
        f"First visit, gzip: {sizes['css'] / 1000:.1f} kB of CSS and {sizes['js'] / 1000:.1f} kB of JavaScript "
        f"in {len(names)} files, {sum(sizes.values()) / 1000:.1f} kB in all (aim: under 90 kB)."
    )


def head(trainees: int, rounds: int, requests: int) -> str:
    """On what this was measured."""
    from django.db import connection  # noqa: PLC0415  # as above

    with connection.cursor() as cursor:  # raw SQL: which version answers is nothing that a model knows
        cursor.execute("SELECT version()" if connection.vendor == "postgresql" else "SELECT sqlite_version()")
        version = str(cursor.fetchone()[0]).removeprefix("PostgreSQL ").split(" ")[0]
    name = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}[connection.vendor]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{name} {version}, {trainees:,} trainees. {os.cpu_count()} cores, {memory:.0f} GiB, Python "
        f"{platform.python_version()}, Django {django.get_version()}, gunicorn with "
        f"{serving.workers} workers of {serving.threads} threads; client and server on one "
        f"machine. {rounds} rounds of {requests} requests by one client and {2 * requests} by {MANY}."
    )


def write(document: Path, key: str, text: str) -> None:
    """Between the markers of this table; a new one goes to the end."""
    begin, end = f"<!-- {key} -->", f"<!-- end of {key} -->"
    whole = document.read_text()
    table = f"{begin}\n{text}\n{end}"
    if begin in whole:
        before, _, rest = whole.partition(begin)
        whole = before + table + rest.partition(end)[2]
    else:
        whole = f"{whole.rstrip()}\n\n{table}\n"
    document.write_text(whole)


if __name__ == "__main__":
    main()
