"""Searches that follow references: chains, `_has`, `_include` and `_revinclude`."""

import pytest

from .conftest import Json, Server


def ref(resource: Json) -> dict[str, str]:
    return {"reference": f"{resource['resourceType']}/{resource['id']}"}


async def world(server: Server) -> dict[str, Json]:
    """Two centres; alice is followed in both, bob in Créteil only; alice has two scores."""
    creteil = await server.make("Organization", "creteil", name="Créteil")
    lyon = await server.make("Organization", "lyon", name="Lyon", partOf=ref(creteil))
    alice = await server.make("Patient", "alice", name=[{"family": "Roux"}], managingOrganization=ref(creteil))
    bob = await server.make("Patient", "bob", name=[{"family": "Petit"}], managingOrganization=ref(lyon))
    for name, patient, centre, status in (
        ("e1", alice, creteil, "active"),
        ("e2", alice, lyon, "finished"),
        ("e3", bob, creteil, "active"),
    ):
        await server.make("EpisodeOfCare", name, status=status, patient=ref(patient), managingOrganization=ref(centre))
    for name, patient, code in (("o1", alice, "phq"), ("o2", alice, "gad"), ("o3", bob, "phq")):
        coding = [{"system": "urn:score", "code": code}]
        await server.make("Observation", name, status="final", code={"coding": coding}, subject=ref(patient))
    return {"creteil": creteil, "lyon": lyon, "alice": alice, "bob": bob}


async def found(server: Server, query: str) -> set[str]:
    return set(await server.names(query))


@pytest.mark.parametrize(
    ("query", "which"),
    [
        ("Observation?subject:Patient.family=roux", {"o1", "o2"}),
        ("Observation?patient.family=petit", {"o3"}),
        ("Observation?subject:Patient.organization:Organization.name=creteil", {"o1", "o2"}),
        ("Observation?subject:Patient.organization.partof.name=creteil", {"o3"}),
        ("Observation?subject:Patient.family=roux&code=urn:score|phq", {"o1"}),
        ("Observation?subject:Patient.family=roux,petit", {"o1", "o2", "o3"}),
        ("Observation?subject:Patient.family=nobody", set()),
        ("Observation?subject:Group.code=x", set()),
        ("EpisodeOfCare?patient.name=roux&status=active", {"e1"}),
    ],
)
async def test_a_chain_is_followed(server: Server, query: str, which: set[str]) -> None:
    await world(server)
    assert await found(server, query) == which


@pytest.mark.aidbox
@pytest.mark.parametrize(
    ("query", "which"),
    [
        ("subject:Patient.gender:not=male", {"of-female", "of-neither"}),
        ("subject:Patient.birthdate:missing=true", {"of-male", "of-female", "of-neither"}),
        ("subject:Patient._id:not=RUN-male", {"of-female", "of-neither"}),
        ("patient.gender:not=male", {"of-female", "of-neither"}),
        ("subject:Patient.gender:missing=true", {"of-neither"}),
        ("subject:Group.code:missing=true", {"of-group"}),
        ("subject:Patient.organization:missing=true", {"of-male", "of-female", "of-neither"}),
    ],
)
async def test_a_chain_to_a_type_names_no_other(server: Server, query: str, which: set[str]) -> None:
    people = [
        await server.make("Patient", "male", gender="male"),
        await server.make("Patient", "female", gender="female"),
        await server.make("Patient", "neither"),
        await server.make("Group", "group", type="person", actual=True),
    ]
    for one in people:
        name = "of-" + one["id"].removeprefix(f"{server.run}-")
        await server.make("Observation", name, status="final", code={"text": "x"}, subject=ref(one))
    assert await found(server, f"Observation?{query.replace('RUN', server.run)}") == which


@pytest.mark.parametrize(
    ("query", "who"),
    [
        ("_has:EpisodeOfCare:patient:organization=RUN-creteil", {"alice", "bob"}),
        ("_has:EpisodeOfCare:patient:organization=Organization/RUN-lyon", {"alice"}),
        ("_has:EpisodeOfCare:patient:organization=RUN-lyon,RUN-creteil", {"alice", "bob"}),
        ("_has:EpisodeOfCare:patient:status=finished", {"alice"}),
        ("_has:Observation:patient:code=urn:score|gad", {"alice"}),
        ("_has:Observation:patient:code=gad&family=petit", set()),
        ("_has:Observation:patient:code=phq&_has:EpisodeOfCare:patient:organization=RUN-lyon", {"alice"}),
        ("_has:EpisodeOfCare:patient:organization=nowhere", set()),
        ("_has:EpisodeOfCare:patient:organization.name=lyon", {"alice"}),
        ("organization:Organization._has:Organization:partof:name=lyon", {"alice"}),
    ],
)
async def test_patients_are_found_by_what_refers_to_them(server: Server, query: str, who: set[str]) -> None:
    await world(server)
    assert await found(server, f"Patient?{query.replace('RUN', server.run)}") == who


async def test_a_reverse_chain_counts_a_patient_once(server: Server) -> None:
    await world(server)
    assert (await server.search("Patient?_has:EpisodeOfCare:patient:status=active,finished&family=roux"))["total"] == 1


async def test_two_conditions_of_has_may_be_met_by_two_resources(server: Server) -> None:
    await world(server)
    query = f"Patient?_has:EpisodeOfCare:patient:status=finished&_has:EpisodeOfCare:patient:organization={server.id('creteil')}"
    assert await found(server, query) == {"alice"}


async def test_a_reverse_chain_forgets_what_was_deleted(server: Server) -> None:
    await world(server)
    await server.delete(f"EpisodeOfCare/{server.id('e2')}")
    assert await found(server, "Patient?_has:EpisodeOfCare:patient:status=finished") == set()


async def test_a_chain_forgets_what_was_changed(server: Server) -> None:
    await world(server)
    await server.make("Patient", "alice", name=[{"family": "Blanc"}])
    assert await found(server, "Observation?subject:Patient.family=roux") == set()
    assert await found(server, "Observation?subject:Patient.family=blanc") == {"o1", "o2"}


async def included(server: Server, query: str) -> tuple[set[str], set[str]]:
    entries = (await server.search(query)).get("entry", [])
    ids = {
        mode: {e["resource"]["id"].removeprefix(f"{server.run}-") for e in entries if e["search"]["mode"] == mode}
        for mode in ("match", "include")
    }
    assert len(entries) == len({e["fullUrl"] for e in entries})
    return ids["match"], ids["include"]


@pytest.mark.parametrize(
    ("query", "matches", "others"),
    [
        ("Observation?code=phq&_include=Observation:subject", {"o1", "o3"}, {"alice", "bob"}),
        ("Observation?code=gad&_include=Observation:subject:Patient", {"o2"}, {"alice"}),
        ("Observation?code=gad&_include=Observation:subject:Group", {"o2"}, set()),
        ("Observation?code=gad&_include=Observation:patient", {"o2"}, {"alice"}),
        ("Observation?code=gad&_include=Observation:encounter", {"o2"}, set()),
        (
            "EpisodeOfCare?status=finished&_include=EpisodeOfCare:patient&_include=EpisodeOfCare:organization",
            {"e2"},
            {"alice", "lyon"},
        ),
        ("Patient?family=roux&_revinclude=Observation:subject", {"alice"}, {"o1", "o2"}),
        (
            "Patient?family=roux&_revinclude=Observation:patient&_revinclude=EpisodeOfCare:patient",
            {"alice"},
            {"o1", "o2", "e1", "e2"},
        ),
        (
            "Observation?code=gad&_include=Observation:subject&_include:iterate=Patient:organization",
            {"o2"},
            {"alice", "creteil"},
        ),
        ("Observation?code=gad&_include=Observation:subject&_include=Patient:organization", {"o2"}, {"alice"}),
        (
            "EpisodeOfCare?_id=RUN-e3&_include=EpisodeOfCare:patient&_include:iterate=Patient:organization&_include:iterate=Organization:partof",
            {"e3"},
            {"bob", "lyon", "creteil"},
        ),
        ("EpisodeOfCare?status=finished&_include=EpisodeOfCare:*", {"e2"}, {"alice", "lyon"}),
    ],
)
async def test_what_is_asked_with_the_matches_comes(
    server: Server, query: str, matches: set[str], others: set[str]
) -> None:
    await world(server)
    assert await included(server, query.replace("RUN", server.run)) == (matches, others)


async def test_includes_do_not_count_in_the_total(server: Server) -> None:
    await world(server)
    assert (await server.search("Observation?code=gad&_include=Observation:subject"))["total"] == 1


async def test_a_circle_of_references_ends(server: Server) -> None:
    first = await server.make("Organization", "a", name="A")
    second = await server.make("Organization", "b", name="B", partOf=ref(first))
    await server.make("Organization", "a", name="A", partOf=ref(second))
    found_ = await included(
        server, "Organization?name=a&_include=Organization:partof&_include:iterate=Organization:partof"
    )
    assert found_ == ({"a"}, {"b"})
