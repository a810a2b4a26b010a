"""What a form looks at beside its answers, on the embedded backend with its access rules: the patient, queries, value sets."""

from dataclasses import replace
from typing import Any

import pytest

from portal.acting import Acting
from portal.app import CONTENT
from portal.authoring import Catalogue
from portal.clock import FixedClock
from portal.errors import Invalid, Unavailable
from portal.fhir import systems
from portal.responses import (
    assign,
    fold,
    fold_left_answers,
    helper_at,
    invite_relative,
    open_amendment,
    open_draft,
    open_link,
    possible_answers,
    read_response,
    save_answer,
    submit,
    surroundings,
    tell,
)
from portal.sdc import compile_form
from portal.types import Json
from tests.responses.conftest import PORTAL, As, Serving
from tests.responses.test_on_the_real_server import NURSE, PATIENT, PEOPLE

SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition"
QUERY = "application/x-fhir-query"
SITES = "https://portail.fondation-fondamental.org/fhir/ValueSet/test-sites"
MANY = "https://portail.fondation-fondamental.org/fhir/ValueSet/test-many"
SITE_CODES = "https://portail.fondation-fondamental.org/fhir/CodeSystem/test-sites"


def launched(name: str, kind: str) -> Json:
    return {
        "url": f"{SDC}/sdc-questionnaire-launchContext",
        "extension": [{"url": "name", "valueCoding": {"code": name}}, {"url": "type", "valueCode": kind}],
    }


def by(what: str, text: str, language: str = "text/fhirpath", **more: str) -> Json:
    return {
        "url": f"{SDC}/sdc-questionnaire-{what}",
        "valueExpression": {"language": language, "expression": text, **more},
    }


def variable(name: str, text: str, language: str = "text/fhirpath") -> Json:
    value = {"name": name, "language": language, "expression": text}
    return {"url": "http://hl7.org/fhir/StructureDefinition/variable", "valueExpression": value}


def read_only(item: Json) -> Json:
    return {**item, "readOnly": True}


AROUND: Json = {
    "resourceType": "Questionnaire",
    "url": "https://portail.fondation-fondamental.org/fhir/Questionnaire/AROUND",
    "version": "1.0.0",
    "status": "active",
    "title": "Autour de vous",
    "code": [{"system": systems.INSTRUMENT, "code": "AROUND"}],
    "extension": [
        launched("patient", "Patient"),
        launched("user", "Practitioner"),
        variable("weights", "Observation?patient=Patient/{{%patient.id}}&code=29463-7&_sort=-date", QUERY),
    ],
    "item": [
        {"linkId": "name", "type": "string", "text": "Nom", "extension": [by("initialExpression", "%patient.name.family")]},
        {"linkId": "by", "type": "string", "text": "Par", "extension": [by("initialExpression", "%user.id")]},
        read_only(
            {
                "linkId": "age",
                "type": "integer",
                "text": "Âge",
                "extension": [
                    by("calculatedExpression", "iif(%patient.birthDate.exists(), today().toString().substring(0,4).toInteger() - %patient.birthDate.toString().substring(0,4).toInteger(), {})")
                ],
            }
        ),
        {
            "linkId": "pregnant",
            "type": "boolean",
            "text": "Êtes-vous enceinte ?",
            "extension": [by("enableWhenExpression", "%patient.gender = 'female'")],
        },
        {
            "linkId": "weight",
            "type": "decimal",
            "text": "Poids",
            "extension": [by("initialExpression", "%weights.entry.resource.value.value.first()")],
        },
        {"linkId": "site", "type": "choice", "text": "Lieu", "answerValueSet": SITES},
        {"linkId": "many", "type": "choice", "text": "Parmi beaucoup", "answerValueSet": MANY},
        {
            "linkId": "place",
            "type": "string",
            "text": "Nom du lieu",
            "readOnly": True,
            "extension": [
                variable("here", "Location?identifier={{%resource.item.where(linkId = 'site').answer.value.code}}", QUERY),
                by("calculatedExpression", "%here.entry.resource.name.first()"),
            ],
        },
    ],
}  # fmt: skip
KNOWN: tuple[Json, ...] = (
    {
        "resourceType": "CodeSystem",
        "id": "test-sites",
        "url": SITE_CODES,
        "status": "active",
        "content": "complete",
        "concept": [{"code": "cr", "display": "Créteil"}, {"code": "mo", "display": "Montpellier"}],
    },
    {
        "resourceType": "ValueSet",
        "id": "test-sites",
        "url": SITES,
        "status": "active",
        "compose": {"include": [{"system": SITE_CODES}]},
    },
    {
        "resourceType": "ValueSet",
        "id": "test-many",
        "url": MANY,
        "status": "active",
        "compose": {
            "include": [{"system": "urn:many", "concept": [{"code": f"c{n}", "display": f"Choix {n}"} for n in range(400)]}]
        },
    },
    {"resourceType": "Location", "id": "l1", "name": "Hôpital de Créteil", "identifier": [{"value": "cr"}]},
    {
        "resourceType": "Observation",
        "id": "w1",
        "status": "final",
        "category": [{"coding": [{"code": "vital-signs"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2026-11-01",
        "valueQuantity": {"value": 62.5, "unit": "kg"},
    },
)  # fmt: skip


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.of([*Catalogue.load(CONTENT / "questionnaires").forms, compile_form(AROUND)])


@pytest.fixture
async def as_(serving: Serving) -> As:
    born = {"birthDate": "1990-05-02", "gender": "female"}
    people = [{**each, **born} if each["resourceType"] == "Patient" else each for each in PEOPLE]
    return await serving([*people, *KNOWN])


async def asked(as_: As) -> str:
    return await assign(as_(NURSE), patient="p1", questionnaire="AROUND", filled_by="staff")


async def give(acting: Acting, draft: Any, path: str, value: object) -> None:
    draft.session.set(path, value)
    await save_answer(acting, draft, path, value)


async def test_a_form_begins_with_what_is_known_of_the_patient_and_of_who_fills_it(as_: As) -> None:
    draft = await open_draft(as_(NURSE), await asked(as_))
    assert [draft.session.state(path).value for path in ("name", "by")] == ["Rouvière", "n1"]


async def test_a_form_begins_with_what_its_query_finds(as_: As) -> None:
    draft = await open_draft(as_(NURSE), await asked(as_))
    assert float(draft.session.state("weight").value) == 62.5


async def test_what_is_computed_of_the_patient_is_there_again_on_another_device(as_: As) -> None:
    task = await asked(as_)
    await open_draft(as_(NURSE), task)
    again = await open_draft(as_(NURSE), task)
    assert (again.session.state("age").value, again.session.state("pregnant").enabled) == (36, True)


async def test_the_codes_of_a_value_set_are_offered(as_: As) -> None:
    draft = await open_draft(as_(NURSE), await asked(as_))
    assert [each.text("fr") for each in draft.session.state("site").options] == ["Créteil", "Montpellier"]


async def test_a_code_outside_the_value_set_is_refused(as_: As) -> None:
    draft = await open_draft(as_(NURSE), await asked(as_))
    with pytest.raises(Invalid):
        draft.session.set("site", "elsewhere")


async def test_a_value_set_too_large_to_be_shown_is_searched(as_: As) -> None:
    nurse = as_(NURSE)
    draft = await open_draft(nurse, await asked(as_))
    state = draft.session.state("many")
    found = await possible_answers(nurse, draft.form.by_link_id["many"], state, "choix 39", locale="fr")
    assert (state.options, [each.text for each in found][:2]) == ((), ["Choix 39", "Choix 390"])


async def test_an_answer_leads_to_the_next_query(as_: As) -> None:
    nurse = as_(NURSE)
    draft = await open_draft(nurse, await asked(as_))
    await give(nurse, draft, "site", "cr")
    assert await tell(nurse, draft.around, draft.session)
    assert draft.session.state("place").value == "Hôpital de Créteil"


async def test_an_answer_that_asks_for_nothing_new_reads_nothing(as_: As) -> None:
    nurse = as_(NURSE)
    draft = await open_draft(nurse, await asked(as_))
    await give(nurse, draft, "name", "Rouvière-Blanc")
    assert not await tell(nurse, draft.around, draft.session)


async def test_while_the_record_is_away_a_query_waits_for_the_next_answer(
    as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    nurse = as_(NURSE)
    draft = await open_draft(nurse, await asked(as_))
    there = nurse.fhir.call

    async def away(*_: object, **__: object) -> None:
        raise Unavailable

    monkeypatch.setattr(nurse.fhir, "call", away)
    draft.session.set("site", "cr")
    assert not await tell(nurse, draft.around, draft.session)
    monkeypatch.setattr(nurse.fhir, "call", there)
    await give(nurse, draft, "name", "Rouvière-Blanc")
    await tell(nurse, draft.around, draft.session)
    assert draft.session.state("place").value == "Hôpital de Créteil"


async def test_a_form_sees_no_more_than_who_fills_it(as_: As) -> None:
    task = await assign(as_(NURSE), patient="p1", questionnaire="AROUND")
    draft = await open_draft(as_(PATIENT), task)
    assert (draft.session.state("name").value, draft.session.state("weight").value) == ("Rouvière", None)


async def test_what_was_sent_is_read_as_it_was_sent_years_later(as_: As, clock: FixedClock) -> None:
    nurse = as_(NURSE)
    draft = await open_draft(nurse, await asked(as_))
    await give(nurse, draft, "pregnant", False)
    await fold(nurse, draft)
    response = (await submit(nurse, draft)).response
    clock.tick(3 * 365.25 * 86_400)
    service = nurse.service
    patient = await service.read("Patient", "p1")
    await service.replace({**patient, "gender": "male"})
    read = await read_response(nurse, response)
    assert [each.values for each in read.answers if each.path == "pregnant"] == [(False,)]


async def test_a_correction_computes_as_of_the_day_it_was_sent(as_: As, clock: FixedClock) -> None:
    nurse = as_(NURSE)
    draft = await open_draft(nurse, await asked(as_))
    await give(nurse, draft, "pregnant", False)
    response = (await submit(nurse, draft)).response
    clock.tick(3 * 365.25 * 86_400)
    amendment = await open_amendment(nurse, response)
    assert amendment.session.state("age").value == 36


async def test_a_relative_is_told_of_the_patient_and_asks_the_record_nothing(as_: As) -> None:
    nurse = as_(NURSE)
    link = await invite_relative(
        nurse, patient="p1", questionnaire="AROUND", name="Jeanne Rouvière", relationship="MTH", days=7
    )
    await open_link(nurse, link.secret, "browser")
    helper = await helper_at(nurse, "browser")
    relative = replace(as_(helper.actor), fhir=nurse.service)
    draft = await open_draft(relative, helper.task)
    assert (draft.session.state("name").value, draft.session.state("weight").value) == ("Rouvière", None)


async def test_an_answer_from_a_value_set_is_folded_by_the_portal_which_does_not_have_the_set(
    as_: As, clock: FixedClock
) -> None:
    nurse = as_(NURSE)
    draft = await open_draft(nurse, await asked(as_))
    await give(nurse, draft, "site", "cr")
    clock.tick(600)
    assert await fold_left_answers(as_(PORTAL)) == 1
    again = await open_draft(nurse, draft.asked.id)
    assert again.session.state("site").value == "cr"


async def test_an_answer_from_a_value_set_outlives_the_absence_of_the_terminology(
    as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    nurse = as_(NURSE)
    draft = await open_draft(nurse, await asked(as_))
    await give(nurse, draft, "site", "cr")

    async def away(*_args, **_options):
        raise Unavailable

    monkeypatch.setattr(surroundings, "_expanded", away)
    again = await open_draft(nurse, draft.asked.id)
    await give(nurse, again, "name", "Rouvière-Blanc")
    await fold(nurse, again)
    monkeypatch.undo()
    third = await open_draft(nurse, draft.asked.id)
    assert [third.session.state(each).value for each in ("site", "name")] == ["cr", "Rouvière-Blanc"]
