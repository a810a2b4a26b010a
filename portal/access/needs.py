"""What each right needs of the FHIR server, done with the person's own token. A permission that is not here needs nothing:
its verbs write by the portal's own client (accounts, scores, alerts, the audit trail, links between patients and centres).

From this table and from `RULES` the server's policies are made, so that a right given there opens exactly this here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.access.permissions import Permission as Right
from portal.fhir import systems


class Op(StrEnum):
    READ = "read"
    """One resource: its present, a former version, its history."""
    SEARCH = "search"
    CREATE = "create"
    UPDATE = "update"


LOOK = frozenset({Op.READ, Op.SEARCH})
WRITE = frozenset({Op.CREATE, Op.UPDATE})


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """Interactions with one type, and what the resource must be like, before and after.

    `codes` are the only codes its `code` (for an Observation: its category) may have, `statuses` the only statuses.
    `mine` is an element whose reference must be the acting person. An update may change only `changes`, when there are
    any.
    """

    type: str
    ops: frozenset[Op]
    codes: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()
    mine: str = ""
    changes: frozenset[str] = frozenset()


FORM = frozenset({"complete-questionnaire"})
ALERT = frozenset({"clinical-alert"})
REMARK = frozenset({"data-query"})
REVIEWED = frozenset({"data-query", "review-form"})
MEASURED = frozenset({"laboratory", "vital-signs"})
DRAFT = frozenset({"in-progress"})
TO_FILL = frozenset({"requested", "received", "accepted", "ready", "in-progress", "on-hold"})
SEEN = frozenset({"businessStatus", "lastModified", "note", "status"})
BEGUN = frozenset({"lastModified", "output", "status"})


def look(*types: str, mine: str = "", codes: frozenset[str] = frozenset()) -> tuple[Need, ...]:
    return tuple(Need(type=each, ops=LOOK, mine=mine, codes=codes) for each in types)


def write(
    *types: str,
    ops: frozenset[Op] = WRITE,
    mine: str = "",
    codes: frozenset[str] = frozenset(),
    statuses: frozenset[str] = frozenset(),
    changes: frozenset[str] = frozenset(),
) -> tuple[Need, ...]:
    return tuple(Need(type=each, ops=ops, mine=mine, codes=codes, statuses=statuses, changes=changes) for each in types)


APPEND = frozenset({Op.CREATE})
CHANGE = frozenset({Op.UPDATE})

NEEDS: Mapping[Right, tuple[Need, ...]] = {
    Right.ALERT_ACKNOWLEDGE: write("Task", ops=CHANGE, codes=ALERT, changes=SEEN),
    Right.ALERT_READ: look("Task"),
    Right.AUDIT_READ: look("AuditEvent"),
    Right.BIOLOGY_READ: look("Observation"),
    Right.BIOLOGY_WRITE: write("Observation", codes=MEASURED),
    Right.FILE_READ: (*look("DocumentReference"), Need(type="Binary", ops=frozenset({Op.READ}))),
    Right.FILE_WRITE: write("Binary", "DocumentReference", ops=APPEND),
    Right.ORGANIZATION_CREATE: write("HealthcareService", "Location", "Organization"),
    Right.ORGANIZATION_UPDATE: write("HealthcareService", "Location", "Organization"),
    Right.PATIENT_IDENTITY_READ: look("Patient"),
    Right.PATIENT_LIST: look("Patient"),
    Right.PATIENT_READ: look(
        "AllergyIntolerance", "Condition", "Consent", "DocumentReference", "Encounter", "EpisodeOfCare",
        "FamilyMemberHistory", "Procedure", "ResearchSubject", "Task",
    ),
    Right.PRACTITIONER_LIST: look("Practitioner", "PractitionerRole"),
    Right.QUERY_ANSWER: (*write("Communication", ops=APPEND, mine="sender"), *write("Task", ops=CHANGE, codes=REMARK)),
    Right.QUERY_READ: look("Communication", "Task"),
    Right.QUESTIONNAIRE_ASSIGN: (*write("Task", codes=FORM), *write("Encounter", ops=CHANGE)),
    Right.RESPONSE_FILL: (
        *write("QuestionnaireResponse", statuses=DRAFT),
        *write("Task", ops=CHANGE, codes=FORM, statuses=TO_FILL, changes=BEGUN),
    ),
    Right.RESPONSE_READ: look("Observation", "Provenance", "QuestionnaireResponse"),
    Right.REVIEW_DECIDE: (
        *write("VerificationResult", ops=APPEND, mine="attestation.who"),
        *write("Communication", ops=APPEND, mine="sender"),
        *write("Task", codes=REVIEWED),
    ),
    Right.REVIEW_READ: look("Communication", "QuestionnaireResponse", "Task", "VerificationResult"),
    Right.SUBJECT_ENROL: write("CarePlan", "Encounter", "ResearchSubject"),
    Right.SUBJECT_LIST: look("ResearchSubject"),
    Right.SUBJECT_READ: look("CarePlan", "Encounter", "ResearchSubject", "Task"),
    Right.TREATMENT_READ: look("MedicationStatement"),
    Right.TREATMENT_WRITE: write("MedicationStatement"),
    Right.TRIAL_ASSIGN_ARC: (*look("Group"), *write("Group")),
    Right.TRIAL_ASSIGN_ORGANIZATION: write("ResearchStudy", ops=CHANGE),
    Right.TRIAL_MANAGE: (*look("Group"), *write("Group", "PlanDefinition", "ResearchStudy")),
}  # fmt: skip

OF_A_PATIENT: Mapping[Right, tuple[Need, ...]] = {
    Right.PATIENT_IDENTITY_READ: look("Patient"),
    Right.PATIENT_READ: (*look("Encounter", "EpisodeOfCare"), *look("Task", mine="owner", codes=FORM)),
    Right.FILE_READ: (*look("DocumentReference"), Need(type="Binary", ops=frozenset({Op.READ}))),
    Right.FILE_WRITE: write("Binary", "DocumentReference", ops=APPEND),
    Right.RESPONSE_READ: look("Observation", "QuestionnaireResponse"),
    Right.RESPONSE_FILL: (
        *write("QuestionnaireResponse", statuses=DRAFT, mine="source"),
        *write("Task", ops=CHANGE, codes=FORM, statuses=TO_FILL, mine="owner", changes=BEGUN),
    ),
}
"""What the same rights need when patients hold them: less, because the rest of their record is the team's."""

EVERYBODY = (
    "CodeSystem", "Device", "HealthcareService", "Location", "Organization", "PlanDefinition", "Questionnaire",
    "ResearchStudy", "ValueSet",
)  # fmt: skip
"""Types that hold nothing about a person: whoever is signed in may look."""

PATIENT_OF: Mapping[str, str] = {
    "AllergyIntolerance": "patient",
    "Binary": "securityContext",
    "CarePlan": "subject",
    "Communication": "subject",
    "Condition": "subject",
    "Consent": "patient",
    "DocumentReference": "subject",
    "Encounter": "subject",
    "EpisodeOfCare": "patient",
    "FamilyMemberHistory": "patient",
    "MedicationStatement": "subject",
    "Observation": "subject",
    "Procedure": "subject",
    "QuestionnaireResponse": "subject",
    "ResearchSubject": "individual",
    "Task": "for",
}
"""The element that names the patient; a `Patient` is its own, and what is about a resource (`TARGET_OF`) has that one's."""

TARGET_OF: Mapping[str, str] = {"Provenance": "target", "VerificationResult": "target"}

FIXED = ("code", "derivedFrom", "focus", "partOf", "questionnaire", "study", "target")
"""Elements that an update keeps, beside the one that names the patient: a resource is not made into another."""

KEPT_TAGS = frozenset({systems.AUDIENCE, systems.TRIAL})
"""Systems of the tags that an update keeps: by them a resource is in the sight of patients or of a trial's ARCs."""

FOR_PATIENTS = f"{systems.AUDIENCE}|patient"
"""The tag of what is shown to patients."""

NAMES_PATIENT: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(PATIENT_OF, ("patient", "subject")),
    "AllergyIntolerance": ("patient",),
    "Binary": (),
    "Consent": ("patient",),
    "EpisodeOfCare": ("patient",),
    "FamilyMemberHistory": ("patient",),
    "ResearchSubject": ("individual", "patient"),
}
"""Search parameters by which a list names whose it is."""

NAMES_TARGET: Mapping[str, tuple[str, ...]] = {
    "Communication": ("part-of",),
    "Observation": ("derived-from",),
    "Provenance": ("target",),
    "Task": ("focus",),
    "VerificationResult": ("target",),
}
"""Search parameters by which a list names a resource in sight that everything in it is about."""

INCLUDED = frozenset({"ResearchSubject:study"})
"""The only `_include`s: what they bring is nobody's data."""
