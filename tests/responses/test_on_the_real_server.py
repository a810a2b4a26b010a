"""The same verbs on the embedded backend with its access policies: what each person's own token is let through."""

import pytest

from portal.access import Actor, Role
from portal.app import CONTENT
from portal.authoring import Catalogue
from portal.errors import Forbidden, Refused
from portal.fhir import systems
from portal.responses import (
    amend,
    around,
    assign,
    fold,
    open_draft,
    read_response,
    responses_of,
    save_answer,
    submit,
    todo,
)
from tests.responses.conftest import As, Serving

SEVERAL_DAYS, NEARLY_EVERY_DAY = "LA6569-3", "LA6571-9"
PATIENT = Actor(user="u-p1", role=Role.PATIENT, reference="Patient/p1", name="Camille Rouvière")
NURSE = Actor(
    user="u-n1", role=Role.NURSE, reference="Practitioner/n1", name="Inès Kaci", organizations=frozenset({"c1"})
)
ARC = Actor(
    user="u-a1", role=Role.ARC, reference="Practitioner/a1", name="Pauline Weber", trials=frozenset({"ebipolar"})
)
PEOPLE = (
    {"resourceType": "Organization", "id": "c1", "name": "Centre expert Montpellier"},
    {"resourceType": "Practitioner", "id": "n1"},
    {"resourceType": "Practitioner", "id": "a1"},
    {
        "resourceType": "PractitionerRole",
        "id": "n1-c1",
        "active": True,
        "practitioner": {"reference": "Practitioner/n1"},
        "organization": {"reference": "Organization/c1"},
        "code": [{"coding": [{"system": systems.ROLE, "code": "nurse"}]}],
    },
    {
        "resourceType": "PractitionerRole",
        "id": "a1-arc",
        "active": True,
        "practitioner": {"reference": "Practitioner/a1"},
        "code": [{"coding": [{"system": systems.ROLE, "code": "arc"}]}],
    },
    {
        "resourceType": "Group",
        "id": "arcs-of-ebipolar",
        "meta": {"tag": [{"system": systems.TRIAL, "code": "ebipolar"}]},
        "type": "practitioner",
        "actual": True,
        "code": {"coding": [{"system": systems.ROLE, "code": "arc"}]},
        "member": [{"entity": {"reference": "Practitioner/a1"}}],
    },
    {"resourceType": "Patient", "id": "p1", "name": [{"family": "Rouvière", "given": ["Camille"]}]},
    {
        "resourceType": "EpisodeOfCare",
        "id": "e1",
        "status": "active",
        "patient": {"reference": "Patient/p1"},
        "managingOrganization": {"reference": "Organization/c1"},
    },
)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load(CONTENT / "questionnaires")


@pytest.fixture
async def as_(serving: Serving) -> As:
    """A person's own doors on a server that holds one centre, one nurse, one ARC and one patient."""
    return await serving(PEOPLE)


async def sent(as_: As) -> str:
    """PHQ-9, asked by the nurse in a trial, filled and sent by the patient."""
    task = await assign(as_(NURSE), patient="p1", questionnaire="PHQ9", trial="ebipolar")
    patient = as_(PATIENT)
    draft = await open_draft(patient, task)
    for number in range(1, 10):
        draft.session.set(f"q{number}", SEVERAL_DAYS)
        await save_answer(patient, draft, f"q{number}", SEVERAL_DAYS)
    await fold(patient, draft)
    return (await submit(patient, draft)).response


async def test_from_being_asked_to_being_corrected(as_: As) -> None:
    response = await sent(as_)
    await amend(as_(NURSE), response, {"q1": NEARLY_EVERY_DAY}, reason="typing-error")
    read = await read_response(as_(NURSE), response)
    assert [version.status for version in read.versions] == ["amended", "completed"]
    [row] = await responses_of(as_(NURSE), "p1")
    assert row.scores[0].value == 11


async def test_the_arc_of_the_trial_reads_it_and_another_does_not(as_: As) -> None:
    response = await sent(as_)
    assert (await read_response(as_(ARC), response)).trial == "ebipolar"
    elsewhere = Actor(user="u-a1", role=Role.ARC, reference="Practitioner/a1", name="", trials=frozenset({"emma"}))
    with pytest.raises(Refused):
        await read_response(as_(elsewhere), response)


async def test_patients_see_what_is_theirs(as_: As) -> None:
    response = await sent(as_)
    patient = as_(PATIENT)
    assert [item.asked.response for item in await todo(patient)] == [response]
    assert [row.id for row in await responses_of(patient, "p1")] == [response]
    assert (await around(patient)).centres == ("Centre expert Montpellier",)


async def test_nobody_writes_a_score_with_a_patients_token(as_: As) -> None:
    await sent(as_)
    [score, *_] = await as_(PATIENT).fhir.all(
        "Observation", {"patient": "Patient/p1", "_tag": f"{systems.AUDIENCE}|patient"}
    )
    with pytest.raises(Forbidden):
        await as_(PATIENT).fhir.replace({**score, "valueInteger": 0})
