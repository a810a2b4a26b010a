"""Health, version and what the server says of itself."""

import pytest

from .conftest import Server


@pytest.mark.aidbox
async def test_health_passes_without_a_token(server: Server) -> None:
    answer = await server.http.get("health", headers={"authorization": ""})
    assert (answer.status_code, answer.json()["status"]) == (200, "pass")


@pytest.mark.aidbox
async def test_health_tells_how_long_the_database_takes(server: Server) -> None:
    (check,) = (await server.http.get("health")).json()["checks"]["db:responseTime"]
    assert (check["componentType"], check["observedUnit"], check["status"]) == ("database", "ms", "pass")


@pytest.mark.aidbox
async def test_the_version_is_told(server: Server) -> None:
    assert (await server.http.get("$version")).json()["version"]


async def test_the_capability_statement_is_r4(server: Server) -> None:
    statement = (await server.get("metadata")).json()
    assert statement["resourceType"] == "CapabilityStatement"
    assert statement["fhirVersion"].startswith("4.0")


@pytest.mark.parametrize(
    "type_", ["Patient", "QuestionnaireResponse", "Task", "Observation", "EpisodeOfCare", "VerificationResult"]
)
async def test_the_portals_types_are_served(server: Server, type_: str) -> None:
    statement = (await server.get("metadata")).json()
    assert type_ in {r["type"] for r in statement["rest"][0]["resource"]}


async def test_the_capability_statement_is_valid(server: Server) -> None:
    statement = (await server.get("metadata")).json()
    outcome = (await server.post("CapabilityStatement/$validate", statement)).json()
    assert [issue for issue in outcome["issue"] if issue["severity"] in {"fatal", "error"}] == []


@pytest.mark.aidbox
async def test_every_answer_carries_a_request_id(server: Server) -> None:
    assert (await server.get("Patient?_count=1")).headers["x-request-id"]


@pytest.mark.aidbox
async def test_the_callers_request_id_is_given_back(server: Server) -> None:
    answer = await server.get("Patient?_count=1", headers={"x-request-id": "abc-1"})
    assert answer.headers["x-request-id"] == "abc-1"


async def test_an_unknown_resource_type_is_not_found(server: Server) -> None:
    assert (await server.get("Dragon/1")).status_code == 404


async def test_an_unknown_operation_is_not_found(server: Server) -> None:
    assert (await server.post("Patient/$dance", {})).status_code == 404


async def test_a_method_that_does_not_exist_is_refused(server: Server) -> None:
    assert (await server.http.request("DANCE", "fhir/Patient")).status_code in {400, 404, 405, 501}
