"""How administration names things: professions, networks, states, and what a change changed."""

from collections.abc import Callable, Iterable, Mapping

from markupsafe import Markup

from components.markup import h, join, tag
from portal.access import ADMIN_ROLES, Permission, Role
from portal.i18n import N_, Texts
from portal.people import GRANTED, Change

ROLES = ADMIN_ROLES
"""Who comes to these pages."""

JOBS: Mapping[Role, str] = {
    Role.PSYCHIATRIST: N_("Psychiatrist"),
    Role.PSYCHOLOGIST: N_("Psychologist"),
    Role.NURSE: N_("Nurse"),
    Role.CARE_COORDINATOR: N_("Care coordinator"),
    Role.PRACTITIONER: N_("Practitioner"),
    Role.ARC: N_("Clinical research associate (ARC)"),
    Role.ORGANIZATION_ADMIN: N_("Administrator of the centre"),
    Role.ADMIN: N_("Administrator of the foundation"),
}
GENDERS = {"female": N_("Woman"), "male": N_("Man"), "unknown": N_("Not said")}
NETWORK_NAMES: Mapping[str, str] = {
    "bipolar": N_("Bipolar disorder"),
    "schizophrenia": N_("Schizophrenia"),
    "depression": N_("Resistant depression"),
    "asd": N_("Autism"),
}
DONE: Mapping[str, str] = {
    Permission.ORGANIZATION_CREATE: N_("Centre added"),
    Permission.ORGANIZATION_UPDATE: N_("Centre changed"),
    Permission.PRACTITIONER_CREATE: N_("Account created"),
    Permission.PRACTITIONER_INVITE: N_("Invited"),
    Permission.PRACTITIONER_SET_ROLES: N_("Roles changed"),
    Permission.ACCOUNT_ACCEPT: N_("Account accepted"),
    Permission.ACCOUNT_DEACTIVATE: N_("Account closed"),
    Permission.ACCOUNT_REACTIVATE: N_("Account opened again"),
    Permission.SESSION_END: N_("Signed out by an administrator"),
    Permission.TRIAL_ASSIGN_ARC: N_("Studies changed"),
    Permission.TRIAL_ASSIGN_ORGANIZATION: N_("Studies changed"),
}
FIELDS: Mapping[str, str] = {
    "name": N_("name: {value}"),
    "city": N_("city: {value}"),
    "code": N_("code: {value}"),
    "finess": N_("FINESS: {value}"),
    "networks": N_("networks: {value}"),
    "link": N_("given: {value}"),
    "unlink": N_("withdrawn: {value}"),
    "organization": N_("at {value}"),
    "reason": N_("reason: {value}"),
    "trial_assigned": N_("given: {value}"),
    "trial_withdrawn": N_("withdrawn: {value}"),
}


def job(t: Texts, role: Role) -> str:
    return t(JOBS[role]) if role in JOBS else str(role)


def jobs_to_give(t: Texts, role: Role) -> dict[str, str]:
    """The roles that this administrator may give, in words, by code."""
    return {
        str(one): t(words)
        for one, words in JOBS.items()
        if one in GRANTED and (role is Role.ADMIN or one is not Role.ADMIN)
    }


def state(t: Texts, *, active: bool) -> Markup:
    return tag(t("Active"), "ok", "check") if active else tag(t("Not active"), "warn", "lock")


def history(t: Texts, changes: Iterable[Change], centres: Mapping[str, str]) -> Markup:
    """What was done, newest first: when, what, by whom."""
    rows = join(_changed(t, one, centres) for one in changes)
    if not rows:
        return h('<p class="keepfoot soft">{}</p>', t("Nothing has changed yet."))
    return h('<ul class="plain rows">{}</ul>', rows)


def _changed(t: Texts, one: Change, centres: Mapping[str, str]) -> Markup:
    title = _opened(t, one) or t(DONE.get(one.what, one.what))
    said = ", ".join(
        t(FIELDS[name], value=_value(t, name, value, centres)) for name, value in one.details.items() if name in FIELDS
    )
    who = one.who or t("the portal itself")
    words = h("<b>{}</b>{}", title, f" – {said}" if said else "")
    return h('<li class="keep"><div>{}<small>{}, {}</small></div></li>', words, t.moment(one.at), who)


def _opened(t: Texts, one: Change) -> str:
    return {"yes": t("Centre opened again"), "no": t("Centre closed")}.get(one.details.get("active", ""), "")


def _value(t: Texts, name: str, value: str, centres: Mapping[str, str]) -> str:
    of: Mapping[str, Callable[[str], str]] = {
        "organization": lambda id_: centres.get(id_, id_),
        "link": lambda code: _role(t, code),
        "unlink": lambda code: _role(t, code),
        "networks": lambda codes: _networks(t, codes),
    }
    return of.get(name, str)(value)


def _role(t: Texts, code: str) -> str:
    return job(t, Role(code)) if code in set(Role) else code


def _networks(t: Texts, codes: str) -> str:
    for code, words in NETWORK_NAMES.items():
        codes = codes.replace(code, t(words))
    return codes
