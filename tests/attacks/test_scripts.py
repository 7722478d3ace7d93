"""Attacks 57 to 60: whatever people write, into whichever box, every reader sees text, and nothing is run or fetched.

Every payload stands in the title, the body, the sentence, the file name, the name, the post, the feedback, the reason,
the label and the wording of something; in what there is but one of (a department), as many as go in. Real pages in a
real browser, as each role and in the admin site: no dialog, no handler, no complaint of the policy, no other host.
"""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle
from typing import Any
from urllib.parse import quote

import pytest
from django.apps import apps
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from curriculum.models import Block, Module, Prompt, TrainingActivity
from portfolio.models import Activity, Attachment, Evidence, Portfolio
from portfolio.states import Outcome, RoleKind
from portfolio.workflow import LinkTo, ModuleOf, perform, writing
from tests import make
from tests.attacks.payloads import FORMATS, OUT_OF_AN_ATTRIBUTE, PAYLOADS, packed
from tests.cast import Cast

ALL = "\n\n".join(PAYLOADS)
SIGNED, RETURNED = 4, 2
# What a browser could act on: handlers, code in addresses, what loads or frames from elsewhere, scripts not of ours.
PROBE = """() => {
  const wrong = [], loads = ['src', 'srcset', 'data', 'poster', 'background', 'ping', 'action', 'formaction'];
  for (const element of document.querySelectorAll('*')) {
    const tag = element.localName;
    const ours = address => {
      const url = new URL(address, location.href);
      return url.origin === location.origin && /^\\/(static|admin\\/jsi18n)\\//.test(url.pathname);
    };
    if (['iframe', 'object', 'embed', 'base', 'style', 'video', 'audio', 'math'].includes(tag)) wrong.push(tag);
    if (tag === 'script' && !ours(element.src) && element.type !== 'application/json') wrong.push('script');
    if (tag === 'link' && !ours(element.href)) wrong.push('link ' + element.href);
    if (tag === 'meta' && element.httpEquiv) wrong.push('meta ' + element.httpEquiv);
    for (const {name, value} of element.attributes) {
      const runs = name.startsWith('on') || (/^\\s*(javascript|vbscript|data):/i.test(value) && name !== 'value');
      const elsewhere = loads.includes(name) && new URL(value, location.href).origin !== location.origin;
      if (runs || elsewhere) wrong.push(tag + ' ' + name + '=' + value);
    }
  }
  return wrong;
}"""
SUBMIT = """([address, fields]) => {
  const form = document.createElement('form'), mark = document.querySelector('[name=csrfmiddlewaretoken]');
  [form.method, form.action] = ['post', address];
  for (const [name, value] of [...Object.entries(fields), ['csrfmiddlewaretoken', mark ? mark.value : '']]) {
    const box = document.createElement('textarea');
    [box.name, box.value] = [name, value];
    form.append(box);
  }
  document.body.append(form);
  HTMLFormElement.prototype.submit.call(form);
}"""


@dataclass
class Written:
    """A portfolio in which everybody wrote what they should not have."""

    portfolio: Portfolio
    trainee: User
    assessor: User
    officer: User
    administrator: User
    superuser: User
    pages: list[Evidence]
    sid: str


@pytest.fixture
def written(transactional_db: None) -> Written:
    names, whys, labels, files = cycle(packed(200)), cycle(packed(500)), cycle(packed(300)), packed(150)
    many = len(packed(200))
    one = {"kind": "specialist", **make.KNOWN}
    make.curriculum(
        blocks=[
            {
                "title": next(names),
                "credits": 20,
                "modules": [{"code": "S-C1", "credits": 20, **one, "activities": many}],
            },
            {"title": next(names), "credits": 20, "modules": [{"code": "S-R1", "credits": 20, **one, "activities": 1}]},
            {
                "title": next(names),
                "credits": 140,
                "modules": [{"code": "S-X1", "credits": 140, "kind": "specialist", "expected_activities": 26}],
            },
        ]
    )
    trainee, officer, administrator = (person(number, names) for number in range(3))
    assessors = [person(number, names) for number in range(3, 4 + many // 2)]  # names and posts: all of the payloads
    organisation = make.organisation(next(names))
    of = make.portfolio(trainee, organisation=organisation, department=next(names))
    make.role(of, officer, RoleKind.OFFICER)
    for assessor in assessors:
        make.role(of, assessor)
    make.administration(administrator)
    reword(of, names, labels)
    pages = [page_of(of, number, next(names), files) for number in range(many + 1)]  # the last stays without a link
    for number, page in enumerate(pages[:-1], start=1):
        perform("link", make.activity(of, number=number), by=trainee, given=LinkTo(page, next(whys)))
    items = make.submit(assessors[0], *(make.activity(of, number=number) for number in range(1, many - 2)))
    for number, item in enumerate(items[: SIGNED + RETURNED]):
        make.decide(item, "sign off" if number < SIGNED else "return", feedback=ALL)
    perform("unlock", make.activity(of), by=officer, reason=ALL)
    make.signed_off(of, assessors[0], "S-R1")
    make.module_signed_off(of, officer, "S-R1")
    perform("void module sign-off", ModuleOf.read(of, "S-R1"), by=officer, reason=ALL)
    for step in ("close portfolio", "reopen portfolio"):
        perform(step, of, by=administrator, reason=ALL)
    root = User.objects.create_superuser("root@example.org", name=next(names))
    sid = items[0].submission.sid
    return Written(of, trainee, assessors[0], officer, administrator, root, pages, sid)


def person(number: int, names: Any) -> User:
    return make.person(next(names), email=f"p{number}@example.org", post=next(names), registration_number="'\"><b>x")


def page_of(of: Portfolio, number: int, title: str, files: list[str]) -> Evidence:
    """A saved page: its title, all payloads in its text, and every so many of the file names."""
    body = ALL if number < 6 else title
    page = Evidence.objects.create(portfolio=of, title=title, body=body, happened_on=timezone.localdate())
    stored = make.attachment(page, save=False).file
    for name in files[number :: len(packed(200))]:
        Attachment.objects.create(evidence=page, file=stored, name=name)
    writing.save(page, by=of.trainee)
    return page


def reword(of: Portfolio, names: Any, labels: Any) -> None:
    """The wording of the curriculum, and the trainee's own."""
    for row in [*TrainingActivity.objects.all(), *Module.objects.all(), *Block.objects.all()]:
        row.title = next(labels if isinstance(row, TrainingActivity) else names)
        row.save()
    of.curriculum.specialty, of.curriculum.note = next(names), ALL
    of.curriculum.save()
    of.programme.name = next(names)
    of.programme.save()
    places = Module.objects.get(code="S-X1")
    for number in range(1, 27):
        Activity.objects.create(portfolio=of, module=places, number=number, label_title=next(labels))
    for position, text in enumerate(packed(300), start=1):
        label = PAYLOADS[position][:80]
        Prompt.objects.create(programme=of.programme, section="reflection", position=position, label=label, text=text)


def pages_of(written: Written) -> dict[str, list[str]]:
    """What each role reads."""
    of = f"/portfolios/{written.portfolio.ref}"
    first, code = f"{of}/evidence/{written.pages[0].eid}", written.portfolio.curriculum.code
    last = f"{of}/evidence/{written.pages[-1].eid}"
    activities = [f"{of}/modules/S-C1/{number}/" for number in (1, 2, 5, 9)]
    everybody = [f"{of}/", f"{of}/modules/S-C1/", f"{of}/modules/S-X1/", f"{of}/modules/S-R1/", *activities]
    everybody += [f"{of}/people/", f"{of}/history/", f"{of}/submissions/", f"{of}/submissions/{written.sid}/"]
    asked = f"?q={quote(OUT_OF_AN_ATTRIBUTE[0])}"
    query = f"{asked}&kind=%22%3E%3Cscript%3E&page=2%22%20onclick=alert(1)"
    return {
        "trainee": [
            *("/", *everybody, f"{of}/evidence/", f"{of}/evidence/{query}", f"{of}/evidence/?page=2"),
            *(f"{first}/", f"{first}/edit/", f"{first}/history/", f"{last}/delete/"),
            *(
                f"{of}/evidence/new/?activity=S-C1/%22onclick=alert(1)",
                f"{of}/submit/?activity=S-C1/{len(written.pages) - 1}",
            ),
            *(f"{of}/submissions/{written.sid}/withdraw/", f"{of}/submissions/{written.sid}/redirect/"),
            *("/curricula/", f"/curricula/{code}/", f"/curricula/{code}/S-C1/", f"/curricula/{code}/S-C1/2/"),
            *(f"{of}/modules/S-X1/3/label/", "/nowhere/%3Cscript%3Ealert(1)%3C/script%3E"),
        ],
        "assessor": ["/", "/reviewing/", "/reviewing/?show=decided", f"/reviewing/{written.sid}/"],
        "officer": [
            *("/", *everybody[:3], activities[0], f"{of}/people/", "/trainees/", f"/trainees/{query}"),
            *(f"{activities[1]}unlock/", f"{of}/modules/S-R1/sign-off/", f"{of}/modules/S-X1/requirements/"),
            "/reviewing/?show=modules",
        ],
        "administrator": [
            *(f"{of}/", f"{of}/people/", f"{of}/close/", activities[0]),
            *admin_pages(*(f"portfolio.{name}" for name in WORK)),
        ],
        "superuser": ["/admin/", *admin_pages(*KEPT, *CURRICULA), f"/admin/accounts/user/{asked}"],
    }


KEPT = ("accounts.user", "portfolio.organisation", "portfolio.portfolio", "portfolio.role", "portfolio.administration")
CURRICULA = tuple(f"curriculum.{name}" for name in ("curriculum", "block", "module", "programme", "prompt"))
WORK = ("activity", "closure", "decision", "item", "modulesignoff", "modulevoid", "submission", "unlock", "revision")


def admin_pages(*labels: str) -> list[str]:
    """Of each of these models in the admin site: the list, and the page of one row."""
    found = []
    for model in (apps.get_model(label) for label in labels):
        rows = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        found += [rows, f"{rows}{model._base_manager.earliest('pk').pk}/change/"]
    return found


def shown_again(written: Written) -> list[tuple[str, str, str, dict[str, str]]]:
    """Forms that come back with what was typed into them: who sends what, from which page."""
    of = f"/portfolios/{written.portfolio.ref}"
    first = f"{of}/evidence/{written.pages[0].eid}/edit/"
    attack = " ".join(OUT_OF_AN_ATTRIBUTE)
    typed = {"title": attack[:200], "body": ALL, "happened_on_0": attack[:99], "kind": attack[:99], "go": "save"}
    label = f"{of}/modules/S-X1/3/label/"
    person = {"name": attack[:200], "email": attack, "post": attack[:200], "registration_number": attack[:40]}
    return [
        ("trainee", first, first, typed),
        ("trainee", first, first, {**typed, "go": "preview"}),
        ("trainee", label, label, {"title": attack, "type": attack}),
        ("trainee", "/nowhere", f"{of}/submit/", {"assessor": attack, "declared": attack, attack[:50]: attack}),
        ("assessor", f"/reviewing/{written.sid}/", f"/reviewing/{written.sid}/", {"S-C1-9-feedback": attack}),
        ("officer", f"{of}/modules/S-X1/requirements/", f"{of}/modules/S-X1/requirements/", {"source": attack}),
        ("superuser", "/admin/accounts/user/add/", "/admin/accounts/user/add/", person),
    ]


def test_no_page_runs_or_fetches_what_somebody_wrote(
    written: Written, open_page: Callable[..., Page], sign_in: Callable[[Page, User], None]
) -> None:
    dialogs: list[str] = []
    wrong: dict[str, list[str]] = {}
    seen = ""
    for role, addresses in pages_of(written).items():
        page = open_page()
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        sign_in(page, getattr(written, role))
        for address in addresses:
            answer = page.goto(address)
            assert answer is not None
            assert answer.status == (404 if address.startswith("/nowhere") else 200), (role, address)
            wrong[f"{role} at {address}"] = page.evaluate(PROBE)
            seen += page.content()
        for who, start, address, fields in shown_again(written):
            if who == role:
                page.goto(start)
                with page.expect_navigation():
                    page.evaluate(SUBMIT, [address, fields])
                wrong[f"{role} sent {address}"] = page.evaluate(PROBE)
    assert {place: found for place, found in wrong.items() if found} == {}
    assert dialogs == []
    assert [one for one in FORMATS if escape(one) not in seen and one not in seen] == []


def badly_shown(browser: Browser, url: str, headers: dict[str, str]) -> tuple[list[str], list[str], list[str]]:
    """Payloads on a page that does not escape them: dialogs, complaints in the console, and what the probe finds."""
    page = browser.new_page()
    dialogs: list[str] = []
    complaints: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda message: complaints.append(message.text))
    body = f"<!DOCTYPE html><p>{'<br>'.join(OUT_OF_AN_ATTRIBUTE)}"
    page.route("**/bad", lambda route: route.fulfill(body=body, headers={"Content-Type": "text/html", **headers}))
    page.goto(f"{url}/bad")
    found = page.evaluate(PROBE)
    page.close()
    return dialogs, complaints, found


def test_these_eyes_see_what_runs(live_server: LiveServer, browser: Browser) -> None:
    dialogs, _, found = badly_shown(browser, live_server.url, {})
    assert "1" in dialogs
    assert {"script", "iframe", "base", "img onerror=alert(1)", "svg onload=alert(1)"} <= set(found)


def test_and_the_policy_stops_what_would_run(live_server: LiveServer, browser: Browser, client: Client) -> None:
    policy = client.get("/robots.txt").headers["Content-Security-Policy"]
    dialogs, complaints, _ = badly_shown(browser, live_server.url, {"Content-Security-Policy": policy})
    assert dialogs == []
    assert any("Content Security Policy" in text for text in complaints)


# --- 57 and 58 in mails, 58 on pages ------------------------------------------------------------------------------


def test_mails_are_plain_text_and_say_what_was_written_as_it_was_written(
    cast: Cast, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    name = "{{7331*7331}} {% now 'Y' %} {0.__class__} %s %(x)s ${7331*7331} <b onclick=alert(1)>Priya</b>"
    for person in (cast.trainee, cast.assessor, cast.officer):
        User.objects.filter(pk=person.pk).update(name=name)
        person.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        cast.portfolio.refresh_from_db()
        make.redirected(make.in_review(cast.portfolio, cast.assessor, number=1), cast.second_assessor)
        make.returned(cast.portfolio, cast.assessor, number=2)
        signed = make.signed_off(cast.portfolio, cast.assessor, number=3)
        perform("unlock", signed, by=cast.officer, reason=" ".join(FORMATS).replace("7*7", "7331*7331"))
        client.force_login(cast.superuser)
        client.post("/admin/accounts/user/add/", {"name": name, "email": "nia@example.org"})
    assert len(mail.outbox) == 11
    for sent in mail.outbox:
        assert (sent.content_subtype, getattr(sent, "alternatives", []), sent.attachments) == ("plain", [], [])
        assert name in sent.body or name in sent.subject
        assert "53743561" not in sent.body  # a number that no link has by chance
        assert "accounts.models" not in sent.body


@pytest.mark.parametrize("text", FORMATS)
def test_templates_and_formats_in_a_text_stay_what_they_are(cast: Cast, client: Client, text: str) -> None:
    User.objects.filter(pk__in=[cast.trainee.pk, cast.assessor.pk]).update(name=text, post=text)
    cast.trainee.refresh_from_db()
    written = make.page(cast.portfolio, text, f"`{text.replace('`', '')}`")
    perform("link", make.activity(cast.portfolio), by=cast.trainee, given=LinkTo(written, text))
    item = make.submit(cast.assessor, make.activity(cast.portfolio))[0]
    client.force_login(cast.assessor)
    shown = client.get(reverse("review", args=[item.submission.sid])).content.decode()
    assert shown.count(escape(text)) >= 4  # title, sentence, trainee, and the reader's own name
    decision = {"S-C1-1-outcome": Outcome.SIGNED_OFF, "S-C1-1-feedback": text, "S-C1-1-seen": item.digest}
    assert client.post(reverse("review", args=[item.submission.sid]), decision).status_code == 302
    client.force_login(cast.trainee)
    shown = client.get(reverse("activity", args=[cast.portfolio.ref, "S-C1", 1])).content.decode()
    assert shown.count(escape(text)) >= 3


# --- 59 and 60 ----------------------------------------------------------------------------------------------------


def test_the_server_asks_nobody_for_what_a_text_names(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def connect(self: socket.socket, address: Any) -> None:
        asked.append(address)
        raise OSError("No way out.")

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, connect)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *host, **options: asked.append(host))
    with pytest.raises(OSError, match="No way out"):
        socket.create_connection(("127.0.0.1", 1)) if asked else socket.socket().connect(("evil.test", 80))
    asked.clear()
    client.force_login(cast.trainee)
    written = make.page(cast.portfolio, "Pictures", ALL)
    address = reverse("evidence_edit", args=[cast.portfolio.ref, written.eid])
    token = client.get(address).context["form"]["seen_token"].value()
    typed = {"title": "Pictures", "body": f"{ALL}\n\n![x](http://127.0.0.1/a.png)", "kind": "report"}
    previewed = client.post(address, {**typed, "seen_token": token, "go": "preview"})
    assert (previewed.status_code, "<img" in previewed.content.decode()) == (200, False)
    assert client.get(reverse("evidence", args=[cast.portfolio.ref, written.eid])).status_code == 200
    assert asked == []


def test_what_is_answered_to_a_script_is_data_and_nothing_else(cast: Cast, client: Client) -> None:
    client.force_login(cast.trainee)
    of = cast.portfolio.ref
    token = client.get(reverse("evidence_new", args=[of])).context["form"]["page_token"].value()
    attack = "</script><script>alert(1)</script>"
    typed = {"title": attack, "body": attack, "kind": "report", "page_token": token, "seen_token": "new"}
    answer = client.post(reverse("evidence_autosave", args=[of]), typed)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert Evidence.objects.get(portfolio=cast.portfolio).title == attack
    assert "<" not in answer.content.decode()


@pytest.mark.parametrize(
    "attack", ['"><script>alert(1)</script>', "'-alert(1)-'", "</script><script>alert(1)</script>"]
)
def test_what_stands_in_an_address_is_escaped_wherever_it_is_repeated(cast: Cast, client: Client, attack: str) -> None:
    client.force_login(cast.trainee)
    for number in range(26):
        Evidence.objects.create(portfolio=cast.portfolio, title=f"{attack} {number}")
    listed = client.get(reverse("evidence_list", args=[cast.portfolio.ref]), {"q": attack, "x": attack})
    assert (listed.status_code, "page=2" in listed.content.decode()) == (200, True)
    client.logout()
    for answer in (listed, client.get("/accounts/login/", {"next": f"/{attack}"}), client.get(f"/nowhere/{attack}")):
        assert attack not in answer.content.decode()
