"""POST, PUT, PATCH and DELETE of one resource, plain and conditional, inside the writer's transaction."""

from typing import Any

from portal.embedded.engine import Engine, body_of
from portal.embedded.messages import ID, Answer, Request, read_query, shown, tags
from portal.embedded.outcome import refuse
from portal.embedded.patches import json_patch, merge_patch
from portal.embedded.reading import present
from portal.embedded.search.query import Params
from portal.embedded.store import LIVE, Kept, Unit
from portal.embedded.text import dumps, not_too_deep
from portal.types import Json

PATCHES = frozenset({"", "json-patch", "merge-patch", "fhirpath-patch"})


def write(unit: Unit, engine: Engine, request: Request) -> Answer:
    match (request.method, request.path):
        case ("POST", (type_,)):
            return create(unit, engine, request, engine.known(type_))
        case ("PUT", (type_, id_)):
            return update(unit, engine, request, engine.known(type_), id_)
        case ("PUT", (type_,)):
            return conditional_update(unit, engine, request, engine.known(type_))
        case ("PATCH", (type_, id_)):
            return patch(unit, engine, request, present(request, unit.find(engine.known(type_), id_)))
        case ("PATCH", (type_,)):
            kept = engine.match(unit, engine.known(type_), request.condition)
            if kept is None:
                raise refuse(404, "not-found", f"No {type_} matches the condition")
            return patch(unit, engine, request, kept)
        case ("DELETE", (type_, id_)):
            return delete(unit, request, unit.find(engine.known(type_), id_))
        case ("DELETE", (type_,)):
            return conditional_delete(unit, engine, request, engine.known(type_))
        case _:
            raise refuse(405, "not-supported", "This address does not take this method")


def create(unit: Unit, engine: Engine, request: Request, type_: str) -> Answer:
    resource = _typed(request.resource(), type_)
    condition = create_condition(request)
    if condition is not None:
        found = engine.match(unit, type_, condition)
        if found:
            return shown(request, found, 200)
    return shown(request, _create(unit, engine, type_, resource), 201)


def _create(unit: Unit, engine: Engine, type_: str, resource: Json) -> Kept:
    id_ = resource.get("id")
    if id_ is None:
        id_ = engine.chance.id()
    previous = unit.find(type_, _valid_id(id_))
    if previous is not None and previous.state == LIVE:
        raise refuse(409, "duplicate", f"Resource {type_}/{id_} exists already", kind="duplicate-key")
    return engine.write(unit, type_, id_, resource, "POST", previous)


def update(unit: Unit, engine: Engine, request: Request, type_: str, id_: str) -> Answer:
    resource = _typed(request.resource(), type_)
    previous = unit.find(type_, _valid_id(id_))
    return _update(unit, engine, request, type_, id_, resource, previous)


def _update(
    unit: Unit, engine: Engine, request: Request, type_: str, id_: str, resource: Json, previous: Kept | None
) -> Answer:
    live = previous is not None and previous.state == LIVE
    _may_change(previous)
    check_version(request, previous)
    if request.headers.get("if-none-match") == "*" and live:
        raise refuse(412, "conflict", f"Resource {type_}/{id_} exists already")
    kept = engine.write(unit, type_, id_, resource, "PUT", previous)
    return shown(request, kept, 200 if live else 201)


def conditional_update(unit: Unit, engine: Engine, request: Request, type_: str) -> Answer:
    resource = _typed(request.resource(), type_)
    found = engine.match(unit, type_, request.condition)
    if found:
        return _update(unit, engine, request, type_, found.id, resource, found)
    if "if-match" in request.headers:
        raise refuse(412, "conflict", f"No {type_} matches the condition")
    id_ = resource.get("id")
    if isinstance(id_, str):
        previous = unit.find(type_, _valid_id(id_))
        if previous is not None and previous.state == LIVE:
            raise refuse(
                409, "duplicate", f"{type_}/{id_} exists and does not match the condition", kind="duplicate-key"
            )
        return _update(unit, engine, request, type_, id_, resource, previous)
    return shown(request, _create(unit, engine, type_, resource), 201)


def _may_change(kept: Kept | None) -> None:
    if kept is not None and kept.type == "AidboxTopicDestination" and kept.state == LIVE:
        raise refuse(405, "not-supported", "A topic destination is never changed: delete it and create another")


def patch(unit: Unit, engine: Engine, request: Request, previous: Kept) -> Answer:
    _may_change(previous)
    check_version(request, previous)
    before = body_of(previous)
    try:
        after = _patched(request, before)
    except RecursionError as problem:
        raise refuse(422, "too-costly", "The patch makes a resource that is nested too deeply") from problem
    not_too_deep(after)
    if not isinstance(after, dict):
        raise refuse(422, "invalid", "The patch leaves no resource")
    after = _typed({**after, "id": previous.id}, previous.type)
    if dumps(after) == dumps({**before, "id": previous.id}):
        return shown(request, previous, 200)
    return shown(request, engine.write(unit, previous.type, previous.id, after, "PATCH", previous), 200)


def _patched(request: Request, before: Json) -> Any:
    kind = request.option("_method") or ""
    if kind not in PATCHES:
        raise refuse(400, "not-supported", "_method is json-patch, merge-patch or fhirpath-patch", place="_method")
    content = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind == "json-patch" or content == "application/json-patch+json":
        return json_patch(before, request.body)
    if kind == "merge-patch" or content == "application/merge-patch+json":
        if not isinstance(request.body, dict):
            raise refuse(400, "structure", "A merge patch is an object")
        return merge_patch(before, request.body)
    if isinstance(request.body, list):
        return json_patch(before, request.body)
    if request.resource().get("resourceType") == "Parameters" or kind == "fhirpath-patch":
        raise refuse(422, "not-supported", "FHIRPath patch is not supported: send a merge patch or a JSON Patch")
    return merge_patch(before, request.body)


def delete(unit: Unit, request: Request, kept: Kept | None) -> Answer:
    check_version(request, kept)
    if kept is None or kept.state != LIVE:
        return Answer(status=204)
    gone = unit.remove(kept)
    if request.option("_no-content") == "true":
        return Answer(status=204, kept=gone)
    return Answer(status=200, body=kept.body or b"", kept=gone)


def conditional_delete(unit: Unit, engine: Engine, request: Request, type_: str) -> Answer:
    if request.headers.get("x-conditional-delete") == "remove-all":
        while True:
            page = engine.search(unit.connection, engine.condition(unit, type_, request.condition, 500))
            for _, _, id_, _ in page.matches:
                kept = unit.find(type_, id_)
                if kept:
                    unit.remove(kept)
            if not page.matches:
                return Answer(status=204)
    found = engine.match(unit, type_, request.condition)
    return delete(unit, request, found) if found else Answer(status=204)


def check_version(request: Request, kept: Kept | None) -> None:
    """Refusal 412 when the caller's If-Match names another version than the present one, or there is none."""
    wanted = request.headers.get("if-match")
    if wanted is None:
        return
    if kept is None or kept.state != LIVE:
        raise refuse(412, "conflict", "Version Id mismatch: there is no present version")
    if not tags(wanted) & {str(kept.version), "*"}:
        raise refuse(412, "conflict", "Version Id mismatch")


def _typed(resource: Json, type_: str) -> Json:
    if resource.get("resourceType", type_) != type_:
        raise refuse(422, "invalid", f"The body is not a {type_}", place="resourceType", kind="invalid-type")
    return resource


def _valid_id(id_: Any) -> str:
    if not isinstance(id_, str) or not ID.fullmatch(id_):
        raise refuse(422, "value", "An id has 1 to 64 letters, digits, dots or dashes", place="id")
    return id_


def create_condition(request: Request) -> Params | None:
    """The search that decides whether a POST creates; None when it creates whatever is there.

    It may be written `a=b`, `?a=b` or `Type?a=b`, as the policies read it too: any other question mark is part of a value.
    """
    written = request.headers.get("if-none-exist")
    if written is None:
        return request.condition or None
    before, mark, query = written.partition("?")
    return read_query(query if mark and before in {"", request.path[0]} else written)
