"""Transactions and batches."""

import json
from typing import Any

import pytest

from .conftest import Json, Server, issue

P, Q = "urn:uuid:6f0d3a4e-0000-4000-8000-000000000001", "urn:uuid:6f0d3a4e-0000-4000-8000-000000000002"


def entry(
    method: str, url: str, resource: Json | list[Any] | None = None, *, full_url: str = "", **request: str
) -> Json:
    found: Json = {"request": {"method": method, "url": url, **request}}
    if resource is not None:
        found["resource"] = resource
    return {"fullUrl": full_url, **found} if full_url else found


def observation(server: Server, subject: str, **fields: Any) -> Json:
    return server.tagged("Observation", status="final", code={"text": "x"}, subject={"reference": subject}, **fields)


def statuses(bundle: Json) -> list[str]:
    return [e["response"]["status"][:3] for e in bundle["entry"]]


async def written(server: Server, bundle: Json) -> list[Json]:
    """What is stored at the places that the answers tell."""
    places = [e["response"]["location"].partition("/_history")[0].split("/")[-2:] for e in bundle["entry"]]
    return [(await server.get("/".join(place))).json() for place in places]


async def test_a_transaction_writes_all_its_entries(server: Server) -> None:
    answer = await server.bundle(
        "transaction",
        entry("POST", "Patient", server.tagged("Patient")),
        entry("POST", "Organization", server.tagged("Organization", name="CHU")),
    )
    assert (answer.status_code, answer.json()["type"]) == (200, "transaction-response")
    assert statuses(answer.json()) == ["201", "201"]


async def test_the_answers_come_in_the_order_of_the_entries(server: Server) -> None:
    answer = await server.bundle(
        "transaction",
        *(entry("PUT", f"Patient/{server.id(n)}", server.tagged("Patient", id=server.id(n))) for n in "cab"),
    )
    assert [e["response"]["location"].split("Patient/")[1].split("/")[0] for e in answer.json()["entry"]] == [
        server.id(n) for n in "cab"
    ]


@pytest.mark.aidbox
async def test_each_answer_holds_the_resource(server: Server) -> None:
    answer = await server.bundle("transaction", entry("POST", "Patient", server.tagged("Patient", gender="female")))
    assert answer.json()["entry"][0]["resource"]["gender"] == "female"


async def test_a_refused_entry_refuses_all(server: Server) -> None:
    good = entry("PUT", f"Patient/{server.id('good')}", server.tagged("Patient", id=server.id("good")))
    bad = entry("PUT", f"Patient/{server.id('bad')}", server.tagged("Patient", id=server.id("bad"), gender="dragon"))
    answer = await server.bundle("transaction", good, bad)
    assert answer.status_code in {400, 422}
    assert (await server.get(f"Patient/{server.id('good')}")).status_code == 404


@pytest.mark.aidbox
async def test_a_refusal_names_its_entry(server: Server) -> None:
    bad = entry("POST", "Patient", server.tagged("Patient", gender="dragon"))
    answer = await server.bundle("transaction", entry("POST", "Patient", server.tagged("Patient")), bad)
    assert issue(answer)["expression"] == ["Bundle.entry[1].resource.gender"]


async def test_a_temporary_id_is_replaced(server: Server) -> None:
    answer = await server.bundle(
        "transaction",
        entry("POST", "Patient", server.tagged("Patient"), full_url=P),
        entry("POST", "Observation", observation(server, P), full_url=Q),
    )
    ids = [e["response"]["location"].split("/_history")[0].rsplit("/", 1)[-1] for e in answer.json()["entry"]]
    assert (await server.get(f"Observation/{ids[1]}")).json()["subject"]["reference"] == f"Patient/{ids[0]}"


async def test_a_temporary_id_may_be_used_before_it_is_defined(server: Server) -> None:
    answer = await server.bundle(
        "transaction",
        entry("POST", "Observation", observation(server, P), full_url=Q),
        entry("POST", "Patient", server.tagged("Patient"), full_url=P),
    )
    assert answer.status_code == 200, answer.text
    ids = [e["response"]["location"].split("/_history")[0].rsplit("/", 1)[-1] for e in answer.json()["entry"]]
    assert (await server.get(f"Observation/{ids[0]}")).json()["subject"]["reference"] == f"Patient/{ids[1]}"


async def test_a_temporary_id_is_replaced_wherever_it_stands(server: Server) -> None:
    extension = [{"url": "https://example.org/x", "valueReference": {"reference": P}}]
    contained = [
        {
            "resourceType": "Provenance",
            "id": "c",
            "target": [{"reference": P}],
            "recorded": "2026-01-01T00:00:00Z",
            "agent": [{"who": {"reference": P}}],
        }
    ]
    basic = server.tagged("Basic", code={"text": "x"}, extension=extension, contained=contained)
    answer = await server.bundle(
        "transaction", entry("POST", "Patient", server.tagged("Patient"), full_url=P), entry("POST", "Basic", basic)
    )
    assert "urn:uuid" not in answer.text


async def test_temporary_ids_name_an_update_too(server: Server) -> None:
    url = f"Patient/{server.id('alice')}"
    answer = await server.bundle(
        "transaction",
        entry("PUT", url, server.tagged("Patient", id=server.id("alice")), full_url=P),
        entry("POST", "Observation", observation(server, P)),
    )
    assert f'"reference":"{url}"' in answer.text.replace(" ", "")


async def test_a_conditional_create_is_done_once(server: Server) -> None:
    body = server.tagged("Patient", identifier=[{"system": "urn:t", "value": server.run}])
    one = entry("POST", "Patient", body, ifNoneExist=f"identifier=urn:t|{server.run}")
    answers = [await server.bundle("transaction", one) for _ in range(2)]
    assert [statuses(a.json()) for a in answers] == [["201"], ["200"]]


async def test_a_temporary_id_of_a_conditional_create_names_the_match(server: Server) -> None:
    body = server.tagged("Patient", identifier=[{"system": "urn:t", "value": server.run}])
    made = (await server.post("Patient", body)).json()
    one = entry("POST", "Patient", body, full_url=P, ifNoneExist=f"identifier=urn:t|{server.run}")
    answer = await server.bundle("transaction", one, entry("POST", "Observation", observation(server, P)))
    assert f"Patient/{made['id']}" in answer.text
    assert (await server.names(f"Observation?subject=Patient/{made['id']}")) != []


@pytest.mark.aidbox
async def test_how_the_answer_is_to_be_shown_is_no_condition(server: Server) -> None:
    one = entry("POST", "Patient?_pretty=true", server.tagged("Patient"), full_url=P)
    answer = await server.bundle("transaction", one)
    assert (answer.status_code, statuses(answer.json())) == (200, ["201"])


async def test_a_conditional_update_works_in_a_transaction(server: Server) -> None:
    body = server.tagged("Patient", identifier=[{"system": "urn:t", "value": server.run}])
    url = f"Patient?identifier=urn:t|{server.run}"
    answers = [await server.bundle("transaction", entry("PUT", url, body)) for _ in range(2)]
    assert [statuses(a.json()) for a in answers] == [["201"], ["200"]]


async def test_a_conditional_reference_is_resolved(server: Server) -> None:
    body = server.tagged("Patient", identifier=[{"system": "urn:t", "value": server.run}])
    made = (await server.post("Patient", body)).json()
    answer = await server.bundle(
        "transaction", entry("POST", "Observation", observation(server, f"Patient?identifier=urn:t|{server.run}"))
    )
    assert answer.status_code == 200, answer.text
    assert await server.names(f"Observation?subject=Patient/{made['id']}")


async def test_a_conditional_reference_may_be_written_with_escapes(server: Server) -> None:
    await server.make("Patient", "alice")
    one = entry("POST", "Observation", observation(server, f"Patient?_id={server.id('alice')}"))
    text = json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": [one]})
    headers = {"content-type": "application/fhir+json"}
    answer = await server.http.post("fhir", content=text.replace("?", "\\u003F"), headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json()["entry"][0]["resource"]["subject"]["reference"] == f"Patient/{server.id('alice')}"


async def test_a_conditional_reference_to_nothing_refuses_all(server: Server) -> None:
    answer = await server.bundle(
        "transaction", entry("POST", "Observation", observation(server, f"Patient?identifier=urn:t|{server.run}"))
    )
    assert answer.status_code in {400, 404, 412, 422}


async def test_if_match_holds_in_a_transaction(server: Server) -> None:
    made = await server.make("Patient", "alice")
    one = entry("PUT", f"Patient/{made['id']}", server.tagged("Patient", id=made["id"]), ifMatch='W/"0"')
    assert (await server.bundle("transaction", one)).status_code in {409, 412}


async def test_a_transaction_can_delete(server: Server) -> None:
    made = await server.make("Patient", "alice")
    answer = await server.bundle("transaction", entry("DELETE", f"Patient/{made['id']}"))
    assert answer.status_code == 200
    assert (await server.get(f"Patient/{made['id']}")).status_code == 410


@pytest.mark.aidbox
async def test_a_transaction_can_patch(server: Server) -> None:
    made = await server.make("Patient", "alice", gender="female")
    answer = await server.bundle(
        "transaction", entry("PATCH", f"Patient/{made['id']}", {"resourceType": "Patient", "gender": "other"})
    )
    assert answer.json()["entry"][0]["resource"]["gender"] == "other"


async def test_a_transaction_can_read(server: Server) -> None:
    made = await server.make("Patient", "alice")
    answer = await server.bundle(
        "transaction", entry("GET", f"Patient/{made['id']}"), entry("GET", f"Patient?_id={made['id']}")
    )
    assert answer.json()["entry"][0]["resource"] == made
    assert answer.json()["entry"][1]["resource"]["total"] == 1


@pytest.mark.aidbox
async def test_entries_run_in_the_order_given(server: Server) -> None:
    url = f"Patient/{server.id('alice')}"
    answer = await server.bundle(
        "transaction", entry("PUT", url, server.tagged("Patient", gender="female")), entry("PUT", url, server.tagged("Patient", gender="male")), entry("DELETE", url),
        entry("PUT", url, server.tagged("Patient", gender="other")),
    )  # fmt: skip
    assert statuses(answer.json()) == ["201", "200", "200", "201"]
    assert (await server.get(url)).json()["gender"] == "other"
    assert (await server.get(f"{url}/_history")).json()["total"] == 4


@pytest.mark.aidbox
@pytest.mark.parametrize("slash", ["", "/"])
async def test_an_entrys_url_may_begin_with_a_slash(server: Server, slash: str) -> None:
    answer = await server.bundle("transaction", entry("POST", f"{slash}Patient", server.tagged("Patient")))
    assert statuses(answer.json()) == ["201"]


@pytest.mark.parametrize("address", ["fhir", "fhir/", "fhir/?"])
async def test_a_bundle_is_taken_at_the_base(server: Server, address: str) -> None:
    body = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [entry("POST", "Patient", server.tagged("Patient"))],
    }
    answer = await server.http.post(address, json=body)
    assert answer.status_code == 200
    await server.bundle("batch", entry("GET", "Patient?_count=1"))


async def test_a_batch_does_what_it_can(server: Server) -> None:
    good = entry("PUT", f"Patient/{server.id('good')}", server.tagged("Patient", id=server.id("good")))
    answer = await server.bundle("batch", entry("GET", f"Patient/{server.id('nobody')}"), good)
    assert (answer.status_code, answer.json()["type"]) == (200, "batch-response")
    assert statuses(answer.json()) == ["404", "201"]


async def test_a_refused_entry_of_a_batch_says_why(server: Server) -> None:
    answer = await server.bundle("batch", entry("GET", f"Patient/{server.id('nobody')}"))
    assert answer.json()["entry"][0]["response"]["outcome"]["resourceType"] == "OperationOutcome"


@pytest.mark.aidbox
async def test_a_batch_does_not_resolve_temporary_ids(server: Server) -> None:
    answer = await server.bundle(
        "batch",
        entry("POST", "Patient", server.tagged("Patient"), full_url=P),
        entry("POST", "Observation", observation(server, P)),
    )
    observed = answer.json()["entry"][1]
    assert observed["response"]["status"][:3] != "201" or observed["resource"]["subject"]["reference"] == P


async def test_an_empty_transaction_is_done(server: Server) -> None:
    assert (await server.bundle("transaction")).status_code == 200


@pytest.mark.aidbox
async def test_a_collection_is_stored_like_a_batch_of_updates(server: Server) -> None:
    answer = await server.bundle("collection", {"resource": server.tagged("Patient", id=server.id("alice"))})
    assert answer.status_code == 200
    assert (await server.get(f"Patient/{server.id('alice')}")).status_code == 200


@pytest.mark.aidbox
@pytest.mark.parametrize(
    ("lost", "place"), [({"id": None}, "id"), ({"id": 5}, "id"), ({"resourceType": None}, "resourceType")]
)
async def test_a_collection_stores_nothing_without_an_address(server: Server, lost: Json, place: str) -> None:
    whole = server.tagged("Patient", id=server.id("alice"))
    entries = [{"resource": {k: v for k, v in {**whole, **lost}.items() if v is not None}}, {"resource": whole}]
    answer = await server.bundle("collection", *entries)
    first, second = (each["response"] for each in answer.json()["entry"])
    assert (first["status"][:3], second["status"][:3]) == ("422", "201")
    told = first["outcome"]["issue"][0]
    assert (told["code"], told["expression"]) == ("required", [f"Bundle.entry[0].resource.{place}"])
    assert (await server.search("Patient?"))["total"] == 1


@pytest.mark.parametrize(
    "bundle",
    [
        {"resourceType": "Bundle", "type": "history"},
        {"resourceType": "Bundle"},
        {"resourceType": "Patient"},
        {"resourceType": "Bundle", "type": "transaction", "entry": [{}]},
        {
            "resourceType": "Bundle",
            "type": "transaction",
            "entry": [{"request": {"method": "DANCE", "url": "Patient"}}],
        },
        {"resourceType": "Bundle", "type": "transaction", "entry": ["x"]},
        {"resourceType": "Bundle", "type": "transaction", "entry": [{"request": {"method": "POST", "url": "Patient"}}]},
        {"resourceType": "Bundle", "type": "transaction", "entry": [{"request": {"method": "GET", "url": "Dragon/1"}}]},
        {"resourceType": "Bundle", "type": "transaction", "entry": "x"},
    ],
)
async def test_a_bundle_that_cannot_be_run_is_refused(server: Server, bundle: Json) -> None:
    assert (await server.http.post("fhir", json=bundle)).status_code in {400, 404, 422}


async def test_a_large_transaction_is_done(server: Server) -> None:
    entries = [entry("POST", "Observation", observation(server, P)) for _ in range(150)]
    answer = await server.bundle(
        "transaction", entry("POST", "Patient", server.tagged("Patient"), full_url=P), *entries
    )
    assert (await server.search("Observation?_summary=count"))["total"] == 150
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "malformed",
    [
        {"request": {"method": "DANCE", "url": "Patient"}},
        {"request": {"method": "GET"}},
        {},
        "x",
        {"request": {"method": "PATCH", "url": "Patient/x"}, "resource": {"resourceType": "Binary", "data": "?"}},
    ],
)
@pytest.mark.aidbox
async def test_a_malformed_entry_of_a_batch_is_refused_alone(server: Server, malformed: Any) -> None:
    good = entry("POST", "Patient", server.tagged("Patient"))
    answer = await server.bundle("batch", good, malformed, good)
    assert answer.status_code == 200
    found = statuses(answer.json())
    assert (found[0], found[1][0], found[2]) == ("201", "4", "201")


OTHER = "https://other.example.org/fhir/Patient/77"


async def test_a_full_url_that_is_an_address_is_replaced(server: Server) -> None:
    answer = await server.bundle(
        "transaction",
        entry("POST", "Observation", observation(server, OTHER)),
        entry("POST", "Patient", server.tagged("Patient"), full_url=OTHER),
    )
    observed, patient = await written(server, answer.json())
    assert observed["subject"]["reference"] == f"Patient/{patient['id']}"


async def test_a_relative_reference_is_looked_for_beside_the_entrys_full_url(server: Server) -> None:
    beside = "https://other.example.org/fhir/Observation/78"
    answer = await server.bundle(
        "transaction",
        entry("POST", "Observation", observation(server, "Patient/77"), full_url=beside),
        entry("POST", "Patient", server.tagged("Patient"), full_url=OTHER),
    )
    assert answer.status_code == 200, answer.text
    observed, patient = await written(server, answer.json())
    assert observed["subject"]["reference"] == f"Patient/{patient['id']}"


async def test_the_links_of_a_narrative_are_replaced(server: Server) -> None:
    div = f'<div xmlns="http://www.w3.org/1999/xhtml"><a href="{P}">Zoé</a><img src="{P}"/>{P}</div>'
    told = {**server.tagged("Observation"), "text": {"status": "additional", "div": div}}
    answer = await server.bundle(
        "transaction",
        entry("POST", "Observation", {**observation(server, P), **told}),
        entry("POST", "Patient", server.tagged("Patient"), full_url=P),
    )
    observed, patient = await written(server, answer.json())
    address = f"Patient/{patient['id']}"
    assert f'href="{address}"' in observed["text"]["div"]
    assert f'src="{address}"' in observed["text"]["div"]
