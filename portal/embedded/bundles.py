"""POST of a Bundle: a transaction is all or nothing; the entries of a batch stand alone. Both run in the order given."""

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from portal.embedded.addresses import Addresses
from portal.embedded.engine import Engine
from portal.embedded.messages import ID, Answer, Request, split_url, when
from portal.embedded.outcome import Issue, Refusal, refuse
from portal.embedded.reading import get
from portal.embedded.store import LIVE, Unit
from portal.embedded.text import dumps, received, stored
from portal.embedded.writing import create_condition, write
from portal.types import Json

KINDS = ("transaction", "batch", "collection")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
"""Compared, not hashed: what is sent in their place may be of any shape."""
_CONDITIONS = {"ifMatch": "if-match", "ifNoneMatch": "if-none-match", "ifNoneExist": "if-none-exist"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One entry as a request of its own. `full_url` is what the other entries may call its resource by."""

    request: Request
    full_url: str


def opened(request: Request) -> tuple[str, list[Any]]:
    """The bundle's type and its entries as they came. Refusal 400 or 422 when it is no bundle that can be run."""
    bundle = request.resource()
    kind = bundle.get("type")
    if bundle.get("resourceType") != "Bundle" or kind not in KINDS:
        raise refuse(422, "invalid", "A Bundle of type transaction or batch is expected", place="Bundle.type")
    items = bundle.get("entry", [])
    if not isinstance(items, list):
        raise refuse(422, "structure", "Bundle.entry is a list", place="Bundle.entry")
    return str(kind), items


def read_entry(outer: Request, item: Any, position: int, kind: str) -> Entry:
    """Refusal 422 when it is no entry that can be run."""
    place = f"Bundle.entry[{position}]"
    if not isinstance(item, dict):
        raise refuse(422, "structure", "An entry is an object", place=place)
    resource = item.get("resource")
    wanted = item.get("request")
    if kind == "collection" and isinstance(resource, dict):
        lost = next((name for name in ("resourceType", "id") if not isinstance(resource.get(name), str)), None)
        if lost:
            raise refuse(422, "required", f"A resource of a collection has {lost}", place=f"{place}.resource.{lost}")
        wanted = {"method": "PUT", "url": f"{resource.get('resourceType')}/{resource.get('id')}"}
    if not isinstance(wanted, dict) or not isinstance(wanted.get("url"), str) or wanted.get("method") not in METHODS:
        raise refuse(422, "required", "An entry has request.method and request.url", place=f"{place}.request")
    path, params = split_url(wanted["url"].removeprefix(outer.base).removeprefix("/fhir/"))
    headers = {_CONDITIONS[key]: str(value) for key, value in wanted.items() if key in _CONDITIONS}
    if isinstance(resource, dict) and wanted["method"] == "PATCH" and resource.get("resourceType") == "Binary":
        resource = _binary_patch(resource, place)
    request = Request(
        method=wanted["method"],
        path=path,
        params=params,
        headers=headers,
        body=resource,
        base=outer.base,
        identity=outer.identity,
        remote=outer.remote,
    )
    return Entry(request=request, full_url=str(item.get("fullUrl", "")))


def _binary_patch(binary: Json, place: str) -> Any:
    try:
        return received(base64.b64decode(str(binary.get("data", "")), validate=True))
    except (binascii.Error, ValueError) as problem:
        raise refuse(422, "value", "The patch is not base64", place=f"{place}.resource.data") from problem


def transact(unit: Unit, engine: Engine, found: list[Entry], *, literal: bool = False) -> list[Json]:
    """The response entries. A Refusal of one entry is the refusal of all, placed at that entry.

    `literal` says that no reference is a search, so that bodies are only walked when there are temporary ids.
    """
    answers: list[Json] = []
    addresses = Addresses(unit, engine)
    at = 0
    addressed = (entry.request.path for entry in found if len(entry.request.path) == 2)
    unit.look_up((type_, id_) for type_, id_ in addressed if ID.fullmatch(id_))
    try:
        prepared: list[Entry] = []
        for at, entry in enumerate(found):  # noqa: B007 – a refusal is placed where it came
            prepared.append(_prepare(entry, addresses))
        for at, entry in enumerate(prepared):  # noqa: B007 – as above
            request = entry.request
            if addresses.known or not literal:
                addresses.resolve(request.body, entry.full_url)
            if request.method in {"GET", "HEAD"}:
                answer = get(unit.connection, engine, request)
            else:
                answer = write(unit, engine, request)
            answers.append(response_entry(request, answer))
    except Refusal as refusal:
        raise _at(refusal, at) from refusal
    return answers


def _at(refusal: Refusal, position: int) -> Refusal:
    place = f"Bundle.entry[{position}]"
    issues = [
        Issue(
            code=i.code, text=i.text, kind=i.kind, severity=i.severity,
            place=f"{place}.resource.{i.place.partition('.')[2]}" if "." in i.place else place,
        )
        for i in refusal.issues
    ]  # fmt: skip
    return Refusal(refusal.status, issues)


def _prepare(entry: Entry, addresses: Addresses) -> Entry:
    """Settles the id that a POST or a conditional PUT will have, so that other entries can already refer to it."""
    request, url = entry.request, entry.full_url
    if not url or request.method not in {"POST", "PUT"} or not request.path:
        return entry
    unit, engine = addresses.unit, addresses.engine
    type_ = request.path[0]
    if len(request.path) > 1:
        addresses.name(url, f"{type_}/{request.path[1]}")
        return entry
    resource = request.resource()
    condition = create_condition(request) if request.method == "POST" else request.condition
    match = engine.match(unit, engine.known(type_), condition) if condition else None
    if match:
        addresses.name(url, f"{type_}/{match.id}")
        return entry
    id_ = resource.get("id") or engine.chance.id()
    addresses.name(url, f"{type_}/{id_}")
    body = {**resource, "id": id_}
    return Entry(request=_with_body(request, body), full_url=url)


def _with_body(request: Request, body: Any) -> Request:
    return Request(
        method=request.method, path=request.path, params=request.params, headers=request.headers, body=body,
        base=request.base, identity=request.identity, remote=request.remote,
    )  # fmt: skip


def response_entry(request: Request, answer: Answer) -> Json:
    response: Json = {"status": str(answer.status)}
    kept = answer.kept
    if kept:
        response["location"] = f"/fhir/{kept.type}/{kept.id}/_history/{kept.version}"
        response["etag"] = str(kept.version)
        response["lastModified"] = when(kept)
    entry: Json = {"response": response}
    if answer.body:
        entry = {"resource": stored(answer.body), **entry}
    if kept and kept.state == LIVE and ID.fullmatch(kept.id):
        entry = {"fullUrl": f"{request.base}/{kept.type}/{kept.id}", **entry}
    return entry


def refused_entry(refusal: Refusal) -> Json:
    outcome = refusal.outcome()
    return {"resource": outcome, "response": {"status": str(refusal.status), "outcome": outcome}}


def response_bundle(kind: str, answers: list[Json]) -> bytes:
    bundle: Json = {"resourceType": "Bundle", "type": f"{kind}-response"}
    if answers:
        bundle["entry"] = answers
    return dumps(bundle)
