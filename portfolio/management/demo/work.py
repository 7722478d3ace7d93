"""Turning the two YAML files into what happens in a portfolio (clock.Story), step by real step."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from django.utils import timezone

from accounts.models import User
from curriculum.models import Module
from portfolio import files
from portfolio.management.demo import samples
from portfolio.management.demo.clock import Story
from portfolio.manifest import option_digest, result_digest
from portfolio.models import Activity, Evidence, Goal, GoalAction, Item, Portfolio
from portfolio.states import ElsewhereKind, EvidenceKind, ItemState, ResultState
from portfolio.workflow import (
    BlockOf,
    Confirm,
    Entry,
    LinkTo,
    ModuleOf,
    Nominee,
    RecordResult,
    Redirect,
    ResultOf,
    Reviewed,
    Submit,
    TakeOption,
    elsewhere,
    modules,
    perform,
    perform_all,
    writing,
)
from portfolio.workflow.activities import newest_revisions
from portfolio.workflow.goals import STEP_OF
from portfolio.workflow.goals.writing import ActionText, GoalText, mark_done, set_goal

HERE = Path(__file__).parent
WELL_DONE = (
    "Clear and specific. Well done.",
    "Good evidence, and an honest reflection.",
    "",
    "I like that you checked it with the people who use it.",
    "A good account. Keep the habit of measuring before and after.",
    "",
)
NEW_ASSESSOR = Nominee("Ines Alder", "ines.alder@university.example.net", "Reader in Medical Physics", "CS07719")
ONCE_MORE = "Show it in a second situation as well: once is a start, entrustable means again and again."


def content(name: str) -> dict[str, Any]:
    """One of the YAML files beside this module."""
    return yaml.safe_load((HERE / f"{name}.yaml").read_text())


@dataclass
class People:
    """Who takes part in a trainee's story."""

    officer: User
    assessor: User
    second: User


@dataclass
class Author:
    """A portfolio and its story: what its trainee does, and what is said about it."""

    portfolio: Portfolio
    people: People
    story: Story
    pages: dict[str, Evidence] = field(default_factory=dict)
    said: int = 0

    # Each of these happens at once; `add` on the story says when.

    def write(self, key: str, page: dict[str, Any]) -> None:
        by = self.portfolio.trainee
        typed = writing.Page(
            title=page["title"],
            happened_on=timezone.localdate() - timedelta(days=1),
            kind=page.get("kind", EvidenceKind.REFLECTION),
            body=page["body"].strip(),
        )
        row = self.pages[key] = writing.keep(self.portfolio, typed, by=by)
        for file in page.get("files", []):
            stored = files.store(samples.upload(file["name"], file["kind"]))
            writing.attach(row, stored, file["name"], by=by)
        writing.save(row, by=by)

    def extend(self, key: str, text: str, *, save: bool = True) -> None:
        row = self.pages[key]
        row.refresh_from_db()
        typed = writing.Page(row.title, row.happened_on, row.kind, row.body + text)
        writing.keep(self.portfolio, typed, by=self.portfolio.trainee, evidence=row)
        if save:
            writing.save(row, by=self.portfolio.trainee)

    def link(self, code: str, number: int, key: str, why: str) -> None:
        given = LinkTo(self.pages[key], why)
        perform("link", self.activity(code, number), by=self.portfolio.trainee, given=given)

    def ask(self, code: str, number: int, assessor: User) -> None:
        row = self.activity(code, number)
        pages = {row.pk: [revision.pk for revision in newest_revisions(row)]}
        perform("submit", row, by=self.portfolio.trainee, given=Submit(assessor, pages, declared=True))

    def name_somebody(self, code: str, number: int) -> None:
        """A new assessor, from elsewhere: it waits for the officer's word."""
        row = self.activity(code, number)
        pages = {row.pk: [revision.pk for revision in newest_revisions(row)]}
        given = Submit(None, pages, declared=True, nominee=NEW_ASSESSOR)
        perform("submit", row, by=self.portfolio.trainee, given=given)

    def decide(self, code: str, number: int, feedback: str = "", outcome: str = "sign off") -> None:
        row = self.activity(code, number)
        item = Item.objects.get(activity=row, state=ItemState.UNDECIDED)
        if outcome == "sign off" and not feedback:
            self.said += 1
            feedback = WELL_DONE[self.said % len(WELL_DONE)]
        assessor = item.submission.addressees.get(until=None).assessor
        perform(outcome, row, by=assessor, seen=item.digest, reason=feedback)

    def unlock(self, code: str, number: int, reason: str) -> None:
        perform("unlock", self.activity(code, number), by=self.people.officer, reason=reason)

    def withdraw(self, code: str, number: int) -> None:
        perform("withdraw", self.activity(code, number), by=self.portfolio.trainee)

    def redirect(self, code: str, number: int) -> None:
        given = Redirect(self.people.second)
        perform("redirect", self.activity(code, number), by=self.portfolio.trainee, given=given)

    def confirm(self, code: str, numbers: dict[str, int], source: str) -> None:
        given = Confirm(source=source, read_on=timezone.localdate(), **numbers)
        perform("confirm requirements", ModuleOf.read(self.portfolio, code), by=self.people.officer, given=given)

    def sign_module(self, code: str) -> None:
        subject = ModuleOf.read(self.portfolio, code)
        perform("sign off module", subject, by=self.people.officer, seen=modules.shown(subject))

    def aim(self, goal: dict[str, Any]) -> None:
        """Days that a goal names are before the day on which the story ends."""
        last = timezone.localdate() + timedelta(days=goal["days"])
        text = GoalText(
            title=goal["title"],
            why=goal.get("why", "").strip(),
            criteria=goal["criteria"].strip(),
            target_on=last - timedelta(days=goal["target"]),
        )
        actions = [ActionText(one["what"], last - timedelta(days=one["due"])) for one in goal.get("actions", [])]
        set_goal(self.portfolio, text, actions, by=self.portfolio.trainee)

    def tick(self, title: str, what: str) -> None:
        action = GoalAction.objects.get(goal__portfolio=self.portfolio, goal__title=title, what=what)
        mark_done(action, timezone.localdate(), by=self.portfolio.trainee)

    def review(self, title: str, review: dict[str, Any]) -> None:
        goal = Goal.objects.get(portfolio=self.portfolio, title=title)
        by = self.people.officer if review.get("officer") else self.portfolio.trainee
        given = Reviewed(review.get("next", ""), review["outcome"])
        perform(STEP_OF[given.outcome], goal, by=by, reason=review["happened"], given=given)

    def activity(self, code: str, number: int) -> Activity:
        rows = Activity.objects.select_related("module", "portfolio")
        found = rows.filter(portfolio=self.portfolio, module__code=code, number=number).first()
        module = Module.objects.get(curriculum=self.portfolio.curriculum, code=code)
        return found or Activity(portfolio=self.portfolio, module=module, number=number)

    # What others say of it.

    def record_elsewhere(self, told: dict[str, Any]) -> None:
        entries = [
            Entry(
                module=item["module"],
                kind=item.get("kind", ElsewhereKind.ACTIVITY),
                number=item.get("number"),
                title=item.get("title", ""),
                system=told["system"],
                signed_on=self.story.today - timedelta(days=item["signed"]),
                signed_by=item["by"],
                note=told["note"],
            )
            for item in told["items"]
        ]
        perform_all(elsewhere.asks(self.portfolio, entries), by=self.people.officer)

    def take_back(self, code: str, number: int, reason: str) -> None:
        perform("void elsewhere", self.activity(code, number), by=self.people.officer, reason=reason)

    def take_option(self, code: str, reason: str = "") -> None:
        """A change of an option says why."""
        subject = self._block(code)
        at = next(at for at, codes in enumerate(subject.block.options) if code in codes)
        perform("take option", subject, by=self.portfolio.trainee, reason=reason, given=TakeOption(at))

    def confirm_option(self, code: str) -> None:
        subject = self._block(code)
        newest = subject.newest
        assert newest is not None  # take_option came before
        perform("confirm option", subject, by=self.people.officer, seen=option_digest(newest))

    def _block(self, code: str) -> BlockOf:
        subject = ModuleOf.read(self.portfolio, code)
        return BlockOf(self.portfolio, subject.record.structure.block(subject.facts))

    def record_result(self, code: str, source: str) -> None:
        self._record(ResultOf(self.portfolio, ModuleOf.read(self.portfolio, code).facts), source)

    def record_award(self, award: str, source: str) -> None:
        self._record(ResultOf(self.portfolio, None, award), source)

    def _record(self, subject: ResultOf, source: str) -> None:
        given = RecordResult(ResultState.PASSED, timezone.localdate() - timedelta(days=4), source)
        perform("record result", subject, by=self.people.officer, seen="", given=given)

    def correct_result(self, code: str, source: str, reason: str) -> None:
        """The same result, of an earlier day and from another source."""
        subject = ResultOf(self.portfolio, ModuleOf.read(self.portfolio, code).facts)
        newest = subject.newest
        assert newest is not None  # record_result came before
        given = RecordResult(ResultState.PASSED, newest.dated_on - timedelta(days=2), source)
        seen = result_digest(newest)
        perform("correct result", subject, by=self.people.officer, reason=reason, seen=seen, given=given)


def plan_goals(author: Author, goals: list[dict[str, Any]]) -> None:
    """Each goal with its actions and reviews, at their times."""
    for goal in goals:
        author.story.add(goal["days"], partial(author.aim, goal))
        for action in goal.get("actions", []):
            if "done" in action:
                author.story.add(action["done"], partial(author.tick, goal["title"], action["what"]))
        for review in goal["reviews"]:
            author.story.add(review["days"], partial(author.review, goal["title"], review))


def plan_priya(author: Author) -> None:
    """Everything in priya.yaml, at its time."""
    told, add = content("priya"), author.story.add
    for key, page in told["pages"].items():
        add(page["days"], partial(author.write, key, page))
    for work in told["work"]:
        _plan_work(author, work, told["pages"])
    confirmed, signed = told["confirmed"], told["signed"]
    numbers = {name: confirmed[name] for name in ("activities", "cbd", "observed")}
    add(confirmed["days"], partial(author.confirm, confirmed["module"], numbers, confirmed["source"]))
    add(signed["days"], partial(author.sign_module, signed["module"]))
    by = author.portfolio.trainee
    add(70, lambda: writing.share(author.pages[told["shared"]], on=True, by=by))
    add(64, lambda: writing.archive(author.pages[told["archived"]], on=True, by=by))
    add(12, lambda: writing.discard(author.pages[told["binned"]], by=by))
    add(told["changed"]["days"], partial(author.extend, told["changed"]["page"], told["changed"]["add"]))
    plan_goals(author, told["goals"])
    add(1, partial(author.extend, told["unsaved"]["page"], told["unsaved"]["add"], save=False))


def _plan_work(author: Author, work: dict[str, Any], pages: dict[str, Any]) -> None:
    """One activity: named, linked, submitted, decided, and what came after, as far as it went."""
    code, _, digits = work["at"].partition("/")
    number, add = int(digits), author.story.add
    written, *asked = work["days"]
    if "label" in work:
        type_, title = work["label"]
        by = author.portfolio.trainee
        add(written, partial(writing.name_place, author.portfolio, code, number, title=title, type=type_, by=by))
    latest_page = min(pages[key]["days"] for key in work["pages"])
    for key, why in work["pages"].items():
        day = min(written, pages[key]["days"])
        add(day, partial(author.link, code, number, key, why))
    if not asked:
        return
    assessor = author.people.officer if work.get("officer") else author.people.assessor
    add(min(asked[0], latest_page), partial(author.ask, code, number, assessor))
    if "redirected" in work:
        add(work["redirected"], partial(author.redirect, code, number))
    if "withdrawn" in work:
        add(work["withdrawn"], partial(author.withdraw, code, number))
    if len(asked) > 1:
        returned = work.get("returned")
        outcome = "return" if returned else "sign off"
        add(asked[1], partial(author.decide, code, number, returned or "", outcome))
    if "unlocked" in work:
        day, reason = work["unlocked"]
        add(day, partial(author.unlock, code, number, reason))
    if "again" in work:
        again, decided = work["again"]
        add(again, partial(author.ask, code, number, assessor))
        add(decided, partial(author.decide, code, number))


def plan_daniel(author: Author) -> None:
    """Everything in daniel.yaml, at its time; the texts follow from the labels of the activities."""
    told = content("daniel")
    plan_goals(author, told["goals"])
    plan_modules(author, told["modules"], told["texts"])
    _plan_others(author, told)


def plan_modules(author: Author, plans: list[dict[str, Any]], texts: dict[str, str]) -> None:
    """The activities of each module in turn, with a page each, as far as its plan goes."""
    for plan in plans:
        code, signed = plan["code"], plan["signed"]
        module = Module.objects.get(curriculum=author.portfolio.curriculum, code=code)
        titles = dict(module.activities.values_list("number", "title"))
        step = (plan["first"] - plan["last"]) / max(signed - 1, 1)
        for number in range(1, signed + 1):
            decided = round(plan["first"] - step * (number - 1))
            _plan_page(author, texts, code, number, titles[number], decided + 9)
            author.story.add(decided + 5, partial(author.ask, code, number, author.people.assessor))
            author.story.add(decided, partial(author.decide, code, number))
        number = signed
        for asked in plan.get("in_review", []):
            number += 1
            _plan_page(author, texts, code, number, titles[number], asked + 4)
            author.story.add(asked, partial(author.ask, code, number, author.people.assessor))
        if "named" in plan:
            number += 1
            _plan_page(author, texts, code, number, titles[number], plan["named"] + 4)
            author.story.add(plan["named"], partial(author.name_somebody, code, number))
        for written in plan.get("drafts", []):
            number += 1
            _plan_page(author, texts, code, number, titles[number], written)
        if "returned" in plan:
            number += 1
            _plan_page(author, texts, code, number, titles[number], plan["returned"] + 9)
            author.story.add(plan["returned"] + 5, partial(author.ask, code, number, author.people.assessor))
            author.story.add(plan["returned"], partial(author.decide, code, number, ONCE_MORE, "return"))
        if "module_signed" in plan:
            author.story.add(plan["module_signed"], partial(author.sign_module, code))


def _plan_others(author: Author, told: dict[str, Any]) -> None:
    """What another system, the option and the university say."""
    add, brought, option, result = author.story.add, told["elsewhere"], told["option"], told["result"]
    add(brought["days"], partial(author.record_elsewhere, brought))
    for item in brought["items"]:
        if "taken_back" in item:
            day, reason = item["taken_back"]
            add(day, partial(author.take_back, item["module"], item["number"], reason))
    before = option["before"]
    add(before["taken"], partial(author.take_option, before["module"]))
    add(before["confirmed"], partial(author.confirm_option, before["module"]))
    add(option["taken"], partial(author.take_option, option["module"], option["reason"]))
    add(option["confirmed"], partial(author.confirm_option, option["module"]))
    add(result["days"], partial(author.record_result, result["module"], result["source"]))
    corrected = result["corrected"]
    add(corrected["days"], partial(author.correct_result, result["module"], corrected["source"], corrected["reason"]))


def _plan_page(author: Author, texts: dict[str, str], code: str, number: int, title: str, days: int) -> None:
    """A page about one activity, and its link."""
    verb = next(verb for verb in texts if title.startswith(verb))
    thing = title.removeprefix(verb).strip()
    page: dict[str, Any] = {"title": title, "body": texts[verb].format(thing=thing)}
    if verb in ("Compare", "Document"):
        page["files"] = [{"name": f"{code.lower()}-{number}.{kind}", "kind": kind} for kind in ("pdf", "csv")]
    key = f"{code}/{number}"
    author.story.add(days, partial(author.write, key, page))
    author.story.add(days, partial(author.link, code, number, key, f"Shows how I did this for {thing}."))
