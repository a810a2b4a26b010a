"""Parts of resources: `_summary` and `_elements`."""

from typing import Any

import pytest

from .conftest import Json, Server

NARRATIVE = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">Zoé</div>'}


async def observed(server: Server, **asked: str) -> Json:
    """One observation of a contained patient, as it is shown."""
    made = await server.make(
        "Observation",
        status="final",
        code={"text": "weight"},
        subject={"reference": "#zoe"},
        text=NARRATIVE,
        contained=[{"resourceType": "Patient", "id": "zoe"}, {"resourceType": "Patient", "id": "other"}],
        note=[{"text": "after lunch"}],
        valueQuantity={"value": 61},
        referenceRange=[{"text": "usual"}],
        performer=[{"display": "a nurse"}],
    )
    answer = await server.get("Observation", params={"_id": made["id"], **asked})
    found: Json = answer.json()["entry"][0]["resource"]
    return found


def ids(resource: Json) -> list[str]:
    return [one["id"] for one in resource.get("contained", [])]


async def test_a_summary_holds_what_the_standard_calls_one(server: Server) -> None:
    shown = await observed(server, _summary="true")
    assert {"status", "code", "subject", "valueQuantity"} <= shown.keys()
    assert not {"text", "note", "referenceRange"} & shown.keys()


async def test_a_summary_keeps_the_names_of_a_patient_and_no_photographs_bytes(server: Server) -> None:
    made = await server.make(
        "Patient",
        name=[{"family": "Roux"}],
        photo=[{"contentType": "image/png", "data": "AAAA"}],
        contact=[{"name": {"family": "Roux"}}],
    )
    shown = (await server.get("Patient", params={"_id": made["id"], "_summary": "true"})).json()["entry"][0]["resource"]
    assert shown["name"] == [{"family": "Roux"}]
    assert not {"photo", "contact"} & shown.keys()


@pytest.mark.parametrize("asked", [{"_summary": "true"}, {"_elements": "subject"}])
@pytest.mark.aidbox
async def test_a_part_holds_the_contained_resources_it_names_and_no_others(
    server: Server, asked: dict[str, str]
) -> None:
    assert ids(await observed(server, **asked)) == ["zoe"]


async def test_without_the_narrative_all_the_rest_is_there(server: Server) -> None:
    shown = await observed(server, _summary="data")
    assert "text" not in shown
    assert ids(shown) == ["zoe", "other"]
    assert {"note", "referenceRange", "valueQuantity"} <= shown.keys()


async def test_with_the_narrative_comes_what_must_be_there(server: Server) -> None:
    shown = await observed(server, _summary="text")
    assert {"text", "status", "code"} <= shown.keys()
    assert not {"note", "subject", "valueQuantity", "contained"} & shown.keys()


async def included(server: Server, elements: str) -> dict[str, Any]:
    patient = await server.make("Patient", gender="female", name=[{"family": "Roux", "given": ["Zoé"]}])
    subject = {"reference": f"Patient/{patient['id']}"}
    made = await server.make("Observation", status="final", code={"text": "x"}, subject=subject)
    params = {"_id": made["id"], "_include": "Observation:subject", "_elements": elements}
    entries = (await server.get("Observation", params=params)).json()["entry"]
    return {entry["resource"]["resourceType"]: entry["resource"] for entry in entries}


@pytest.mark.aidbox
async def test_elements_of_a_type_trim_what_is_included(server: Server) -> None:
    found = await included(server, "Patient.name.family,Observation.status,Observation.subject")
    assert found["Patient"]["name"] == [{"family": "Roux"}]
    assert "gender" not in found["Patient"]
    assert "code" not in found["Observation"]


@pytest.mark.aidbox
async def test_elements_of_another_type_leave_the_matches_whole(server: Server) -> None:
    found = await included(server, "Patient.name")
    assert "code" in found["Observation"]
    assert "gender" not in found["Patient"]


@pytest.mark.aidbox
async def test_elements_without_a_type_leave_what_is_included_whole(server: Server) -> None:
    found = await included(server, "status")
    assert "code" not in found["Observation"]
    assert found["Patient"]["gender"] == "female"
