"""Binary: files in and out."""

import base64

import pytest

from .conftest import Server

PDF = b"%PDF-1.7 \x00\xff bytes"


async def test_a_json_binary_is_read_as_json(server: Server) -> None:
    data = base64.b64encode(PDF).decode()
    made = (
        await server.post("Binary", {"resourceType": "Binary", "contentType": "application/pdf", "data": data})
    ).json()
    answer = await server.get(f"Binary/{made['id']}", headers={"accept": "application/fhir+json"})
    assert answer.json()["data"] == data


@pytest.mark.aidbox
async def test_bytes_are_stored_as_they_are(server: Server) -> None:
    made = await server.http.post("fhir/Binary", content=PDF, headers={"content-type": "application/pdf"})
    assert (made.status_code, made.json()["contentType"]) == (201, "application/pdf")
    assert base64.b64decode(made.json()["data"]) == PDF


async def test_bytes_are_given_to_who_accepts_their_type(server: Server) -> None:
    data = base64.b64encode(PDF).decode()
    made = (
        await server.post("Binary", {"resourceType": "Binary", "contentType": "application/pdf", "data": data})
    ).json()
    answer = await server.get(f"Binary/{made['id']}", headers={"accept": "application/pdf"})
    assert (answer.content, answer.headers["content-type"]) == (PDF, "application/pdf")


@pytest.mark.aidbox
async def test_bytes_are_refused_to_who_accepts_another_type(server: Server) -> None:
    made = (
        await server.post("Binary", {"resourceType": "Binary", "contentType": "application/pdf", "data": "AAAA"})
    ).json()
    assert (await server.get(f"Binary/{made['id']}", headers={"accept": "image/png"})).status_code == 406


@pytest.mark.aidbox
async def test_bytes_can_be_replaced(server: Server) -> None:
    url = f"fhir/Binary/{server.id('b')}"
    for content in (b"one", b"two"):
        answer = await server.http.put(url, content=content, headers={"content-type": "text/plain"})
    assert answer.status_code == 200
    assert (await server.http.get(url, headers={"accept": "text/plain"})).content == b"two"


async def test_a_binary_without_a_content_type_is_refused(server: Server) -> None:
    assert (await server.post("Binary", {"resourceType": "Binary", "data": "AAAA"})).status_code in {400, 422}


async def test_bytes_are_not_taken_for_other_types(server: Server) -> None:
    answer = await server.http.post("fhir/Patient", content=b"hello", headers={"content-type": "text/plain"})
    assert answer.status_code in {400, 415, 422}


async def test_bytes_of_an_earlier_version_are_given_too(server: Server) -> None:
    made = await server.make("Binary", "b", contentType="application/pdf", data=base64.b64encode(PDF).decode())
    await server.make("Binary", "b", contentType="text/plain", data="AAAA")
    url = f"Binary/{made['id']}/_history/{made['meta']['versionId']}"
    answer = await server.get(url, headers={"accept": "application/pdf"})
    assert (answer.status_code, answer.content) == (200, PDF)


@pytest.mark.aidbox
async def test_a_file_may_be_empty(server: Server) -> None:
    made = await server.http.post("fhir/Binary", content=b"", headers={"content-type": "text/plain"})
    assert (made.status_code, made.json()["contentType"]) == (201, "text/plain")
    answer = await server.get(f"Binary/{made.json()['id']}", headers={"accept": "text/plain"})
    assert (answer.status_code, answer.content) == (200, b"")
