"""The world of the access matrix: two centres, two trials, six patients with one resource of every kind, and everybody in
every standing: as they are, with a right withdrawn, with their role ended, with their account closed.

Written by the portal's own client, so that nothing here depends on the rules that are proven.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field

from portal.access import CARE_ROLES, Actor, Post, Role
from portal.app import Portal
from portal.fhir import Transaction, systems
from portal.types import Json

A, B = "montpellier", "creteil"
T1, T2, T3 = "ebipolar", "emma", "elsewhere"
PATIENTS: dict[str, tuple[str, str | None]] = {
    "own": (A, T1),
    "same-centre": (A, None),
    "other-centre": (B, T1),
    "other-trial": (A, T2),
    "left": (B, T1),
    "closed": (A, T1),
}
"""Situation → the centre that follows the patient now, and their trial. A followed `left` once; `closed` is a closed record."""

SITUATIONS = ("own", "same-centre", "other-centre", "other-trial", "withdrawn", "ended", "deactivated")
STANDINGS = ("now", "withdrawn", "ended", "deactivated")


@dataclass(frozen=True, kw_only=True, slots=True)
class Thing:
    """A kind of resource. `make` gives one about a patient; `change` what an allowed update would change."""

    name: str
    type: str
    make: Callable[[str, list[Json]], Json]
    change: Json = field(default_factory=dict)
    anchor: str = "patient"


def about(patient: str) -> Json:
    return {"reference": f"Patient/{patient}"}


def coded(system: str, code: str) -> Json:
    return {"coding": [{"system": system, "code": code}]}


SHOWN: Json = {"system": systems.AUDIENCE, "code": "patient"}
ANNE: Json = {"reference": "Practitioner/psychiatrist-now"}
FORM = "https://portail.fondation-fondamental.org/fhir/Questionnaire/PHQ9|1.0.0"


def _task(code: Json, *, owner: str = "", status: str = "requested") -> Callable[[str, list[Json]], Json]:
    def make(patient: str, tags: list[Json]) -> Json:
        task: Json = {
            "status": status,
            "intent": "order",
            "code": code,
            "for": about(patient),
            "focus": {"reference": f"QuestionnaireResponse/answers-{patient}"},
            "meta": {"tag": tags},
        }
        if owner:
            task["owner"] = about(patient) if owner == "patient" else {"reference": f"Organization/{A}"}
        return task

    return make


def _answers(*, shown: bool, status: str, author: Json | None = None) -> Callable[[str, list[Json]], Json]:
    def make(patient: str, tags: list[Json]) -> Json:
        who = author or about(patient)
        return {
            "status": status,
            "questionnaire": FORM,
            "subject": about(patient),
            "author": who,
            "source": who,
            "meta": {"tag": [*tags, *([SHOWN] if shown else [])]},
        }

    return make


def _observation(category: str, *, shown: bool = False) -> Callable[[str, list[Json]], Json]:
    def make(patient: str, tags: list[Json]) -> Json:
        return {
            "status": "final",
            "category": [coded(systems.OBSERVATION_CATEGORY, category)],
            "code": coded(systems.LOINC, "14334-7"),
            "subject": about(patient),
            "valueInteger": 4,
            "meta": {"tag": [*tags, *([SHOWN] if shown else [])]},
        }

    return make


def _plain(**elements: object) -> Callable[[str, list[Json]], Json]:
    """`elements` whose value is "patient" name the patient."""

    def make(patient: str, tags: list[Json]) -> Json:
        return {
            "meta": {"tag": tags},
            **{name: about(patient) if value == "patient" else value for name, value in elements.items()},
        }

    return make


def _about_answers(**elements: object) -> Callable[[str, list[Json]], Json]:
    def make(patient: str, tags: list[Json]) -> Json:
        return {
            "meta": {"tag": tags},
            "target": [{"reference": f"QuestionnaireResponse/answers-{patient}"}],
            **elements,
        }

    return make


CHART = coded(systems.SNOMED, "13746004")
THINGS: tuple[Thing, ...] = (
    Thing(name="encounter", type="Encounter", make=_plain(
        status="planned", **{"class": {"system": systems.ENCOUNTER_CLASS, "code": "AMB"}}, subject="patient"),
        change={"status": "arrived"}),
    Thing(name="plan", type="CarePlan", make=_plain(status="active", intent="plan", subject="patient"),
        change={"title": "plan"}),
    Thing(name="subject", type="ResearchSubject", make=lambda p, tags: {
        "meta": {"tag": tags}, "status": "on-study", "individual": about(p),
        "study": {"reference": f"ResearchStudy/{tags[0]['code'] if tags else T3}"}}, change={"assignedArm": "x"}),
    Thing(name="answers", type="QuestionnaireResponse", make=_answers(shown=True, status="completed"),
        change={"status": "amended"}),
    Thing(name="hidden-answers", type="QuestionnaireResponse", make=_answers(shown=False, status="completed", author=ANNE),
        change={"status": "amended"}),
    Thing(name="draft", type="QuestionnaireResponse", make=_answers(shown=True, status="in-progress"),
        change={"language": "fr"}),
    Thing(name="lab", type="Observation", make=_observation("laboratory"), change={"valueInteger": 5}),
    Thing(name="score", type="Observation", make=_observation("survey", shown=True), change={"valueInteger": 5}),
    Thing(name="hidden-score", type="Observation", make=_observation("survey"), change={"valueInteger": 5}),
    Thing(name="form-task", type="Task", make=_task(coded(systems.SDC_TASK, "complete-questionnaire"), owner="patient"),
        change={"status": "in-progress"}),
    Thing(name="staff-task", type="Task", make=_task(coded(systems.SDC_TASK, "complete-questionnaire"), owner="centre"),
        change={"status": "in-progress"}),
    Thing(name="alert", type="Task", make=_task(coded(systems.TASK, "clinical-alert")), change={"status": "completed"}),
    Thing(name="remark", type="Task", make=_task(coded(systems.TASK, "data-query")), change={"status": "in-progress"}),
    Thing(name="line", type="Communication", make=lambda p, tags: {
        "meta": {"tag": tags}, "status": "completed", "partOf": [{"reference": f"Task/remark-{p}"}], "subject": about(p),
        "sender": ANNE}, change={"status": "entered-in-error"}),
    Thing(name="verdict", type="VerificationResult", make=_about_answers(
        status="validated", attestation={"who": ANNE}), change={"status": "val-fail"}, anchor="target"),
    Thing(name="correction", type="Provenance", make=_about_answers(
        recorded="2026-12-01T10:00:00Z", agent=[{"who": ANNE}]), change={"recorded": "2026-12-02T10:00:00Z"}, anchor="target"),
    Thing(name="treatment", type="MedicationStatement", make=_plain(
        status="active", medicationCodeableConcept={"text": "lithium"}, subject="patient"), change={"status": "stopped"}),
    Thing(name="condition", type="Condition", make=_plain(code=CHART, subject="patient"), change={"recordedDate": "2026"}),
    Thing(name="allergy", type="AllergyIntolerance", make=_plain(code=CHART, patient="patient"),
        change={"recordedDate": "2026"}),
    Thing(name="procedure", type="Procedure", make=_plain(status="completed", subject="patient"),
        change={"performedDateTime": "2026"}),
    Thing(name="family", type="FamilyMemberHistory", make=_plain(
        status="completed", patient="patient", relationship=CHART), change={"date": "2026"}),
    Thing(name="consent", type="Consent", make=_plain(
        status="active", scope=CHART, category=[CHART], patient="patient", policyRule=CHART), change={"dateTime": "2026"}),
    Thing(name="document", type="DocumentReference", make=lambda p, tags: {
        "meta": {"tag": [*tags, SHOWN]}, "status": "current", "subject": about(p),
        "content": [{"attachment": {"url": f"Binary/file-{p}"}}]}, change={"description": "x"}),
    Thing(name="hidden-document", type="DocumentReference", make=_plain(
        status="current", subject="patient", content=[{"attachment": {"title": "letter"}}]), change={"description": "x"}),
    Thing(name="file", type="Binary", make=lambda p, tags: {
        "meta": {"tag": [*tags, SHOWN]}, "contentType": "text/plain", "securityContext": about(p),
        "data": base64.b64encode(f"canary {p}".encode()).decode()}, change={"contentType": "text/csv"}, anchor=""),
)  # fmt: skip
"""Every kind of resource about a patient, beside the Patient and the EpisodeOfCare themselves."""

NAMES = tuple(thing.name for thing in THINGS)


def tags(trial: str | None) -> list[Json]:
    return [{"system": systems.TRIAL, "code": trial}] if trial else []


def identified(thing: Thing, patient: str) -> Json:
    made = thing.make(patient, tags(PATIENTS[patient][1]))
    if not made["meta"]["tag"]:
        del made["meta"]
    return {"resourceType": thing.type, "id": f"{thing.name}-{patient}", **made}


def user_of(role: str, standing: str) -> str:
    return f"{role}-{standing}"


STAFF = (*sorted(CARE_ROLES), Role.ARC, Role.ORGANIZATION_ADMIN, Role.ADMIN)
ACTORS = ("patient", *(str(role) for role in STAFF), "both", "nobody")
"""Each role; `both` is a nurse in A and a psychologist in B; `nobody` has an account and no role."""


def actor(who: str, standing: str = "now") -> Actor:
    """The person as they were when their token was signed: with every right, whatever became of it since."""
    if who == "patient":
        patient = "closed" if standing in {"withdrawn", "ended"} else "own"
        return Actor(user=f"patient-{standing}", role=Role.PATIENT, reference=f"Patient/{patient}", name="")
    role = Role.NURSE if who in {"both", "nobody"} else Role(who)
    places = {"both": {A, B}, "nobody": {A}, "arc": set[str](), "admin": set[str]()}.get(who, {A})
    return Actor(
        user=user_of(who, standing),
        role=role,
        reference=f"Practitioner/{user_of(who, standing)}",
        name="",
        organizations=frozenset(places),
        posts=frozenset({Post(organization=A, role=Role.NURSE), Post(organization=B, role=Role.PSYCHOLOGIST)})
        if who == "both"
        else frozenset(),
        trials=frozenset({T1}) if who == "arc" else frozenset(),
    )


def resources() -> list[Json]:
    """Everything, in an order in which nothing refers to what comes later."""
    made: list[Json] = []
    for centre in (A, B):
        made.append({"resourceType": "Organization", "id": centre, "active": True, "name": centre})
        made.append({"resourceType": "Location", "id": f"loc-{centre}", "status": "active", "name": centre})
    made += [
        {"resourceType": "ResearchStudy", "id": trial, "status": "active", "title": trial} for trial in (T1, T2, T3)
    ]
    made += _people()
    for patient, (centre, _) in PATIENTS.items():
        made.append(
            {
                "resourceType": "Patient",
                "id": patient,
                "active": patient != "closed",
                "name": [{"family": f"Canary{patient}"}],
                "identifier": [{"system": systems.FONDACODE, "value": f"0901{len(made):06d}"}],
            }
        )
        made.append(_episode(patient, centre))
        made += [identified(thing, patient) for thing in THINGS]
        made.append(_trail(patient))
    made.append(_episode("left", A, ended=True))
    return made


def _episode(patient: str, centre: str, *, ended: bool = False) -> Json:
    where: Json = {"reference": f"Organization/{centre}"}
    if ended:
        where = {"type": "Organization", "identifier": {"system": systems.ORGANIZATION, "value": centre}}
    return {
        "resourceType": "EpisodeOfCare",
        "id": f"episode-{patient}{'-ended' if ended else ''}",
        "status": "finished" if ended else "active",
        "patient": about(patient),
        "managingOrganization": where,
    }


def _trail(patient: str) -> Json:
    return {
        "resourceType": "AuditEvent",
        "id": f"trail-{patient}",
        "type": {"code": "rest"},
        "recorded": "2026-12-01T10:00:00Z",
        "agent": [{"who": ANNE, "requestor": True}],
        "source": {"observer": {"display": "portal"}},
        "entity": [{"what": about(patient)}],
    }


def _people() -> list[Json]:
    made: list[Json] = []
    members: list[Json] = []
    for who in ACTORS[1:]:
        for standing in STANDINGS:
            id_ = user_of(who, standing)
            gone = standing == "ended" or (standing == "withdrawn" and who in {"organization-admin", "admin"})
            made.append({"resourceType": "Practitioner", "id": id_, "active": True, "name": [{"family": id_}]})
            made.append(_user(id_, f"Practitioner/{id_}", closed=standing == "deactivated"))
            for role, centre in _posts(who):
                made.append(_post(id_, role, centre, active=not gone))
            if who == "arc" and standing != "withdrawn":
                members.append({"entity": {"reference": f"Practitioner/{id_}"}})
    for standing in STANDINGS:
        patient = actor("patient", standing).reference
        made.append(_user(f"patient-{standing}", patient, closed=standing == "deactivated"))
    made.append(
        {
            "resourceType": "Group",
            "id": f"arcs-{T1}",
            "meta": {"tag": tags(T1)},
            "type": "practitioner",
            "actual": True,
            "code": coded(systems.ROLE, "arc"),
            "member": members,
        }
    )
    return made


def _posts(who: str) -> list[tuple[str, str]]:
    match who:
        case "nobody":
            return []
        case "both":
            return [("nurse", A), ("psychologist", B)]
        case "arc" | "admin":
            return [(who, "")]
        case _:
            return [(who, A)]


def _post(id_: str, role: str, centre: str, *, active: bool) -> Json:
    post: Json = {
        "resourceType": "PractitionerRole",
        "id": f"{id_}-{role}",
        "active": active,
        "practitioner": {"reference": f"Practitioner/{id_}"},
        "code": [coded(systems.ROLE, role)],
    }
    return {**post, "organization": {"reference": f"Organization/{centre}"}} if centre else post


def _user(id_: str, reference: str, *, closed: bool) -> Json:
    return {
        "resourceType": "User",
        "id": id_,
        "userName": id_,
        "email": f"{id_}@example.fr",
        "fhirUser": {"reference": reference},
        "inactive": closed,
    }


async def build(portal: Portal) -> None:
    transaction = Transaction()
    for resource in resources():
        transaction.create(resource)
    await portal.service().service.commit(transaction)
