"""Signing in as people do: typing, waiting for the code, typing it. The code is read in the demonstration's outbox."""

import time
from urllib.parse import urlsplit

from playwright.sync_api import expect

from portal.demo import DEMO_PASSWORD
from tests.browser.server import Server
from tests.browser.visitor import Visitor

CODE_WITHIN = 10.0  # seconds


def sign_in_patient(visitor: Visitor, server: Server, contact: str) -> None:
    """`contact` is an e-mail address, or a number in E.164. Ends on the patient's home."""
    before = _newest(server, contact)
    page = visitor.go("/connexion")
    page.locator("#contact").fill(contact)
    page.locator("#send-contact").click()
    _enter_code(visitor, server, contact, before)


def sign_in_professional(visitor: Visitor, server: Server, email: str, password: str = DEMO_PASSWORD) -> None:
    """Ends on the home of their role."""
    before = _newest(server, email)
    page = visitor.go("/pro")
    page.locator("#email").fill(email)
    page.locator("#password").fill(password)
    page.locator("#send-email").click()
    _enter_code(visitor, server, email, before)


def newest_code(server: Server, contact: str, *, after: int = 0) -> str:
    """The code of the newest message to `contact` whose id is above `after`; waits for it."""
    until = time.monotonic() + CODE_WITHIN
    while time.monotonic() < until:
        for message in server.json("/demo/outbox.json")["messages"]:
            if message["to"] == contact and message["code"] and message["id"] > after:
                return str(message["code"])
        time.sleep(0.05)
    raise AssertionError(f"no code for {contact} within {CODE_WITHIN} s")


def _newest(server: Server, contact: str) -> int:
    messages = server.json("/demo/outbox.json")["messages"]
    return max((int(message["id"]) for message in messages if message["to"] == contact), default=0)


def _enter_code(visitor: Visitor, server: Server, contact: str, before: int) -> None:
    page = visitor.page
    expect(page.locator("#code")).to_be_visible()
    page.locator("#code").fill(newest_code(server, contact, after=before))
    page.locator("#send-code").click()
    page.wait_for_url(lambda url: urlsplit(url).path not in {"/connexion", "/pro", "/auth/enter"})
    visitor.settle()
