"""Wall 1: may this actor do this, here? Deny by default; a refusal carries the code of its reason."""

from collections.abc import Callable

from portal.access.actors import Actor, Role
from portal.access.permissions import Permission
from portal.access.rules import RULES, Reach
from portal.access.scope import ANYWHERE, Scope
from portal.errors import Refused

Test = Callable[[Actor, Role, Scope], str | None]
"""Answers None when the right, held in this role, reaches what is touched; else the code of its reason."""


def refusal(actor: Actor, permission: Permission, on: Scope = ANYWHERE) -> str | None:
    """None when one of the roles they hold grants it, else the code of the reason."""
    reason: str | None = None
    for role in sorted(actor.held):
        for reach, permissions in RULES[role].items():
            if permission in permissions:
                against = TESTS[reach](actor, role, on)
                if against is None:
                    return None
                reason = reason or against
    return reason or "role-has-no-such-right"


def may(actor: Actor, permission: Permission, on: Scope = ANYWHERE) -> bool:
    """For screens that hide what would be refused. Verbs call `decide`."""
    return refusal(actor, permission, on) is None


def decide(actor: Actor, permission: Permission, on: Scope = ANYWHERE) -> None:
    """Pass, or raise `Refused` with its reason."""
    reason = refusal(actor, permission, on)
    if reason is not None:
        raise Refused(f"{permission}: {reason}", right=permission, about=on.patient)


def _anywhere(_actor: Actor, _role: Role, _scope: Scope) -> str | None:
    return None


def _own_record(actor: Actor, _role: Role, scope: Scope) -> str | None:
    return None if scope.patient is not None and actor.reference == f"Patient/{scope.patient}" else "not-own-record"


def _own_shown(actor: Actor, role: Role, scope: Scope) -> str | None:
    return _own_record(actor, role, scope) or (None if scope.shown_to_patient else "not-shown-to-patients")


def _own_form(actor: Actor, role: Role, scope: Scope) -> str | None:
    if scope.filled_by not in {None, actor.reference}:
        return _own_record(actor, role, scope) or "filled-by-another"
    return _own_record(actor, role, scope) or _open(scope)


def _asked_form(actor: Actor, _role: Role, scope: Scope) -> str | None:
    return _open(scope) if scope.filled_by == actor.reference else "filled-by-another"


def _own_centres(actor: Actor, role: Role, scope: Scope) -> str | None:
    return None if actor.centres_as({role}) & scope.organizations else "not-in-own-centres"


def _only_own_centres(actor: Actor, role: Role, scope: Scope) -> str | None:
    return _own_centres(actor, role, scope) or (
        None if scope.organizations <= actor.centres_as({role}) else "also-in-other-centres"
    )


def _own_centres_open(actor: Actor, role: Role, scope: Scope) -> str | None:
    return _own_centres(actor, role, scope) or _open(scope)


def _own_trials(actor: Actor, _role: Role, scope: Scope) -> str | None:
    return None if actor.trials & scope.trials else "not-in-own-trials"


def _some_centre(actor: Actor, role: Role, _scope: Scope) -> str | None:
    return None if actor.centres_as({role}) else "no-centre"


def _some_trial(actor: Actor, _role: Role, _scope: Scope) -> str | None:
    return None if actor.trials else "no-trial"


def _where_set(_actor: Actor, _role: Role, scope: Scope) -> str | None:
    return None if scope.set_allowed else "not-allowed-by-setting"


def _open(scope: Scope) -> str | None:
    return "locked" if scope.locked else None


TESTS: dict[Reach, Test] = {
    Reach.ANYWHERE: _anywhere,
    Reach.OWN_RECORD: _own_record,
    Reach.OWN_SHOWN: _own_shown,
    Reach.OWN_FORM: _own_form,
    Reach.ASKED_FORM: _asked_form,
    Reach.OWN_CENTRES: _own_centres,
    Reach.ONLY_OWN_CENTRES: _only_own_centres,
    Reach.OWN_CENTRES_OPEN: _own_centres_open,
    Reach.OWN_TRIALS: _own_trials,
    Reach.SOME_CENTRE: _some_centre,
    Reach.SOME_TRIAL: _some_trial,
    Reach.WHERE_SET: _where_set,
}
