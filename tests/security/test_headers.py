"""Headers of every kind of answer; the one cookie; requests from elsewhere; addresses that lead back."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from nicegui import ui

from components.assets import assets
from pages.base import Site, Visit
from pages.language import local_path
from pages.security.cookies import cookie_name
from portal.settings import Settings
from tests.cast import ANNE
from tests.pages.conftest import SignIn

PLAIN, SECURE = "http://localhost:8080", "https://portail.example.fr"
ANSWERS = (
    "/",
    "/connexion",
    "/pro",
    "/deconnexion",
    "/nothing-here",
    "/healthz",
    "/langue?to=en",
    "/auth/enter",
    "/demo/outbox",
    "/demo/outbox.json",
    "/_nicegui/3.18.0/static/nicegui.js",
    "/_nicegui_ws/socket.io/",
    assets().url("portal.css"),
)


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    return settings.model_copy(update={"public_url": getattr(request, "param", PLAIN)})


with_and_without_https = pytest.mark.parametrize("settings", [PLAIN, SECURE], indirect=True)


@pytest.fixture
async def http(application: FastAPI, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with application.router.lifespan_context(application):
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url=settings.address) as client:
            client.user_client = client  # type: ignore[attr-defined]
            yield client


@with_and_without_https
async def test_every_answer_has_the_safe_headers(http: httpx.AsyncClient, settings: Settings):
    for path in ANSWERS:
        headers = (await http.get(path)).headers
        policy = headers["content-security-policy"]
        assert "object-src 'none'" in policy, path
        assert "base-uri 'none'" in policy, path
        assert "frame-ancestors 'none'" in policy, path
        assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0], path
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "same-origin", path
        assert headers["cross-origin-opener-policy"] == "same-origin", path
        assert "permissions-policy" in headers, path
        assert ("strict-transport-security" in headers) == settings.secure, path


async def test_only_files_without_data_may_be_kept_by_a_cache(http: httpx.AsyncClient):
    for path in ANSWERS:
        kept = (await http.get(path)).headers["cache-control"]
        assert ("immutable" in kept) == path.startswith(("/assets/", "/_nicegui/")), path
        assert ("no-store" in kept) != ("immutable" in kept), path


async def test_each_script_of_a_page_has_the_nonce_of_its_header(http: httpx.AsyncClient):
    answer = await http.get("/connexion")
    (nonce,) = re.findall(r"'nonce-([\w-]{20,})'", answer.headers["content-security-policy"])
    scripts = re.findall(r"<script[^>]*>", answer.text)
    assert scripts
    assert all(f'nonce="{nonce}"' in script for script in scripts)


async def test_a_nonce_is_never_used_twice(http: httpx.AsyncClient):
    policies = [(await http.get("/connexion")).headers["content-security-policy"] for _ in range(3)]
    assert len(set(policies)) == 3


@with_and_without_https
async def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(http: httpx.AsyncClient, settings: Settings):
    (cookie,) = (await http.get("/connexion")).headers.get_list("set-cookie")
    assert cookie.startswith(f"{cookie_name(settings)}=")
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    assert ("Secure" in cookie.split("; ")) == settings.secure
    assert cookie.startswith("__Host-") == settings.secure


async def test_files_and_health_set_no_cookie(http: httpx.AsyncClient):
    for path in ("/healthz", "/_nicegui/3.18.0/static/nicegui.js", assets().url("portal.css")):
        assert "set-cookie" not in (await http.get(path)).headers, path


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
async def test_signing_out_from_another_site_is_refused(
    http: httpx.AsyncClient, site: Site, sign_in: SignIn, settings: Settings, headers: dict[str, str]
):
    cookie = await signed_in(http, sign_in, settings)
    answer = await http.post("/auth/sign-out", headers=headers | cookie)
    assert answer.status_code == 403


async def test_signing_out_from_our_own_page_ends_the_session(
    http: httpx.AsyncClient, sign_in: SignIn, settings: Settings, site: Site
):
    @site.page("/private", roles=frozenset({"psychiatrist"}))
    async def private(visit: Visit) -> None:
        ui.label(visit.me.actor.name)

    cookie = await signed_in(http, sign_in, settings)
    assert (await http.get("/private", headers=cookie)).status_code == 200
    answer = await http.post("/auth/sign-out", headers={"origin": settings.address} | cookie)
    assert (answer.status_code, answer.headers["location"]) == (303, "/deconnexion")
    assert cookie["cookie"].split("=")[1] not in answer.headers["set-cookie"]
    assert (await http.get("/private", headers=cookie)).status_code == 303


async def signed_in(http: httpx.AsyncClient, sign_in: SignIn, settings: Settings) -> dict[str, str]:
    class Holder:
        http_client = httpx.AsyncClient()

    await sign_in(Holder, ANNE)  # type: ignore[arg-type]
    (cookie,) = Holder.http_client.cookies.jar
    await Holder.http_client.aclose()
    return {"cookie": f"{cookie_name(settings)}={cookie.value}"}


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/a\nb",
        "",
        "relative",
        "/" + "x" * 600,
    ],
)
async def test_no_way_back_leads_elsewhere(http: httpx.AsyncClient, elsewhere: str):
    answer = await http.get("/langue", params={"to": "en", "next": elsewhere})
    assert answer.headers["location"] == "/"
    assert local_path(elsewhere) == "/"


def test_a_way_back_keeps_its_query():
    assert local_path("/questionnaire/x1?part=2") == "/questionnaire/x1?part=2"


async def test_a_fault_shows_no_exception_text(
    http: httpx.AsyncClient, site: Site, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    @site.page("/broken")
    async def broken(visit: Visit) -> None:
        raise ValueError(f"canary {visit.path}")

    async def broken_enter(*_: object, **__: object) -> None:
        raise ValueError("canary")

    monkeypatch.setattr("portal.accounts.entries.enter", broken_enter)
    transport = httpx.ASGITransport(site.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=settings.address) as client:
        for path in ("/broken", "/auth/enter"):
            answer = await client.get(path)
            assert answer.status_code == 500
            assert "canary" not in answer.text
            assert "ValueError" not in answer.text


@pytest.mark.parametrize(("locale", "words"), [("fr", "Cette page n’existe pas"), ("en", "This page does not exist")])
async def test_an_address_that_leads_nowhere_says_so_in_both_languages(
    http: httpx.AsyncClient, locale: str, words: str
):
    answer = await http.get("/nothing-here", headers={"accept-language": locale})
    assert answer.status_code == 404
    assert words in answer.text
    assert f'<html lang="{locale}' in answer.text
