"""`make load`: 250 people at once, ten seconds between pages, for five minutes, on what `make bench` measures.

Of a hundred things that people do 85 are reading, 10 writing (a page saved and linked, a submission, a decision) and 5
uploading. Every answer must be the one that was meant: an error is anything else. The result goes into
docs/performance.md. The people come from locust, in an environment of its own (requirements-load.txt).
"""

import argparse
import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import django

from bench.instance import ROOT, Server, prepare
from config import serving

DOCUMENT = ROOT / "docs" / "performance.md"
LOCUST = ROOT / ".venv-load" / "bin" / "locust"
AIM = 500  # milliseconds, of 95 in a hundred answers


def main() -> None:
    parser = argparse.ArgumentParser(prog="make load", description=__doc__)
    parser.add_argument("--people", type=int, default=250)
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--trainees", type=int, default=300)
    parser.add_argument("--port", type=int, default=8352)
    parser.add_argument("--dry", action="store_true", help="print the result, and leave the document alone")
    wanted = parser.parse_args()
    kind = "postgresql" if os.environ.get("STP_DATABASE_URL", "").startswith("postgres") else "sqlite"
    folder = ROOT / "bench-data" / f"load-{kind}-{wanted.trainees}"
    prepare(folder, wanted.trainees, wanted.port, settings="config.settings")
    django.setup()
    from bench.crowd import crowd  # noqa: PLC0415  # models can be imported only once Django is set up

    (folder / "crowd.json").write_text(json.dumps(crowd(wanted.people)))
    with Server(folder, wanted.port):
        run_locust(folder, wanted.people, wanted.seconds, wanted.port)
    result = f"{head(kind, wanted)}\n\n{table(folder)}"
    print(result)
    if not wanted.dry:
        from bench.__main__ import write  # noqa: PLC0415  # as above

        write(DOCUMENT, f"load {kind}", result)


def run_locust(folder: Path, people: int, seconds: int, port: int) -> None:
    """Everybody comes within the first half minute; what they do meanwhile counts too."""
    environment = {"PATH": os.environ["PATH"], "CROWD": str(folder / "crowd.json")}
    command = [
        *(str(LOCUST), "--locustfile", str(ROOT / "bench" / "locustfile.py"), "--headless", "--only-summary"),
        *("--users", str(people), "--spawn-rate", str(max(people // 30, 1)), "--run-time", f"{seconds}s"),
        *("--host", f"http://127.0.0.1:{port}", "--csv", str(folder / "load"), "--exit-code-on-error", "0"),
    ]
    if subprocess.run(command, env=environment, cwd=folder, check=False).returncode:
        sys.exit("locust did not run.")


def table(folder: Path) -> str:
    """What locust counted, by what people did."""
    with (folder / "load_stats.csv").open() as file:
        rows = list(csv.DictReader(file))
    lines = [
        "| what | requests | errors | a second | p50 | p95 | p99 |",
        "| --- | --: | --: | --: | --: | --: | --: |",
    ]
    for row in rows:
        times = " | ".join(f"{float(row[column] or 0):.0f} ms" for column in ("50%", "95%", "99%"))
        counts = f"{row['Request Count']} | {row['Failure Count']} | {float(row['Requests/s']):.1f}"
        lines.append(f"| {row['Name'] if row['Name'] != 'Aggregated' else '**all**'} | {counts} | {times} |")
    with (folder / "load_failures.csv").open() as file:
        lines += ["", *(f"Error: {row['Name']}: {row['Error']} ({row['Occurrences']})" for row in csv.DictReader(file))]
    return "\n".join(lines).rstrip()


def head(kind: str, wanted: argparse.Namespace) -> str:
    return (
        f"{wanted.people} people for {wanted.seconds} seconds, about ten seconds between pages, on {kind} with "
        f"{wanted.trainees} trainees; {os.cpu_count()} cores for locust, gunicorn ({serving.workers} workers of "
        f"{serving.threads} threads) and the database together. Aim: no errors, p95 under {AIM} ms."
    )


if __name__ == "__main__":
    main()
