"""Every canonical URL, code system and identifier system of the portal: one constant each."""

BASE = "https://portail.fondation-fondamental.org/fhir"

# Identifier systems
FONDACODE = f"{BASE}/sid/fondacode"
CENTRE_CODE = f"{BASE}/sid/centre"
ORGANIZATION = f"{BASE}/sid/organization"  # the id of an Organization, where no literal reference may stand
HOSPITAL_NUMBER = f"{BASE}/sid/ipp"  # followed by /<organization id>
INCLUSION = f"{BASE}/sid/inclusion"  # followed by /<trial>/<centre code>
VISIT = f"{BASE}/sid/visit"
TRIAL = f"{BASE}/sid/trial"  # also the system of the meta.tag that every resource of a trial carries
QUERY = f"{BASE}/sid/query"
KEY = f"{BASE}/sid/key"  # idempotency keys of conditional creates
NIR = "urn:oid:1.2.250.1.213.1.4.8"
RPPS = "https://rpps.esante.gouv.fr"
FINESS = "https://finess.esante.gouv.fr"

# Code systems of our own
ORGANIZATION_TYPE = f"{BASE}/CodeSystem/organization-type"
NETWORK = f"{BASE}/CodeSystem/network"
ROLE = f"{BASE}/CodeSystem/role"
TASK = f"{BASE}/CodeSystem/task"
TASK_STATE = f"{BASE}/CodeSystem/task-state"
ALERT = f"{BASE}/CodeSystem/alert"
REVIEW = f"{BASE}/CodeSystem/review"
REVIEW_STATE = f"{BASE}/CodeSystem/review-state"
QUERY_STATUS = f"{BASE}/CodeSystem/query-status"
SUBJECT_STATE = f"{BASE}/CodeSystem/subject-state"
INSTRUMENT = f"{BASE}/CodeSystem/questionnaire"
SCORE = f"{BASE}/CodeSystem/score"
SEVERITY = f"{BASE}/CodeSystem/severity"
CATEGORY = f"{BASE}/CodeSystem/questionnaire-category"
AUDIENCE = f"{BASE}/CodeSystem/audience"
MESSAGE = f"{BASE}/CodeSystem/message"
AMENDMENT_REASON = f"{BASE}/CodeSystem/amendment-reason"
STOP_REASON = f"{BASE}/CodeSystem/stop-reason"
SAMPLE = f"{BASE}/CodeSystem/sample"
AUDIT = f"{BASE}/CodeSystem/audit"


def visit_codes(trial: str) -> str:
    """Code system of one trial's visits."""
    return f"{BASE}/CodeSystem/trial-{trial}"


# Extensions of our own
ANSWER_DIGEST = f"{BASE}/StructureDefinition/answer-digest"
RESPONSE_VERSION = f"{BASE}/StructureDefinition/response-version"
JOURNAL_REVISION = f"{BASE}/StructureDefinition/journal-revision"  # up to which row of the answer journal a draft holds
ALERT_RULE = f"{BASE}/StructureDefinition/alert-rule"
SCORE_BANDS = f"{BASE}/StructureDefinition/score-bands"
SHOWN_TO_PATIENT = f"{BASE}/StructureDefinition/shown-to-patient"
LICENCE = f"{BASE}/StructureDefinition/licence-status"
MINUTES = f"{BASE}/StructureDefinition/minutes"
STATUS_REASON = f"{BASE}/StructureDefinition/status-reason"
ASSIGNED_STAFF = f"{BASE}/StructureDefinition/assigned-staff"
ACTING_FOR = f"{BASE}/StructureDefinition/acting-for"  # an audit event's agent, for a centre
KEPT_WHILE_NOT_ASKED = f"{BASE}/StructureDefinition/kept-while-not-asked"

# Canonicals
QUESTIONNAIRE = f"{BASE}/Questionnaire"
PLAN_DEFINITION = f"{BASE}/PlanDefinition"

# Standard systems
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
ATC = "http://www.whocc.no/atc"
CIS = "https://base-donnees-publique.medicaments.gouv.fr/cis"
SNOMED = "http://snomed.info/sct"
OBSERVATION_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
FASTING = "http://terminology.hl7.org/CodeSystem/v2-0916"
INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
ENCOUNTER_CLASS = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
SDC_TASK = "http://hl7.org/fhir/uv/sdc/CodeSystem/temp"
AUDIT_TYPE = "http://terminology.hl7.org/CodeSystem/audit-event-type"
REST_INTERACTION = "http://hl7.org/fhir/restful-interaction"
