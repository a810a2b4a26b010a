"""A patient enters a trial, visits are planned, a visit opens and its questionnaires are handed out."""

from dataclasses import dataclass
from datetime import date, datetime, time

from portal import audit
from portal.access import Permission, Scope, decide
from portal.acting import Acting
from portal.clock import PARIS
from portal.errors import Invalid, problem
from portal.fhir import Transaction, stable_id, systems
from portal.i18n import N_
from portal.trials.model import Trial, TrialForm
from portal.trials.render import tag
from portal.trials.schedule import Due, schedule
from portal.types import Json

LIVE = (
    "candidate",
    "eligible",
    "in-prescreening",
    "screening",
    "on-study",
    "on-study-intervention",
    "on-study-observation",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Enrolment:
    """Ids of the `ResearchSubject` and of the `CarePlan` that holds its visits."""

    subject: str
    plan: str


async def enrol(
    acting: Acting, trial: Trial, *, patient: str, organization: str, scope: Scope, number: str
) -> Enrolment:
    """Include a patient of the actor's centres. `number` is the inclusion number, unique in trial and centre.

    One live participation a patient and trial: a second try returns the first. Raises `Invalid` when the trial is not
    assigned to the centre.
    """
    decide(acting.actor, Permission.SUBJECT_ENROL, scope)
    study = await acting.fhir.read("ResearchStudy", trial.id)
    if {"reference": f"Location/loc-{organization}"} not in study.get("site", []):
        raise Invalid([problem("trial", N_("This centre does not take part in this study."))])
    found = await acting.fhir.find("ResearchSubject", {"study": trial.id, "individual": f"Patient/{patient}"})
    live = [subject for subject in found.resources if subject["status"] in LIVE]
    if live:
        return Enrolment(subject=live[0]["id"], plan=f"plan-{live[0]['id']}")
    patient_resource = await acting.fhir.read("Patient", patient)
    subject = acting.chance.id()
    fondacode = [one for one in patient_resource.get("identifier", []) if one.get("system") == systems.FONDACODE]
    transaction = Transaction()
    transaction.create(
        {
            "resourceType": "ResearchSubject",
            "id": subject,
            "meta": {"tag": [tag(trial.id)]},
            "identifier": [
                {
                    "system": f"{systems.INCLUSION}/{trial.id}/{organization}",
                    "value": number,
                    "assigner": {"reference": f"Organization/{organization}"},
                },
                *fondacode,
            ],
            "status": "on-study",
            "period": {"start": acting.clock.today().isoformat()},
            "study": {"reference": f"ResearchStudy/{trial.id}"},
            "individual": {"reference": f"Patient/{patient}"},
        }
    )
    transaction.create(
        {
            "resourceType": "CarePlan",
            "id": f"plan-{subject}",
            "meta": {"tag": [tag(trial.id)]},
            "instantiatesCanonical": [f"{systems.PLAN_DEFINITION}/trial-{trial.id}|{trial.version}"],
            "status": "active",
            "intent": "plan",
            "subject": {"reference": f"Patient/{patient}"},
            "supportingInfo": [{"reference": f"ResearchSubject/{subject}"}],
        }
    )
    await acting.fhir.commit(transaction)
    await audit.record(
        acting, audit.Action.CREATE, Permission.SUBJECT_ENROL, patient=patient, entity=f"ResearchSubject/{subject}"
    )
    return Enrolment(subject=subject, plan=f"plan-{subject}")


async def plan_visits(acting: Acting, trial: Trial, *, subject: str, scope: Scope) -> list[str]:
    """Create the visits that the protocol wants today and that do not exist yet; returns all Encounter ids in order of date.

    A second run changes nothing: each visit has a stable id.
    """
    decide(acting.actor, Permission.SUBJECT_ENROL, scope)
    stored = await acting.fhir.read("ResearchSubject", subject)
    patient = stored["individual"]["reference"]
    existing = {
        encounter["id"]: encounter
        for encounter in await acting.fhir.all("Encounter", {"patient": patient, "_tag": f"{systems.TRIAL}|{trial.id}"})
    }
    first = existing.get(visit_id(subject, trial.baseline, 1))
    baseline = _day(first) if first is not None and first["status"] in {"in-progress", "finished"} else None
    enrolled = date.fromisoformat(stored["period"]["start"])
    wanted = schedule(trial, enrolled=enrolled, baseline=baseline, today=acting.clock.today())
    centre = next(one["assigner"] for one in stored["identifier"] if "assigner" in one)
    transaction = Transaction()
    for due in wanted:
        if visit_id(subject, due.kind.id, due.number) not in existing:
            transaction.create(_encounter(trial, due, subject=subject, patient=patient, centre=centre))
    if transaction.entries:
        plan = await acting.fhir.read("CarePlan", f"plan-{subject}")
        transaction.update({**plan, "activity": [_activity(trial, due, subject) for due in wanted]})
        await acting.fhir.commit(transaction)
        entity = f"CarePlan/plan-{subject}"
        await audit.record(
            acting,
            audit.Action.UPDATE,
            Permission.SUBJECT_ENROL,
            patient=patient.removeprefix("Patient/"),
            entity=entity,
        )
    return [visit_id(subject, due.kind.id, due.number) for due in wanted]


def visit_id(subject: str, kind: str, number: int) -> str:
    return stable_id("visit", subject, kind, number)


def _day(encounter: Json) -> date:
    return datetime.fromisoformat(encounter["period"]["start"]).astimezone(PARIS).date()


def _morning(day: date) -> str:
    return datetime.combine(day, time(9), tzinfo=PARIS).isoformat()


def _encounter(trial: Trial, due: Due, *, subject: str, patient: str, centre: Json) -> Json:
    return {
        "resourceType": "Encounter",
        "id": visit_id(subject, due.kind.id, due.number),
        "meta": {"tag": [tag(trial.id)]},
        "identifier": [{"system": systems.VISIT, "value": f"{subject}:{due.kind.id}:{due.number}"}],
        "status": "planned",
        "class": {"system": systems.ENCOUNTER_CLASS, "code": "AMB"},
        "type": [
            {
                "coding": [
                    {"system": systems.visit_codes(trial.id), "code": due.kind.id, "display": due.kind.title["fr"]}
                ],
                "text": due.kind.title["fr"],
            }
        ],
        "subject": {"reference": patient},
        "period": {"start": _morning(due.target)},
        "serviceProvider": centre,
    }


def _activity(trial: Trial, due: Due, subject: str) -> Json:
    """R4 lets an activity have a detail or a reference, not both: the detail holds the window, the outcome the visit."""
    return {
        "outcomeReference": [{"reference": f"Encounter/{visit_id(subject, due.kind.id, due.number)}"}],
        "detail": {
            "code": {"coding": [{"system": systems.visit_codes(trial.id), "code": due.kind.id}]},
            "status": "scheduled",
            "scheduledPeriod": {"start": due.opens.isoformat(), "end": due.closes.isoformat()},
        },
    }


async def open_visit(
    acting: Acting, trial: Trial, *, visit: str, scope: Scope, on: datetime | None = None
) -> list[str]:
    """Start a planned visit (now, or at `on`) and hand out its questionnaires; returns the Task ids. Twice changes nothing."""
    decide(acting.actor, Permission.QUESTIONNAIRE_ASSIGN, scope)
    encounter = await acting.fhir.read("Encounter", visit)
    kind = trial.visit(encounter["type"][0]["coding"][0]["code"])
    at = on or acting.clock.now()
    tasks = [_task(acting, trial, encounter, form, at) for form in kind.forms()]
    if encounter["status"] != "planned":
        return [task["id"] for task in tasks]
    transaction = Transaction()
    for task in tasks:
        transaction.create(task)
    transaction.update({**encounter, "status": "in-progress", "period": {"start": at.isoformat(timespec="seconds")}})
    await acting.fhir.commit(transaction)
    await audit.record(
        acting,
        audit.Action.EXECUTE,
        Permission.QUESTIONNAIRE_ASSIGN,
        patient=scope.patient,
        entity=f"Encounter/{visit}",
    )
    return [task["id"] for task in tasks]


def _task(acting: Acting, trial: Trial, encounter: Json, form: TrialForm, at: datetime) -> Json:
    patient = encounter["subject"]
    return {
        "resourceType": "Task",
        "id": stable_id("task", encounter["id"], form.code),
        "meta": {"tag": [tag(trial.id)]},
        "groupIdentifier": {"system": systems.TRIAL, "value": trial.id},
        "status": "requested",
        "intent": "order",
        "code": {"coding": [{"system": systems.SDC_TASK, "code": "complete-questionnaire"}]},
        "for": patient,
        "encounter": {"reference": f"Encounter/{encounter['id']}"},
        "authoredOn": at.isoformat(timespec="seconds"),
        "lastModified": at.isoformat(timespec="seconds"),
        "requester": {"reference": acting.actor.reference},
        "owner": patient if form.filled_by == "patient" else encounter["serviceProvider"],
        "executionPeriod": {"start": at.isoformat(timespec="seconds")},
        "input": [
            {
                "type": {"coding": [{"system": systems.SDC_TASK, "code": "questionnaire"}]},
                "valueCanonical": acting.catalogue.canonical(form.code),
            }
        ],
    }
