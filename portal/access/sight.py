"""Wall 2 in Python: would this grant let this request through? The twin of each policy's SQL, run by the embedded backend.

A request is what a policy sees of it (`operation.id`, `params`, `resource`, `user`, `jwt`, `uri`, `headers`); a `Record` is
what the server holds. Pure but for what the record answers. What is not understood is refused.
"""

import re
from typing import Any

from portal.access.actors import CARE_ROLES
from portal.access.facts import Record, followed, posts, reference_of, teams
from portal.access.grants import Grant, Rows
from portal.access.look import Look, like
from portal.access.needs import FOR_PATIENTS, INCLUDED, NAMES_PATIENT, NAMES_TARGET, Need, Op
from portal.access.writing import ID, may_write
from portal.fhir import systems
from portal.types import Json

PLAIN = re.compile(r"_?[a-z][A-Za-z-]*(:(exact|contains|not|missing))?")
HAS = re.compile(r"_has:([A-Za-z]+):(patient|individual):[a-z-]+")
UNSEEN = frozenset({"_assoc", "_contained", "_content", "_filter", "_list", "_query", "_revinclude", "_text", "_with"})
OF_CENTRE = {
    "Patient": "_has:EpisodeOfCare:patient:organization",
    "Practitioner": "_has:PractitionerRole:practitioner:organization",
    "PractitionerRole": "organization",
}
OF_A_READ = frozenset({"resource/type", "resource/id", "_elements", "_summary", "_format", "_pretty"})
OPS = {
    "FhirRead": Op.READ, "FhirVread": Op.READ, "FhirHistory": Op.READ, "FhirSearch": Op.SEARCH,
    "FhirCreate": Op.CREATE, "FhirUpdate": Op.UPDATE, "FhirPatch": Op.UPDATE,
}  # fmt: skip
"""Every other operation (conditional writes, deletion, histories of a type, `$validate`, …) is nobody's."""


def allowed(grant: Grant, request: Json, record: Record) -> bool:
    """The policy's verdict."""
    op = OPS.get(str(request["operation"]["id"]))
    me = reference_of((request.get("user") or {}).get("fhirUser"))
    kind = request["params"].get("resource/type")
    wanted = {op, Op.CREATE} if op is Op.UPDATE else {op}  # a PUT makes what is not there yet
    needs = [need for need in grant.needs if need.type == kind and need.ops & wanted]
    if op is None or not needs or not me or not _in_role(grant, request, record, me):
        return False
    look = Look(grant=grant, request=request, record=record, me=me)
    match op:
        case Op.READ:
            return _read(look, needs)
        case Op.SEARCH:
            return _search(look, needs)
        case _:
            return may_write(look, needs, op)


def _in_role(grant: Grant, request: Json, record: Record, me: str) -> bool:
    """The account is open, the person is in one of the grant's roles now, and the session is for that kind of role."""
    if (request.get("user") or {}).get("inactive") is True or (request.get("user") or {}).get("active") is False:
        return False
    session = (request.get("jwt") or {}).get("role")
    kind, _, id_ = me.partition("/")

    def is_open() -> bool:
        person = record.find(kind, id_)
        return person is not None and person.get("active") is not False

    if not record.remember(("open", me), is_open):
        return False
    if kind == "Patient":
        return session == "patient" and "patient" in grant.roles
    held = {role for role, _ in posts(record, me)} & {str(role) for role in grant.roles}
    return any(session == role or (session in CARE_ROLES and role in CARE_ROLES) for role in held)


def _read(look: Look, needs: list[Need]) -> bool:
    params = look.request["params"]
    id_ = str(params.get("resource/id", ""))
    operation = look.request["operation"]["id"]
    if not id_ or (operation == "FhirRead" and any(key not in OF_A_READ for key in params)):
        return False  # no read: a condition has no place in one
    now = look.record.find(look.kind, id_)
    if now is None:
        # Nothing, deleted or out of sight: the same answer, so that nothing is learned.
        return look.grant.rows is Rows.ALL
    shown = [now]
    if operation != "FhirRead":
        versions = look.record.versions(look.kind, id_)
        asked = str(look.request["uri"]).rpartition("/_history/")[2]
        shown += [each for each in versions if operation == "FhirHistory" or each["meta"]["versionId"] == asked]
    return all(look.sees(each) and any(like(need, each, look.me) for need in needs) for each in shown)


def _search(look: Look, needs: list[Need]) -> bool:
    params = {key: value for key, value in look.request["params"].items() if not key.startswith("resource/")}
    if not all(_param_allowed(look, key, value) for key, value in params.items()):
        return False
    if look.grant.rows is not Rows.ALL and not _anchored(look, params):
        return False
    if look.grant.rows is Rows.SHOWN and not _only(params.get("_tag"), {FOR_PATIENTS}):
        return False
    return any(_narrowed(need, params, look.me) for need in needs)


def _narrowed(need: Need, params: Json, me: str) -> bool:
    """A need that holds only for some codes or some owner wants the list to say so."""
    codes = {code.rpartition("|")[2] for code in _values(params.get("code"))}
    if need.codes and not (codes and codes <= need.codes):
        return False
    return not need.mine or _only(params.get(need.mine), {me})


def _param_allowed(look: Look, key: str, value: Any) -> bool:
    """No way round by what a list brings along, nor by a condition on what is out of sight."""
    if key == "_include":
        return all(one in INCLUDED for one in (value if isinstance(value, list) else [value]))
    if key.partition(":")[0] in UNSEEN:
        return False
    if key.startswith("_has:"):
        has = HAS.fullmatch(key)
        return key == OF_CENTRE.get(look.kind) or (
            has is not None
            and look.kind == "Patient"
            and look.grant.rows is Rows.CENTRES
            and has[1] in look.grant.types
        )
    return PLAIN.fullmatch(key) is not None


def _anchored(look: Look, params: Json) -> bool:
    """The list names, in one of its conditions, only what is in sight."""
    kind, rows = look.kind, look.grant.rows
    if rows is Rows.TRIALS:
        followed_trials = teams(look.record, look.me)
        return _only(params.get("_tag"), {f"{systems.TRIAL}|{trial}" for trial in followed_trials})
    if rows is Rows.CENTRES and kind in OF_CENTRE:
        centres = look.centres()
        return _only(params.get(OF_CENTRE[kind]), {f"Organization/{each}" for each in centres})
    for name in NAMES_PATIENT.get(kind, ()):
        whom = _values(params.get(name))
        if whom and all(_patient_in_sight(look, each) for each in whom):
            return True
    if rows is not Rows.CENTRES:
        return kind == "Patient" and _only(params.get("_id"), {look.me.removeprefix("Patient/")})
    for name in NAMES_TARGET.get(kind, ()):
        what = _values(params.get(name))
        if what and all(_resource_in_sight(look, each) for each in what):
            return True
    ids = _values(params.get("_id"))
    return bool(ids) and all(_resource_in_sight(look, f"{kind}/{each}") for each in ids)


def _patient_in_sight(look: Look, reference: str) -> bool:
    kind, slash, id_ = reference.rpartition("/")
    if (slash and kind != "Patient") or not ID.fullmatch(id_):
        return False
    if look.grant.rows is Rows.CENTRES:
        return bool(look.centres() & followed(look.record, id_))
    return look.me == f"Patient/{id_}"


def _resource_in_sight(look: Look, reference: str) -> bool:
    kind, _, id_ = reference.partition("/")
    found = look.record.find(kind, id_) if ID.fullmatch(id_) else None
    return found is not None and look.sees(found)


def _values(given: Any) -> list[str]:
    """The alternatives of one condition; of a repeated one only the first, which is a condition of its own."""
    first = given[0] if isinstance(given, list) and given else given
    return first.split(",") if isinstance(first, str) and first and "\\" not in first else []


def _only(given: Any, among: set[str]) -> bool:
    values = _values(given)
    return bool(values) and set(values) <= among
