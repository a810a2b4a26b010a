"""The init bundle: whole, without secrets, the same when applied twice, and enough for the portal to run on the server."""

import json

import httpx
import pytest

from portal.access import Actor, Role
from portal.app import open_portal
from portal.errors import Forbidden, NotReady
from portal.operations import init_bundle, vault_config
from portal.settings import Settings

from .conftest import CLIENT_SECRET, ROOT_SECRET, SECRET_KEY, basic


def kinds(bundle) -> set[str]:
    return {entry["resource"]["resourceType"] for entry in bundle["entry"]}


def test_it_holds_what_the_portal_needs(bundle):
    assert {
        "AccessPolicy", "AidboxSubscriptionTopic", "Client", "CodeSystem", "Device", "PlanDefinition", "Questionnaire",
        "ResearchStudy", "TokenIntrospector", "User", "ValueSet",
    } <= kinds(bundle)  # fmt: skip


def test_it_holds_no_secret(settings, catalogue, trials):
    told = settings.model_copy(update={"events_url": "https://warehouse.test/notify"})
    told = Settings(**{**told.model_dump(), "events_authorization": "Bearer of the warehouse"})
    text = json.dumps(init_bundle(told, catalogue, trials)) + json.dumps(vault_config(told))
    assert [secret for secret in (CLIENT_SECRET, ROOT_SECRET, SECRET_KEY, "of the warehouse") if secret in text] == []


def test_it_never_writes_the_client_with_every_right(settings, catalogue, trials):
    with pytest.raises(NotReady):
        init_bundle(settings.model_copy(update={"fhir_client_id": "root"}), catalogue, trials)


def test_every_entry_may_be_applied_again(bundle):
    for entry in bundle["entry"]:
        request, id_ = entry["request"], entry["resource"]["id"]
        assert request["method"] == "PUT" or request["ifNoneExist"] == f"_id={id_}"


def test_each_secret_it_names_is_in_the_vaults_configuration_for_that_resource(settings, catalogue, trials):
    told = settings.model_copy(update={"events_url": "https://warehouse.test/notify"})
    told = Settings(**{**told.model_dump(), "events_authorization": "Bearer x"})
    secrets = vault_config(told)["secret"]
    named = 0
    for entry in init_bundle(told, catalogue, trials)["entry"]:
        resource = entry["resource"]
        for name in (part["valueString"] for part in extensions(resource) if "secret-reference" in part["url"]):
            assert secrets[name]["scope"] == {"resource_type": resource["resourceType"], "id": resource["id"]}
            named += 1
    assert named == len(secrets) == 4


def extensions(value):
    if isinstance(value, dict):
        yield from (one for one in value.get("extension", []) if "valueString" in one)
        for part in value.values():
            yield from extensions(part)
    elif isinstance(value, list):
        for part in value:
            yield from extensions(part)


def test_applied_twice_it_changes_nothing(prepared, bundle):
    study = prepared.root.get("ResearchStudy").json()["entry"][0]["resource"]
    sited = {**study, "description": "as the administrator left it"}
    prepared.root.put(f"ResearchStudy/{study['id']}", json=sited)
    before = prepared.held()
    assert prepared.root.post("", json=bundle).status_code == 200
    assert prepared.held() == before
    assert prepared.root.get(f"ResearchStudy/{study['id']}").json()["description"] == "as the administrator left it"


async def test_the_portal_then_runs_on_that_server(prepared, settings):
    portal = await open_portal(settings)
    service = portal.service()
    forms = await service.fhir.total("Questionnaire", {})
    await portal.close()
    assert forms == len(portal.catalogue.codes)


@pytest.mark.usefixtures("prepared")
@pytest.mark.parametrize("kind", ["AccessPolicy", "Client", "TokenIntrospector", "AidboxTopicDestination"])
def test_the_portals_client_cannot_give_itself_rights(server, kind):
    body = {"resourceType": kind, "engine": "allow"}
    entry = {"resource": body, "request": {"method": "PUT", "url": f"{kind}/mine"}}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
    headers = {"authorization": basic("portal", CLIENT_SECRET)}
    with httpx.Client(base_url=f"{server.base}/fhir", headers=headers) as portal:
        looks = [portal.get("Organization"), portal.get(kind)]
        writes = [portal.put(f"{kind}/mine", json=body), portal.post(kind, json=body), portal.post("", json=bundle)]
    assert [answer.status_code for answer in looks] == [200, 200]
    assert [answer.status_code for answer in writes] == [403, 403, 403]
    assert server.root.get(f"{kind}/mine").status_code == 404


def test_nobody_else_may_anything(prepared):
    for url in ("Patient", "Organization", "Questionnaire", "AccessPolicy", "User", "Client"):
        address = f"{prepared.base}/fhir/{url}"
        wrong = {"authorization": basic("portal", "wrong")}
        assert [httpx.get(address).status_code, httpx.get(address, headers=wrong).status_code] == [401, 401], url


@pytest.mark.usefixtures("prepared")
async def test_a_persons_token_is_believed_and_opens_only_what_their_account_may(settings):
    """A token that the portal signs for an account without rights is known there, and refused; so not 401."""
    portal = await open_portal(settings)
    nobody = Actor(user="portal-check", role=Role.NURSE, reference="Practitioner/x", name="")
    try:
        with pytest.raises(Forbidden):
            await portal.acting(nobody).fhir.find("Patient", {})
    finally:
        await portal.close()


def test_references_are_read_as_the_server_shows_them(settings, catalogue, trials):
    told = settings.model_copy(update={"aidbox_references": "fhir"})
    text = json.dumps(init_bundle(told, catalogue, trials))
    assert "{{user.fhirUser.id}}" not in text
    assert "split_part({{user.fhirUser.reference}}, '/', 2)" in text


def test_nobody_is_told_of_events_unless_asked_for(bundle):
    assert "AidboxTopicDestination" not in kinds(bundle)
