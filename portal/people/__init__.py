"""Who is in the record: centres, professionals, patients, and which centre follows whom."""

from portal.people.contacts import parse_email, parse_phone, spoken_phone
from portal.people.duplicates import Likeness, PossibleDuplicate
from portal.people.finding import (
    PAGE,
    PatientPage,
    PatientRow,
    Sort,
    find_patients,
    names_of,
    patients_with,
    trials_followed,
)
from portal.people.fondacode import NETWORKS, NoFreeFondacode, spaced
from portal.people.glances import (
    AlertGlance,
    Glance,
    ScoreGlance,
    TrialGlance,
    VisitGlance,
    score_code,
    score_value,
    severity,
)
from portal.people.identifiers import nir_doubts, nir_key, parse_finess, parse_nir, parse_rpps
from portal.people.names import family_of, given_of
from portal.people.organizations import Centre, centres_named, create_organization, list_organizations, own_centres
from portal.people.patients import create_patient, link_patient
from portal.people.practitioners import (
    GENDERS,
    Professional,
    ProfessionalPage,
    create_practitioner,
    list_practitioners,
)
from portal.people.scope import id_of, organizations_of, patient_scope
from portal.people.summary import PatientSummary, patient_summary

__all__ = [
    "GENDERS",
    "NETWORKS",
    "PAGE",
    "AlertGlance",
    "Centre",
    "Glance",
    "Likeness",
    "NoFreeFondacode",
    "PatientPage",
    "PatientRow",
    "PatientSummary",
    "PossibleDuplicate",
    "Professional",
    "ProfessionalPage",
    "ScoreGlance",
    "Sort",
    "TrialGlance",
    "VisitGlance",
    "centres_named",
    "create_organization",
    "create_patient",
    "create_practitioner",
    "family_of",
    "find_patients",
    "given_of",
    "id_of",
    "link_patient",
    "list_organizations",
    "list_practitioners",
    "names_of",
    "nir_doubts",
    "nir_key",
    "organizations_of",
    "own_centres",
    "parse_email",
    "parse_finess",
    "parse_nir",
    "parse_phone",
    "parse_rpps",
    "patient_scope",
    "patient_summary",
    "patients_with",
    "score_code",
    "score_value",
    "severity",
    "spaced",
    "spoken_phone",
    "trials_followed",
]
