"""Every address of the product, as the application itself lists them: what changes something refuses other sites, and what
is only asked for changes nothing.
"""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from nicegui import app as nicegui_app
from starlette.routing import BaseRoute, Mount, Route

from pages.security.cookies import cookie_name
from pages.security.origins import READING
from pages.site import AUDIENCES, build_site
from portal.accounts import codes, read_contact
from portal.accounts.challenges import link_of
from portal.app import Portal
from portal.i18n import Texts
from portal.settings import Settings
from tests.cast import ANNE, CAMILLE, Person
from tests.pages.conftest import SignIn

ROOT = Path(__file__).parents[2]
FOREIGN: list[dict[str, str]] = [
    {},
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://localhost:1"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
]
KEPT = (
    "sessions",
    "challenges",
    "entries",
    "counters",
    "spent",
    "recovery_codes",
    "trusted_devices",
    "jobs",
    "messages",
)
ADDRESS = "http://localhost:8080"
REFUSAL = "this request does not come from our pages"


@pytest.fixture
def application(portal: Portal, nicegui: None) -> FastAPI:
    return build_site(portal, AUDIENCES)


@pytest.fixture
async def http(application: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with application.router.lifespan_context(application):
        transport = httpx.ASGITransport(application, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
            yield client


def routes(application: FastAPI) -> Iterator[Route]:
    """Plain routes and pages; the framework's own files are left out, the record's face has its own tests."""
    for owner in (application.routes, nicegui_app.routes):
        yield from (route for route in _flat(owner) if not route.path.startswith(("/_nicegui", "/fhir")))


def _flat(found: list[BaseRoute]) -> Iterator[Route]:
    for route in found:
        if isinstance(route, Route):
            yield route
        elif isinstance(route, Mount) and route.path and route.routes:
            yield from _flat(list(route.routes))


def changing(application: FastAPI) -> list[tuple[str, str]]:
    return sorted(
        {
            (method, _filled(route.path))
            for route in routes(application)
            for method in (route.methods or set()) - READING
        }
    )


def asked_for(application: FastAPI) -> list[str]:
    return sorted({_filled(route.path) for route in routes(application) if "GET" in (route.methods or set())})


def _filled(path: str) -> str:
    return re.sub(r"\{\w+(:\w+)?\}", "camille", path)


async def cookie_of(sign_in: SignIn, settings: Settings, person: Person) -> dict[str, str]:
    class Holder:
        http_client = httpx.AsyncClient()

    await sign_in(Holder, person)  # type: ignore[arg-type]
    (cookie,) = Holder.http_client.cookies.jar
    await Holder.http_client.aclose()
    return {"cookie": f"{cookie_name(settings)}={cookie.value}"}


async def test_what_changes_something_refuses_every_other_site_and_not_our_own(
    http: httpx.AsyncClient,
    application: FastAPI,
    sign_in: SignIn,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
):
    found = changing(application)
    assert ("POST", "/auth/sign-out") in found

    async def refused(headers: dict[str, str]) -> set[tuple[str, str]]:
        cookie = await cookie_of(sign_in, settings, ANNE)
        answers = {(method, path): await http.request(method, path, headers=headers | cookie) for method, path in found}
        return {place for place, answer in answers.items() if REFUSAL in answer.text and answer.status_code == 403}

    for headers in FOREIGN:
        assert await refused(headers) == set(found), headers
    assert await refused({"origin": ADDRESS}) == set()
    monkeypatch.setattr("pages.security.origins.own_origin", lambda *_given: True)  # the planted fault
    assert await refused(FOREIGN[1]) == set()


async def kept(portal: Portal) -> dict[str, list[Any]]:
    """What sign-in keeps, but for when somebody was last seen."""
    return {
        table: await portal.db.read(
            lambda connection, table=table: sorted(
                str({name: value for name, value in row._mapping.items() if name != "last_seen"})
                for row in connection.exec_driver_sql(f"SELECT * FROM {table}")
            )
        )
        for table in KEPT
    }


async def test_asking_for_a_page_changes_nothing(
    http: httpx.AsyncClient,
    application: FastAPI,
    sign_in: SignIn,
    settings: Settings,
    portal: Portal,
):
    for person in (CAMILLE, ANNE):
        cookie = await cookie_of(sign_in, settings, person)
        before = await kept(portal)
        for path in asked_for(application):
            await http.get(path, headers=cookie | {"sec-fetch-site": "cross-site"})
        assert await kept(portal) == before


async def test_following_the_link_of_a_message_changes_nothing_until_the_button_is_pressed(
    http: httpx.AsyncClient, application: FastAPI, portal: Portal, fr: Texts
):
    door = application.state.site.door
    answer = await http.get("/connexion")
    browser = http.cookies[cookie_name(portal.settings)]
    contact = read_contact(CAMILLE.email)
    asked = await codes.ask_patient_code(door, contact, browser=browser, address="192.0.2.1", t=fr)
    await application.state.site.queue.drained()
    before = await kept(portal)
    assert before["jobs"] == []
    link = f"/lien#{link_of(door, asked.id)}"
    for _ in range(3):  # a mail program looks first, then the person, then the person again
        answer = await http.get(link)
        assert answer.status_code == 200
        assert link_of(door, asked.id) not in answer.text
    assert await kept(portal) == before


def test_only_one_place_starts_sessions():
    """Written down in docs/accounts.md; whoever adds a way in reads it there."""
    starts = re.compile(r"\bsessions\.start\(")
    found = [
        str(path.relative_to(ROOT))
        for folder in ("portal", "pages", "components")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if starts.search(path.read_text("utf-8"))
    ]
    assert found == ["portal/accounts/entries.py"]


def test_only_proofs_open_the_door():
    """Every caller of `allow_in` has used up a proof in the same transaction."""
    lets_in = re.compile(r"\ballow_in\(")
    found = {
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "portal").rglob("*.py"))
        if lets_in.search(path.read_text("utf-8"))
    }
    known = {"entries", "challenges", "passwords", "signing_up", "joining"}
    assert found <= {f"portal/accounts/{name}.py" for name in known}
