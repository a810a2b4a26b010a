"""A questionnaire small enough to read, with one of each thing that answering touches. Its wording is our own."""

from typing import Any

from portal.fhir import systems
from portal.sdc import Form, compile_form

SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition"
ANSWERS = f"{systems.BASE}/CodeSystem/answers-SMALL"
URL = f"{systems.QUESTIONNAIRE}/small"
CODE = "SMALL"


def _frequency(link_id: str, text: str) -> dict[str, Any]:
    options = [
        {
            "valueCoding": {"system": ANSWERS, "code": str(n), "display": text_},
            "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/itemWeight", "valueDecimal": n}],
        }
        for n, text_ in enumerate(("Jamais", "Parfois", "Souvent", "Toujours"))
    ]
    return {"linkId": link_id, "type": "choice", "text": text, "required": True, "answerOption": options}


QUESTIONNAIRE: dict[str, Any] = {
    "resourceType": "Questionnaire",
    "url": URL,
    "version": "1.0.0",
    "status": "active",
    "title": "Petit questionnaire",
    "code": [{"system": systems.INSTRUMENT, "code": CODE}],
    "extension": [
        {
            "url": systems.ALERT_RULE,
            "extension": [
                {"url": "id", "valueCode": "dark-thoughts"},
                {"url": "severity", "valueCode": "stat"},
                {
                    "url": "condition",
                    "valueExpression": {
                        "language": "text/fhirpath",
                        "expression": "%resource.item.where(linkId='feelings').item.where(linkId='q3')"
                        ".answer.value.where(code != '0').exists()",
                    },
                },
                {"url": "message", "valueString": "Idées noires"},
            ],
        }
    ],
    "item": [
        {
            "linkId": "feelings",
            "type": "group",
            "text": "Humeur",
            "item": [
                _frequency("q1", "Je dors mal"),
                _frequency("q2", "Je suis fatigué"),
                _frequency("q3", "J'ai des idées noires"),
                {
                    "linkId": "total",
                    "type": "decimal",
                    "text": "Total",
                    "readOnly": True,
                    "code": [{"system": systems.SCORE, "code": "SMALL.total"}],
                    "extension": [
                        {"url": f"{SDC}/sdc-questionnaire-observationExtract", "valueBoolean": True},
                        {
                            "url": f"{SDC}/sdc-questionnaire-calculatedExpression",
                            "valueExpression": {
                                "language": "text/fhirpath",
                                "expression": "iif(%resource.item.where(linkId='feelings').item.answer.value"
                                ".ofType(Coding).count() = 3, %resource.item.where(linkId='feelings').item"
                                ".answer.value.ofType(Coding).weight().sum(), {})",
                            },
                        },
                        {"url": systems.SCORE_BANDS, "extension": []},
                    ],
                },
            ],
        },
        {
            "linkId": "more",
            "type": "group",
            "text": "Autres",
            "item": [
                {"linkId": "weight", "type": "decimal", "text": "Poids"},
                {"linkId": "since", "type": "date", "text": "Depuis quand"},
                {"linkId": "comment", "type": "text", "text": "Remarque", "maxLength": 2000},
                {
                    "linkId": "drug",
                    "type": "group",
                    "text": "Traitement",
                    "repeats": True,
                    "item": [{"linkId": "name", "type": "string", "text": "Nom"}],
                },
            ],
        },
    ],
}


def small_form() -> Form:
    return compile_form(QUESTIONNAIRE)
