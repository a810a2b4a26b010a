"""Wall 1: may this actor do this, here? Deny by default; a refusal carries the code of its reason."""

from collections.abc import Callable

from portal.access.actors import CARE_ROLES, Actor, Role
from portal.access.permissions import Permission
from portal.access.scope import ANYWHERE, Scope
from portal.errors import Refused

Rule = Callable[[Actor, Scope], str | None]
"""A rule answers None when it grants, else the code of its reason."""


def _own_record(actor: Actor, scope: Scope) -> str | None:
    return None if scope.patient is not None and actor.reference == f"Patient/{scope.patient}" else "not-own-record"


def _own_shown(actor: Actor, scope: Scope) -> str | None:
    return _own_record(actor, scope) or (None if scope.shown_to_patient else "not-shown-to-patients")


def _own_form(actor: Actor, scope: Scope) -> str | None:
    return _own_record(actor, scope) or (None if scope.filled_by in {None, actor.reference} else "filled-by-another")


def _own_centre(actor: Actor, scope: Scope) -> str | None:
    return None if actor.organizations & scope.organizations else "not-in-own-centres"


def _own_trial(actor: Actor, scope: Scope) -> str | None:
    return None if actor.trials & scope.trials else "not-in-own-trials"


def _works_somewhere(actor: Actor, _scope: Scope) -> str | None:
    return None if actor.organizations else "no-centre"


def _follows_something(actor: Actor, _scope: Scope) -> str | None:
    return None if actor.trials else "no-trial"


def _granted(_actor: Actor, _scope: Scope) -> str | None:
    return None


def _care(*permissions: Permission) -> dict[tuple[Role, Permission], Rule]:
    return {(role, permission): _own_centre for role in CARE_ROLES for permission in permissions}


RULES: dict[tuple[Role, Permission], Rule] = {
    **_care(
        Permission.ALERT_ACKNOWLEDGE, Permission.ALERT_READ, Permission.BIOLOGY_READ, Permission.BIOLOGY_WRITE, Permission.PATIENT_IDENTITY_READ, Permission.PATIENT_READ,
        Permission.QUERY_ANSWER, Permission.QUERY_READ, Permission.QUESTIONNAIRE_ASSIGN, Permission.RESPONSE_AMEND, Permission.RESPONSE_FILL, Permission.RESPONSE_READ,
        Permission.REVIEW_READ, Permission.SUBJECT_ENROL, Permission.SUBJECT_READ, Permission.TREATMENT_READ,
    ),
    **{(role, Permission.PATIENT_LIST): _works_somewhere for role in CARE_ROLES},
    **{(role, Permission.PATIENT_CREATE): _own_centre for role in CARE_ROLES},
    **{(role, Permission.TREATMENT_WRITE): _own_centre for role in (Role.PSYCHIATRIST, Role.PRACTITIONER, Role.NURSE)},
    (Role.PATIENT, Permission.PATIENT_READ): _own_record,
    (Role.PATIENT, Permission.PATIENT_IDENTITY_READ): _own_record,
    (Role.PATIENT, Permission.RESPONSE_FILL): _own_form,
    (Role.PATIENT, Permission.RESPONSE_READ): _own_shown,
    (Role.ARC, Permission.SUBJECT_LIST): _follows_something,
    (Role.ARC, Permission.SUBJECT_READ): _own_trial,
    (Role.ARC, Permission.RESPONSE_READ): _own_trial,
    (Role.ARC, Permission.REVIEW_READ): _own_trial,
    (Role.ARC, Permission.REVIEW_DECIDE): _own_trial,
    (Role.ARC, Permission.QUERY_READ): _own_trial,
    (Role.ADMIN, Permission.ORGANIZATION_LIST): _granted,
    (Role.ADMIN, Permission.ORGANIZATION_CREATE): _granted,
    (Role.ADMIN, Permission.PRACTITIONER_LIST): _granted,
    (Role.ADMIN, Permission.PRACTITIONER_CREATE): _granted,
    (Role.ADMIN, Permission.TRIAL_MANAGE): _granted,
    **{(Role.SERVICE, permission): _granted for permission in Permission},
}  # fmt: skip


def refusal(actor: Actor, permission: Permission, on: Scope = ANYWHERE) -> str | None:
    """None when granted, else the code of the reason."""
    rule = RULES.get((actor.role, permission))
    return rule(actor, on) if rule else "role-has-no-such-right"


def may(actor: Actor, permission: Permission, on: Scope = ANYWHERE) -> bool:
    """For screens that hide what would be refused. Verbs call `decide`."""
    return refusal(actor, permission, on) is None


def decide(actor: Actor, permission: Permission, on: Scope = ANYWHERE) -> None:
    """Pass, or raise `Refused` with its reason."""
    reason = refusal(actor, permission, on)
    if reason is not None:
        raise Refused(f"{permission}: {reason}")
