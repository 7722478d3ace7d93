"""What people do in `make load`. locust reads this in its own environment: nothing of the service is imported here."""

import json
import os
import re
from itertools import count
from pathlib import Path
from queue import Empty, SimpleQueue
from random import choice, random
from typing import Any

from forms import filled, new_page
from locust import HttpUser, between, task

PEOPLE: SimpleQueue[dict[str, Any]] = SimpleQueue()
for person in json.loads(Path(os.environ["CROWD"]).read_text()):
    PEOPLE.put(person)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%% a report of some pages: " + b"x" * 200_000
PDF += b"\ntrailer<</Root 1 0 R>>\n%%EOF\n"
READING, WRITING = 0.85, 0.95  # the rest is uploading
_number = count(1)


class Person(HttpUser):
    """One of the crowd, at the pages that are theirs: one thing done, then about ten seconds of reading."""

    wait_time = between(8, 12)

    def on_start(self) -> None:
        try:
            self.me = PEOPLE.get_nowait()
        except Empty:
            raise SystemExit("There are more users than people.") from None
        self.headers = {
            "Host": "portfolio.example.org",
            "X-Forwarded-Proto": "https",
            "Origin": "https://portfolio.example.org",
            "Cookie": self.me["cookie"],
        }

    @task
    def do_something(self) -> None:
        chance = random()
        if chance < READING:
            self.read()
        elif chance < WRITING or self.me["part"] != "trainee":
            self.write()
        else:
            self.upload()

    # --- reading

    def read(self) -> None:
        {"trainee": self.read_own, "officer": self.look_after, "assessor": self.review}[self.me["part"]]()

    def read_own(self) -> None:
        me, base = self.me, f"/portfolios/{self.me['ref']}/"
        one = choice(me["activities"])
        self.get(*choice([
            ("Progress", base),
            ("Progress", base),
            ("Module", f"{base}modules/{one.partition('/')[0]}/"),
            ("Activity", f"{base}modules/{one}/"),
            ("Activity", f"{base}modules/{one}/"),
            ("Evidence list", f"{base}evidence/"),
            ("Evidence page", f"{base}evidence/{choice(me['pages'])}/"),
            ("Submissions", f"{base}submissions/"),
            ("Submission", f"{base}submissions/{choice(me['submissions'])}/"),
            ("History", f"{base}history/"),
        ]))  # fmt: skip

    def look_after(self) -> None:
        base = f"/portfolios/{choice(self.me['refs'])}/"
        self.get(*choice([
            ("Trainees", "/trainees/"),
            ("Progress, officer", base),
            ("Module, officer", f"{base}modules/S-C1/"),
            ("Evidence list, officer", f"{base}evidence/"),
            ("Queue", "/reviewing/"),
        ]))  # fmt: skip

    def review(self) -> None:
        page = self.get("Queue", "/reviewing/")
        waiting = re.findall(r'href="(/reviewing/[a-z0-9]+/)"', page)
        if waiting and random() < 0.6:
            self.get("Decision", choice(waiting))

    def get(self, name: str, path: str) -> str:
        """A page that must be there."""
        with self.client.get(path, headers=self.headers, name=name, catch_response=True) as answer:
            if answer.status_code != 200:
                answer.failure(f"{answer.status_code}")
            return str(answer.text)

    # --- writing

    def write(self) -> None:
        if self.me["part"] == "assessor":
            self.sign()
        elif self.me["part"] == "officer":
            self.look_after()
        elif self.me["drafts"] and random() < 0.3:
            self.submit(self.me["drafts"].pop())
        else:
            self.save()

    def save(self, files: Any = None) -> None:
        """A new page, linked to an activity, saved."""
        path = f"/portfolios/{self.me['ref']}/evidence/new/"
        page = self.get("New page", path)
        data = new_page(page, next(_number), choice(re.findall(r'name="(tick-[^"]+)"', page)))
        self.post("Save with a file" if files else "Save and link", path, data, "/evidence/", files=files)

    def submit(self, key: str) -> None:
        path = f"/portfolios/{self.me['ref']}/submit/?activity={key}"
        page = self.get("Submit form", path)
        data = filled(page, "declared", assessor=str(self.me["assessor"]), declared="on")
        self.post("Submit", path, data, "/submissions/")

    def sign(self) -> None:
        """One item of a submission in the queue. Another of the crowd never has the same queue."""
        waiting = re.findall(r'href="(/reviewing/[a-z0-9]+/)"', self.get("Queue", "/reviewing/"))
        if not waiting:
            return
        path = choice(waiting)
        page = self.get("Decision", path)
        outcome = re.search(r'name="([^"]+-outcome)"', page)
        if outcome:
            name = outcome.group(1)
            self.post("Sign off", path, filled(page, name, **{name: "signed_off"}), "/reviewing/")

    def post(self, name: str, path: str, data: list[tuple[str, str]], leads_to: str, files: Any = None) -> None:
        """A form that must be taken: the answer leads on."""
        fields: dict[str, list[str]] = {}
        for field, value in data:
            fields.setdefault(field, []).append(value)
        with self.client.post(
            path, data=fields, files=files, headers=self.headers, name=name, allow_redirects=False, catch_response=True
        ) as answer:
            if answer.status_code != 302 or leads_to not in answer.headers.get("Location", ""):
                answer.failure(f"{answer.status_code} {answer.headers.get('Location', '')}")

    def upload(self) -> None:
        number = next(_number)
        file = (f"report-{number}.pdf", PDF + str(number).encode(), "application/pdf")
        self.save(files=[("files", file)])
