"""Wall 2 as Aidbox runs it: the SQL of one grant. One row, one column: whether the request may be done.

Tables and columns are Aidbox's (`observation.resource`, references as `{subject,id}`); `{{path}}` is a value of the request.
It says what `sight.py` says in Python; where Aidbox's documentation leaves a question open, docs/access.md lists it.
"""

# ruff: noqa: S608 – every word of it comes from the tables beside, none from a request: those are bound by the server

from collections.abc import Iterable

from portal.access.actors import CARE_ROLES, Role
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

LIST_KEY = r"^(resource/(type|id)|_?[a-z][A-Za-z-]*(:(exact|contains|not|missing))?)$"
CLOSED = "'_assoc','_contained','_content','_filter','_list','_query','_revinclude','_text','_with','_include'"
ME = "{{user.fhirUser.id}}"
TYPE, ID = "{{params.resource/type}}", "{{params.resource/id}}"
BODY = "(SELECT body FROM asked)"
ASKED = (
    r"""asked AS (SELECT regexp_replace({{resource}}::text, '"reference": *"([A-Za-z]+)/([^"/]+)"',"""
    r""" '"resourceType": "\1", "id": "\2"', 'g')::jsonb AS body)"""
)
"""The body, its references written as the stored ones are."""


def query(grant: Grant) -> str:
    """The text of the policy's `sql.query`."""
    parts = [f"WITH {ASKED}, {_here(grant)}", "SELECT coalesce(", f"  {_in_role(grant)}", "  AND (false"]
    for op, verdict in ((Op.READ, _read), (Op.SEARCH, _search)):
        parts.extend(f"    OR ({verdict(grant, kind)})" for kind in _types(grant, op))
    written = sorted({need.type for need in grant.needs if need.ops & {Op.CREATE, Op.UPDATE}})
    parts.extend(f"    OR ({_write(grant, kind)})" for kind in written)
    return "\n".join([*parts, "  ), false)"])


def _types(grant: Grant, op: Op) -> list[str]:
    return sorted({need.type for need in grant.needs if op in need.ops})


def _here(grant: Grant) -> str:
    """What the verdict compares with: roles held now, patients of their centres, trials they follow."""
    roles = _texts(str(role) for role in grant.roles - {Role.PATIENT})
    held = (
        "post AS (SELECT d->>'code' AS role, p.resource#>>'{organization,id}' AS centre FROM practitionerrole p,"
        " jsonb_array_elements(p.resource->'code') c, jsonb_array_elements(c->'coding') d"
        f" WHERE p.resource#>>'{{practitioner,id}}' = {ME} AND coalesce(p.resource->>'active', 'true') = 'true'"
        f" AND d->>'system' = '{systems.ROLE}' AND d->>'code' IN ({roles}))"
    )
    match grant.rows:
        case Rows.CENTRES:
            return held + (
                ", sight AS (SELECT e.resource#>>'{patient,id}' AS patient FROM episodeofcare e JOIN post"
                " ON post.centre = e.resource#>>'{managingOrganization,id}' WHERE e.resource->>'status' = 'active')"
            )
        case Rows.TRIALS:
            return held + (
                ", team AS (SELECT t->>'code' AS trial FROM \"group\" g, jsonb_array_elements(g.resource#>'{meta,tag}') t,"
                " jsonb_array_elements(g.resource->'member') m"
                f" WHERE t->>'system' = '{systems.TRIAL}' AND m#>>'{{entity,id}}' = {ME}"
                " AND coalesce(m->>'inactive', 'false') = 'false'"
                f' AND g.resource->\'code\' @> \'{{"coding": [{{"system": "{systems.ROLE}", "code": "arc"}}]}}\')'
            )
        case _:
            return held


def _in_role(grant: Grant) -> str:
    sessions = set(grant.roles) | (CARE_ROLES if grant.roles & CARE_ROLES else set())
    person = "EXISTS (SELECT 1 FROM {} me WHERE me.id = {} AND coalesce(me.resource->>'active', 'true') = 'true')"
    kind = "{{user.fhirUser.resourceType}}"
    patient = f"({kind} = 'Patient' AND {{{{jwt.role}}}} = 'patient' AND {person.format('patient', ME)})"
    staff = f"({kind} = 'Practitioner' AND EXISTS (SELECT 1 FROM post) AND {person.format('practitioner', ME)})"
    who = {
        (True, True): f"({patient} OR {staff})",
        (True, False): patient,
    }.get((Role.PATIENT in grant.roles, bool(grant.roles - {Role.PATIENT})), staff)
    open_ = "coalesce({{user.inactive}}::text, 'false') <> 'true'"
    return f"{open_} AND {{{{jwt.role}}}} IN ({_texts(str(each) for each in sessions)}) AND {who}"


def _row(grant: Grant, kind: str, resource: str) -> str:
    """Whether the jsonb `resource` (Aidbox's or FHIR's way of writing references) is in the grant's rows."""
    if grant.rows is Rows.ALL:
        return "true"
    if grant.rows is Rows.TRIALS:
        return f"EXISTS (SELECT 1 FROM team, jsonb_array_elements({resource}#>'{{meta,tag}}') t WHERE {_tag('t', systems.TRIAL)} AND t->>'code' = team.trial)"
    if kind == "PractitionerRole":
        return f"{_id(resource, 'organization')} IN (SELECT centre FROM post)"
    if kind == "Practitioner":
        return (
            f"EXISTS (SELECT 1 FROM practitionerrole o JOIN post ON post.centre = o.resource#>>'{{organization,id}}'"
            f" WHERE o.resource#>>'{{practitioner,id}}' = {resource}->>'id' AND coalesce(o.resource->>'active', 'true') = 'true')"
        )
    patient = _patient(kind, resource)
    if grant.rows is Rows.CENTRES:
        return f"{patient} IN (SELECT patient FROM sight)"
    mine = f"{patient} = {ME}"
    if grant.rows is Rows.RECORD or kind == "Patient":
        return mine
    system, _, code = FOR_PATIENTS.partition("|")
    tagged = f"EXISTS (SELECT 1 FROM jsonb_array_elements({resource}#>'{{meta,tag}}') t WHERE {_tag('t', system)} AND t->>'code' = '{code}')"
    draft = f"({resource}->>'status' = 'in-progress' AND {_id(resource, 'source')} = {ME})"
    return f"{mine} AND ({tagged} OR {draft})"


def _patient(kind: str, resource: str) -> str:
    if kind == "Patient":
        return f"{resource}->>'id'"
    if kind in TARGET_OF:
        target = f"{resource}->'{TARGET_OF[kind]}'->0"
        return (
            f"(SELECT q.resource#>>'{{subject,id}}' FROM questionnaireresponse q WHERE q.id = {_id_of(target)}"
            f" AND jsonb_array_length({resource}->'{TARGET_OF[kind]}') = 1)"
        )
    return _id(resource, PATIENT_OF[kind])


def _read(grant: Grant, kind: str) -> str:
    """Former versions follow the present one: an update keeps whose a resource is and who may see it."""
    likes = " OR ".join(_like(need, "r.resource") for need in grant.needs if need.type == kind and Op.READ in need.ops)
    return (
        f"{TYPE} = '{kind}' AND {{{{operation.id}}}} IN ('FhirRead', 'FhirVread', 'FhirHistory')"
        f" AND EXISTS (SELECT 1 FROM {_table(kind)} r WHERE r.id = {ID} AND {_row(grant, kind, _whole('r'))} AND ({likes}))"
    )


def _search(grant: Grant, kind: str) -> str:
    centre = {
        "Patient": "_has:EpisodeOfCare:patient:organization",
        "Practitioner": "_has:PractitionerRole:practitioner:organization",
        "PractitionerRole": "organization",
    }.get(kind)
    inner = "^_has:(" + "|".join(sorted(grant.types)) + "):(patient|individual):[a-z-]+$"
    allowed = [f"k ~ '{LIST_KEY}' AND k NOT IN ({CLOSED})"]
    if centre:
        allowed.append(f"k = '{centre}'")
    if kind == "Patient" and grant.rows is Rows.CENTRES:
        allowed.append(f"k ~ '{inner}'")
    included = _texts(sorted(INCLUDED))
    allowed.append(f"(k = '_include' AND {{{{params._include}}}} IN ({included}))")
    keys = f"NOT EXISTS (SELECT 1 FROM jsonb_object_keys(({{{{params}}}})::jsonb) k WHERE NOT ({' OR '.join(allowed)}))"
    said = f"{TYPE} = '{kind}' AND {{{{operation.id}}}} = 'FhirSearch' AND {keys}"
    needs = [need for need in grant.needs if need.type == kind and Op.SEARCH in need.ops]
    narrowed = " OR ".join(_narrowed(need) for need in needs)
    return f"{said} AND ({_anchors(grant, kind, centre)}) AND ({narrowed})"


def _anchors(grant: Grant, kind: str, centre: str | None) -> str:
    match grant.rows:
        case Rows.ALL:
            return "true"
        case Rows.TRIALS:
            return _every("_tag", f"a IN (SELECT '{systems.TRIAL}|' || trial FROM team)")
        case Rows.CENTRES:
            if centre:
                return _every(centre, "a IN (SELECT 'Organization/' || centre FROM post)")
            ways = [
                _every(name, f"{_last('a')} IN (SELECT patient FROM sight)") for name in NAMES_PATIENT.get(kind, ())
            ]
            for name in NAMES_TARGET.get(kind, ()):
                about = "task" if name == "part-of" else "questionnaireresponse"
                patient = "for" if name == "part-of" else "subject"
                seen = f"SELECT 1 FROM {about} q WHERE q.id = {_last('a')} AND q.resource#>>'{{{patient},id}}' IN (SELECT patient FROM sight)"
                ways.append(_every(name, f"EXISTS ({seen})"))
            row = _row(grant, kind, _whole("r"))
            ways.append(_every("_id", f"EXISTS (SELECT 1 FROM {_table(kind)} r WHERE r.id = a AND {row})"))
            return " OR ".join(ways)
        case _:
            ways = [_every(name, f"a IN ({ME}, 'Patient/' || {ME})") for name in NAMES_PATIENT.get(kind, ())]
            if kind == "Patient":
                ways.append(_every("_id", f"a = {ME}"))
            shown = " AND " + _every("_tag", f"a = '{FOR_PATIENTS}'") if grant.rows is Rows.SHOWN else ""
            return f"({' OR '.join(ways) or 'false'}){shown}"


def _narrowed(need: Need) -> str:
    ways = ["true"]
    if need.codes:
        ways.append(_every("code", f"split_part(a, '|', 2) IN ({_texts(sorted(need.codes))})"))
    if need.mine:
        ways.append(_every(need.mine, f"split_part(a, '/', 2) = {ME}"))
    return " AND ".join(ways)


def _write(grant: Grant, kind: str) -> str:
    """Before and after: a resource is neither brought into sight nor moved out of it, nor made into another."""
    needs = [need for need in grant.needs if need.type == kind]
    held = f"(SELECT {_whole('r')} FROM {_table(kind)} r WHERE r.id = coalesce({ID}, {BODY}->>'id'))"
    seen, after = _row(grant, kind, "b.held"), _row(grant, kind, BODY)
    create = " OR ".join(_like(need, BODY) for need in needs if Op.CREATE in need.ops) or "false"
    change = " OR ".join(
        f"({_like(need, 'b.held')} AND {_like(need, BODY)}{_only_changes(need)})"
        for need in needs
        if Op.UPDATE in need.ops
    )
    patient = PATIENT_OF.get(kind)
    kept = [f"{BODY}->'{name}' IS NOT DISTINCT FROM b.held->'{name}'" for name in FIXED]
    kept += [f"{_id(BODY, patient)} = {_id('b.held', patient)}"] if patient else []
    kept += [f"({_tags_of(BODY, one)}) IS NOT DISTINCT FROM ({_tags_of('b.held', one)})" for one in sorted(KEPT_TAGS)]
    plain = (
        "NOT EXISTS (SELECT 1 FROM jsonb_object_keys(({{params}})::jsonb) k WHERE k NOT LIKE 'resource/%')"
        f' AND {BODY}::text !~ \'"reference": *"[^"]*[?]\''
        f" AND coalesce({{{{headers.if-none-exist}}}}, '_id=' || ({BODY}->>'id')) = '_id=' || ({BODY}->>'id')"
    )
    return (
        f"{TYPE} = '{kind}' AND {{{{operation.id}}}} IN ('FhirCreate', 'FhirUpdate') AND {plain} AND {after}"
        f" AND EXISTS (SELECT 1 FROM (SELECT {held} AS held) b WHERE (b.held IS NULL AND ({create}))"
        f" OR (b.held IS NOT NULL AND {seen} AND (({{{{operation.id}}}} = 'FhirCreate' AND ({create}))"
        f" OR ({{{{operation.id}}}} = 'FhirUpdate' AND {' AND '.join(kept)} AND ({change or 'false'})))))"
    )


def _like(need: Need, resource: str) -> str:
    said = ["true"]
    if need.codes:
        at = "category" if need.type == "Observation" else "code"
        many = f"{resource}->'{at}'" if need.type == "Observation" else f"jsonb_build_array({resource}->'{at}')"
        codings = f"jsonb_array_elements({many}) c, jsonb_array_elements(c->'coding') d"
        said.append(f"EXISTS (SELECT 1 FROM {codings})")
        said.append(f"NOT EXISTS (SELECT 1 FROM {codings} WHERE d->>'code' NOT IN ({_texts(sorted(need.codes))}))")
    if need.statuses:
        said.append(f"{resource}->>'status' IN ({_texts(sorted(need.statuses))})")
    if need.mine:
        said.append(f"{_id(resource, *need.mine.split('.'))} = {ME}")
    return "(" + " AND ".join(said) + ")"


def _only_changes(need: Need) -> str:
    if not need.changes:
        return ""
    names = _texts(sorted(need.changes | {"meta", "id", "resourceType"}))
    return f" AND ({BODY} - ARRAY[{names}]) = (b.held - ARRAY[{names}])"


def _every(param: str, holds: str) -> str:
    """The list has this condition, and every alternative `a` of it is such."""
    value = f"{{{{params.{param}}}}}"
    return f"({value} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM unnest(string_to_array({value}, ',')) a WHERE ({holds}) IS NOT TRUE))"


def _whole(alias: str) -> str:
    """A stored row as one object: Aidbox keeps the id beside the resource."""
    return f"({alias}.resource || jsonb_build_object('id', {alias}.id))"


def _table(kind: str) -> str:
    return f'"{kind.lower()}"'


def _id(resource: str, *path: str) -> str:
    return _id_of(f"{resource}#>'{{{','.join(path)}}}'")


def _id_of(reference: str) -> str:
    return f"coalesce(({reference})->>'id', split_part(({reference})->>'reference', '/', 2))"


def _last(value: str) -> str:
    return f"split_part({value}, '/', -1)"


def _tag(alias: str, system: str) -> str:
    return f"{alias}->>'system' = '{system}'"


def _tags_of(resource: str, system: str) -> str:
    return f"SELECT jsonb_agg(t->>'code' ORDER BY t->>'code') FROM jsonb_array_elements({resource}#>'{{meta,tag}}') t WHERE {_tag('t', system)}"


def _texts(values: Iterable[str]) -> str:
    return ", ".join(f"'{each}'" for each in sorted(values)) or "NULL"
