"""Wall 2 in Python: would this grant let this request through? The twin of each policy's SQL, run by the embedded backend.

A request is what a policy sees of it (`operation.id`, `params`, `resource`, `user`, `jwt`, `uri`, `headers`); a `Record` is
what the server holds. Pure but for what the record answers. What is not understood is refused.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from portal.access.actors import CARE_ROLES
from portal.access.grants import Grant, Rows
from portal.access.needs import (
    FIXED,
    FOR_PATIENTS,
    INCLUDED,
    KEPT_TAGS,
    NAMES_PATIENT,
    NAMES_TARGET,
    PATIENT_OF,
    TARGET_OF,
    Need,
    Op,
)  # fmt: skip
from portal.fhir import systems
from portal.types import Json

T = TypeVar("T")
ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
PLAIN = re.compile(r"_?[a-z][A-Za-z-]*(:(exact|contains|not|missing))?")
HAS = re.compile(r"_has:([A-Za-z]+):(patient|individual):[a-z-]+")
UNSEEN = frozenset({"_assoc", "_contained", "_content", "_filter", "_list", "_query", "_revinclude", "_text", "_with"})
OF_CENTRE = {
    "Patient": "_has:EpisodeOfCare:patient:organization",
    "Practitioner": "_has:PractitionerRole:practitioner:organization",
    "PractitionerRole": "organization",
}
OPS = {
    "FhirRead": Op.READ, "FhirVread": Op.READ, "FhirHistory": Op.READ, "FhirSearch": Op.SEARCH,
    "FhirCreate": Op.CREATE, "FhirUpdate": Op.UPDATE, "FhirPatch": Op.UPDATE,
}  # fmt: skip
"""Every other operation (conditional writes, deletion, histories of a type, `$validate`, …) is nobody's."""


class Record(Protocol):
    """What the server holds, answered from its indexes. `remember` keeps an answer until rights or links change."""

    def find(self, kind: str, id_: str) -> Json | None: ...
    def versions(self, kind: str, id_: str) -> list[Json]: ...
    def search(self, kind: str, params: dict[str, str]) -> list[Json]: ...
    def remember(self, key: tuple[str, str], answer: Callable[[], T]) -> T: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """One request against one grant."""

    grant: Grant
    request: Json
    record: Record
    me: str

    @property
    def kind(self) -> str:
        return str(self.request["params"].get("resource/type", ""))

    def centres(self) -> frozenset[str]:
        """Centres where the acting person holds one of the grant's roles now."""
        return frozenset(place for role, place in _posts(self.record, self.me) if role in self.grant.roles and place)

    def sees(self, resource: Json) -> bool:
        """Whether this resource is among the grant's rows."""
        match self.grant.rows:
            case Rows.ALL:
                return True
            case Rows.CENTRES:
                return bool(self.centres() & self._centres_of(resource))
            case Rows.TRIALS:
                return bool(_tags(resource, systems.TRIAL) & _teams(self.record, self.me))
            case Rows.RECORD:
                return self.me == f"Patient/{patient_of(resource, self.record)}"
            case Rows.SHOWN:
                return self.me == f"Patient/{patient_of(resource, self.record)}" and _shown(resource, self.me)

    def _centres_of(self, resource: Json) -> frozenset[str]:
        match resource.get("resourceType"):
            case "PractitionerRole":
                return frozenset({_id(resource.get("organization"))} - {""})
            case "Practitioner":
                posts = _posts(self.record, f"Practitioner/{resource.get('id')}")
                return frozenset(place for _, place in posts if place)
            case _:
                return followed(self.record, patient_of(resource, self.record))


def allowed(grant: Grant, request: Json, record: Record) -> bool:
    """The policy's verdict."""
    op = OPS.get(str(request["operation"]["id"]))
    me = _reference((request.get("user") or {}).get("fhirUser"))
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
            return _write(look, needs, op)


def followed(record: Record, patient: str) -> frozenset[str]:
    """Ids of the centres that follow this patient now."""
    if not patient:
        return frozenset()

    def ask() -> frozenset[str]:
        found = record.search("EpisodeOfCare", {"patient": f"Patient/{patient}", "status": "active"})
        return frozenset(_id(each.get("managingOrganization")) for each in found) - {""}

    return record.remember(("followed", patient), ask)


def patient_of(resource: Json, record: Record) -> str:
    """Id of the patient a resource is about; empty when it names none, or several."""
    kind = str(resource.get("resourceType", ""))
    if kind == "Patient":
        return str(resource.get("id", ""))
    if kind in TARGET_OF:
        targets = resource.get(TARGET_OF[kind])
        found = {_patient_at(record, _reference(each)) for each in (targets if isinstance(targets, list) else [])}
        return found.pop() if len(found) == 1 else ""
    reference = _reference(resource.get(PATIENT_OF.get(kind, "")))
    if reference.startswith("Patient/"):
        return reference.removeprefix("Patient/")
    return _patient_at(record, reference) if kind == "Binary" else ""


def _patient_at(record: Record, reference: str) -> str:
    """The patient of what a reference leads to."""
    kind, _, id_ = reference.partition("/")
    id_ = id_.partition("/")[0]
    if kind in TARGET_OF or kind == "Binary" or kind not in PATIENT_OF:
        return ""
    found = record.find(kind, id_)
    return patient_of(found, record) if found else ""


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
    held = {role for role, _ in _posts(record, me)} & {str(role) for role in grant.roles}
    return any(session == role or (session in CARE_ROLES and role in CARE_ROLES) for role in held)


def _read(look: Look, needs: list[Need]) -> bool:
    id_ = str(look.request["params"].get("resource/id", ""))
    now = look.record.find(look.kind, id_)
    if now is None:
        # Nothing, deleted or out of sight: the same answer, so that nothing is learned.
        return look.grant.rows is Rows.ALL
    shown = [now]
    operation = look.request["operation"]["id"]
    if operation != "FhirRead":
        versions = look.record.versions(look.kind, id_)
        asked = str(look.request["uri"]).rpartition("/_history/")[2]
        shown += [each for each in versions if operation == "FhirHistory" or each["meta"]["versionId"] == asked]
    return all(look.sees(each) and any(_like(need, each, look.me) for need in needs) for each in shown)


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
        teams = _teams(look.record, look.me)
        return _only(params.get("_tag"), {f"{systems.TRIAL}|{trial}" for trial in teams})
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


def _write(look: Look, needs: Iterable[Need], op: Op) -> bool:
    body, params = look.request.get("resource"), look.request["params"]
    if not isinstance(body, dict) or any(not key.startswith("resource/") for key in params) or _searches(body):
        return False
    named = params.get("resource/id") if op is Op.UPDATE else body.get("id")
    before = look.record.find(look.kind, str(named)) if named is not None else None
    if before is not None and not look.sees(before):
        return False
    after: Json = body
    if look.request["operation"]["id"] == "FhirPatch":
        if before is None or "json-patch" in str(look.request["headers"].get("content-type", "")):
            return False
        after = merged(before, body)
    if op is Op.CREATE:
        condition = look.request["headers"].get("if-none-exist")
        if condition is not None and condition.rpartition("?")[2] != f"_id={named}":
            return False
        before = None
    elif before is not None and not _same(before, after):
        return False
    if after.get("resourceType") != look.kind or not look.sees(after):
        return False
    wanted = {Op.CREATE} if before is None else {Op.UPDATE}
    if before is not None and all(before.get(name) == after.get(name) for name in {*before, *after} - {"meta"}):
        wanted.add(Op.CREATE)  # a creation that is sent again, because its answer was lost
    return any(
        need.ops & wanted and _like(need, after, look.me)
        and (before is None or (_like(need, before, look.me) and _only_changes(need, before, after)))
        for need in needs
    )  # fmt: skip


def merged(before: Json, patch: Json) -> Json:
    """A JSON merge patch applied."""
    after = dict(before)
    for key, value in patch.items():
        if value is None:
            after.pop(key, None)
        elif isinstance(value, dict):
            held: Any = after.get(key)
            after[key] = merged(held if isinstance(held, dict) else {}, value)
        else:
            after[key] = value
    return after


def _like(need: Need, resource: Json, me: str) -> bool:
    """Whether the resource is of the sort that this need is for."""
    codes = _codes(resource) if need.codes else set[str]()
    if need.codes and not (codes and codes <= need.codes):
        return False
    if need.statuses and resource.get("status") not in need.statuses:
        return False
    value: Any = resource
    for step in need.mine.split(".") if need.mine else ():
        value = value.get(step) if isinstance(value, dict) else None
    return not need.mine or _reference(value) == me


def _codes(resource: Json) -> set[str]:
    given: Any = resource.get("category" if resource.get("resourceType") == "Observation" else "code")
    concepts = given if isinstance(given, list) else [given]
    return {
        str(coding.get("code"))
        for concept in concepts if isinstance(concept, dict)
        for coding in concept.get("coding", []) if isinstance(coding, dict)
    }  # fmt: skip


def _same(before: Json, after: Json) -> bool:
    """Whose it is, what it is about and who may see it stay as they were."""
    kept = (*FIXED, PATIENT_OF.get(str(before.get("resourceType")), "id"))
    return all(before.get(name) == after.get(name) for name in kept) and all(
        _tags(before, system) == _tags(after, system) for system in KEPT_TAGS
    )


def _only_changes(need: Need, before: Json, after: Json) -> bool:
    if not need.changes:
        return True
    return all(before.get(name) == after.get(name) for name in {*before, *after} - need.changes - {"meta"})


def _searches(value: Any) -> bool:
    """A reference that is a search (Patient?identifier=…): the server would tell whether something matches."""
    if isinstance(value, dict):
        reference = value.get("reference")
        return (isinstance(reference, str) and "?" in reference) or any(_searches(each) for each in value.values())
    return isinstance(value, list) and any(_searches(each) for each in value)


def _shown(resource: Json, me: str) -> bool:
    if FOR_PATIENTS.partition("|")[2] in _tags(resource, systems.AUDIENCE) or resource.get("resourceType") == "Patient":
        return True
    return resource.get("status") == "in-progress" and _reference(resource.get("source")) == me


def _posts(record: Record, practitioner: str) -> frozenset[tuple[str, str]]:
    """(role, centre) of every role held now; an empty centre for a role without one."""

    def ask() -> frozenset[tuple[str, str]]:
        found = record.search("PractitionerRole", {"practitioner": practitioner, "active": "true"})
        return frozenset(
            (str(coding.get("code")), _id(each.get("organization")))
            for each in found for concept in each.get("code", []) for coding in concept.get("coding", [])
            if coding.get("system") == systems.ROLE
        )  # fmt: skip

    return record.remember(("posts", practitioner), ask)


def _teams(record: Record, practitioner: str) -> frozenset[str]:
    """Trials whose team of ARCs the person is in."""

    def ask() -> frozenset[str]:
        groups = record.search("Group", {"member": practitioner, "code": f"{systems.ROLE}|arc"})
        return frozenset(
            trial
            for group in groups
            if any(
                _reference(member.get("entity")) == practitioner and not member.get("inactive")
                for member in group.get("member", [])
            )
            for trial in _tags(group, systems.TRIAL)
        )

    return record.remember(("teams", practitioner), ask)


def _tags(resource: Json, system: str) -> frozenset[str]:
    tags = (resource.get("meta") or {}).get("tag") or []
    return frozenset(str(tag.get("code")) for tag in tags if isinstance(tag, dict) and tag.get("system") == system)


def _values(given: Any) -> list[str]:
    """The alternatives of one condition; of a repeated one only the first, which is a condition of its own."""
    first = given[0] if isinstance(given, list) and given else given
    return first.split(",") if isinstance(first, str) and first and "\\" not in first else []


def _only(given: Any, among: set[str]) -> bool:
    values = _values(given)
    return bool(values) and set(values) <= among


def _reference(value: Any) -> str:
    given = value.get("reference") if isinstance(value, dict) else None
    return given if isinstance(given, str) else ""


def _id(value: Any) -> str:
    return _reference(value).rpartition("/")[2]
