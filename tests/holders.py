"""Browsers in which somebody decides by a code: nobody is signed in there, and each reaches one thing alone."""

from django.test import Client
from django.urls import reverse

from portfolio.models import Submission
from portfolio.models.asking import AskedFor
from tests import make

# By a link they were sent, or on the device that its trainee handed over; on a submission, or of an assessment.
# A holder of a forwarded link has that of the first of them, and not the mailbox.
HOLDERS = (
    "link_holder",
    "forwarded_link_holder",
    "assessment_link_holder",
    "device_holder",
    "assessment_device_holder",
)
ASSESSOR = make.nominee("Otis Wade", "otis.wade@example.org")  # without an account: assesses by a link


def prove(browser: Client, token: str, address: str = make.nominee().address) -> Client:
    """This browser proved the mailbox of a link."""
    browser.post(reverse("sign_code", args=[token]))
    assert browser.post(reverse("sign_prove", args=[token]), {"code": make.coded(address)}).status_code == 302
    return browser


def forward(browser: Client, token: str, address: str = make.nominee().address) -> Client:
    """This browser has the link and not the mailbox that a code is sent to: whoever it is guesses, and is wrong."""
    browser.get(reverse("sign", args=[token]))
    browser.post(reverse("sign_code", args=[token]))
    wrong = f"{(int(make.coded(address)) + 1) % 1_000_000:06}"
    assert browser.post(reverse("sign_prove", args=[token]), {"code": wrong}).status_code == 422
    return browser


def lend(browser: Client, asked_for: AskedFor) -> Client:
    """Its trainee handed this browser over, and the assessor entered their code in it."""
    portfolio = asked_for.portfolio
    browser.force_login(portfolio.trainee)
    if isinstance(asked_for, Submission):
        browser.post(reverse("submission_lend", args=[portfolio.ref, asked_for.sid]))
    else:
        browser.post(reverse("assessment_lend", args=[portfolio.ref, asked_for.aid]))
    browser.post(reverse("lent_prove"), {"code": make.coded(asked_for.addressees.get(until=None).assessor.email)})
    return browser
