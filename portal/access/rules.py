"""The one table of rights: role → reach → permissions. Both walls come from it; what is not in it is denied.

`RULES` says who may do what, and how far. `decide` reads it inside the portal; `policies` renders it for the server.
"""

from enum import StrEnum

from portal.access.actors import Role
from portal.access.permissions import Permission

P = Permission


class Reach(StrEnum):
    """How far a right goes."""

    ANYWHERE = "anywhere"
    OWN_RECORD = "own-record"
    OWN_SHOWN = "own-shown"
    """Their own record, the part that is marked as shown to patients."""
    OWN_FORM = "own-form"
    """A form of their own record that nobody else is asked to fill, not locked."""
    ASKED_FORM = "asked-form"
    """A form that they and nobody else are asked to fill, not locked."""
    OWN_CENTRES = "own-centres"
    """A patient, or a professional, of one of the centres where they hold the role."""
    ONLY_OWN_CENTRES = "only-own-centres"
    """Somebody who belongs to no other centre than theirs."""
    OWN_CENTRES_OPEN = "own-centres-open"
    """A form of a patient of their centres that is not locked."""
    OWN_TRIALS = "own-trials"
    """A subject of a trial that they follow."""
    SOME_CENTRE = "some-centre"
    """What needs a centre but names no patient yet: their list brings only patients of their centres."""
    SOME_TRIAL = "some-trial"
    WHERE_SET = "where-set"
    """Where the deployment's setting allows it."""


Rights = dict[Reach, frozenset[P]]

OF_ONESELF = frozenset({P.ACCOUNT_UPDATE_OWN, P.SESSION_END_OWN, P.SESSION_LIST_OWN})
"""Verbs that only ever touch the acting person's own account."""

_CARE_READS = frozenset({
    P.ALERT_READ, P.BIOLOGY_READ, P.FILE_READ, P.INVITATION_LIST, P.PATIENT_IDENTITY_READ, P.PATIENT_LINKS_READ,
    P.PATIENT_READ, P.QUERY_READ, P.RESPONSE_READ, P.REVIEW_READ, P.SUBJECT_READ, P.TREATMENT_READ,
})  # fmt: skip
_CARE_WRITES = frozenset({
    P.ALERT_ACKNOWLEDGE, P.BIOLOGY_WRITE, P.FILE_WRITE, P.INVITATION_CANCEL, P.KIOSK_OPEN, P.PATIENT_CREATE,
    P.PATIENT_INVITE, P.PATIENT_LINK, P.PATIENT_UNLINK, P.QUERY_ANSWER, P.QUESTIONNAIRE_ASSIGN, P.RELATIVE_CANCEL_LINK,
    P.RELATIVE_CREATE_LINK, P.RESPONSE_AMEND, P.SUBJECT_ENROL,
})  # fmt: skip
_CARE_FORMS = frozenset({P.RESPONSE_FILL})
_SIGNS = frozenset({P.RESPONSE_LOCK, P.RESPONSE_VALIDATE})
"""Validating answers and locking them: who answers for the assessment."""


def _care(*further: P) -> Rights:
    return {
        Reach.ANYWHERE: OF_ONESELF,
        Reach.SOME_CENTRE: frozenset({P.PATIENT_LIST}),
        Reach.OWN_CENTRES: _CARE_READS | _CARE_WRITES | frozenset(further),
        Reach.OWN_CENTRES_OPEN: _CARE_FORMS,
    }


RULES: dict[Role, Rights] = {
    Role.PATIENT: {
        Reach.ANYWHERE: OF_ONESELF,
        Reach.OWN_RECORD: frozenset({P.AUDIT_READ_OWN, P.PATIENT_IDENTITY_READ, P.PATIENT_READ}),
        Reach.OWN_SHOWN: frozenset({P.FILE_READ, P.RESPONSE_READ}),
        Reach.OWN_FORM: frozenset({P.FILE_WRITE, P.RESPONSE_FILL}),
    },
    Role.RELATIVE: {Reach.ASKED_FORM: frozenset({P.FILE_WRITE, P.RESPONSE_FILL})},
    Role.PSYCHIATRIST: _care(P.TREATMENT_WRITE, *_SIGNS),
    Role.PRACTITIONER: _care(P.TREATMENT_WRITE, *_SIGNS),
    Role.PSYCHOLOGIST: _care(*_SIGNS),
    Role.NURSE: _care(P.TREATMENT_WRITE),
    Role.CARE_COORDINATOR: _care(),
    Role.ARC: {
        Reach.ANYWHERE: OF_ONESELF,
        Reach.SOME_TRIAL: frozenset({P.SUBJECT_LIST}),
        Reach.OWN_TRIALS: frozenset({P.QUERY_READ, P.RESPONSE_READ, P.REVIEW_DECIDE, P.REVIEW_READ, P.SUBJECT_READ}),
    },
    Role.ORGANIZATION_ADMIN: {
        Reach.ANYWHERE: OF_ONESELF | {P.ORGANIZATION_LIST},
        Reach.SOME_CENTRE: frozenset({P.PRACTITIONER_LIST}),
        Reach.OWN_CENTRES: frozenset({
            P.ACCOUNT_ACCEPT, P.ACCOUNT_LIST_PENDING, P.ACCOUNT_REFUSE, P.INVITATION_CANCEL, P.INVITATION_LIST,
            P.PATIENT_LINK, P.PATIENT_LINKS_READ, P.PATIENT_UNLINK, P.PRACTITIONER_CREATE, P.PRACTITIONER_INVITE,
            P.PRACTITIONER_SET_ROLES, P.SESSION_LIST,
        }),
        Reach.ONLY_OWN_CENTRES: frozenset({P.ACCOUNT_DEACTIVATE, P.ACCOUNT_REACTIVATE, P.SESSION_END}),
    },
    Role.ADMIN: {
        Reach.ANYWHERE: OF_ONESELF | {
            P.ACCOUNT_ACCEPT, P.ACCOUNT_DEACTIVATE, P.ACCOUNT_LIST_PENDING, P.ACCOUNT_REACTIVATE, P.ACCOUNT_REFUSE,
            P.AUDIT_EXPORT, P.AUDIT_READ, P.INVITATION_CANCEL, P.INVITATION_LIST, P.MESSAGE_LIST_REFUSED, P.ORGANIZATION_CREATE,
            P.ORGANIZATION_LIST, P.ORGANIZATION_UPDATE, P.PATIENT_LINK, P.PATIENT_LINKS_READ, P.PATIENT_UNLINK,
            P.PRACTITIONER_CREATE, P.PRACTITIONER_INVITE, P.PRACTITIONER_LIST, P.PRACTITIONER_SET_ROLES,
            P.QUESTIONNAIRE_PREVIEW, P.SESSION_END, P.SESSION_LIST, P.STATISTICS_READ, P.TRIAL_ASSIGN_ARC,
            P.TRIAL_ASSIGN_ORGANIZATION, P.TRIAL_MANAGE,
        },
        Reach.WHERE_SET: frozenset({P.STATISTICS_LIST_PSEUDONYMS}),
    },
    Role.SERVICE: {Reach.ANYWHERE: frozenset(P)},
}  # fmt: skip
"""Care roles differ in what they write: a psychologist prescribes nothing, a nurse signs no assessment, a coordinator
does neither."""
