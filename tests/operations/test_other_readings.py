"""Where Aidbox's documentation leaves two readings, the portal works under both: every look of `portal check`, which tries
the dialect, finds the same.
"""

import asyncio
import re
from dataclasses import fields
from pathlib import Path

import httpx
import pytest

from portal.chance import SystemChance
from portal.clock import SystemClock
from portal.embedded import ROOT, open_backend
from portal.embedded.readings import OtherReadings, Readings, readings
from portal.errors import NotReady
from portal.operations.checking import look
from portal.operations.findings import Level

EACH = [each.name for each in fields(Readings)]
EXPECTED = {"lenient_search": {"It ignores a condition that it does not know."}}


@pytest.mark.prove
@pytest.mark.usefixtures("prepared")
@pytest.mark.parametrize("reading", EACH)
async def test_the_portal_works_under_the_other_reading_too(server, settings, content, reading):
    server.app._readings = Readings(**{reading: True})
    looked = look(settings, clock=SystemClock(), chance=SystemChance(), variables={}, content=content)
    found = [each async for each in looked]
    of_server = [each.said.msgid for each in found if each.level is not Level.OK and "server" not in each.said.msgid]
    unexpected = {one for one in of_server if not one.startswith(("E-mails", "Text messages", "The portal's own"))}
    assert unexpected == EXPECTED.get(reading, set())


async def other(answer: httpx.Response, path: str = "/fhir/Patient", **chosen: bool) -> httpx.Response:
    """What becomes of an answer."""

    async def app(_scope, _receive, send):
        headers = [(name.lower().encode(), value.encode()) for name, value in answer.headers.items()]
        await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
        await send({"type": "http.response.body", "body": answer.content})

    transport = httpx.ASGITransport(app=OtherReadings(app, Readings(**chosen)))
    async with httpx.AsyncClient(transport=transport, base_url="http://records.test") as http:
        return await http.get(path)


async def test_versions_in_headers_are_bare():
    answer = await other(httpx.Response(200, headers={"ETag": 'W/"7"'}), bare_etag=True)
    assert answer.headers["etag"] == "7"


async def test_want_of_a_token_is_told_in_text():
    answer = await other(httpx.Response(401, json={"resourceType": "OperationOutcome"}), text_401=True)
    assert (answer.status_code, answer.text, answer.headers["content-type"]) == (401, "Unauthorized", "text/plain")


async def test_links_are_relative():
    link = [{"relation": "next", "url": "http://records.test/fhir/Patient?_page=2"}]
    bundle = {"resourceType": "Bundle", "type": "searchset", "link": link}
    answer = await other(httpx.Response(200, json=bundle), relative_links=True)
    assert answer.json()["link"][0]["url"] == "/fhir/Patient?_page=2"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("foo=1", 200),
        ("a%5Cb=1", 200),
        ("it%27s=1", 200),
        ("%27=1&family=b", 200),
        ("foo:Bar.x=1", 200),
        ("_sort=foo", 400),
        ("_include=Patient:foo", 400),
        ("_has:Observation:foo:code=1", 200),
        ("=1&%C3%A9=1", 200),
        ("link.=1", 200),
        ("organization.=1", 400),
    ],
)
async def test_every_question_is_answered_when_unknown_conditions_are_ignored(tmp_path, clock, chance, query, status):
    backend = await open_backend(tmp_path, clock=clock, chance=chance, authenticate={"root": ROOT}.get)
    transport = httpx.ASGITransport(app=OtherReadings(backend.asgi, Readings(lenient_search=True)))
    headers = {"authorization": "Bearer root", "content-type": "application/x-www-form-urlencoded"}
    async with httpx.AsyncClient(transport=transport, base_url="http://records.test", headers=headers) as http:
        asked = await asyncio.wait_for(http.get(f"/fhir/Patient?{query}"), 10)
        posted = await asyncio.wait_for(http.post("/fhir/Patient/_search", content=query), 10)
    await backend.close()
    assert (asked.status_code, posted.status_code) == (status, status)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_condition_that_is_not_known_is_ignored(server, method):
    server.app._readings = Readings(lenient_search=True)
    server.root.put("Patient/p", json={"resourceType": "Patient", "id": "p", "active": True})
    query = {"active": "true", "shoe": "42", "hat": "7", "_count": "5"}
    if method == "GET":
        answer = server.root.get("Patient", params=query)
    else:
        answer = server.root.post("Patient/_search", data=query, params={"glove": "1"})
    assert (answer.status_code, [each["resource"]["id"] for each in answer.json().get("entry", [])]) == (200, ["p"])


async def test_a_search_in_the_body_that_holds_another_fault_is_refused(server):
    server.app._readings = Readings(lenient_search=True)
    assert server.root.post("Patient/_search", data={"birthdate": "yesterday"}).status_code == 400


PAGE = (Path(__file__).parents[2] / "docs/aidbox.md").read_text("utf-8")


def test_every_row_of_the_page_has_the_cells_of_its_table():
    width = 0
    for line in PAGE.splitlines():
        cells = line.count("|") - 1 if line.startswith("|") else 0
        width = width if width and cells else cells
        assert cells == width, line


def test_the_page_names_every_other_reading():
    assert set(re.findall(r"`(EMBEDDED_[A-Z0-9_]+)(?:=true)?`", PAGE)) - {"EMBEDDED_"} == {
        f"EMBEDDED_{name.upper()}" for name in EACH
    }


def test_readings_come_from_the_environment():
    assert readings({"EMBEDDED_TEXT_401": "true", "EMBEDDED_BARE_ETAG": ""}) == Readings(text_401=True)
    with pytest.raises(NotReady):
        readings({"EMBEDDED_TEXT_401": "perhaps"})
