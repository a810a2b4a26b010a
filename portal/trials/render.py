"""A trial's file as FHIR: `ResearchStudy` + `PlanDefinition` (visits → categories → questionnaires, nested actions). Pure."""

from collections.abc import Mapping

from portal.fhir import systems
from portal.trials.model import Category, Trial, TrialForm, VisitKind
from portal.types import Json


def tag(trial_id: str) -> Json:
    """The `meta.tag` that every resource of a trial carries."""
    return {"system": systems.TRIAL, "code": trial_id}


def study(trial: Trial) -> Json:
    return {
        "resourceType": "ResearchStudy",
        "id": trial.id,
        "meta": {"tag": [tag(trial.id)]},
        "identifier": [{"system": systems.TRIAL, "value": trial.id}],
        "title": trial.title["fr"],
        "status": "active",
        "protocol": [{"reference": f"PlanDefinition/trial-{trial.id}"}],
        "condition": [{"coding": [{"system": systems.NETWORK, "code": trial.pathology}]}],
        **({"description": trial.description["fr"]} if trial.description else {}),
    }


def plan_definition(trial: Trial, canonicals: Mapping[str, str]) -> Json:
    """`canonicals` gives each questionnaire code its url|version."""
    return {
        "resourceType": "PlanDefinition",
        "id": f"trial-{trial.id}",
        "meta": {"tag": [tag(trial.id)]},
        "url": f"{systems.PLAN_DEFINITION}/trial-{trial.id}",
        "version": trial.version,
        "title": trial.title["fr"],
        "status": "active",
        "type": {
            "coding": [
                {"system": "http://terminology.hl7.org/CodeSystem/plan-definition-type", "code": "clinical-protocol"}
            ]
        },
        "action": [_visit(trial, visit, canonicals) for visit in trial.visits],
    }


def _visit(trial: Trial, visit: VisitKind, canonicals: Mapping[str, str]) -> Json:
    action: Json = {
        "id": visit.id,
        "title": visit.title["fr"],
        "code": [{"coding": [{"system": systems.visit_codes(trial.id), "code": visit.id}]}],
        "cardinalityBehavior": "multiple" if visit.repeat == "recurring" else "single",
        "action": [_category(visit, category, canonicals) for category in visit.categories],
    }
    if visit.id != trial.baseline and not visit.from_enrolment:
        months, days = visit.at_months, visit.at_days
        value, unit = (months, "mo") if months else (days, "d")
        action["relatedAction"] = [
            {
                "actionId": trial.baseline,
                "relationship": "after-start",
                "offsetDuration": {"value": value, "unit": unit, "system": systems.UCUM, "code": unit},
            }
        ]
    if visit.repeat == "recurring":
        action["timingTiming"] = {"repeat": {"frequency": 1, "period": visit.every_months, "periodUnit": "mo"}}
    return action


def _category(visit: VisitKind, category: Category, canonicals: Mapping[str, str]) -> Json:
    return {
        "id": f"{visit.id}.{category.id}",
        "title": category.title["fr"],
        "groupingBehavior": "visual-group",
        "selectionBehavior": "any" if category.optional else "all",
        "action": [_form(visit, category, form, canonicals[form.code]) for form in category.forms],
    }


def _form(visit: VisitKind, category: Category, form: TrialForm, canonical: str) -> Json:
    return {
        "id": f"{visit.id}.{category.id}.{form.code.replace('_', '-')}",
        "definitionCanonical": canonical,
        "requiredBehavior": "must" if form.required else "could",
        "participant": [
            {
                "type": "patient" if form.filled_by == "patient" else "practitioner",
                "role": {"coding": [{"system": systems.ROLE, "code": form.filled_by}]},
            }
        ],
    }
