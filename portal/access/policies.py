"""Wall 2: the access rules that the FHIR server itself applies to each person's token, rendered as `AccessPolicy` resources.

Each role gets the resource types it works with, and what it may do to them; everything else is denied by the server,
whatever the portal's own code does. An ARC never reads `Patient`; a patient's lists must name that patient; an
administrator reaches no clinical resource. Which patient of which centre is wall 1's part (portal.access.decide).
"""

from portal.access.actors import CARE_ROLES, Role
from portal.types import Json

READ = ("FhirRead", "FhirVread", "FhirHistory")
SEARCH = ("FhirSearch",)
WRITE = ("FhirCreate", "FhirUpdate", "FhirPatch")

_PLACES = ("HealthcareService", "Location", "Organization", "Practitioner", "PractitionerRole")
_FORMS = ("Questionnaire", "QuestionnaireResponse", "Task", "Observation")
_TRIALS = ("CarePlan", "Encounter", "PlanDefinition", "ResearchStudy", "ResearchSubject")
_REVIEW = ("Communication", "Provenance", "VerificationResult")
_RECORD = (
    "AllergyIntolerance",
    "Binary",
    "Condition",
    "Consent",
    "DocumentReference",
    "EpisodeOfCare",
    "FamilyMemberHistory",
    "MedicationStatement",
    "Patient",
    "Procedure",
)

CARE_READS = (*_PLACES, *_FORMS, *_TRIALS, *_REVIEW, *_RECORD)
CARE_WRITES = (
    "AllergyIntolerance",
    "Binary",
    "CarePlan",
    "Communication",
    "Condition",
    "Consent",
    "DocumentReference",
    "Encounter",
    "EpisodeOfCare",
    "FamilyMemberHistory",
    "MedicationStatement",
    "Observation",
    "Patient",
    "Procedure",
    "Provenance",
    "QuestionnaireResponse",
    "ResearchSubject",
    "Task",
)
PATIENT_READS = (
    *_PLACES,
    "Encounter",
    "EpisodeOfCare",
    "Observation",
    "Patient",
    "Questionnaire",
    "QuestionnaireResponse",
    "Task",
)
PATIENT_LISTS = {
    "Encounter": "patient",
    "EpisodeOfCare": "patient",
    "Observation": "patient",
    "QuestionnaireResponse": "patient",
    "Task": "patient",
}
ARC_READS = ("Organization", *_FORMS, *_TRIALS, *_REVIEW)
ARC_WRITES = ("Communication", "Task", "VerificationResult")
ADMIN_TYPES = (*_PLACES, "Group", "PlanDefinition", "ResearchStudy")


def policies() -> list[Json]:
    """The whole set, in order of id. Written at each start, so that the server always has today's."""
    made: list[Json] = []
    for role in sorted(CARE_ROLES):
        made.append(_types(role, "reads", (*READ, *SEARCH), CARE_READS))
        made.append(_types(role, "writes", WRITE, CARE_WRITES))
    made += [
        _types(Role.PATIENT, "reads", READ, PATIENT_READS),
        _types(Role.PATIENT, "looks-up", SEARCH, (*_PLACES, "Questionnaire")),
        *(_own_list(kind, param) for kind, param in sorted(PATIENT_LISTS.items())),
        _own_writes("answers", ("FhirCreate", "FhirUpdate"), "QuestionnaireResponse", "subject"),
        _own_writes("tasks", ("FhirUpdate",), "Task", "for"),
        _types(Role.ARC, "reads", (*READ, *SEARCH), ARC_READS),
        _types(Role.ARC, "writes", WRITE, ARC_WRITES),
        _types(Role.ADMIN, "manages", (*READ, *SEARCH, *WRITE), ADMIN_TYPES),
        _types(Role.ADMIN, "counts", SEARCH, ("ResearchSubject",), {"_summary": "count"}),
    ]
    return made


def _types(
    role: Role, what: str, operations: tuple[str, ...], types: tuple[str, ...], params: Json | None = None
) -> Json:
    """Let a role do these operations on these types."""
    return {
        "resourceType": "AccessPolicy",
        "id": f"{role}-{what}",
        "engine": "matcho",
        "roleName": str(role),
        "matcho": {
            "user": "present?",
            "operation": {"id": {"$enum": list(operations)}},
            "params": {"resource/type": {"$enum": list(types)}, **(params or {})},
        },
    }


def _own_writes(what: str, operations: tuple[str, ...], kind: str, element: str) -> Json:
    """A patient writes only what is about that patient."""
    policy = _types(Role.PATIENT, f"writes-{what}", operations, (kind,))
    policy["matcho"]["resource"] = {element: {"reference": ".user.fhirUser.reference"}}
    return policy


def _own_list(kind: str, param: str) -> Json:
    """A patient's list names that patient, and brings nobody else along."""
    return _types(
        Role.PATIENT,
        f"lists-{kind.lower()}",
        SEARCH,
        (kind,),
        {param: ".user.fhirUser.reference", "_include": "nil?", "_revinclude": "nil?"},
    )
