"""A form with everything that is hard to read back, and its answers: a grid, lines, what hangs under an answer, an instant."""

from datetime import UTC, datetime
from typing import Any

from portal.sdc import Form, FormSession, compile_form
from portal.types import Json

NOW = datetime(2026, 12, 2, 13, 2, tzinfo=UTC)
HL7, SDC = "http://hl7.org/fhir/StructureDefinition", "http://hl7.org/fhir/uv/sdc/StructureDefinition"


def fhirpath(url: str, expression: str) -> Json:
    return {"url": url, "valueExpression": {"language": "text/fhirpath", "expression": expression}}


def follows(expression: str) -> Json:
    """The `_text` of an item whose text follows the answers."""
    return {"extension": [fhirpath(f"{HL7}/cqf-expression", expression)]}


def computed(expression: str) -> Json:
    return fhirpath(f"{SDC}/sdc-questionnaire-calculatedExpression", expression)


def control(code: str) -> Json:
    system = "http://hl7.org/fhir/questionnaire-item-control"
    return {
        "url": f"{HL7}/questionnaire-itemControl",
        "valueCodeableConcept": {"coding": [{"system": system, "code": code}]},
    }


def usage(code: str) -> list[Json]:
    return [{"url": f"{HL7}/questionnaire-usageMode", "valueCode": code}]


def group(link_id: str, text: str, *items: Json, **more: Any) -> Json:
    return {"linkId": link_id, "type": "group", "text": text, "item": list(items), **more}


def ask(link_id: str, type_: str, text: str, **more: Any) -> Json:
    return {"linkId": link_id, "type": type_, "text": text, **more}


def form_of(*items: Json, **more: Any) -> Form:
    head = {"resourceType": "Questionnaire", "url": "u", "version": "1", "status": "active", "title": "Formulaire"}
    return compile_form({**head, **more, "item": list(items)})


DRUGS = [
    {"valueCoding": {"system": "s", "code": code, "display": code.capitalize()}} for code in ("lithium", "valproate")
]

FAMILY = group(
    "family",
    "Famille",
    *(group(who, name, ask(f"{who}-ill", "boolean", "Trouble")) for who, name in (("f", "Père"), ("m", "Mère"))),
    extension=[control("grid")],
)
MEDICINES = group("med", "Médicament", ask("name", "string", "Nom"), repeats=True)
BENEATH = ask("drugs", "choice", "Produits", repeats=True, answerOption=DRUGS, item=[ask("dose", "integer", "Dose")])


def hard_form() -> Form:
    return form_of(
        FAMILY,
        MEDICINES,
        group("more", "Suite", BENEATH, ask("at", "dateTime", "Quand ?")),
        group(
            "body",
            "Mesures",
            ask("weight", "decimal", "Poids"),
            ask("double", "decimal", "Double", readOnly=True, extension=[computed("%resource.descendants().where(linkId='weight').answer.value * 2")]),
        ),
        copyright="Auteurs 1999. Licence libre.",
        description="Quelques questions.",
    )  # fmt: skip


def answered(form: Form) -> FormSession:
    session = FormSession(form, now=NOW)
    for path, value in (("f-ill", True), ("m-ill", False), ("drugs", ["lithium", "valproate"]), ("weight", 60)):
        session.set(path, value)
    for path, value in (("drugs[0]/dose", 2), ("drugs[1]/dose", 3), ("at", "2026-03-01T23:30:00Z")):
        session.set(path, value)
    session.add("med[0]")
    for path, value in (("med[0]/name", "Aspirine"), ("med[1]/name", "Codéine")):
        session.set(path, value)
    return session
